/** The TypeScript toolchain on real projects: configuration, scripts, references, hostile settings, dependents, limits. */
import { strict as assert } from 'node:assert';
import { existsSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { LodestoneError } from '../../src/base/errors.ts';
import type { Diagnostic } from '../../src/core/healing/diagnostic.ts';
import { detectLayout } from '../../src/node/toolchains/typescriptFormat.ts';
import { STRICT, snapshotOf, typescriptToolchain, useTypeScript, writeFiles } from './typescriptFixture.ts';

const untrusted = { trusted: false };

describe('the TypeScript toolchain', () => {
  const { toolchain, workerPath, repository } = useTypeScript();
  const codes = async (root: string, path: string, overlay: Record<string, string> = {}) =>
    (await toolchain.diagnose(snapshotOf(root, overlay), [path], untrusted)).diagnostics.map(({ code }) => code);

  it('counts columns in UTF-16 units and reports the place of the error', async () => {
    const root = repository({
      'tsconfig.json': STRICT,
      'a.ts': 'const s = "😀"; const n: number = s;\nexport { n };\n',
    });
    const { diagnostics } = await toolchain.diagnose(snapshotOf(root), ['a.ts'], untrusted);
    const { line, column, endLine, endColumn, code, category, tool } = diagnostics[0] as Diagnostic;
    assert.deepEqual(
      [line, column, endLine, endColumn, code, category, tool],
      [1, 23, 1, 24, 'TS2322', 'type mismatch', 'typescript'],
    );
  });

  it('honours extends, and reads a changed configuration again', async () => {
    const root = repository({
      'base.json': '{"compilerOptions": {"strict": false, "types": [], "noEmit": true}}',
      'tsconfig.json': '{"extends": "./base.json"}',
      'a.ts': 'export function f(a) {\n  return a;\n}\n',
    });
    assert.deepEqual(await codes(root, 'a.ts'), []);
    await new Promise((resolve) => setTimeout(resolve, 20));
    writeFiles(root, { 'base.json': '{"compilerOptions": {"strict": true, "types": [], "noEmit": true}}' });
    assert.deepEqual(await codes(root, 'a.ts'), ['TS7006']);
  });

  it('sees a file that was saved, and one that was deleted, between two calls', async () => {
    const root = repository({ 'tsconfig.json': STRICT, 'a.ts': 'export const a: number = "x";\n' });
    assert.deepEqual(await codes(root, 'a.ts'), ['TS2322']);
    writeFiles(root, { 'a.ts': 'export const a: number = 12345;\n' });
    assert.deepEqual(await codes(root, 'a.ts'), []);
    unlinkSync(join(root, 'a.ts'));
    assert.deepEqual(await codes(root, 'a.ts'), []);
  });

  it('sees at once what changed in other files, and what came and went', async () => {
    const includes = JSON.stringify({ ...JSON.parse(STRICT), include: ['a.ts'] });
    const own = "import { b } from './b';\nimport { p } from 'pack';\nexport const a: number = b + p;\n";
    const root = repository({ 'tsconfig.json': includes, 'a.ts': own });
    const steps: [wanted: string[], step: () => void][] = [
      [['TS2307', 'TS2307'], () => undefined],
      [['TS2307'], () => writeFiles(root, { 'b.ts': 'export const b = 1;\n' })],
      [['TS2322', 'TS2307'], () => writeFiles(root, { 'b.ts': "export const b='';\n" })],
      [['TS2305', 'TS2307'], () => writeFiles(root, { 'b.ts': 'export const c = 1;\n' })],
      [['TS2307', 'TS2307'], () => unlinkSync(join(root, 'b.ts'))],
      [['TS2307'], () => writeFiles(root, { 'b/index.ts': 'export const b = 1;\n' })],
      [
        [],
        () =>
          writeFiles(root, {
            'node_modules/pack/package.json': '{"name": "pack", "version": "1.0.0", "types": "one.d.ts"}',
            'node_modules/pack/one.d.ts': 'export const p: number;\n',
            'node_modules/pack/two.d.ts': 'export const q: number;\n',
          }),
      ],
      [
        ['TS2305'],
        () =>
          writeFiles(root, {
            'node_modules/pack/package.json': '{"name": "pack", "version": "1.0.0", "types": "two.d.ts"}',
          }),
      ],
    ];
    for (const [wanted, step] of steps) {
      step();
      assert.deepEqual((await codes(root, 'a.ts')).sort(), wanted.sort(), step.toString());
    }
  });

  it('takes a new file that declares globals into the project, and notices when it vanishes', async () => {
    const root = repository({ 'tsconfig.json': STRICT, 'a.ts': 'export const a: number = given;\n' });
    assert.deepEqual(await codes(root, 'a.ts'), ['TS2304']);
    writeFiles(root, { 'globals.d.ts': 'declare const given: number;\n' });
    assert.deepEqual(await codes(root, 'a.ts'), []);
    unlinkSync(join(root, 'globals.d.ts'));
    assert.deepEqual(await codes(root, 'a.ts'), ['TS2304']);
  });

  it('believes the disk within a session, and looks again in the next', async () => {
    const root = repository({
      'tsconfig.json': STRICT,
      'a.ts': "import { b } from './b';\nexport const a: number = b;\n",
      'b.ts': 'export const b = 1;\n',
    });
    const seen = async (session: symbol) =>
      (await toolchain.diagnose(snapshotOf(root), ['a.ts'], { ...untrusted, session })).diagnostics.length;
    const session = Symbol('first');
    assert.equal(await seen(session), 0);
    writeFiles(root, { 'b.ts': "export const b = '';\n" });
    assert.equal(await seen(session), 0);
    assert.equal(await seen(Symbol('second')), 1);
  });

  it('finds the referenced project that holds the file', async () => {
    const root = repository({
      'tsconfig.json': '{"files": [], "references": [{"path": "./app"}, {"path": "./lib"}]}',
      'app/tsconfig.json':
        '{"compilerOptions": {"strict": true, "types": [], "composite": true}, "references": [{"path": "../lib"}]}',
      'app/a.ts': 'import { size } from "../lib/b";\nexport const n: string = size;\n',
      'lib/tsconfig.json': '{"compilerOptions": {"strict": true, "types": [], "composite": true}}',
      'lib/b.ts': 'export const size = 3;\n',
    });
    assert.deepEqual(await codes(root, 'app/a.ts'), ['TS2322']);
  });

  it('checks the types of scripts only if the project says so, and their syntax always', async () => {
    const script = 'const a = 1;\na.nothing();\n';
    assert.deepEqual(await codes(repository({ 'a.js': script }), 'a.js'), []);
    assert.deepEqual(await codes(repository({ 'a.js': 'const a = ;\n' }), 'a.js'), ['TS1109']);
    const checked = { 'jsconfig.json': '{"compilerOptions": {"checkJs": true, "types": []}}', 'a.js': script };
    assert.deepEqual(await codes(repository(checked), 'a.js'), ['TS2339']);
    const beside = { 'tsconfig.json': STRICT, 'a.js': `${script}const b = ;\n` };
    assert.deepEqual(await codes(repository(beside), 'a.js'), ['TS1109']);
  });

  it('keeps the meaning that absent options had for the version in use', async () => {
    const files = {
      'tsconfig.json': '{"compilerOptions": {"types": []}}',
      'a.ts': 'export function f(a) {\n  return a;\n}\n',
    };
    assert.deepEqual(await codes(repository(files), 'a.ts'), ['TS7006']);
    const older = { ...files, 'package.json': '{"devDependencies": {"typescript": "^5.4.0"}}' };
    assert.deepEqual(await codes(repository(older), 'a.ts'), []);
  });

  it('loads no plugin and no TypeScript of an untrusted repository', async () => {
    const bomb = 'require("node:fs").writeFileSync(require("node:path").join(__dirname, "ran"), "");\n';
    const root = repository({
      'tsconfig.json': '{"compilerOptions": {"strict": true, "types": [], "plugins": [{"name": "bomb"}]}}',
      'node_modules/bomb/index.js': bomb,
      'node_modules/bomb/package.json': '{"name": "bomb", "main": "index.js"}',
      'node_modules/typescript/package.json': '{"name": "typescript", "version": "5.9.0"}',
      'node_modules/typescript/lib/typescript.js': bomb,
      'a.ts': 'export const a: number = "x";\n',
    });
    assert.deepEqual(await codes(root, 'a.ts'), ['TS2322']);
    assert.equal(existsSync(join(root, 'node_modules/bomb/ran')), false);
    assert.equal(existsSync(join(root, 'node_modules/typescript/lib/ran')), false);
  });

  it('says what is wrong with a configuration and checks with the rest', async () => {
    const root = repository({
      'tsconfig.json': '{"compilerOptions": {"target": "es1", "types": []}, }',
      'a.ts': 'export const a: number = "x";\n',
    });
    const { diagnostics, notes } = await toolchain.diagnose(snapshotOf(root), ['a.ts'], untrusted);
    assert.deepEqual(
      diagnostics.map(({ code }) => code),
      ['TS2322'],
    );
    assert.match(notes[0]?.message ?? '', /tsconfig\.json: .*target/);
  });

  it('says that a TypeScript 7 project gets its fixes from another version', async () => {
    const root = repository({
      'tsconfig.json': STRICT,
      'package.json': '{"devDependencies": {"typescript": "7.0.2"}}',
      'a.ts': 'export {};\n',
    });
    const { notes } = await toolchain.diagnose(snapshotOf(root), ['a.ts'], untrusted);
    assert.match(notes[0]?.message ?? '', /TypeScript 7\.0\.2/);
    assert.match((await toolchain.probe(root, false)).detail, /7\.0\.2/);
  });

  it('proposes the import of a dependency that no file imports yet', async () => {
    const root = repository({
      'tsconfig.json': STRICT,
      'package.json': '{"dependencies": {"pinger": "1.0.0"}}',
      'node_modules/pinger/package.json': '{"name": "pinger", "version": "1.0.0", "types": "index.d.ts"}',
      'node_modules/pinger/index.d.ts': 'export declare function ping(host: string): void;\n',
      'a.ts': 'ping("x");\n',
    });
    const { diagnostics } = await toolchain.diagnose(snapshotOf(root), ['a.ts'], untrusted);
    const candidates = await toolchain.propose(snapshotOf(root), diagnostics, untrusted);
    assert.ok(candidates.some(({ edits }) => edits['a.ts']?.[0]?.newText.includes('import { ping } from "pinger"')));
  });

  it('says that packages are not installed where their modules are not found', async () => {
    const root = repository({
      'tsconfig.json': STRICT,
      'package.json': '{"dependencies": {"pinger": "1.0.0"}}',
      'a.ts': 'import { ping } from "pinger";\nping("x");\n',
    });
    const { notes } = await toolchain.diagnose(snapshotOf(root), ['a.ts'], untrusted);
    assert.match(notes[0]?.advice ?? '', /npm install/);
  });

  it('offers no fix that only silences the checker', async () => {
    const root = repository({
      'jsconfig.json': '{"compilerOptions": {"checkJs": true, "types": []}}',
      'a.js': 'const a = 1;\na.nothing();\n',
    });
    const { diagnostics } = await toolchain.diagnose(snapshotOf(root), ['a.js'], untrusted);
    assert.equal(diagnostics.length, 1);
    const candidates = await toolchain.propose(snapshotOf(root), diagnostics, untrusted);
    assert.doesNotMatch(JSON.stringify(candidates), /@ts-/);
  });

  it('compares the files that see a changed export, through others too, and no more', async () => {
    const root = repository({
      'tsconfig.json': STRICT,
      'a.ts': 'export const size = (): number => 1;\n',
      'b.ts': 'export { size } from "./a";\n',
      'c.ts': 'import { size } from "./b";\nexport const n: number = size();\n',
      'd.ts': 'export const other: number = "unrelated";\n',
    });
    const compare = (text: string) =>
      toolchain.dependents(snapshotOf(root), snapshotOf(root, { 'a.ts': text }), ['a.ts'], untrusted);
    const broken = await compare('export const size = (): string => "1";\n');
    assert.deepEqual(broken.before, []);
    assert.deepEqual(
      broken.after.map(({ path, code }) => `${path} ${code}`),
      ['c.ts TS2322'],
    );
    const inside = await compare('export const size = (): number => 2;\n');
    assert.deepEqual([inside.before, inside.after], [[], []]);
  });

  it('stops on abort while the compiler is busy, and answers the next request', async () => {
    const busy = typescriptToolchain(workerPath);
    const root = repository({ 'tsconfig.json': STRICT, 'a.ts': 'export const a: number = "x";\n' });
    const controller = new AbortController();
    const running = busy.diagnose(snapshotOf(root), ['a.ts'], { trusted: false, signal: controller.signal });
    setTimeout(() => controller.abort(), 5);
    await assert.rejects(running, (error) => error instanceof LodestoneError && error.code === 'cancelled');
    const { diagnostics } = await busy.diagnose(snapshotOf(root), ['a.ts'], untrusted);
    assert.deepEqual(
      diagnostics.map(({ code }) => code),
      ['TS2322'],
    );
    await busy.close();
  });

  it('names code that is nested too deeply, and goes on afresh', async () => {
    const root = repository({ 'tsconfig.json': STRICT, 'a.ts': 'export const a: number = "x";\n' });
    const deep = `export const a = ${'['.repeat(50_000)}${']'.repeat(50_000)};\n`;
    await assert.rejects(codes(root, 'a.ts', { 'a.ts': deep }), {
      code: 'toolFailed',
      message: 'The code is nested too deeply for TypeScript.',
    });
    assert.deepEqual(await codes(root, 'a.ts'), ['TS2322']);
  });

  it('ends a worker that takes too long and starts a fresh one', async () => {
    const root = repository({ 'tsconfig.json': STRICT, 'a.ts': 'export const a: number = "x";\n' });
    const hasty = typescriptToolchain(workerPath, 1);
    await assert.rejects(
      hasty.diagnose(snapshotOf(root), ['a.ts'], untrusted),
      (error) => error instanceof LodestoneError && error.code === 'toolTimedOut',
    );
    await hasty.close();
  });

  it('reads indentation and line ends from the file', () => {
    assert.deepEqual(detectLayout('a {\n  b {\n    c\n  }\n}\n'), { tabs: false, width: 2, newLine: '\n' });
    assert.deepEqual(detectLayout('a {\r\n\tb\r\n}\r\n'), { tabs: true, width: 4, newLine: '\r\n' });
    assert.deepEqual(detectLayout('/**\n * x\n */\na\n'), { tabs: false, width: 4, newLine: '\n' });
  });
});
