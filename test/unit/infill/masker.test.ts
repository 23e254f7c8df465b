/** The masker on real trees: what a name, a cursor or a range stands for in each language, always whole nodes. */
import { strict as assert } from 'node:assert';
import type { LodestoneError } from '../../../src/base/errors.ts';
import { type MaskedFile, type MaskTarget, type MaskUnit, maskedSpan } from '../../../src/core/infill/masker.ts';
import type { LanguageId } from '../../../src/core/languages.ts';
import { factsOf, parser } from '../syntax/parserFixture.ts';

async function fileOf(language: LanguageId, text: string): Promise<MaskedFile> {
  const [tree, grammar, facts] = [
    await parser.parse(language, text),
    await parser.grammar(language),
    await factsOf(language, text),
  ];
  return { path: 'a', text, tree, grammar, facts };
}

/** `⟦…⟧` is what must be masked; `|` the cursor, and two of them a range. */
async function check(language: LanguageId, marked: string, unit?: MaskUnit, name?: string): Promise<void> {
  const plain = marked.replace(/\|/g, '');
  const wanted = plain.slice(plain.indexOf('⟦') + 1, plain.indexOf('⟧'));
  const text = plain.replace(/[⟦⟧]/g, '');
  const bare = marked.replace(/[⟦⟧]/g, '');
  const start = bare.indexOf('|');
  const end = Math.max(start, bare.lastIndexOf('|') - 1);
  const target: MaskTarget = { ...(name ? { name } : { range: { start, end } }), ...(unit ? { unit } : {}) };
  const file = await fileOf(language, text);
  const span = maskedSpan(file, target);
  assert.equal(text.slice(span.start, span.end), wanted);
  assert.deepEqual(maskedSpan(file, target), span);
}

describe('the masker', () => {
  const bodies: [LanguageId, string][] = [
    ['typescript', '/** Sums. */\nexport function total(a: number): number {⟦\n  return a;\n⟧}\n'],
    ['javascript', 'const total = (a) => {⟦ return a; ⟧};\n'],
    ['python', '@cached\ndef total(a):\n    """Sums."""\n    ⟦b = a\n    return b⟧\n'],
    ['rust', '/// Sums.\nfn total(a: u32) -> u32 {⟦\n    a\n⟧}\n'],
    ['go', '// total sums.\nfunc total(a int) int {⟦\n\treturn a\n⟧}\n'],
  ];
  for (const [language, marked] of bodies)
    it(`${language}: a name stands for the body, signature and documentation kept`, () =>
      check(language, marked, undefined, 'total'));

  it('takes a whole function or class where that is asked for', async () => {
    await check('typescript', '⟦class Ledger {\n  total() { return 1; }\n}⟧\n', 'class', 'Ledger');
    await check('typescript', 'class Ledger {\n  ⟦total() { return 1; }⟧\n}\n', 'function', 'Ledger.total');
    await check('python', 'class Ledger:\n    def total(self):\n        ⟦return 1⟧\n', undefined, 'Ledger.total');
    await check('go', '⟦func f() {\n\tg(|1)\n}⟧\n', 'function');
  });

  it('takes the smallest unit around a cursor', async () => {
    await check('typescript', 'function f() {\n  if (a) {⟦ b(|); ⟧}\n}\n', 'block');
    await check('typescript', 'function f() {\n  ⟦const x = g(|1);⟧\n}\n', 'statement');
    await check('python', 'x = f(⟦|1⟧, 2)\n', 'expression');
    await check('rust', 'fn f() {\n    ⟦let x = g(|1);⟧\n}\n', 'statement');
  });

  it('widens a range to whole nodes beside each other', async () => {
    await check('typescript', 'f();\n⟦g|();\nh(|);⟧\ni();\n');
    await check('python', 'x = f(⟦1, |2|⟧, 3)\n'.replace('⟦1, |2|⟧', '1, ⟦|2|⟧'));
    await check('go', 'func f() {\n\t⟦a :|= 1\n\tb := 2|⟧\n\tc := 3\n}\n');
  });

  it('takes what stands between the braces for the body of a type', async () => {
    await check('go', 'type A struct {⟦\n\tx int\n⟧}\n', undefined, 'A');
    await check('rust', 'struct A {⟦\n    x: u8,\n⟧}\n', undefined, 'A');
    await check('rust', 'enum A {⟦ B, C ⟧}\n', undefined, 'A');
    await check('typescript', 'interface A {⟦ x: { y: number } ⟧}\n', undefined, 'A');
    await check('typescript', 'type A = {⟦ x: number ⟧};\n', undefined, 'A');
    await check('typescript', 'enum A {⟦ B ⟧}\n', undefined, 'A');
    await check('typescript', 'export class A<T extends { x: number }> {⟦ y = 1; ⟧}\n', undefined, 'A');
  });

  it('takes the one that is written where others of the name are overloads', async () => {
    await check(
      'typescript',
      'function f(a: string): void;\nfunction f(a: number): void;\nfunction f(a: unknown): void {⟦\n  g(a);\n⟧}\n',
      undefined,
      'f',
    );
    await check(
      'python',
      '@t.overload\ndef f(a: int) -> int: ...\n@overload\ndef f(a: str) -> str: ...\ndef f(a):\n    ⟦return a⟧\n',
      undefined,
      'f',
    );
  });

  it('takes what is called exactly so before a member of that name', async () => {
    const methods = 'func (x *A) F() { g() }\nfunc (x *B) F() { h() }\n';
    await check('go', `${methods}func F() {⟦ i() ⟧}\n`, undefined, 'F');
    await check('go', methods.replace(' h() ', '⟦ h() ⟧'), undefined, 'B.F');
    await check('python', 'class f:\n    def f(self):\n        ⟦return 1⟧\n', undefined, 'f.f');
    await check('python', 'class f:\n    ⟦def f(self):\n        return 1⟧\n', undefined, 'f');
  });

  it('leaves a hole where nothing stands', async () => {
    const file = await fileOf('python', 'def f():\n    \n');
    const span = maskedSpan(file, { range: { start: 13, end: 13 } });
    assert.deepEqual([span.unit, span.start, span.end], ['hole', 13, 13]);
    const none = maskedSpan(file, { range: { start: 5, end: 5 }, unit: 'nodes' });
    assert.deepEqual([none.unit, none.start, none.end], ['hole', 5, 5]);
  });

  it('says what to do where there is nothing to mask', async () => {
    const file = await fileOf(
      'typescript',
      'function one() { return 1; }\nclass A { get x() { return 1; } set x(v) { v; } }\n',
    );
    const failure = (target: MaskTarget) => {
      try {
        maskedSpan(file, target);
      } catch (error) {
        return error as LodestoneError;
      }
      throw new Error('it worked');
    };
    assert.match(failure({ name: 'two' }).options.advice ?? '', /one/);
    assert.match(failure({ name: 'x' }).options.advice ?? '', /line: 2, 2/);
    assert.match(failure({ name: 'one', line: 2 }).options.advice ?? '', /begins at 1\b/);
    assert.equal(failure({ name: 'one', unit: 'class' }).code, 'notFound');
    assert.equal(failure({ name: 'A', unit: 'function' }).code, 'notFound');
    assert.equal(failure({ name: 'one', unit: 'statement' }).code, 'badArguments');
    assert.equal(failure({ range: { start: 0, end: 8 }, unit: 'hole' }).code, 'badArguments');
    assert.equal(failure({ range: { start: 5, end: 900 } }).code, 'badArguments');
    assert.equal(failure({ range: { start: 0, end: 0 }, unit: 'class' }).code, 'notFound');
  });
});
