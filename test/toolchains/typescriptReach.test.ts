/** How far a changed declaration reaches: whatever breaks through it is found, what cannot see it is left alone. */
import { strict as assert } from 'node:assert';
import { STRICT_WITH_SCRIPTS, snapshotOf, useTypeScript } from './typescriptFixture.ts';

describe('the reach of a changed declaration', () => {
  const { toolchain, repository } = useTypeScript();
  const broken = async (files: Readonly<Record<string, string>>, to: string) => {
    const root = repository({ 'tsconfig.json': STRICT_WITH_SCRIPTS, ...files });
    const options = { trusted: false };
    const { before, after } = await toolchain.dependents(
      snapshotOf(root),
      snapshotOf(root, { 'a.ts': to }),
      ['a.ts'],
      options,
    );
    assert.deepEqual(before, []);
    return after.map(({ path, code }) => `${path} ${code}`);
  };
  const one = 'export const size = (): number => 1;\nexport const kept = 1;\n';
  const two = one.replace('number => 1', "string => ''");

  const paths: readonly [name: string, files: Record<string, string>, found: string][] = [
    [
      'a renamed import',
      { 'b.ts': 'import { size as s } from "./a";\nexport const n: number = s();\n' },
      'b.ts TS2322',
    ],
    ['a namespace', { 'b.ts': 'import * as a from "./a";\nexport const n: number = a.size();\n' }, 'b.ts TS2322'],
    [
      'a barrel',
      { 'b.ts': 'export * from "./a";\n', 'c.ts': 'import { size } from "./b";\nexport const n: number = size();\n' },
      'c.ts TS2322',
    ],
    [
      'a named barrel and a default',
      {
        'b.ts': 'export { size as default } from "./a";\n',
        'c.ts': 'import s from "./b";\nexport const n: number = s();\n',
      },
      'c.ts TS2322',
    ],
    [
      'an inferred type',
      {
        'b.ts':
          'import { size } from "./a";\nconst inner = { at: () => size() };\nexport function outer() {\n  return inner.at();\n}\n',
        'c.ts': 'import { outer } from "./b";\nexport const n: number = outer();\n',
      },
      'c.ts TS2322',
    ],
    [
      'an interface that another extends',
      {
        'b.ts':
          'import { size } from "./a";\ninterface Base { of: ReturnType<typeof size> }\nexport interface Box extends Base { more: 1 }\n',
        'c.ts': 'import type { Box } from "./b";\nexport const f = (box: Box): number => box.of;\n',
      },
      'c.ts TS2322',
    ],
    [
      'an import type',
      {
        'b.ts': 'export type Size = ReturnType<typeof import("./a").size>;\n',
        'c.ts': 'import type { Size } from "./b";\nexport const f = (size: Size): number => size;\n',
      },
      'c.ts TS2322',
    ],
    [
      'a dynamic import',
      { 'b.ts': 'export async function f(): Promise<number> {\n  return (await import("./a")).size();\n}\n' },
      'b.ts TS2322',
    ],
    [
      'a member that a function grows',
      {
        'b.ts': 'import { size } from "./a";\nexport function g(): void {}\ng.size = size;\n',
        'c.ts': 'import { g } from "./b";\nexport const n: number = g.size();\n',
      },
      'c.ts TS2322',
    ],
    [
      'a member that only the constructor assigns',
      {
        'b.ts':
          'import { size } from "./a";\nexport class C {\n  n;\n  constructor() {\n    this.n = size();\n  }\n}\n',
        'c.ts': 'import { C } from "./b";\nexport const n: number = new C().n;\n',
      },
      'c.ts TS2322',
    ],
    [
      'a script with types in comments',
      {
        'b.js': 'import { size } from "./a";\n/** @typedef {ReturnType<typeof size>} Size */\nexport const x = 1;\n',
        'c.ts': 'import type { Size } from "./b.js";\nexport const f = (size: Size): number => size;\n',
      },
      'c.ts TS2322',
    ],
  ];
  for (const [name, files, found] of paths) {
    it(`goes through ${name}`, async () => {
      assert.deepEqual(await broken({ 'a.ts': one, ...files }, two), [found]);
    });
  }

  it('goes through an import that the changed file lacked', async () => {
    const lacking = 'export function f(box: Box): void {\n  void box;\n}\nexport const kept = 1;\n';
    const files = {
      'a.ts': lacking,
      'box.ts': 'export interface Box { n: number }\n',
      'b.ts': 'import { f } from "./a";\nf({ n: "" });\n',
    };
    assert.deepEqual(await broken(files, `import type { Box } from "./box";\n${lacking}`), ['b.ts TS2322']);
  });

  it('goes everywhere with what needs no import', async () => {
    const global = (type: string) => `export {};\ndeclare global {\n  const given: ${type};\n}\n`;
    const files = { 'a.ts': global('number'), 'b.ts': 'export const n: number = given;\n' };
    assert.deepEqual(await broken(files, global('string')), ['b.ts TS2322']);
  });

  it('ends where an annotation says the type, whatever stands behind it', async () => {
    const files = {
      'a.ts': one,
      'b.ts': [
        'import { size } from "./a";',
        'export function f(): void { void size(); }',
        'export class C { n: unknown = size(); constructor() { void size(); } m(): void { void size(); } }',
        'export const v: unknown = size();',
        '',
      ].join('\n'),
      'c.ts': 'import { f, C, v } from "./b";\nexport const wrong: string = 1;\nvoid [f, C, v];\n',
      'd.ts': 'import { size } from "./a";\nexport class D { m() { return size(); } }\n',
      'e.ts': 'import { D } from "./d";\nexport const n: number = new D().m();\n',
    };
    const root = repository({ 'tsconfig.json': STRICT_WITH_SCRIPTS, ...files });
    const changed = snapshotOf(root, { 'a.ts': two });
    const { after } = await toolchain.dependents(snapshotOf(root), changed, ['a.ts'], { trusted: false });
    assert.deepEqual(
      after.map(({ path }) => path),
      ['e.ts'],
    );
  });

  it('leaves alone who imports only what stayed the same', async () => {
    const root = repository({
      'tsconfig.json': STRICT_WITH_SCRIPTS,
      'a.ts': one,
      'b.ts': 'import { kept } from "./a";\nexport const wrong: string = kept;\n',
      'c.ts': 'import { wrong } from "./b";\nexport const worse: number = wrong;\n',
      'd.ts': 'import { size } from "./a";\nconst own: number = size();\nexport const d = own;\n',
    });
    const { before, after } = await toolchain.dependents(
      snapshotOf(root),
      snapshotOf(root, { 'a.ts': two }),
      ['a.ts'],
      { trusted: false },
    );
    assert.deepEqual([before.length, after.map(({ path }) => path)], [0, ['d.ts']]);
  });
});
