/** What is to be written, and that nothing else of a file changes: in every language, in halves of files, at comments. */
import { strict as assert } from 'node:assert';
import type { GenerateTarget } from '../../../src/core/generation/generation.ts';
import { filled, selectionHole, shownOf, windowsOf } from '../../../src/core/generation/hole.ts';
import { findTarget, isStub } from '../../../src/core/generation/targets.ts';
import type { LanguageId } from '../../../src/core/languages.ts';
import { factsOf } from '../syntax/parserFixture.ts';

async function found(language: LanguageId, text: string, target: Omit<GenerateTarget, 'path'>) {
  const { hole, title } = findTarget('file', target, text, await factsOf(language, text));
  return { title, hole, fill: (written: string) => filled(text, hole, written), windows: windowsOf(text, hole) };
}

describe('holes of generation', () => {
  it('are the body alone, in the hand of the file', async () => {
    const cases: readonly [LanguageId, string, string, string][] = [
      [
        'typescript',
        'class A {\n\t/** Doc. */\n\trun(a: number): number {\n\t\treturn old(a);\n\t}\n}\n',
        'A.run',
        'class A {\n\t/** Doc. */\n\trun(a: number): number {\n\t\tNEW\n\t}\n}\n',
      ],
      [
        'javascript',
        'export const f = async (a) => {\r\n  stale();\r\n};\r\n',
        'f',
        'export const f = async (a) => {\r\n  NEW\r\n};\r\n',
      ],
      [
        'typescript',
        'const half = (a: number) => a / 2;\nnext();\n',
        'half',
        'const half = (a: number) => NEW;\nnext();\n',
      ],
      [
        'python',
        'class A:\n    def run(self, a: int) -> int:\n        """Doc.\n\n        More.\n        """\n        return old(a)\n\n    x = 1\n',
        'run',
        'class A:\n    def run(self, a: int) -> int:\n        """Doc.\n\n        More.\n        """\n        NEW\n\n    x = 1\n',
      ],
      ['python', 'def one(): return 1\n\ntwo = 2\n', 'one', 'def one():\n    NEW\n\ntwo = 2\n'],
      [
        'rust',
        'impl A {\n    pub fn run(&self) -> u8 { todo!() }\n}\n',
        'run',
        'impl A {\n    pub fn run(&self) -> u8 {\n        NEW\n    }\n}\n',
      ],
      [
        'go',
        'package a\n\nfunc (s *S) Run(n int) error {\n\tpanic("todo")\n}\n',
        'Run',
        'package a\n\nfunc (s *S) Run(n int) error {\n\tNEW\n}\n',
      ],
      // What is called exactly so is meant, not a member of the same name.
      [
        'go',
        'func (s *S) Run() {\n\told()\n}\n\nfunc Run() {\n\tother()\n}\n',
        'Run',
        'func (s *S) Run() {\n\told()\n}\n\nfunc Run() {\n\tNEW\n}\n',
      ],
    ];
    for (const [language, text, name, wanted] of cases)
      assert.equal((await found(language, text, { name })).fill('NEW'), wanted, `${language} ${name}`);
  });

  it('never hold what follows a function whose bracket is missing', async () => {
    const text = 'export function a(n: number): number {\n\nexport function b(): void {\n  keep();\n}\n';
    const { fill } = await found('typescript', text, { name: 'a' });
    const result = fill('return n;');
    assert.ok(result.includes('export function b(): void {\n  keep();\n}\n'), result);
    assert.ok(result.startsWith('export function a(n: number): number {\n  return n;\n}'), result);
  });

  it('show the function and nothing else of the file', async () => {
    const text = 'before();\nfunction f() {\n  old();\n}\nafter();\n';
    const { hole, fill } = await found('typescript', text, { name: 'f' });
    assert.equal(shownOf(text, fill('fresh();'), hole), 'function f() {\n  fresh();\n}');
    const inClass = 'class A {\n  f() {\n    old();\n  }\n}\n';
    const method = await found('typescript', inClass, { name: 'f' });
    assert.equal(shownOf(inClass, method.fill('fresh();'), method.hole), '  f() {\n    fresh();\n  }');
  });

  it('give a model the file without the old body', async () => {
    const text = 'before();\nfunction f() {\n  old();\n}\nafter();\n';
    const { windows } = await found('typescript', text, { name: 'f' });
    assert.equal(windows.prefix, 'before();\nfunction f() {\n  ');
    assert.equal(windows.suffix, '\n}\nafter();\n');
    assert.equal(windows.line, 3);
  });

  it('are found by a line: of the head, of the documentation, of a stub, of a comment', async () => {
    const text = [
      '/** Adds. */',
      'export function add(a: number, b: number): number {',
      "  throw new Error('not implemented');",
      '}',
      '',
      'export function full(): number {',
      '  // TODO: count the orders',
      '  // of today',
      '  return 1;',
      '}',
      '',
    ].join('\n');
    for (const line of [1, 2, 3]) assert.equal((await found('typescript', text, { line })).title, 'the body of add');
    const { fill } = await found('typescript', text, { line: 7 });
    assert.match(fill('NEW'), / {2}\/\/ of today\n {2}NEW\n {2}return 1;/);
    await assert.rejects(found('typescript', text, { line: 9 }), /full has a body already/);
    await assert.rejects(found('typescript', text, { line: 5 }), /Nothing on line 5/);
    await assert.rejects(found('typescript', text, { line: 99 }), /Neither/);
  });

  it('of a head that nothing follows are its body, with a bracket where it has none', async () => {
    const python = await found('python', 'x = 1\n\ndef f(a: int) -> int:\n', { line: 3 });
    assert.equal(python.fill('return a'), 'x = 1\n\ndef f(a: int) -> int:\n    return a\n');
    const typescript = await found('typescript', 'export class A {\n}\nkeep();\n', { line: 1 });
    assert.equal(typescript.fill('x = 1;'), 'export class A {\n  x = 1;\n}\nkeep();\n');
    await assert.rejects(found('typescript', 'class A {\n  x = 1;\n}\n', { line: 1 }), /Nothing on line 1/);
    await assert.rejects(
      found('typescript', 'class A {\n  constructor(private x: number) {}\n}\n', { line: 2 }),
      /already/,
    );
  });

  it('name what is there where a name is not, and ask which where there are several', async () => {
    const text = 'class A { run() { x(); } }\nclass B { run() { y(); } }\nfunction z() { return 1; }\n';
    await assert.rejects(found('typescript', text, { name: 'walk' }), (error: { advice?: string }) => {
      assert.match(error.advice ?? '', /A\.run, B\.run, z/);
      return true;
    });
    await assert.rejects(found('typescript', text, { name: 'run' }), /2 functions "run"/);
    assert.equal((await found('typescript', text, { name: 'B.run' })).title, 'the body of run');
    const twice = 'class A {\n  get x() { return this.y; }\n  set x(value) { this.y = value; }\n}\n';
    await assert.rejects(found('typescript', twice, { name: 'A.x' }), (error: { advice?: string }) => {
      assert.match(error.advice ?? '', /A\.x:2, A\.x:3/);
      return true;
    });
    assert.match(
      (await found('typescript', twice, { name: 'A.x', line: 3 })).fill('NEW'),
      /return this\.y[^]*\{\n +NEW/,
    );
    await assert.rejects(found('typescript', twice, { name: 'A.x', line: 1 }), /no function "A\.x" at line 1/);
    const bodiless = 'interface P { go(): void }\nabstract class Q { abstract stay(): void }\n';
    await assert.rejects(found('typescript', bodiless, { name: 'stay' }), /without a body/);
  });

  it('of a selection are its whole lines', () => {
    const text = 'one\r\n  two\r\n  three\r\nfour\r\n';
    assert.equal(filled(text, selectionHole(text, 2, 3), '  NEW'), 'one\r\n  NEW\r\nfour\r\n');
    assert.equal(filled('a\nb', selectionHole('a\nb', 2, 2), 'c'), 'a\nc');
  });

  it('tell a body that is still to be written from one that is', () => {
    for (const [language, stub] of [
      ['typescript', '{}'],
      ['typescript', '{\n  // later\n}'],
      ['typescript', "{ throw new Error('Method not implemented.'); }"],
      ['python', '"""Doc."""'],
      ['python', '"""Doc."""\n    pass'],
      ['python', '...'],
      ['python', 'raise NotImplementedError("x")'],
      ['rust', '{ todo!("later") }'],
      ['go', '{\n\tpanic("not implemented")\n}'],
    ] as const)
      assert.ok(isStub(stub, language), stub);
    for (const [language, body] of [
      ['typescript', "{ throw new Error('empty'); }"],
      ['typescript', '{ return 1; }'],
      ['python', 'pass_on()'],
      ['python', 'raise ValueError("x")'],
      ['rust', '{ None }'],
      ['go', '{ panic(err) }'],
    ] as const)
      assert.ok(!isStub(body, language), body);
  });
});
