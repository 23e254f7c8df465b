/** What real trees say of a hole: the brackets it must close and open, the string it stands in, and whether a sample fits. */
import { strict as assert } from 'node:assert';
import { SyntaxReview } from '../../../src/core/infill/repair.ts';
import type { LanguageId } from '../../../src/core/languages.ts';
import { parser } from '../syntax/parserFixture.ts';

/** `▢` is the hole. */
function reviewOf(language: LanguageId, marked: string): Promise<SyntaxReview> {
  const [prefix = '', suffix = ''] = marked.split('▢');
  return SyntaxReview.open(parser, { language, prefix, suffix, intent: '', consider: '', near: '' });
}

describe('the syntax around a hole', () => {
  const around: [LanguageId, string, string[], string[], string][] = [
    ['typescript', 'function f() {\n  ▢\n}\n', [], [], ''],
    ['typescript', 'f(a, [▢\n', [')', ']'], [], ''],
    ['typescript', 'if (▢}\n', [')'], ['}'], ''],
    ['typescript', "const s = 'it ▢';\n", [], [], "'"],
    ['typescript', 'const s = `a ${f(▢)} b`;\n', [], [], ''],
    ['typescript', 'const s = `a (▢ b`;\n', [], [], '`'],
    ['typescript', '// a (▢ b\nf();\n', [], [], 'comment'],
    ['python', 'x = """a ▢ b"""\n', [], [], '"""'],
    ['python', 'def f():\n    return g(▢)\n', [], [], ''],
    ['rust', "fn f<'a>(x: &'a str) { g('(', ▢); }\n", [], [], ''],
    ['go', 'func f() {\n\tg("(", ▢)\n}\n', [], [], ''],
  ];
  for (const [language, marked, open, closers, inside] of around)
    it(`${language}: ${JSON.stringify(marked)}`, async () => {
      const { surroundings } = await reviewOf(language, marked);
      assert.deepEqual(surroundings, { open, closers, inside });
    });

  it('finds samples that break the file, and where', async () => {
    const review = await reviewOf('typescript', 'function f(a: number) {\n  const x = ▢;\n  return x;\n}\n');
    assert.ok((await review.verdict('a + 1')).parses);
    assert.ok((await review.verdict('g(a, [1, 2])')).parses);
    const { parses, broken } = await review.verdict('a + ) 1');
    assert.ok(!parses);
    assert.ok(
      broken.some(({ start, end }) => start <= 5 && end >= 4),
      JSON.stringify(broken),
    );
    // With nothing or a name in the hole the file has no error: neither may the sample.
    assert.ok(!(await review.verdict('a +')).parses);
  });

  it('asks no more of a sample than the file without it gives', async () => {
    const review = await reviewOf('python', 'def broken(:\n    pass\n\nx = ▢\n');
    assert.ok((await review.verdict('f(1)')).parses);
    assert.ok(!(await review.verdict('f(1')).parses);
  });

  it('lets the beginning of a sample be unfinished', async () => {
    const review = await reviewOf('typescript', 'function f() {\n  ▢\n}\n');
    assert.ok((await review.verdictOfStart('const x = g(')).parses);
    assert.ok(!(await review.verdictOfStart('const ) ] x = 1;\ng();\nconst y = ')).parses);
  });
});
