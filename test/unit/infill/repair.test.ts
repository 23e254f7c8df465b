/** What real trees say of a hole: the brackets it must close and open, the string it stands in, and whether a sample fits. */
import { strict as assert } from 'node:assert';
import { SyntaxReview } from '../../../src/core/infill/repair.ts';
import type { LanguageId } from '../../../src/core/languages.ts';
import type { Parser } from '../../../src/core/ports.ts';
import { parser } from '../syntax/parserFixture.ts';

/** `▢` is the hole. */
function reviewOf(language: LanguageId, marked: string): Promise<SyntaxReview> {
  const [prefix = '', suffix = ''] = marked.split('▢');
  return SyntaxReview.open(parser, { language, prefix, suffix });
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

  it('takes errors that the hole itself makes for none of the file', async () => {
    // With nothing and with a name in the hole these files have errors, though nothing is wrong with them.
    const holes: [LanguageId, string, string[], string[]][] = [
      [
        'typescript',
        'function f() {\n  ▢\n    g();\n  }\n}\n',
        ['if (a) {', 'for (const a of b) {'],
        ['a();', 'if (a {', ';'],
      ],
      ['typescript', '▢\n  f(a) {\n    g();\n  }\n}\n', ['class A {'], ['f();', 'if (a) {']],
      ['tsx', 'const a = (\n  <p>\n    b\n  ▢\n);\n', ['</p>'], ['</b>', 'c', '<p>']],
      ['tsx', 'const a = (\n  <▢ c>\n    b\n  </A.B>\n);\n', ['A.B'], ['A', 'b']],
      ['javascript', '▢\n  f();\n});\n\ng(() => {\n  f();\n});\n', ['g(() => {', 'new A(function () {'], ['g({', 'g(']],
      [
        'rust',
        'impl A {\n    ▢\n        B {\n            c: d(),\n        }\n    }\n}\n',
        ['fn e() -> B {'],
        ['fn e()', 'e();'],
      ],
      ['python', 'def f():\n    ▢\n        g()\n', ['if a:', 'with a as b:'], ['a', 'if a']],
      ['rust', 'fn f() {\n    ▢\n        g();\n    }\n}\n', ['if a {', 'loop {'], ['a;', 'a) {']],
      ['go', 'package a\n\n▢\n\tg()\n}\n', ['func f() {'], ['f()', 'func f(()) {']],
    ];
    for (const [language, marked, right, wrong] of holes) {
      const review = await reviewOf(language, marked);
      for (const text of right) assert.ok((await review.verdict(text)).parses, `${marked} ${text}`);
      for (const text of wrong) assert.ok(!(await review.verdict(text)).parses, `${marked} ${text}`);
    }
  });

  it('keeps what a missing line has left open: what closes it is no further than some statements away', async () => {
    const far = (body: string) => Array.from({ length: 40 }, (_, i) => body.replaceAll('N', `${i}`)).join('');
    const holes: [LanguageId, string, string, string][] = [
      [
        'go',
        `package a\n\n▢\n\tb = "b"\n\tc = 3\n)\n\n${far('func fN(a string) string {\n\treturn g(a, "what it says, and why it says it")\n}\n\n')}`,
        'const (',
        'const x = f(((',
      ],
      [
        'javascript',
        `${far('function fN(a) {\n  return g(a, "what it says, and why it says it");\n}\n\n')}function h(a) {\n  for (const b of a) {\n    ▢\n      k(b);\n      m(b);\n    }\n    n(b);\n  }\n  return a;\n}\n`,
        'if (b) {',
        'if (b) {{',
      ],
    ];
    for (const [language, marked, right, wrong] of holes) {
      const review = await reviewOf(language, marked);
      assert.ok((await review.verdict(right)).parses, right);
      assert.ok(!(await review.verdict(wrong)).parses, wrong);
    }
  });

  it('lets no error of a sample pass for one that the file has elsewhere', async () => {
    const review = await reviewOf('python', 'def broken(:\n    pass\n\nx = ▢\nz = 1\n');
    assert.ok((await review.verdict('f(1)')).parses);
    for (const text of ['f(1', '1 +', 'class', 'a b', 'f(a=1, b)'])
      assert.ok(!(await review.verdict(text)).parses, text);
  });

  it('tries no stand-ins for a hole that has nothing to do with what is broken', async () => {
    let parsed = 0;
    const counting: Parser = {
      grammar: (language) => parser.grammar(language),
      parse: (language, text, base) => {
        parsed++;
        return parser.parse(language, text, base);
      },
    };
    const around = { language: 'typescript', intent: '', consider: '', near: '', suffix: ';\n' } as const;
    await SyntaxReview.open(counting, { ...around, prefix: 'const broken = = 1;\n\nf();\nf();\nconst a = ' });
    assert.equal(parsed, 2);
    await SyntaxReview.open(counting, { ...around, prefix: 'const a = ' });
    assert.equal(parsed, 4);
  });

  describe('of a long file that is broken far from the hole', () => {
    // Sixty functions, the hole between them; unclosed brackets leave little of a tree to go by.
    const files: [LanguageId, (i: number) => string, string, string, string[], string[]][] = [
      [
        'python',
        (i) =>
          `class A${i}:\n    def f(self, a):\n        if a:\n            g${i}(a)\n        return "${'a'.repeat(180)}"\n\n`,
        'class A:\n    def f(self, a):\n        if a:\n            ▢\n        return 1\n\n',
        'def f(a, [\n',
        ['g(a)', 'pass', 'b = 1'],
        ['g(a', 'else:', 'a b', 'f(a=1, b)'],
      ],
      [
        'typescript',
        (i) => `function f${i}(a: string) {\n  if (a) {\n    return g(a);\n  }\n  return "${'a'.repeat(180)}";\n}\n\n`,
        'function f(\n  a: string,\n  b: string,\n) {\n  try {\n    g(a);\n  } catch (error) {\n    ▢\n  }\n}\n\n',
        'f(a, [\n',
        ['throw error;', 'if (a) g(b);'],
        ['throw;', 'g(a', '} else {', 'try {}'],
      ],
      [
        'go',
        (i) => `func F${i}(a string) string {\n\tif a == "" {\n\t\treturn "${'a'.repeat(180)}"\n\t}\n\treturn a\n}\n\n`,
        'func f(a string) string {\n\t▢\n\t\treturn a\n\t}\n\treturn ""\n}\n\n',
        'func x( {\n',
        ['if a == "" {', 'for {'],
        ['g(a)', 'if a {}', 'defer a'],
      ],
      [
        'rust',
        (i) => `impl A${i} {\n    fn f(&self) -> u8 {\n        g(${i});\n        h("${'a'.repeat(180)}")\n    }\n}\n\n`,
        'impl A {\n    fn f(&self) -> u8 {\n        g(\n            1,\n        ▢\n        2\n    }\n}\n\n',
        'fn x( {{\n',
        [');', ') + h();'],
        ['x', 'g(1);', '}'],
      ],
    ];
    for (const [language, other, own, broken, right, wrong] of files)
      for (const where of ['above', 'below'])
        it(`${language}, ${where}: it is held against the code around the hole alone, as if the file were sound`, async () => {
          const others = Array.from({ length: 30 }, (_, i) => other(i)).join('');
          const start = language === 'go' ? 'package a\n\n' : '';
          const parts = where === 'above' ? [start, broken, others, own, others] : [start, others, own, others, broken];
          const [prefix = '', suffix = ''] = parts.join('').split('▢');
          const units: number[] = [];
          const watched: Parser = {
            grammar: (id) => parser.grammar(id),
            parse: (id, text, base) => {
              units.push(text.length);
              return parser.parse(id, text, base);
            },
          };
          const review = await SyntaxReview.open(watched, { language, prefix, suffix });
          units.length = 0;
          for (const text of right) assert.ok((await review.verdict(text)).parses, text);
          for (const text of wrong) assert.ok(!(await review.verdict(text)).parses, text);
          assert.ok(Math.max(...units) < 7000, String(units));
          // A second time nothing is parsed.
          units.length = 0;
          for (const text of [...right, ...wrong]) await review.verdict(text);
          assert.deepEqual(units, []);
        });
  });

  it('stops in the middle of verdicts when told to', async () => {
    const stop = new AbortController();
    const file = 'function f(a) {\n  return g(a);\n}\n'.repeat(1000);
    const pace = { signal: stop.signal, now: () => performance.now() };
    const review = await SyntaxReview.open(parser, { language: 'javascript', prefix: file, suffix: `\n${file}` }, pace);
    setTimeout(() => stop.abort(), 20);
    let verdicts = 0;
    await assert.rejects(
      async () => {
        for (; verdicts < 50_000; verdicts++) await review.verdict(`x${verdicts}`);
      },
      { code: 'cancelled' },
    );
    assert.ok(verdicts > 0);
  });

  it('finds what a compiler refuses, and where', async () => {
    const review = await reviewOf('go', 'package a\n\nfunc f() {\n\tx := 1\n\t▢\n}\n');
    assert.ok((await review.verdict('defer g(x)')).parses);
    const { parses, broken } = await review.verdict('h()\n\tdefer x');
    assert.ok(!parses);
    assert.deepEqual(broken, [{ start: 5, end: 12 }]);
  });

  it('has frames for a hole: texts that may stand there', async () => {
    const frames = await (await reviewOf('rust', 'fn f() {\n    ▢\n        A => 1,\n    }\n}\n')).frames();
    assert.ok(frames.includes('match x {'), JSON.stringify(frames));
    assert.ok(!frames.includes('if x {'));
    const tags = await (await reviewOf('tsx', 'const a = <A.B>c▢;\n')).frames();
    assert.deepEqual(tags, ['</A.B>']);
  });

  it('lets the beginning of a sample be unfinished', async () => {
    const review = await reviewOf('typescript', 'function f() {\n  ▢\n}\n');
    assert.ok((await review.verdictOfStart('const x = g(')).parses);
    assert.ok(!(await review.verdictOfStart('const ) ] x = 1;\ng();\nconst y = ')).parses);
  });
});
