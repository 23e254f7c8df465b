/** The replayed states are the parents' trees: with branches, merges, deletions, and in a folder below the repository's top. */
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { LanguageEntry } from '../../../src/core/languages.ts';
import { CommitReplay } from '../../../src/node/git/commitReplay.ts';
import { projectRoot } from '../../projectRoot.ts';

const languages = JSON.parse(readFileSync(join(projectRoot, 'grammars/languages.json'), 'utf8')) as LanguageEntry[];

describe('replay of commits', () => {
  const top = mkdtempSync(join(tmpdir(), 'lodestone-replay-'));
  const root = join(top, 'app');
  let clock = 1_700_000_000;
  const git = (...args: string[]) => {
    const date = `${clock++} +0000`;
    return execFileSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.org', ...args], {
      cwd: top,
      encoding: 'utf8',
      env: { ...process.env, GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date },
    });
  };
  const commit = (files: Record<string, string | undefined>) => {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      if (text === undefined) rmSync(join(root, path));
      else writeFileSync(join(root, path), text);
    }
    git('add', '-A');
    git('commit', '-q', '-m', 'more');
  };

  before(() => {
    mkdirSync(root);
    git('init', '-q', '-b', 'main');
    writeFileSync(join(top, 'outside.ts'), 'outside();\n');
    commit({ 'a.ts': 'one();\n', 'läuft.py': 'run()\n', 'notes.md': 'no source\n' });
    git('checkout', '-q', '-b', 'side');
    commit({ 'side.ts': 'side();\n' });
    git('checkout', '-q', 'main');
    commit({ 'a.ts': 'one();\ntwo();\n' });
    git('merge', '-q', '--no-edit', 'side');
    commit({ 'läuft.py': undefined, 'folder/b.ts': 'three();\n' });
    commit({ 'a.ts': 'two();\n' });
  });
  after(() => rmSync(top, { recursive: true, force: true }));

  it('brings the state to the parent before each commit, oldest first, without merges', async () => {
    const state = new Map<string, string>();
    const seen: string[] = [];
    const replay = new CommitReplay(root, languages).commits(
      10,
      async (updates) => {
        for (const { path, text } of updates) {
          if (text === undefined) state.delete(path);
          else state.set(path, text);
        }
      },
      {},
    );
    for await (const { id, changes } of replay) {
      const listed = git('ls-tree', '-r', '-z', '--name-only', `${id}^`).split('\0');
      const sources = listed.filter((path) => /^app\/.*\.(ts|py)$/.test(path)).map((path) => path.slice('app/'.length));
      assert.deepEqual([...state.keys()].sort(), sources.sort());
      for (const [path, text] of state) assert.equal(text, git('show', `${id}^:app/${path}`));
      for (const { path, before } of changes) assert.equal(before, state.get(path));
      seen.push(changes.map(({ path, after }) => `${path}${after === undefined ? ' gone' : ''}`).join(', '));
    }
    assert.deepEqual(seen, ['side.ts', 'a.ts', 'folder/b.ts, läuft.py gone', 'a.ts']);
  });

  it('says what a folder without commits lacks', () => {
    const bare = mkdtempSync(join(tmpdir(), 'lodestone-replay-'));
    assert.throws(() => new CommitReplay(bare, languages), { code: 'notFound' });
    rmSync(bare, { recursive: true });
  });
});
