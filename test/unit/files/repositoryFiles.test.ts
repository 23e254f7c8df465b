/** The walk and the reader against real folders: ignore rules, links, encodings, odd files. */
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { LodestoneError } from '../../../src/base/errors.ts';
import { RepositoryFiles } from '../../../src/node/files/repositoryFiles.ts';
import { parseWalkRules } from '../../../src/node/files/walkRules.ts';
import { projectRoot } from '../../projectRoot.ts';

const rules = parseWalkRules(readFileSync(join(projectRoot, 'src/data/files/walk.json'), 'utf8'));
const clock = { now: () => performance.now(), yieldNow: () => new Promise<void>((resolve) => setImmediate(resolve)) };

describe('repository files', () => {
  let root: string;
  const files = (excludes: string[] = [], maxFileBytes = 100_000, at = root) =>
    new RepositoryFiles({ root: at, extensions: ['.ts', '.py', '.go'], maxFileBytes, excludes, rules, clock });
  const put = (path: string, content: string | Buffer = 'x\n') => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  };
  const paths = async (tree = files(), under?: string[]) =>
    (await tree.list(under ? { under } : {})).files.map(({ path }) => path);

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'lodestone-files-'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('lists source files and manifests in code-unit order and nothing else', async () => {
    for (const path of ['b.ts', 'a/z.py', 'a.ts', 'B.ts', 'README.md', 'package.json', 'sub/requirements-dev.txt'])
      put(path);
    assert.deepEqual(await paths(), ['B.ts', 'a.ts', 'a/z.py', 'b.ts', 'package.json', 'sub/requirements-dev.txt']);
  });

  it('lists a folder that an outer repository ignores when it is named, and what lies beside it is still ignored', async () => {
    put('.git/HEAD', 'ref: refs/heads/main\n');
    put('.gitignore', 'scratch/\n*.gen.ts\n');
    put('scratch/a.ts');
    put('kept/a.ts');
    put('kept/b.gen.ts');
    assert.deepEqual(await paths(files([], 100_000, join(root, 'scratch'))), ['a.ts']);
    assert.deepEqual(await paths(files([], 100_000, join(root, 'kept'))), ['a.ts']);
    assert.deepEqual(await paths(), ['kept/a.ts']);
  });

  it('agrees with git about nested ignore files, negation, anchoring and case', async () => {
    put('.gitignore', '*.gen.ts\n/only-root.ts\nlogs/\n!keep.gen.ts\nsrc/**/tmp/\n# note\n\\#odd.ts\nspace\\ .ts\n');
    put('src/.gitignore', '!again.gen.ts\nlocal.ts\n/sub/x.ts\n');
    put('.git/info/exclude', 'excluded.ts\n');
    for (const path of [
      'a.gen.ts',
      'A.GEN.ts',
      'keep.gen.ts',
      'only-root.ts',
      'src/only-root.ts',
      'logs/a.ts',
      'src/logs/b.ts',
      'src/again.gen.ts',
      'src/other.gen.ts',
      'src/local.ts',
      'local.ts',
      'src/sub/x.ts',
      'src/sub/sub/x.ts',
      'src/a/b/tmp/c.ts',
      'src/tmp/d.ts',
      'excluded.ts',
      '#odd.ts',
      'ü.ts',
      'with space.ts',
    ])
      put(path);
    rmSync(join(root, '.git'), { recursive: true });
    execFileSync('git', ['init', '-q', root]);
    put('.git/info/exclude', 'excluded.ts\n');
    const git = execFileSync('git', ['-c', 'core.quotePath=false', 'ls-files', '-co', '--exclude-standard', '-z'], {
      cwd: root,
    })
      .toString()
      .split('\0')
      .filter((path) => path.endsWith('.ts'))
      .sort();
    assert.deepEqual(await paths(), git);
    assert.equal(git.length, 8);
  });

  it('lets .lodestoneignore overrule .gitignore and the built-in folders', async () => {
    put('.gitignore', 'secret.ts\n');
    put('.lodestoneignore', 'noise/\n!secret.ts\n!build/\n');
    put('package.json', '{}');
    for (const path of ['noise/a.ts', 'secret.ts', 'build/b.ts', 'node_modules/m/i.ts', 'dist/c.ts']) put(path);
    assert.deepEqual(await paths(), ['build/b.ts', 'package.json', 'secret.ts']);
  });

  it('takes a folder for build output only where a manifest beside it says so', async () => {
    for (const path of [
      'build/a.ts',
      'tool/Cargo.toml',
      'tool/target/b.ts',
      'target/c.ts',
      'env/pyvenv.cfg',
      'env/d.py',
    ])
      put(path);
    assert.deepEqual(await paths(), ['build/a.ts', 'target/c.ts', 'tool/Cargo.toml']);
  });

  it("honours the host's globs with braces, and prunes whole folders", async () => {
    for (const path of ['src/a.ts', 'src/b.py', 'gen/x/y.ts', 'deep/fixtures/z.ts', '.hidden/h.ts']) put(path);
    assert.deepEqual(await paths(files(['**/*.{py,go}', 'gen/**', '**/fixtures'])), ['.hidden/h.ts', 'src/a.ts']);
  });

  it('applies the rules of the repository around an opened sub-folder', async () => {
    put('.gitignore', '*.log.ts\n/pkg/web/skip/\n/web/\n');
    put('pkg/.gitignore', 'web/local.ts\n');
    put('.git/HEAD', 'ref: refs/heads/main\n');
    for (const path of ['pkg/web/a.ts', 'pkg/web/b.log.ts', 'pkg/web/skip/c.ts', 'pkg/web/local.ts']) put(path);
    assert.deepEqual(await paths(files([], 1000, join(root, 'pkg/web'))), ['a.ts']);
  });

  it('applies info/exclude of a repository, of a linked worktree and of a submodule', async () => {
    put('main/.git/info/exclude', 'local.ts\n');
    put('main/.git/worktrees/side/commondir', '../..\n');
    put('side/.git', `gitdir: ${join(root, 'main/.git/worktrees/side')}\n`);
    put('main/.git/modules/sub/info/exclude', 'own.ts\n');
    put('main/sub/.git', 'gitdir: ../.git/modules/sub\n');
    for (const folder of ['main', 'side', 'main/sub']) for (const name of ['local', 'own']) put(`${folder}/${name}.ts`);
    assert.deepEqual(await paths(files([], 1000, join(root, 'main'))), ['own.ts']);
    assert.deepEqual(await paths(files([], 1000, join(root, 'side'))), ['own.ts']);
    assert.deepEqual(await paths(files([], 1000, join(root, 'main/sub'))), ['local.ts']);
  });

  it('lists a folder whose .git is a pipe', async () => {
    execFileSync('mkfifo', [join(root, '.git')]);
    put('a.ts');
    assert.deepEqual(await paths(), ['a.ts']);
  });

  it('leaves out repositories inside the repository', async () => {
    put('.git/HEAD', 'ref: refs/heads/main\n');
    put('sub/.git', 'gitdir: ../.git/modules/sub\n');
    for (const path of ['a.ts', 'sub/b.ts']) put(path);
    assert.deepEqual(await paths(), ['a.ts']);
  });

  it('meets each folder once, follows no link out and none round', async () => {
    put('real/a.ts');
    symlinkSync(root, join(root, 'real/loop'));
    symlinkSync('loop2', join(root, 'loop2'));
    symlinkSync(join(root, 'real'), join(root, 'alias'));
    symlinkSync('/etc', join(root, 'outside'));
    symlinkSync('/etc/passwd', join(root, 'outside.ts'));
    assert.deepEqual(await paths(), ['real/a.ts']);
    for (const path of ['outside.ts', '../x.ts', '/etc/passwd', 'real/../../x.ts', 'a\0.ts']) {
      await assert.rejects(files().read(path), (error: LodestoneError) => error.code === 'notARepositoryFile', path);
    }
    await assert.rejects(files().read('loop2'), (error: LodestoneError) => error.code === 'unreadable');
    assert.equal((await files().read('alias/a.ts')).text, 'x\n');
  });

  it('lists parts of the tree by the rules of the whole', async () => {
    put('.gitignore', 'out.ts\nskipped/\n');
    put('src/.gitignore', 'own.ts\n');
    for (const path of [
      'a.ts',
      'out.ts',
      'src/own.ts',
      'src/b.ts',
      'src/deep/c.ts',
      'skipped/d.ts',
      'node_modules/e.ts',
    ])
      put(path);
    symlinkSync(join(root, 'src'), join(root, 'linked'));
    const all = await paths();
    assert.deepEqual(all, ['a.ts', 'src/b.ts', 'src/deep/c.ts']);
    for (const under of [
      ['src'],
      ['a.ts'],
      ['out.ts'],
      ['src/own.ts'],
      ['skipped/d.ts'],
      ['skipped'],
      ['node_modules/e.ts'],
      ['gone'],
      ['linked/b.ts'],
      ['../a.ts'],
    ]) {
      const expected = all.filter((path) => under.some((one) => path === one || path.startsWith(`${one}/`)));
      assert.deepEqual(await paths(files(), under), expected, under[0]);
    }
  });

  it('reports what is too large or unreadable', async function () {
    put('big.ts', 'y'.repeat(2000));
    put('small.ts');
    const listing = await files([], 1000).list();
    assert.deepEqual(listing.skipped, [{ path: 'big.ts', reason: 'tooLarge' }]);
    await assert.rejects(files([], 1000).read('big.ts'), (error: LodestoneError) => error.code === 'fileTooLarge');
    if (process.getuid?.() !== 0) {
      put('locked/a.ts');
      chmodSync(join(root, 'locked'), 0);
      const locked = await files().list();
      chmodSync(join(root, 'locked'), 0o700);
      assert.deepEqual(locked.skipped, [{ path: 'locked', reason: 'unreadable' }]);
    }
  });

  it('passes over folders that may not be read', function () {
    if (process.getuid?.() !== 0) return this.skip();
    // Root may read everything, so the walk runs as nobody in a process of its own.
    put('open/a.ts');
    put('locked/b.ts');
    chmodSync(root, 0o755);
    chmodSync(join(root, 'locked'), 0o700);
    const before = process.geteuid?.();
    const tree = files();
    process.seteuid?.(65534);
    return tree
      .list()
      .finally(() => process.seteuid?.(before ?? 0))
      .then((listing) => {
        assert.deepEqual(
          listing.files.map(({ path }) => path),
          ['open/a.ts'],
        );
        assert.deepEqual(listing.skipped, [{ path: 'locked', reason: 'unreadable' }]);
      });
  });

  it('decodes marks, UTF-16 and invalid bytes, and keeps line endings', async () => {
    put('bom.ts', Buffer.from('\uFEFFa\r\nb\n'));
    put('le.ts', Buffer.from('\uFEFFé\r\n', 'utf16le'));
    put('be.ts', Buffer.from('\uFEFFé\n', 'utf16le').swap16());
    put('latin.ts', Buffer.from('// caf\xe9\n', 'latin1'));
    put('odd.ts', Buffer.from([0xff, 0xfe, 0x61, 0x00, 0x62]));
    put('nul.ts', Buffer.from('a\0b'));
    put('utf32.ts', Buffer.from([0xff, 0xfe, 0, 0, 0x61, 0, 0, 0, 0x0a, 0, 0, 0]));
    const read = async (path: string) => {
      const { text, encoding, bom, lossy } = await files().read(path);
      return { text, encoding, bom, lossy };
    };
    assert.deepEqual(await read('bom.ts'), { text: 'a\r\nb\n', encoding: 'utf8', bom: true, lossy: false });
    assert.deepEqual(await read('le.ts'), { text: 'é\r\n', encoding: 'utf16le', bom: true, lossy: false });
    assert.deepEqual(await read('be.ts'), { text: 'é\n', encoding: 'utf16be', bom: true, lossy: false });
    assert.deepEqual(await read('latin.ts'), { text: '// caf\uFFFD\n', encoding: 'utf8', bom: false, lossy: true });
    assert.equal((await read('odd.ts')).lossy, true);
    for (const path of ['nul.ts', 'utf32.ts'])
      await assert.rejects(files().read(path), (error: LodestoneError) => error.code === 'binaryFile');
    await assert.rejects(files().read('gone.ts'), (error: LodestoneError) => error.code === 'notFound');
  });

  it('lists names with control characters, and reports those that are no UTF-8', async () => {
    put('new\nline \u001b[31m.ts');
    writeFileSync(Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0x61, 0xff, 0x2e, 0x74, 0x73])]), 'x');
    const listing = await files().list();
    assert.deepEqual(
      listing.files.map(({ path }) => path),
      ['new\nline \u001b[31m.ts'],
    );
    assert.deepEqual(listing.skipped, [{ path: 'a\uFFFD.ts', reason: 'unreadable' }]);
    assert.equal((await files().read('new\nline \u001b[31m.ts')).text, 'x\n');
  });

  it('does not hang on ignore rules that take for ever, nor on an ignore file that is a pipe', async function () {
    this.timeout(5_000);
    const name = `${'a'.repeat(240)}.ts`;
    put(name);
    put('b.gen.ts');
    put('.gitignore', `${'*a'.repeat(30)}*b\n*.gen.ts\n`);
    mkdirSync(join(root, 'sub'));
    execFileSync('mkfifo', [join(root, 'sub/.gitignore')]);
    put('sub/c.ts');
    const listing = await files([`**/${'*a'.repeat(30)}*b`]).list();
    assert.deepEqual(
      listing.files.map(({ path }) => path),
      [name, 'sub/c.ts'],
    );
    assert.deepEqual(
      listing.skipped.map(({ path }) => path),
      ['.gitignore', 'sub/.gitignore'],
    );
  });

  it('does not hang on a pipe that is called a source file', async () => {
    execFileSync('mkfifo', [join(root, 'pipe.ts')]);
    assert.deepEqual(await paths(), []);
    await assert.rejects(files().read('pipe.ts'), (error: LodestoneError) => error.code === 'unreadable');
  });

  it('does not trust the time of a file that was written a moment ago', async () => {
    put('fresh.ts');
    put('old.ts');
    utimesSync(join(root, 'old.ts'), 1, 1);
    assert.equal((await files().read('fresh.ts')).stat.mtimeMs, -1);
    // The status change is recent although the modification time was set back.
    assert.equal((await files().read('old.ts')).stat.mtimeMs, -1);
  });

  it('refuses a damaged list of rules instead of walking by half of it', () => {
    for (const text of [
      '{',
      '{}',
      JSON.stringify({ ...rules, markers: [1] }),
      JSON.stringify({ ...rules, ignoredBeside: { a: 'b' } }),
    ]) {
      assert.throws(
        () => parseWalkRules(text),
        (error: LodestoneError) => error.code === 'badData',
        text,
      );
    }
  });

  it('stops when cancelled', async () => {
    put('a.ts');
    await assert.rejects(
      files().list({ signal: AbortSignal.abort() }),
      (error: LodestoneError) => error.code === 'cancelled',
    );
  });
});
