/** Bad input as the issue lists it: nothing crashes, hangs or gets lost, and each has a clear message. */
import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MiningReport } from '../../src/core/mining/attractor.ts';
import { needs } from '../missing.ts';
import { nodeBinary, Scratch } from './lodestone.ts';

const NOBODY = 65534;

describe('cli and bad input', () => {
  let scratch: Scratch;
  beforeEach(() => {
    scratch = new Scratch();
  });
  afterEach(function () {
    // 50,000 files take a busy disk a while.
    this.timeout(300_000);
    scratch.dispose();
  });

  const mine = async () => await scratch.json<MiningReport>(['mine', '.']);
  const reasons = (report: MiningReport) =>
    Object.fromEntries(report.skipped.map(({ path, reason }) => [path, reason]));

  it('mines an empty folder', async () => {
    const report = await mine();
    assert.deepEqual([report.files, report.parsed, report.skipped, report.deviants], [0, 0, [], []]);
    const { stdout, code } = await scratch.run(['mine', '.']);
    assert.equal(code, 0);
    assert.match(stdout, /0 files/);
  });

  it('passes over a 10 MB minified file and a binary that pretends to be source', async () => {
    scratch.write({
      'big.js': `var a=${'function(){return 1}+'.repeat(500_000)}0;`,
      'bin.py': new Uint8Array(10_000).map((_, index) => (index * 7) % 256),
      'ok.js': 'export const ok = 1;\n',
    });
    const report = await mine();
    assert.equal(report.parsed, 1);
    assert.deepEqual(reasons(report), { 'big.js': 'tooLarge', 'bin.py': 'binary' });
    const facts = await scratch.run(['facts', 'big.js', '--json']);
    assert.ok([0, 2].includes(facts.code as number), facts.stderr);
    const heal = await scratch.run(['heal', 'big.js', '--json']);
    assert.ok([0, 1, 2].includes(heal.code as number), heal.stderr);
  });

  it('reads UTF-16, BOM and CRLF, and says where bytes are not UTF-8', async () => {
    const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('export function wide() {}\r\n', 'utf16le')]);
    scratch.write({
      'wide.ts': utf16,
      'bom.ts': '\ufeffexport function marked() {}\r\nmarked();\r\n',
      'latin.py': Buffer.from('# caf\xe9\ndef f():\n    return 1\n', 'latin1'),
    });
    const report = await mine();
    assert.equal(report.files, 3);
    const facts = await scratch.json<{ functions: { name: string }[]; calls: { line: number }[] }>([
      'facts',
      'wide.ts',
    ]);
    assert.deepEqual(
      facts.functions.map(({ name }) => name),
      ['wide'],
    );
    const marked = await scratch.json<{ calls: { line: number }[] }>(['facts', 'bom.ts']);
    assert.deepEqual(
      marked.calls.map(({ line }) => line),
      [2],
    );
    const before = Buffer.from('# caf\xe9\ndef f()\n    return 1\n', 'latin1');
    scratch.write({ 'latin.py': before });
    const heal = await scratch.run(['heal', 'latin.py', '--write', '--json']);
    assert.ok([1, 2].includes(heal.code as number), `${heal.code} ${heal.stderr}`);
    assert.deepEqual(spawnSync('cat', [join(scratch.repository, 'latin.py')]).stdout, before);
  });

  it('endures deep nesting and syntax errors everywhere', async function () {
    this.timeout(120_000);
    scratch.write({
      'deep.ts': `export const x = ${'['.repeat(20_000)}${']'.repeat(20_000)};\n`,
      'deep.py': `x = ${'('.repeat(5_000)}1${')'.repeat(5_000)}\n`,
      'deep.js': `${'if (a) {'.repeat(5_000)}${'}'.repeat(5_000)}\n`,
      'deep.go': `package a\nvar x = ${'('.repeat(20_000)}1${')'.repeat(20_000)}\n`,
      'deep.rs': `fn f() { ${'{'.repeat(20_000)}${'}'.repeat(20_000)} }\n`,
      'broken.ts': '}}}} ((( class if => ] function `${{{\n'.repeat(200),
      'broken.py': ')))) def : :\n\t  class (\n'.repeat(200),
      'ok.ts': 'export const ok = 1;\n',
    });
    const report = await mine();
    assert.equal(report.files, 8);
    assert.ok(report.parsed >= 1);
    for (const file of ['deep.ts', 'deep.py', 'broken.ts', 'broken.py']) {
      const run = await scratch.run(['heal', file, '--json', '--budget', '5']);
      // 3: a compiler gave up on it, and the notes say so.
      assert.ok([0, 1, 2, 3].includes(run.code as number), `${file}: ${run.code} ${run.signal} ${run.stderr}`);
      assert.ok(JSON.parse(run.stdout).schemaVersion, file);
    }
  });

  it('follows no link twice and none out of the folder', async () => {
    scratch.write({ 'src/a.ts': 'export const a = 1;\n', '../secret.ts': 'export const secret = 1;\n' });
    const link = (target: string, path: string) => symlinkSync(target, join(scratch.repository, path));
    link('..', 'src/up');
    link('.', 'self');
    link('there', 'here');
    link('here', 'there');
    link('../secret.ts', 'secret.ts');
    link(scratch.folder, 'out');
    const report = await mine();
    assert.equal(report.parsed, 1);
    assert.ok(!JSON.stringify(report).includes('secret.ts') || !report.attractors.length);
    const run = await scratch.run(['facts', 'here']);
    assert.ok([2, 3].includes(run.code as number));
  });

  it('passes over what it may not read, and says so', async function () {
    needs(this, process.getuid?.() === 0, 'root, to run as another user');
    needs(
      this,
      spawnSync(nodeBinary, ['-e', '0'], { uid: NOBODY, gid: NOBODY }).status === 0,
      'a checkout that other users can read',
    );
    scratch.write({
      'ok.ts': 'export const ok = 1;\n',
      'closed/a.ts': 'export const a = 1;\n',
      'mine.ts': 'export const b = 1;\n',
    });
    chmodSync(join(scratch.repository, 'closed'), 0o700);
    chmodSync(join(scratch.repository, 'mine.ts'), 0o600);
    chmodSync(scratch.folder, 0o777);
    mkdirSync(scratch.cache);
    chownSync(scratch.cache, NOBODY, NOBODY);
    const report = await scratch.json<MiningReport>(['mine', '.'], { uid: NOBODY });
    assert.equal(report.parsed, 1);
    assert.equal(reasons(report)['mine.ts'], 'unreadable');
    assert.equal(reasons(report).closed, 'unreadable');
    const facts = await scratch.run(['facts', 'mine.ts'], { uid: NOBODY });
    assert.equal(facts.code, 3, facts.stderr);
  });

  it('neutralises escape sequences in names, messages and snippets', async () => {
    const evil = 'a\u001b]0;owned\u0007\u001b[31m\u009b2J.ts';
    scratch.write({
      [evil]: 'export const n = "abc".lenght; // \u001b[2J\n',
      'un\u001b[1mreadable.js': 'x'.repeat(2_000_000),
      'b.ts': 'export const t: "\u001b[31mred" = 1;\n',
    });
    for (const args of [
      ['mine', '.', '--all'],
      ['heal', evil, 'b.ts'],
      ['facts', evil],
      ['facts', `${evil}x`],
    ]) {
      const run = await scratch.run(args);
      assert.ok([0, 1, 2].includes(run.code as number), run.stderr);
      for (const out of [run.stdout, run.stderr])
        assert.ok(
          ![...out].some((c) => c !== '\n' && c !== '\t' && (c < ' ' || (c >= '\u007f' && c <= '\u009f'))),
          JSON.stringify(out),
        );
      const json = await scratch.run([...args.filter((word) => word !== '--all'), '--json']);
      assert.ok(![...json.stdout].some((c) => c !== '\n' && (c < ' ' || (c >= '\u007f' && c <= '\u009f'))));
      JSON.parse(json.stdout);
    }
  });

  it('runs no tool that the repository supplies through PATH', async () => {
    const told = join(scratch.folder, 'told');
    for (const path of ['git', 'node_modules/.bin/git', 'python3', 'node_modules/.bin/python3']) {
      scratch.write({ [path]: `#!/bin/sh\necho "$0" >> ${told}\n` });
      chmodSync(join(scratch.repository, path), 0o755);
    }
    scratch.write({ 'a.py': 'def f()\n    return 1\n' });
    const bin = join(scratch.repository, 'node_modules/.bin');
    const path = [bin, '.', '', 'node_modules/.bin', process.env.PATH].join(':');
    for (const args of [['doctor'], ['facts', 'a.py'], ['context', 'a.py', '--line', '1'], ['heal', 'a.py']]) {
      const run = await scratch.run([...args, '--json'], { env: { PATH: path } });
      assert.ok([0, 1].includes(run.code as number), run.stderr);
      assert.ok(!existsSync(told), `${args}: ${existsSync(told) && readFileSync(told, 'utf8')}`);
    }
  });

  it('waits for no pipe that bears the name of a configuration', async function () {
    this.timeout(120_000);
    scratch.write({ 'src/a.ts': 'export const a: string = 1;\n', 'src/b.py': 'def f()\n    return 1\n' });
    const names = ['package.json', 'tsconfig.json', 'src/tsconfig.json', 'pyproject.toml', 'setup.cfg', '.git'];
    needs(
      this,
      names.every((name) => spawnSync('mkfifo', [join(scratch.repository, name)]).status === 0),
      'mkfifo',
    );
    for (const args of [
      ['mine', '.'],
      ['heal', 'src/a.ts', 'src/b.py'],
      ['heal', '--trust', 'src/a.ts', 'src/b.py'],
    ]) {
      const run = await scratch.run([...args, '--json'], { timeoutMs: 40_000 });
      assert.ok([0, 1].includes(run.code as number), `${args}: ${run.code} ${run.signal} ${run.stderr}`);
    }
  });

  it('works where the cache cannot be written, and says so', async () => {
    scratch.write({ 'a.ts': 'export const a = 1;\n' });
    writeFileSync(join(scratch.folder, 'file'), '');
    const run = await scratch.run(['mine', '.', '--json', '--cache', join(scratch.folder, 'file', 'cache')]);
    assert.equal(run.code, 0, run.stderr);
    assert.equal(JSON.parse(run.stdout).parsed, 1);
    assert.match(run.stderr, /warning/);
  });

  it('works with a read-only cache, and says so', async function () {
    scratch.write({ 'a.ts': 'export const a = 1;\n' });
    const mounted = join(scratch.folder, 'readonly');
    mkdirSync(mounted);
    const mount = (...options: string[]) => spawnSync('mount', [...options, 'tmpfs', mounted]).status === 0;
    needs(this, mount('-t', 'tmpfs'), 'the right to mount a read-only disk');
    try {
      const cold = await scratch.run(['mine', '.', '--json', '--cache', mounted]);
      assert.equal(spawnSync('mount', ['-o', 'remount,ro', mounted]).status, 0);
      const run = await scratch.run(['mine', '.', '--json', '--cache', mounted]);
      assert.equal(run.code, 0, run.stderr);
      assert.deepEqual({ ...JSON.parse(run.stdout), durationMs: 0 }, { ...JSON.parse(cold.stdout), durationMs: 0 });
      assert.match(run.stderr, /warning/);
    } finally {
      spawnSync('umount', [mounted]);
    }
  });

  it('works on a full disk, and says so', async function () {
    const full = join(scratch.folder, 'full');
    mkdirSync(full);
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', full]).status === 0;
    needs(this, mounted, 'the right to mount a small disk');
    try {
      spawnSync('dd', ['if=/dev/zero', `of=${join(full, 'filler')}`, 'bs=1k']);
      scratch.write(
        Object.fromEntries(
          Array.from({ length: 50 }, (_, index) => [`f${index}.ts`, `export const a${index} = [1].map(String);\n`]),
        ),
      );
      const run = await scratch.run(['mine', '.', '--json', '--cache', full]);
      assert.equal(run.code, 0, run.stderr);
      assert.equal(JSON.parse(run.stdout).parsed, 50);
      assert.match(run.stderr, /warning/);
    } finally {
      spawnSync('umount', [full]);
    }
  });

  it('has no trouble with 50,000 files', async function () {
    this.timeout(600_000);
    for (let folder = 0; folder < 500; folder++) {
      const files: Record<string, string> = {};
      for (let file = 0; file < 100; file++)
        files[`d${folder}/f${file}.py`] = `def f${file}(x):\n    return x + ${file}\n`;
      scratch.write(files);
    }
    const report = await scratch.json<MiningReport>(['mine', '.'], { timeoutMs: 540_000 });
    assert.equal(report.parsed, 50_000);
  });
});
