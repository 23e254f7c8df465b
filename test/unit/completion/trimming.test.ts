/** Trimming: how far a completion goes by the syntax around the cursor, when the server can stop, what the suffix has already. */
import { strict as assert } from 'node:assert';
import { Surroundings } from '../../../src/core/completion/surroundings.ts';
import { clipToBlock } from '../../../src/core/completion/trim/blockEnd.ts';
import { type ExtentKind, extentAt } from '../../../src/core/completion/trim/extent.ts';
import { StreamTrimmer, type Trimmed } from '../../../src/core/completion/trim/streamTrimmer.ts';
import { LANGUAGE_IDS, type LanguageId } from '../../../src/core/languages.ts';
import { parser } from '../syntax/parserFixture.ts';
import { cursorIn, proposedIn } from './atCursor.ts';

/** Feeds a text in pieces of `size` until the trimmer has enough. */
function trim(
  language: LanguageId,
  code: string,
  text: string,
  size = 3,
  reason?: 'stop' | 'length',
): Trimmed & { read: number } {
  const trimmer = new StreamTrimmer(cursorIn(language, code));
  let read = 0;
  while (read < text.length) {
    const { done } = trimmer.push(text.slice(read, read + size));
    read = Math.min(text.length, read + size);
    if (done) break;
  }
  return { ...trimmer.end(reason), read };
}

describe('the extent of a completion', () => {
  const cases: [ExtentKind, LanguageId, string][] = [
    ['insideLine', 'typescript', 'foo(▮);\n'],
    ['insideLine', 'python', 'x = ▮ + 1\n'],
    ['line', 'typescript', 'const a = ▮\n'],
    ['line', 'python', 'x = ▮\n'],
    ['line', 'rust', 'fn f() {\n    let a▮\n}\n'],
    ['line', 'go', 'func f() {\n\ta :▮\n}\n'],
    ['block', 'typescript', 'function f() {▮\n}\n'],
    ['block', 'typescript', 'function f() {\n  ▮\n}\n'],
    ['block', 'tsx', 'const a = () => {▮\n'],
    ['block', 'javascript', 'foo({▮\n});\n'],
    ['block', 'python', 'def f():▮\n'],
    ['block', 'python', 'def f():\n    ▮\n\ndef g():\n    pass\n'],
    ['block', 'python', 'def f():\n    """Do it.\n\n    Well.\n    """\n    ▮\n\ndef g():\n    pass\n'],
    ['block', 'rust', 'impl A {▮\n}\n'],
    ['block', 'go', 'if err != nil {▮\n\t}\n'],
    ['line', 'typescript', 'function f() {▮\n  a();\n}\n'],
    ['line', 'python', 'def f():▮\n    return 1\n'],
    ['line', 'typescript', "const a = 'x {▮\n"],
    ['statement', 'typescript', '/** Adds. */\n▮\n'],
    ['statement', 'rust', '#[test]\n▮\n'],
    ['statement', 'python', '@cached\n▮\n'],
    ['statement', 'go', '// Close ends it.\n▮\n'],
    ['statement', 'typescript', 'a();\n▮\nb();\n'],
    ['paragraph', 'typescript', 'function f() {\n  a();\n  ▮\n}\n'],
    ['paragraph', 'go', 'func f() {\n\ta()\n\n\t▮\n}\n'],
    ['paragraph', 'python', 'a()\n\n▮\n'],
  ];
  for (const [kind, language, code] of cases) {
    it(`is ${kind} in ${language}: ${JSON.stringify(code)}`, () => {
      assert.equal(extentAt(new Surroundings(cursorIn(language, code))).kind, kind);
    });
  }
});

