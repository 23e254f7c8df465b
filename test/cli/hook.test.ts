/** `lodestone hook`: real git, real commits: what adds errors is stopped, what was broken before is not, and nobody's hook is lost. */
import { strict as assert } from 'node:assert';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Scratch } from './lodestone.ts';

interface Hook {
  readonly action: string;
  readonly hook: {
    readonly path: string;
    readonly state: string;
    readonly chained: boolean;
    readonly executable: boolean;
  } | null;
  readonly added: readonly {
    readonly path: string;
    readonly line: number;
    readonly tool: string;
    readonly code: string;
  }[];
  readonly left: number;
  readonly checked: readonly string[];
  readonly skipped: readonly string[];
}

const SOUND = 'export function total(prices: number[]): number {\n  return prices.length;\n}\n';
const WRONG = 'export function total(prices: number[]): number {\n  return prices.lenght;\n}\n';
const CONFIG = '{"compilerOptions":{"strict":true,"target":"es2022","module":"esnext","moduleResolution":"bundler"}}';

describe('cli hook', () => {
  let scratch: Scratch;
  let root: string;
  const env = () => ({
    ...process.env,
    ...{ XDG_CACHE_HOME: scratch.cache, XDG_CONFIG_HOME: scratch.config, NO_COLOR: '1', HOME: scratch.folder },
    ...{ GIT_CONFIG_GLOBAL: join(scratch.folder, 'gitconfig'), GIT_CONFIG_SYSTEM: '/dev/null' },
  });
  const git = (...args: string[]) => execFileSync('git', args, { cwd: root, env: env(), encoding: 'utf8' });
  const commit = (...args: string[]) => {
    const run = spawnSync('git', ['commit', '-m', 'x', ...args], { cwd: root, env: env(), encoding: 'utf8' });
    return { code: run.status, told: `${run.stdout}${run.stderr}` };
  };
  const write = (path: string, text: string) => {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const hook = (args: readonly string[], codes = [0]) =>
    scratch.json<Hook>(['hook', ...args], {
      cwd: root,
      codes,
      env: { GIT_CONFIG_GLOBAL: join(scratch.folder, 'gitconfig') },
    });

  beforeEach(() => {
    scratch = new Scratch();
    root = join(scratch.folder, "it's a repository");
    mkdirSync(root);
    writeFileSync(
      join(scratch.folder, 'gitconfig'),
      '[user]\n\tname = A\n\temail = a@example.org\n[init]\n\tdefaultBranch = main\n[commit]\n\tgpgsign = false\n',
    );
    git('init', '-q');
    write('tsconfig.json', CONFIG);
    write('src/a.ts', SOUND);
    git('add', '.');
    git('commit', '-q', '-m', 'first');
  });
  afterEach(() => scratch.dispose());

  it('stops a commit that adds an error, lets pass what was broken before, and --no-verify goes round it', async () => {
    const { hook: state } = await hook(['install']);
    assert.equal(state?.state, 'installed');
    assert.ok((statSync(state?.path as string).mode & 0o111) !== 0);
    write('src/a.ts', WRONG);
    git('add', '.');
    const stopped = commit();
    assert.equal(stopped.code, 1, stopped.told);
    assert.match(stopped.told, /src\/a\.ts:2:17 typescript TS2551/);
    assert.match(stopped.told, /--no-verify/);
    assert.equal(commit('--no-verify').code, 0);
    write('src/a.ts', `${WRONG}\nexport const more = 1;\n`);
    git('add', '.');
    const passed = commit();
    assert.equal(passed.code, 0, passed.told);
    assert.match(passed.told, /there before/);
    write('README.md', 'words');
    git('add', '.');
    assert.equal(commit().code, 0);
  });

  it('looks at what is staged, not at what lies on disk', async () => {
    await hook(['install']);
    write('src/a.ts', WRONG);
    git('add', '.');
    write('src/a.ts', SOUND);
    assert.equal(commit().code, 1);
    git('add', '.');
    write('src/a.ts', WRONG);
    write('src/b.ts', "import { total } from './a';\n\nexport const sum: number = total([1]);\n");
    git('add', 'src/b.ts');
    const passed = commit();
    assert.equal(passed.code, 0, passed.told);
  });

  it('sees what a commit breaks elsewhere, syntax of languages without a tool, and renamed files', async () => {
    write('src/b.ts', "import { total } from './a';\n\nexport const sum: number = total([1]);\n");
    write('lib/x.py', 'def f():\n    return 1\n');
    git('add', '.');
    git('commit', '-q', '-m', 'second');
    write('src/a.ts', SOUND.replace('): number {', ', rate: number): number {').replace('length', 'length * rate'));
    git('add', '.');
    const told = await hook(['run'], [1]);
    assert.deepEqual(
      told.added.map(({ path, code }) => [path, code]),
      [['src/b.ts', 'TS2554']],
    );
    git('reset', '-q', '--hard');
    git('mv', 'src/a.ts', 'src/renamed file.ts');
    write('src/b.ts', "import { total } from './renamed file';\n\nexport const sum: number = total([1]);\n");
    write('lib/x.rs', 'fn broken( {\n');
    git('add', '.');
    const other = await hook(['run'], [1]);
    assert.deepEqual([...other.checked].sort(), ['lib/x.rs', 'src/b.ts', 'src/renamed file.ts']);
    assert.ok(
      other.added.length > 0 && other.added.every(({ path }) => path === 'lib/x.rs'),
      JSON.stringify(other.added),
    );
    git('reset', '-q', '--hard');
    assert.deepEqual((await hook(['run'])).checked, []);
  });

  it('checks the first commit of a repository, and commits of single files', async () => {
    const fresh = join(scratch.folder, 'fresh');
    mkdirSync(fresh);
    root = fresh;
    git('init', '-q');
    await hook(['install']);
    write('a.ts', WRONG);
    write('tsconfig.json', CONFIG);
    git('add', '.');
    assert.equal(commit().code, 1);
    write('a.ts', SOUND);
    git('add', '.');
    assert.equal(commit().code, 0);
    write('a.ts', WRONG);
    write('b.ts', 'export const b = 1;\n');
    git('add', 'b.ts');
    assert.equal(commit('b.ts').code, 0);
    assert.equal(commit('a.ts').code, 1);
  });

  it('never overwrites a foreign hook; chained, both run, and uninstall puts it back', async () => {
    const foreign = join(root, '.git/hooks/pre-commit');
    mkdirSync(join(root, '.git/hooks'), { recursive: true });
    const script = '#!/bin/sh\necho theirs >&2\ntest ! -e forbidden\n';
    writeFileSync(foreign, script);
    chmodSync(foreign, 0o755);
    assert.equal((await hook(['status'], [1])).hook?.state, 'foreign');
    const refused = await scratch.run(['hook', 'install'], { cwd: root });
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /--chain/);
    assert.equal(readFileSync(foreign, 'utf8'), script);
    assert.equal((await scratch.run(['hook', 'uninstall'], { cwd: root })).code, 2);
    assert.equal((await hook(['install', '--chain'])).hook?.chained, true);
    assert.equal((await hook(['install'])).hook?.chained, true, 'installing again changes nothing');
    write('forbidden', '');
    git('add', '.');
    const stopped = commit();
    assert.equal(stopped.code, 1);
    assert.match(stopped.told, /theirs/);
    git('rm', '-q', '-f', 'forbidden');
    write('src/a.ts', WRONG);
    git('add', '.');
    assert.match(commit().told, /theirs[\s\S]*TS2551/);
    await hook(['uninstall']);
    assert.equal(readFileSync(foreign, 'utf8'), script);
    assert.equal((await hook(['status'], [1])).hook?.state, 'foreign');
  });

  it('honours core.hooksPath and linked working trees, and leaves a folder of other repositories alone', async () => {
    git('config', 'core.hooksPath', 'tools/my hooks');
    assert.equal((await hook(['install'])).hook?.path, join(root, 'tools/my hooks/pre-commit'));
    write('src/a.ts', WRONG);
    git('add', 'src');
    assert.equal(commit().code, 1);
    await hook(['uninstall']);
    assert.equal(existsSync(join(root, 'tools/my hooks/pre-commit')), false);
    git('config', 'core.hooksPath', join(scratch.folder, 'shared hooks'));
    const refused = await scratch.run(['hook', 'install'], { cwd: root });
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /outside this repository/);
    git('config', '--unset', 'core.hooksPath');
    git('reset', '-q', '--hard');
    git('worktree', 'add', '-q', join(scratch.folder, 'linked'));
    const main = root;
    root = join(scratch.folder, 'linked');
    assert.equal((await hook(['install'])).hook?.path, join(main, '.git/hooks/pre-commit'));
    write('src/a.ts', WRONG);
    git('add', '.');
    assert.equal(commit().code, 1);
  });

  it('takes a staged link for no code, and what was a link before for a new file', async () => {
    await hook(['install']);
    symlinkSync('../src/a.ts', join(root, 'src/link.ts'));
    git('add', '.');
    assert.deepEqual((await hook(['run'])).checked, []);
    assert.equal(commit().code, 0);
    rmSync(join(root, 'src/link.ts'));
    write('src/link.ts', WRONG);
    git('add', '.');
    const stopped = commit();
    assert.equal(stopped.code, 1, stopped.told);
    assert.match(stopped.told, /src\/link\.ts:2:17 typescript TS2551/);
  });

  it('leaves husky its hooks, and says which file of the user the check belongs into', async () => {
    // As husky 9 writes them: each hook runs the user's of the name under which it was called.
    const script = '#!/usr/bin/env sh\n. "$(dirname "$0")/h"';
    write('.husky/_/h', '#!/usr/bin/env sh\nsh -e "$(dirname "$(dirname "$0")")/$(basename "$0")" "$@"\n');
    write('.husky/_/pre-commit', script);
    chmodSync(join(root, '.husky/_/pre-commit'), 0o755);
    write('.husky/pre-commit', 'echo theirs >&2\n');
    git('config', 'core.hooksPath', '.husky/_');
    for (const args of [[], ['--chain']]) {
      const refused = await scratch.run(['hook', 'install', ...args], { cwd: root });
      assert.equal(refused.code, 2);
      assert.match(refused.stderr, /husky[\s\S]*"lodestone hook run \|\| exit 1" to \.husky\/pre-commit/);
    }
    assert.equal(readFileSync(join(root, '.husky/_/pre-commit'), 'utf8'), script);
    write('words.txt', 'words\n');
    git('add', '.');
    assert.match(commit().told, /theirs/);
  });

  it('says that its tool is gone, and stops', async () => {
    const { hook: state } = await hook(['install']);
    const path = state?.path as string;
    writeFileSync(path, readFileSync(path, 'utf8').replace(/^cli=.*$/m, "cli='/nowhere/cli.js'"));
    write('src/a.ts', `${SOUND}\n`);
    git('add', '.');
    const stopped = commit();
    assert.equal(stopped.code, 1);
    assert.match(stopped.told, /is gone[\s\S]*hook install[\s\S]*--no-verify/);
  });

  it('refuses a folder without a repository, other actions, and an option of another action', async () => {
    const refusals: [args: string[], told: RegExp][] = [
      [['install', scratch.folder], /git init/],
      [['enable'], /install\|uninstall\|status\|run/],
      [['install', '--budget', '5'], /--budget belongs to "hook run"/],
    ];
    for (const [args, told] of refusals) {
      const { code, stderr } = await scratch.run(['hook', ...args], { cwd: root });
      assert.equal(code, 2);
      assert.match(stderr, told);
    }
    assert.equal((await hook(['status'], [1])).hook?.state, 'absent');
  });
});
