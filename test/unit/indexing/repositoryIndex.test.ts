/** The index against the disk: what is analysed, what is not analysed again, and that nothing is missed. */
import { strict as assert } from 'node:assert';
import { execFileSync, spawn } from 'node:child_process';
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { isCancelled } from '../../../src/base/errors.ts';
import type { CallOptions } from '../../../src/base/progress.ts';
import { CountingAnalyser, comparable, TestRepository, useWorkers } from './harness.ts';

const module = (n: number) => `export function f${n}(a: number) {\n  return g(a, ${n});\n}\n`;

describe('repository index', () => {
  useWorkers();
  let repository: TestRepository;
  beforeEach(() => {
    repository = new TestRepository();
  });
  afterEach(() => repository.dispose());

  it('analyses a repository once and serves the same bytes after reopening without a worker', async () => {
    for (let n = 0; n < 20; n++) repository.put(`src/m${n}.ts`, module(n));
    repository.put('package.json', '{"name":"x"}');
    const first = repository.open();
    const cold = await first.miner.mine({});
    assert.equal(first.analyser.analysed.length, 20);
    assert.equal(cold.parsed, 20);
    assert.deepEqual(
      first.index.facts('src/m3.ts')?.functions.map(({ name }) => name),
      ['f3'],
    );
    first.store.close();

    const second = repository.open();
    const warm = await second.miner.mine({});
    assert.equal(comparable(warm), comparable(cold));
    assert.deepEqual(second.analyser.analysed, []);
    assert.equal(second.reducer.files.size, 0, 'no facts are decoded for a stored report');
    await second.miner.warm({});
    assert.equal(second.reducer.files.size, 20);
    second.store.close();
  });

  it('sees to other things once the workers are busy, before any reducer is given a file', async () => {
    for (let n = 0; n < 20; n++) repository.put(`src/m${n}.ts`, module(n));
    const { index, analyser, reducer, store } = repository.open();
    index.attach(reducer);
    let seen: number[] = [];
    await index.reconcile(
      {},
      {
        started: async () => {
          await new Promise((resolve) => setTimeout(resolve, 0));
          seen = [analyser.analysed.length, reducer.files.size];
        },
        given: () => undefined,
      },
    );
    assert.ok((seen[0] ?? 0) > 0, 'files are on their way to the workers');
    assert.equal(seen[1], 0);
    assert.equal(reducer.files.size, 20);
    store.close();
  });

  it('says while it reads which languages a reducer has all files of', async () => {
    for (let n = 0; n < 300; n++) repository.put(`a/m${n}.py`, `def f${n}(a):\n    return g(a, ${n})\n`);
    for (let n = 0; n < 300; n++) repository.put(`b/m${n}.ts`, module(n));
    const { miner, reducer, store } = repository.open();
    await miner.mine({});
    assert.deepEqual([...new Set(reducer.foreseen)], ['.py'], 'the others are there when the report is made anyway');
    store.close();
  });

  it('tells the analyser before the first file how much there is to do', async () => {
    const texts = Array.from({ length: 150 }, (_, n) => module(n));
    texts.forEach((text, n) => repository.put(`m${n}.ts`, text));
    const analyser = new CountingAnalyser();
    const { miner, store } = repository.open('cache', analyser);
    await miner.mine({});
    assert.deepEqual([...analyser.expected], [texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0)]);
    store.close();
  });

  it('reports what it passed over and why, in path order', async () => {
    repository.put('a/bin.ts', Buffer.from('a\0b'));
    repository.put('a/latin.ts', Buffer.from('// caf\xe9\n', 'latin1'));
    repository.put('big.ts', `// ${'x'.repeat(40_000)}\n`);
    repository.put('deep.ts', `x = ${'[\n'.repeat(6000)}${']\n'.repeat(6000)};\n`);
    repository.put('utf16.ts', Buffer.from('\uFEFFexport function u() {}\r\n', 'utf16le'));
    repository.put('mini.ts', `var a=1;${'function b(){return a}'.repeat(800)}`);
    const { miner, index, store } = repository.open('cache', new CountingAnalyser(), 30_000);
    const report = await miner.mine({});
    const reasons = Object.fromEntries(report.skipped.map(({ path, reason }) => [path, reason]));
    assert.equal(reasons['big.ts'], 'tooLarge');
    assert.equal(reasons['a/bin.ts'], 'binary');
    assert.equal(reasons['a/latin.ts'], 'encoding');
    assert.equal(reasons['deep.ts'], 'tooDeep');
    assert.equal(reasons['mini.ts'], 'minified');
    assert.deepEqual(
      index.facts('utf16.ts')?.functions.map(({ name }) => name),
      ['u'],
    );
    assert.equal(report.files, 6);
    assert.equal(report.parsed, 1);
    const paths = report.skipped.map(({ path }) => path);
    assert.deepEqual(paths, [...paths].sort());
    store.close();
  });

  it('re-analyses only unseen contents at a branch switch, and nothing on the way back', async () => {
    for (let n = 0; n < 100; n++) repository.put(`m${n}.ts`, module(n));
    const { miner, analyser, store } = repository.open();
    const before = comparable(await miner.mine({}));
    analyser.analysed.length = 0;
    for (let n = 0; n < 90; n++) repository.put(`m${n}.ts`, module(n + (n < 10 ? 1000 : 1)));
    const changes = Array.from({ length: 90 }, (_, n) => ({ path: `m${n}.ts`, kind: 'changed' as const }));
    const after = comparable(await miner.filesChanged(changes, {}));
    assert.deepEqual(analyser.analysed.sort(), Array.from({ length: 10 }, (_, n) => `m${n}.ts`).sort());
    assert.equal(after, await repository.cold());
    analyser.analysed.length = 0;
    for (let n = 0; n < 90; n++) repository.put(`m${n}.ts`, module(n));
    assert.equal(comparable(await miner.filesChanged(changes, {})), before);
    assert.deepEqual(analyser.analysed, []);
    store.close();
  });

  it('follows folders that are renamed or deleted, by whatever name the watcher gives', async () => {
    for (let n = 0; n < 5; n++) repository.put(`old/in/m${n}.ts`, module(n));
    repository.put('keep.ts', module(9));
    const { miner, index, analyser, store } = repository.open();
    await miner.mine({});
    analyser.analysed.length = 0;
    renameSync(join(repository.root, 'old'), join(repository.root, 'new'));
    const report = await miner.filesChanged(
      [
        { path: 'old', kind: 'deleted' },
        { path: 'new', kind: 'changed' },
      ],
      {},
    );
    assert.equal(comparable(report), await repository.cold());
    assert.deepEqual(analyser.analysed, [], 'the contents were known');
    assert.equal(index.paths().length, 6);
    repository.remove('new/in');
    assert.equal((await miner.filesChanged([{ path: 'new/in', kind: 'deleted' }], {})).files, 1);
    store.close();
  });

  it('lists anew when an ignore file changes', async () => {
    repository.put('gen/a.ts', module(1));
    repository.put('b.ts', module(2));
    const { miner, store } = repository.open();
    assert.equal((await miner.mine({})).files, 2);
    repository.put('.gitignore', 'gen/\n');
    assert.equal((await miner.filesChanged([{ path: '.gitignore', kind: 'changed' }], {})).files, 1);
    store.close();
  });

  it('notices a file replaced by one of the same size and time', async () => {
    repository.put('a.ts', 'export const one = 1;\nfunction alpha() {}\n');
    const { miner, index, store } = repository.open();
    await miner.mine({});
    repository.put('a.ts', 'export const one = 1;\nfunction omega() {}\n');
    await miner.mine({});
    assert.deepEqual(
      index.facts('a.ts')?.functions.map(({ name }) => name),
      ['omega'],
    );
    store.close();
  });

  it('leaves a consistent store when cancelled at any stage, and continues from there', async () => {
    for (let n = 0; n < 60; n++) repository.put(`m${n}.ts`, module(n));
    const expected = await repository.cold();
    for (const stopAfter of [0, 1, 17, 59]) {
      const cache = `cancel-${stopAfter}`;
      const controller = new AbortController();
      class Stopping extends CountingAnalyser {
        override analyse(file: { path: string; text: string }, options: CallOptions) {
          if (this.analysed.length >= stopAfter) controller.abort();
          return super.analyse(file, options);
        }
      }
      const first = repository.open(cache, new Stopping());
      await assert.rejects(first.miner.mine({ signal: controller.signal }), isCancelled);
      const inStore = first.store.files();
      for (const { path, hash } of inStore) {
        assert.ok(first.store.analysis({ hash, extension: '.ts' }), `${path} has its analysis`);
      }
      // The same process goes on where it stopped.
      assert.equal(comparable(await first.miner.mine({})), expected);
      first.store.close();
    }
  });

  it('agrees between an editor and a command line that are open on one store', async () => {
    for (let n = 0; n < 10; n++) repository.put(`m${n}.ts`, module(n));
    const editor = repository.open();
    const commandLine = repository.open();
    await editor.miner.mine({});
    assert.equal(comparable(await commandLine.miner.mine({})), await repository.cold());
    assert.deepEqual(commandLine.analyser.analysed, []);
    repository.put('m3.ts', module(33));
    repository.remove('m4.ts');
    const changes = [
      { path: 'm3.ts', kind: 'changed' as const },
      { path: 'm4.ts', kind: 'deleted' as const },
    ];
    await editor.miner.filesChanged(changes, {});
    const expected = await repository.cold();
    // The other one's rows are of before; it was told of nothing and reads what the store has become.
    assert.equal(comparable(await commandLine.miner.filesChanged([{ path: 'm0.ts', kind: 'changed' }], {})), expected);
    assert.deepEqual(commandLine.analyser.analysed, []);
    await commandLine.miner.warm({});
    assert.equal(commandLine.reducer.files.size, 9);
    editor.store.close();
    commandLine.store.close();
  });

  it('makes a damaged analysis anew instead of serving it', async () => {
    for (let n = 0; n < 5; n++) repository.put(`m${n}.ts`, module(n));
    const first = repository.open();
    const expected = comparable(await first.miner.mine({}));
    first.store.close();
    const raw = new DatabaseSync(join(repository.folder, 'cache/index.sqlite'));
    raw.exec(
      "UPDATE analyses SET packed = zeroblob(length(packed)) WHERE id IN (2, 4); UPDATE report SET packed = x'00ff'",
    );
    raw.close();
    const second = repository.open();
    assert.equal(comparable(await second.miner.mine({})), expected);
    assert.equal(second.analyser.analysed.length, 2);
    second.store.close();
  });

  it('ties the stored report to HEAD, since history ranks', async () => {
    repository.put('a.ts', module(1));
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=x', '-c', 'user.email=x@y', ...args], {
        cwd: repository.root,
        stdio: 'pipe',
      });
    git('init', '-q');
    git('add', '-A');
    git('commit', '-q', '-m', 'one');
    const { miner, reducer, store } = repository.open();
    let reports = 0;
    const original = reducer.report.bind(reducer);
    reducer.report = (context) => {
      reports++;
      assert.equal(context.history.get('a.ts')?.commits, 1);
      assert.ok(context.headDate);
      return original(context);
    };
    await miner.mine({});
    await miner.mine({});
    assert.equal(reports, 1);
    git('commit', '-q', '--allow-empty', '-m', 'two');
    await miner.mine({});
    assert.equal(reports, 2);
    store.close();
  });

  it('is right in the end about files that change and vanish while they are read', async () => {
    for (let n = 0; n < 40; n++) repository.put(`m${n}.ts`, module(n));
    const script = `
      const fs = require('fs');
      const end = Date.now() + 1500;
      for (let i = 0; Date.now() < end; i++) {
        const path = 'm' + (i * 7 % 40) + '.ts';
        if (i % 5 === 0) fs.rmSync(path, { force: true });
        else if (i % 5 === 1) { fs.writeFileSync('t', 'export const t' + i + ' = 1;\\n'); fs.renameSync('t', path); }
        else fs.writeFileSync(path, 'export function f' + i + '() {\\n' + '  g(' + i + ');\\n'.repeat(i % 900) + '}\\n');
      }`;
    const writer = spawn(process.execPath, ['-e', script], { cwd: repository.root, stdio: 'inherit' });
    const ended = new Promise((resolve) => writer.on('close', resolve));
    const { miner, store } = repository.open();
    let rounds = 0;
    for (let running = true; running; rounds++) {
      await miner.mine({});
      running = writer.exitCode === null;
    }
    assert.equal(await ended, 0);
    assert.ok(rounds > 2);
    assert.equal(comparable(await miner.mine({})), await repository.cold());
    store.close();
  });

  it('serves an empty repository', async () => {
    const { miner, store } = repository.open();
    assert.equal(miner.stored(), undefined);
    const report = await miner.mine({});
    assert.deepEqual([report.files, report.parsed, report.skipped], [0, 0, []]);
    assert.equal(miner.stored()?.files, 0);
    store.close();
  });
});
