/** Healing TypeScript with the real language service: every category, the promises of SH5, budget, cancelling, buffers. */
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isCancelled, LodestoneError } from '../../../src/base/errors.ts';
import { applyEdits } from '../../../src/base/textEdit.ts';
import type { FixSource, RepairMemory } from '../../../src/core/healing/fixSources.ts';
import type { HealReport } from '../../../src/core/healing/heal.ts';
import { heal } from '../../../src/core/healing/healFiles.ts';
import type { TypeScriptToolchain } from '../../../src/node/toolchains/typescript.ts';
import { healDeps, STRICT, useTypeScript } from '../../toolchains/typescriptFixture.ts';

describe('healing TypeScript', () => {
  const { toolchain, repository: folder } = useTypeScript();

  const repository = (files: Readonly<Record<string, string>>) => folder({ 'tsconfig.json': STRICT, ...files });
  const healed = (report: HealReport, path: string) => report.patch?.files.find((file) => file.path === path)?.after;
  const run = (root: string, files: string[], more: Parameters<typeof healDeps>[2] = {}) =>
    heal({ files, trusted: false }, healDeps(root, [toolchain], more), {});

  const cases: readonly [name: string, files: Record<string, string>, after: string, code: string, category: string][] =
    [
      [
        'a misspelt member',
        { 'a.ts': 'export const n = [1].lenght;\n' },
        'export const n = [1].length;\n',
        'TS2551',
        'undefined variable',
      ],
      [
        'a missing import',
        {
          'a.ts': 'export const x = twice(2);\n',
          'b.ts': 'export function twice(n: number): number {\n  return n * 2;\n}\n',
        },
        'import { twice } from "./b";\n\nexport const x = twice(2);\n',
        'TS2304',
        'undefined variable',
      ],
      [
        'a missing await',
        {
          'a.ts':
            'declare function get(): Promise<number>;\nexport async function f(): Promise<number> {\n  const n = get();\n  return n + 1;\n}\n',
        },
        'declare function get(): Promise<number>;\nexport async function f(): Promise<number> {\n  const n = await get();\n  return n + 1;\n}\n',
        'TS2365',
        'type mismatch',
      ],
      [
        'await outside async',
        { 'a.ts': 'declare function get(): Promise<number>;\nexport function f() {\n  return await get();\n}\n' },
        'declare function get(): Promise<number>;\nexport async function f() {\n  return await get();\n}\n',
        'TS1308',
        'syntax',
      ],
      [
        'a missing return',
        { 'a.ts': 'export function f(a: number): number {\n  a + 1;\n}\n' },
        'export function f(a: number): number {\n  return a + 1;\n}\n',
        'TS2355',
        'type mismatch',
      ],
      [
        'an implicit any',
        { 'a.ts': 'export function f(a) {\n  return a * 2;\n}\n' },
        'export function f(a: number) {\n  return a * 2;\n}\n',
        'TS7006',
        'compiler-specific',
      ],
    ];
  for (const [name, files, after, code, category] of cases) {
    it(`heals ${name}`, async () => {
      const root = repository(files);
      const report = await run(root, ['a.ts']);
      const file = report.files[0];
      assert.equal(file?.before[0]?.code, code);
      assert.equal(file?.before[0]?.category, category);
      assert.deepEqual(file?.after, []);
      assert.equal(file?.reason, '');
      assert.equal(healed(report, 'a.ts'), after);
      assert.equal(report.patch?.canApply, true);
      assert.deepEqual(report.patch?.validatedBy, ['typescript']);
      assert.ok((file?.attempts ?? 9) <= 2, 'a common single error takes at most two tool runs after the diagnosis');
      assert.equal(readFileSync(join(root, 'a.ts'), 'utf8'), files['a.ts'], 'nothing is written');
    });
  }

  const argument: readonly [name: string, text: string, after: string][] = [
    [
      'its namesake, in the place where the types leave room',
      'declare function send(user: { id: number }, message: string): void;\nexport function f(message: string, user: { id: number }) {\n  send(message);\n}\n',
      '  send(user, message);\n',
    ],
    [
      'several namesakes',
      'declare function area(width: number, height: number): number;\nexport const f = (height: number, width: number) => {\n  area();\n};\n',
      '  area(width, height);\n',
    ],
    [
      'the one thing of its type',
      'interface Job {\n  at: number;\n}\ndeclare function run(job: Job): void;\nexport function f(next: Job, n: number) {\n  run();\n  return n;\n}\n',
      '  run(next);\n',
    ],
    [
      'a member of the class',
      'declare function log(level: number, text: string): void;\nexport class A {\n  text = "";\n  f() {\n    log(1);\n  }\n}\n',
      '    log(1, this.text);\n',
    ],
    [
      'what the other calls pass',
      'declare function open(path: string, mode: string): void;\nopen("a", "r");\nopen("b", "r");\nopen("d", "w");\nopen("e", "r");\nopen("c");\nexport {};\n',
      'open("c", "r");\n',
    ],
  ];
  for (const [name, text, wanted] of argument) {
    it(`fills in a missing argument: ${name}`, async () => {
      const root = repository({ 'a.ts': text });
      const report = await run(root, ['a.ts']);
      assert.ok(healed(report, 'a.ts')?.includes(wanted), healed(report, 'a.ts') ?? report.files[0]?.reason);
    });
  }

  it('guesses no types for what comes of a package that is not installed', async () => {
    const text =
      'import { observe } from "nowhere";\nobserve((value) => value.a);\nexport const pick = (d) => d.id;\nexport const n = [1].lenght;\n';
    const report = await run(repository({ 'a.ts': text }), ['a.ts']);
    assert.equal(healed(report, 'a.ts'), text.replace('lenght', 'length'));
    assert.ok(report.files[0]?.after.some(({ code }) => code === 'TS7006'));
    const installed = text.replace('import { observe } from "nowhere";\nobserve((value) => value.a);\n', '');
    const other = await run(repository({ 'a.ts': installed }), ['a.ts']);
    assert.deepEqual(other.files[0]?.after, [], 'elsewhere they are inferred');
  });

  it('invents no argument', async () => {
    const root = repository({
      'a.ts':
        'declare function open(path: string): void;\nexport function f(name: string) {\n  open();\n  return name;\n}\n',
    });
    assert.equal((await run(root, ['a.ts'])).patch, undefined);
  });

  it('knows the names in reach: transposed letters, a misspelt path, a file that moved', async () => {
    const root = repository({
      'a.ts':
        'import { twice } from "./bee/maths";\nimport { once } from "./onse";\nexport const x = ["a"].jion(",") + twice(1) + once(1);\n',
      'lib/maths.ts': 'export const twice = (n: number) => n * 2;\n',
      'once.ts': 'export const once = (n: number) => n;\n',
    });
    assert.equal(
      healed(await run(root, ['a.ts']), 'a.ts'),
      'import { twice } from "./lib/maths";\nimport { once } from "./once";\nexport const x = ["a"].join(",") + twice(1) + once(1);\n',
    );
  });

  it('repairs several errors, of several kinds, in one patch', async () => {
    const root = repository({
      'a.ts': 'const parts = ["a"].jion(",");\nexport const x = twice(parts.lenght) + once(1);\n',
      'b.ts': 'export const twice = (n: number) => n * 2;\nexport const once = (n: number) => n;\n',
    });
    const report = await run(root, ['a.ts']);
    assert.equal(
      healed(report, 'a.ts'),
      'import { twice, once } from "./b";\n\nconst parts = ["a"].join(",");\nexport const x = twice(parts.length) + once(1);\n',
    );
  });

  it('awaits a promise that is taken apart or used through a variable', async () => {
    const get = 'declare function get(): Promise<{ size: number }>;\n';
    const apart = `${get}export async function f(): Promise<number> {\n  const { size } = get();\n  return size;\n}\n`;
    const root = repository({ 'a.ts': apart });
    assert.equal(healed(await run(root, ['a.ts']), 'a.ts'), apart.replace('= get()', '= await get()'));
  });

  it('leaves a clean file alone', async () => {
    const report = await run(repository({ 'a.ts': 'export const a = 1;\n' }), ['a.ts']);
    assert.equal(report.patch, undefined);
    assert.deepEqual([report.files[0]?.before, report.files[0]?.attempts, report.files[0]?.reason], [[], 0, '']);
  });

  it('keeps CRLF', async () => {
    const root = repository({
      'a.ts': 'export const x = twice(2);\r\nexport const y = 1;\r\n',
      'b.ts': 'export const twice = (n: number) => n * 2;\r\n',
    });
    const report = await run(root, ['a.ts']);
    assert.equal(
      healed(report, 'a.ts'),
      'import { twice } from "./b";\r\n\r\nexport const x = twice(2);\r\nexport const y = 1;\r\n',
    );
  });

  it('heals the unsaved buffer, and what other unsaved buffers export', async () => {
    const root = repository({ 'a.ts': 'export const fine = 1;\n', 'b.ts': 'export {};\n' });
    const overlays = { 'a.ts': 'export const x = twice(2);\n', 'b.ts': 'export const twice = (n: number) => n * 2;\n' };
    const report = await heal({ files: ['a.ts'], overlays, trusted: false }, healDeps(root, [toolchain]), {});
    assert.equal(healed(report, 'a.ts'), `import { twice } from "./b";\n\n${overlays['a.ts']}`);
    const file = report.patch?.files[0];
    assert.equal(file?.before, overlays['a.ts']);
    assert.equal(applyEdits(file?.before ?? '', file?.edits ?? []), file?.after);
  });

  it('heals only the problem that was asked about', async () => {
    const root = repository({ 'a.ts': 'export const a = [1].lenght;\nexport const b = "".trimm();\n' });
    const only = { path: 'a.ts', line: 2, column: 21, code: 'TS2551' };
    const report = await heal({ files: ['a.ts'], only, trusted: false }, healDeps(root, [toolchain]), {});
    assert.equal(healed(report, 'a.ts'), 'export const a = [1].lenght;\nexport const b = "".trim();\n');
  });

  /** A fix source that proposes one replacement of the whole text. */
  const rewriting = (after: string, fromTool = false): FixSource => ({
    id: 'rewriting',
    propose: async ({ path, text, diagnostics }) =>
      diagnostics.map(({ tool, code, line, column }) => ({
        id: `rewrite/${line}`,
        title: 'Rewrite',
        source: 'rewriting',
        edits: { [path]: [{ start: 0, end: text.length, newText: after }] },
        confidence: 1,
        answers: `${tool}:${code}:${line}:${column}`,
        fromTool,
      })),
  });

  it('does not take a deletion or a suppression for a heal', async () => {
    const before = 'declare function f(a: string): void;\nf(1);\nf("b");\n';
    for (const after of [
      'declare function f(a: string): void;\nf("b");\n',
      'declare function f(a: string): void;\n// @ts-ignore\nf(1);\nf("b");\n',
      'declare function f(a: string): void;\nf(1 as any);\nf("b");\n',
    ]) {
      const root = repository({ 'a.ts': before });
      const report = await run(root, ['a.ts'], { sources: [rewriting(after)] });
      assert.equal(report.patch, undefined, after);
      assert.match(report.files[0]?.reason ?? '', /1 error is left/);
    }
  });

  it('rolls back what breaks a file that depends on a changed export', async () => {
    const files = {
      'a.ts': 'export function size(text: string): number {\n  return text;\n}\n',
      'b.ts': 'import { size } from "./a";\nexport const n: number = size("x") * 2;\n',
    };
    const narrowed = 'export function size(text: string): string {\n  return text;\n}\n';
    const root = repository(files);
    const broken = await run(root, ['a.ts'], { sources: [rewriting(narrowed, true)] });
    assert.equal(broken.patch, undefined, 'the dependent would be broken');
    // Without the dependent the same change is a heal, so it was the dependent that decided.
    const alone = repository({ 'a.ts': files['a.ts'] });
    assert.equal(healed(await run(alone, ['a.ts'], { sources: [rewriting(narrowed, true)] }), 'a.ts'), narrowed);
  });

  it('does not trade one error for another', async () => {
    const root = repository({ 'a.ts': 'export const a: number = "x";\n' });
    const report = await run(root, ['a.ts'], { sources: [rewriting('export const a: number = y;\n', true)] });
    assert.equal(report.patch, undefined);
  });

  it('says so when the budget is used up', async () => {
    const root = repository({ 'a.ts': 'export const n = [1].lenght;\n' });
    const report = await heal({ files: ['a.ts'], trusted: false, budgetMs: 0 }, healDeps(root, [toolchain]), {});
    assert.equal(report.patch, undefined);
    assert.match(report.files[0]?.reason ?? '', /time budget was used up/);
  });

  it('stops when cancelled, and works again afterwards', async () => {
    const root = repository({ 'a.ts': 'export const n = [1].lenght;\n' });
    const controller = new AbortController();
    const slow: FixSource = {
      id: 'slow',
      propose: async () => {
        controller.abort();
        return [];
      },
    };
    const cancelled = heal({ files: ['a.ts'], trusted: false }, healDeps(root, [toolchain], { sources: [slow] }), {
      signal: controller.signal,
    });
    await assert.rejects(cancelled, isCancelled);
    assert.equal(healed(await run(root, ['a.ts']), 'a.ts'), 'export const n = [1].length;\n');
  });

  it('gives the same bytes twice', async () => {
    const root = repository({
      'a.ts': 'const parts = ["a"].jion(",");\nexport const x = twice(parts.lenght);\n',
      'b.ts': 'export const twice = (n: number) => n;\n',
    });
    const [one, two] = [await run(root, ['a.ts']), await run(root, ['a.ts'])];
    const timeless = (report: HealReport) => JSON.stringify(report, (key, value) => (key === 'durationMs' ? 0 : value));
    assert.equal(timeless(one), timeless(two));
  });

  it('takes a tool that stops answering for no success', async () => {
    const root = repository({ 'a.ts': 'export const n = [1].lenght;\n' });
    let asked = 0;
    const dying = new Proxy(toolchain, {
      get: (target, key) => {
        const value = Reflect.get(target, key) as unknown;
        if (key !== 'diagnose') return typeof value === 'function' ? value.bind(target) : value;
        return (...args: Parameters<TypeScriptToolchain['diagnose']>) => {
          if (++asked > 1) throw new LodestoneError('toolFailed', 'It stopped.');
          return target.diagnose(...args);
        };
      },
    });
    const report = await heal({ files: ['a.ts'], trusted: false }, healDeps(root, [dying]), {});
    assert.equal(report.patch, undefined);
    assert.equal(report.files[0]?.after.length, 1);
    assert.match(report.files[0]?.reason ?? '', /stopped answering/);
  });

  it('asks the tools once for a common single error: what verified it is not asked again', async () => {
    const root = repository({ 'a.ts': 'export const n = [1].lenght;\n' });
    let asked = 0;
    const counting = new Proxy(toolchain, {
      get: (target, key) => {
        if (key === 'diagnose') asked++;
        const value = Reflect.get(target, key) as unknown;
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const report = await heal({ files: ['a.ts'], trusted: false }, healDeps(root, [counting]), {});
    assert.equal(report.files[0]?.after.length, 0);
    assert.equal(asked, 2, 'the diagnosis and one verification');
  });

  it('reports a file that is not there, and one in a language nobody knows', async () => {
    const root = repository({ 'a.txt': 'x' });
    const report = await run(root, ['gone.ts', 'a.txt']);
    assert.match(report.files[0]?.reason ?? '', /does not exist/);
    assert.match(report.files[1]?.reason ?? '', /does not know this language/);
  });

  it('lets history decide which fix is tried first, and tells it how that went', async () => {
    const files = {
      'a.ts': 'export function f(a: number) {\n  helper(a);\n}\n',
      'b.ts': 'export const helper = (n: number) => n;\n',
      'c.ts': 'export const helper = (n: number) => n + 1;\n',
    };
    const told: string[] = [];
    const memory = (wanted: RegExp): RepairMemory => ({
      confidence: (key) => (wanted.test(key) ? 1 : 0),
      record: (key, outcome) => void told.push(`${outcome} ${key}`),
    });
    const root = repository(files);
    const first = await run(root, ['a.ts'], { memory: memory(/import/) });
    assert.match(healed(first, 'a.ts') ?? '', /^import \{ helper \}/);
    const second = await run(root, ['a.ts'], { memory: memory(/fixMissingFunctionDeclaration/) });
    assert.match(healed(second, 'a.ts') ?? '', /function helper\(/);
    assert.deepEqual(told, [
      'verified typescript:TS2304>typescript:import',
      'verified typescript:TS2304>typescript:fixMissingFunctionDeclaration',
    ]);
  });
});