describe('trimming a stream', () => {
  const cases: [string, LanguageId, string, string, string][] = [
    ['one line', 'typescript', 'const a = ▮\nb();\n', 'foo();\nbar();\n', 'foo();'],
    [
      'one line, to where its brackets close',
      'typescript',
      'const a = ▮\n',
      'foo({\n  b: 1,\n});\nbar();\n',
      'foo({\n  b: 1,\n});',
    ],
    [
      'one line whose bracket the suffix closes',
      'typescript',
      'const a = ▮\n  b: 1,\n});\n',
      'foo({\n  c: 1,',
      'foo({',
    ],
    ['never past the line where something follows', 'python', 'foo(▮)\n', 'a\nb', 'a'],
    ['a new line below a finished one', 'go', 'func f() {\n\ta()▮\n}\n', '\n\tb()\n\tc()\n', '\n\tb()'],
    ['a body', 'typescript', 'function f() {▮\n}\n', '\n  a();\n\n  b();\n}\n\nfunction g() {\n', '\n  a();\n\n  b();'],
    [
      'a body with its bracket, where the suffix lacks it',
      'typescript',
      'function f() {▮',
      '\n  a();\n}\n\ng();\n',
      '\n  a();\n}',
    ],
    [
      'a body in Python',
      'python',
      'def f():▮\n\n\ndef g():\n    pass\n',
      '\n    if a:\n        b()\n\n    return c\n\n\ndef h():\n',
      '\n    if a:\n        b()\n\n    return c',
    ],
    ['a body in Go', 'go', 'if err != nil {▮\n}\n', '\n\treturn err\n}\n\nfoo()\n', '\n\treturn err'],
    ['a body in Rust', 'rust', 'fn f() {\n    ▮\n}\n', 'a();\n    b();\n}\n\nfn g() {', 'a();\n    b();'],
    [
      'one statement below a comment',
      'typescript',
      '/** Adds. */\n▮\n',
      'export function add(a, b) {\n  return a + b;\n}\n\nexport function sub() {\n',
      'export function add(a, b) {\n  return a + b;\n}',
    ],
    [
      'one statement with its other branches',
      'python',
      '    # Which?\n    ▮\n',
      'if a:\n        b()\n    else:\n        c()\n    d()\n',
      'if a:\n        b()\n    else:\n        c()',
    ],
    [
      'decorators belong to what they decorate',
      'python',
      '# Run it.\n▮\n',
      '@cached\ndef f():\n    return 1\n\nx = 1\n',
      '@cached\ndef f():\n    return 1',
    ],
    ['a paragraph', 'typescript', 'function f() {\n  a();\n\n  ▮\n}\n', 'b();\n  c();\n\n  d();\n', 'b();\n  c();'],
    ['a paragraph ends with its block', 'python', 'def f():\n    a()\n\n    ▮\n\n', 'b()\nc()\n', 'b()'],
    ['a marker of the model', 'typescript', 'const a = ▮\n', 'b;<|endoftext|>more', 'b;'],
    ['the word before the cursor written once more', 'typescript', 'pri▮\n', 'print(a)', 'nt(a)'],
    ['an indentation written twice', 'python', 'def f():\n    ▮\n', '\n    return 1', 'return 1'],
    [
      'spaces become the buffer’s tabs',
      'go',
      'func f() {\n\tif a {\n\t\tb()\n\t}\n\tfor {▮\n\t}\n}\n',
      '\n        b()\n        c()',
      '\n\t\tb()\n\t\tc()',
    ],
    [
      'tabs become the buffer’s spaces',
      'python',
      'def f():\n    if a:\n        b()\n    if c:▮\n',
      '\n\t\tb()\n\t\tc()',
      '\n        b()\n        c()',
    ],
    [
      'lines that follow already',
      'typescript',
      'function f() {\n  ▮\n  b();\n  c();\n}\n',
      'a(\n    1,\n  );\n  b();\n  c();',
      'a(\n    1,\n  );',
    ],
    ['blanks at the ends of lines', 'rust', 'fn f() {▮\n}\n', '\n    a();   \n    b();  \n', '\n    a();\n    b();'],
  ];
  for (const [what, language, code, text, expected] of cases) {
    for (const size of [1, 7, 1_000]) {
      it(`${what} (${language}, pieces of ${size})`, () => {
        assert.equal(trim(language, code, text, size).text, expected);
      });
    }
  }

  it('tells the server to stop as soon as nothing more is wanted', () => {
    const body = '\n  a();\n}\n\nfunction g() {\n  b();\n}\n';
    const { read } = trim('typescript', 'function f() {▮', body, 1);
    assert.equal(body.slice(0, read), '\n  a();\n}\n');
    assert.equal(trim('python', 'x = ▮\n', '1\ny = 2\nz = 3\n', 1).read, 2);
    assert.ok(trim('python', 'def f():▮\n', '\n    return 1\n\ndefinitely = 2\nmore = 3\n', 1).read < 30);
  });

  it('keeps whole lines of what a limit cut off, and says so', () => {
    const trimmed = trim('python', 'def f():▮\n', '\n    a = 1\n    b = c(', 4, 'length');
    assert.deepEqual([trimmed.text, trimmed.partial], ['\n    a = 1', true]);
    const long = trim('typescript', 'function f() {▮\n}\n', '\n  a();'.repeat(60), 64);
    assert.equal(long.text.split('\n').length, 30);
    assert.equal(long.partial, true);
  });

  it('cuts closing brackets that follow, or replaces them where it goes on after them', () => {
    const after = (code: string, text: string) => {
      const { text: shown, replaces } = trim('typescript', code, text);
      return { shown, replaces };
    };
    assert.deepEqual(after('foo(▮)\n', 'a, b)'), { shown: 'a, b', replaces: 0 });
    assert.deepEqual(after('foo(▮);\n', 'a, b);'), { shown: 'a, b', replaces: 0 });
    assert.deepEqual(after('foo(▮)\n', 'a, b);'), { shown: 'a, b);', replaces: 1 });
    assert.deepEqual(after('foo(bar(▮))\n', 'a))'), { shown: 'a', replaces: 0 });
    assert.deepEqual(after("foo('▮')\n", "a', b);"), { shown: "a', b);", replaces: 2 });
    assert.deepEqual(after('foo(▮)\n', 'bar(a)'), { shown: 'bar(a)', replaces: 0 });
    assert.deepEqual(after('const x = ▮ + total;\n', 'sum + total;'), { shown: 'sum ', replaces: 0 });
  });

  it('writes the buffer’s own line breaks', () => {
    assert.equal(trim('typescript', 'function f() {▮\r\n}\r\n', '\n  a();\n  b();\n').text, '\r\n  a();\r\n  b();');
    assert.equal(trim('typescript', 'function f() {▮\r\n}\r\n', '\r\n  a();\r\n').text, '\r\n  a();');
    assert.equal(trim('typescript', 'function f() {▮\n}\n', '\r\n  a();\r\n').text, '\n  a();');
  });

  it('never cuts a character in halves', () => {
    for (const size of [1, 2, 3, 5]) {
      for (const text of ['"👍👩‍👩‍👧"', '👍', 'x👍\n👍👍']) {
        for (const language of LANGUAGE_IDS) {
          const { text: shown } = trim(language, 'x = ▮\n', text, size);
          assert.ok(shown.isWellFormed(), JSON.stringify(shown));
        }
      }
    }
    assert.equal(trim('python', 'x = ▮\n', '"a"\uD83D', 2, 'length').text, '"a"');
  });

  it('takes text that runs right to left, one line of 100,000 characters, and any rubbish', () => {
    assert.equal(trim('python', 'x = "שלום ▮"\n', 'عالم"').text, 'عالم');
    const long = `"${'a'.repeat(100_000)}"`;
    for (const language of LANGUAGE_IDS) {
      const began = performance.now();
      assert.equal(trim(language, `y = "${'b'.repeat(15_000)}"\nx = ▮\n`, long, 1_000).text, long);
      assert.ok(performance.now() - began < 5_000);
      for (const rubbish of ['', '\n\n\n', ')))', '\u0000', '<|', '```', '\t\t', '}\n}\n}'])
        trim(language, 'f(▮\n', rubbish, 1);
    }
  });
});

describe('the end of the block by tree-sitter', () => {
  const cases: [LanguageId, string, string][] = [
    ['typescript', 'function f() {\n  ⟦a();\n}\nfunction g() {\n  b();⟧\n}\n', 'a();\n}'],
    ['go', 'package a\n\nfunc f() {\n\t⟦a()\n}\n\nfunc g() {\n\tb()⟧\n}\n', 'a()\n}'],
    ['rust', 'fn f() {\n    ⟦a();\n}\nfn g() {\n    b();⟧\n}\n', 'a();\n}'],
    ['typescript', 'function f() {\n  ⟦if (a) {\n    b();\n  }\n  c();⟧\n}\n', 'if (a) {\n    b();\n  }\n  c();'],
    ['javascript', 'it("x", () => {\n  ⟦a();\n}, 10);⟧\n', 'a();\n}, 10);'],
    ['python', 'def f():\n    a = 1\n    ⟦b = 2\n    return b⟧\n', 'b = 2\n    return b'],
  ];
  for (const [language, code, expected] of cases) {
    it(`${language}: ${JSON.stringify(code)}`, async () => {
      const { place, text } = proposedIn(language, code);
      assert.equal(await clipToBlock(place, text, 0, parser), expected);
    });
  }
});
