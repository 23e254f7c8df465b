/** History read from real repositories, hostile ones included: whatever their configuration names, nothing of it runs. */
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Log } from '../../../src/core/ports.ts';
import { openGitHistory } from '../../../src/node/git/gitHistory.ts';

describe('git history', () => {
  let root: string;
  const warnings: string[] = [];
  const log: Log = {
    debug: () => undefined,
    info: () => undefined,
    warn: (message) => void warnings.push(message),
    error: () => undefined,
  };
  const history = (at = root) => {
    const git = openGitHistory({ root: at, log });
    assert.ok(git);
    return git;
  };
  const git = (args: string[], env: Record<string, string> = {}, cwd = root) =>
    execFileSync('git', args, { cwd, env: { ...process.env, ...env }, stdio: 'pipe' }).toString();
  let day = 0;
  const commit = (files: Record<string, string>, author: string) => {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    git(['add', '-A']);
    const date = `${1_600_000_000 + 86_400 * day++} +0000`;
    const who = ['-c', `user.name=${author}`, '-c', `user.email=${author}@example.org`];
    git([...who, 'commit', '-q', '--no-gpg-sign', '-m', 'step'], { GIT_COMMITTER_DATE: date, GIT_AUTHOR_DATE: date });
  };

  beforeEach(() => {
    day = 0;
    warnings.length = 0;
    root = realpathSync(mkdtempSync(join(tmpdir(), 'lodestone-history-')));
    git(['init', '-q', '-b', 'main']);
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const three = () => {
    commit({ 'a.ts': '1', 'lib/é b.ts': '1' }, 'ann');
    commit({ 'a.ts': '2' }, 'ben');
    commit({ 'a.ts': '3', 'lib/c.ts': '1' }, 'ann');
  };

  it('dates, counts and pseudonyms per file', async () => {
    three();
    const files = await history().fileHistory({});
    assert.deepEqual([...files.keys()], ['a.ts', 'lib/c.ts', 'lib/é b.ts']);
    assert.deepEqual(files.get('a.ts'), {
      firstDate: 1_600_000_000,
      lastDate: 1_600_172_800,
      commits: 3,
      authors: [0, 1],
    });
    assert.deepEqual(files.get('lib/é b.ts')?.authors, [0]);
    assert.equal(await history().headDate(), 1_600_172_800);
    assert.equal(await history().head(), git(['rev-parse', 'HEAD']).trim());
    assert.deepEqual(warnings, []);
  });

  it('answers for a folder below the top, packed refs, worktrees and sha256', async () => {
    three();
    const below = await history(join(root, 'lib')).fileHistory({});
    assert.deepEqual([...below.keys()], ['c.ts', 'é b.ts']);
    git(['pack-refs', '--all']);
    assert.equal(await history().head(), git(['rev-parse', 'HEAD']).trim());
    git(['worktree', 'add', '-q', '-b', 'side', join(root, 'tree'), 'HEAD~1']);
    assert.equal(await history(join(root, 'tree')).head(), git(['rev-parse', 'HEAD~1']).trim());
    assert.equal((await history(join(root, 'tree')).fileHistory({})).get('a.ts')?.commits, 2);
    const clone = join(root, 'clone "q" \\ é');
    git(['clone', '-q', `file://${root}`, clone]);
    assert.equal((await history(clone).fileHistory({})).get('a.ts')?.commits, 3);
    const other = join(root, 'sha256');
    git(['init', '-q', '--object-format=sha256', other]);
    writeFileSync(join(other, 'x.ts'), '1');
    git(['add', '-A'], {}, other);
    git(['-c', 'user.name=x', '-c', 'user.email=x', 'commit', '-q', '-m', 'x'], {}, other);
    assert.deepEqual([...(await history(other).fileHistory({})).keys()], ['x.ts']);
    assert.deepEqual(warnings, []);
  });

  it('says nothing of a shallow clone, in which all files seem to be of one day and one author', async () => {
    three();
    const clone = join(root, 'clone');
    git(['clone', '-q', '--depth=1', `file://${root}`, clone]);
    assert.equal((await history(clone).fileHistory({})).size, 0);
    assert.match(warnings.join(), /shallow.*git fetch --unshallow/);
    git(['fetch', '-q', '--unshallow'], {}, clone);
    assert.equal((await history(clone).fileHistory({})).get('a.ts')?.commits, 3);
    assert.equal(warnings.length, 1);
  });

  it('has nothing to say without commits, without git or on a broken repository, and does not throw', async () => {
    assert.equal(await history().headDate(), undefined);
    assert.equal((await history().fileHistory({})).size, 0);
    assert.deepEqual(warnings, []);
    three();
    rmSync(join(root, '.git/objects'), { recursive: true });
    mkdirSync(join(root, '.git/objects'));
    assert.equal((await history().fileHistory({})).size, 0);
    assert.equal(warnings.length, 1);
    rmSync(join(root, '.git'), { recursive: true });
    assert.equal(openGitHistory({ root, log }), undefined);
  });

  it('runs nothing that a hostile repository names', async () => {
    three();
    const marker = join(root, 'PWNED');
    const trap = join(root, 'trap.sh');
    writeFileSync(trap, `#!/bin/sh\necho "$0 $@" >> '${marker}'\nexit 1\n`);
    chmodSync(trap, 0o755);
    const settings: Record<string, string> = {
      'core.fsmonitor': trap,
      'core.sshCommand': trap,
      'core.pager': trap,
      'core.editor': trap,
      'core.askPass': trap,
      'core.hooksPath': join(root, 'hooks'),
      'core.alternateRefsCommand': trap,
      'core.gitProxy': trap,
      'core.attributesFile': join(root, 'attributes'),
      'diff.external': trap,
      'diff.evil.textconv': trap,
      'diff.evil.command': trap,
      'filter.evil.clean': trap,
      'filter.evil.smudge': trap,
      'filter.evil.process': trap,
      'merge.evil.driver': trap,
      'gpg.program': trap,
      'log.showSignature': 'true',
      'pager.log': trap,
      'credential.helper': `!${trap}`,
      'alias.log': `!${trap}`,
      'remote.origin.url': `ext::${trap}`,
      'remote.origin.promisor': 'true',
      'remote.origin.partialclonefilter': 'tree:0',
      'extensions.partialClone': 'origin',
      'protocol.ext.allow': 'always',
    };
    writeFileSync(join(root, '.gitattributes'), '* diff=evil filter=evil merge=evil\n');
    writeFileSync(join(root, 'attributes'), '* diff=evil filter=evil\n');
    for (const hook of ['post-index-change', 'post-checkout', 'reference-transaction', 'pre-auto-gc']) {
      for (const folder of ['hooks', '.git/hooks']) {
        mkdirSync(join(root, folder), { recursive: true });
        writeFileSync(join(root, folder, hook), readFileSync(trap));
        chmodSync(join(root, folder, hook), 0o755);
      }
    }
    git(['config', 'core.repositoryFormatVersion', '1']);
    for (const [name, value] of Object.entries(settings)) git(['config', name, value]);
    // Git itself falls for it: without this the test would prove nothing.
    try {
      git(['log', '-p', '--ext-diff']);
      git(['status']);
    } catch (error) {
      assert.ok(error);
    }
    assert.ok(existsSync(marker));
    rmSync(marker);
    const tools = join(root, 'node_modules/.bin');
    mkdirSync(tools, { recursive: true });
    writeFileSync(join(tools, 'git'), readFileSync(trap));
    chmodSync(join(tools, 'git'), 0o755);
    const path = process.env['PATH'];
    process.env['PATH'] = `${tools}:${path}`;
    try {
      assert.equal((await history().fileHistory({})).get('a.ts')?.commits, 3);
      assert.equal(await history().headDate(), 1_600_172_800);
    } finally {
      process.env['PATH'] = path;
    }
    assert.equal(existsSync(marker), false);
    // A missing object would make git fetch it from the promised remote.
    const objects = join(root, '.git/objects');
    for (const name of readdirSync(objects))
      if (/^[0-9a-f]{2}$/.test(name)) rmSync(join(objects, name), { recursive: true });
    assert.equal((await history().fileHistory({})).size, 0);
    assert.equal(existsSync(marker), false);
  });

  it('does not wait for pipes where git keeps files', async function () {
    this.timeout(10_000);
    three();
    for (const name of ['shallow', 'packed-refs', 'HEAD']) {
      rmSync(join(root, '.git', name), { force: true });
      execFileSync('mkfifo', [join(root, '.git', name)]);
      await history().fileHistory({});
    }
    assert.equal(await history().head(), undefined);
    rmSync(join(root, '.git'), { recursive: true });
    execFileSync('mkfifo', [join(root, '.git')]);
    assert.equal(openGitHistory({ root, log }), undefined);
  });

  it('ends when cancelled', async () => {
    three();
    await assert.rejects(history().fileHistory({ signal: AbortSignal.abort() }), /Cancelled/);
  });
});
