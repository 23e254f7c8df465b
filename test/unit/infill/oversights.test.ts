/** Code that the grammars read: what each language's own parser refuses of it, and what looks alike and is right. */
import { strict as assert } from 'node:assert';
import { Oversights } from '../../../src/core/infill/oversights/oversights.ts';
import type { LanguageId } from '../../../src/core/languages.ts';
import { parser } from '../syntax/parserFixture.ts';

/** Each verdict was seen of Python 3.11's `ast`, TypeScript's parser, gofmt and rustfmt. */
const REFUSED: Partial<Record<LanguageId, readonly string[]>> = {
  python: [
    ...['if x:\n    y\nelse:\n    # c\nz\n', 'def f():\n    # c\nx = 1\n', 'if a:\nb\n'],
    ...[
      'print x\n',
      'exec "a"\n',
      'raise E, "m"\n',
      'try:\n  x\nexcept E, e:\n  y\n',
      'try:\n  a\n',
      'try:\n  a\nelse:\n  b\n',
      'x <> y\n',
      'x = 0777\n',
    ],
    ...['f(a=1, b)\n', 'f(**k, *a)\n', 'f(,)\n', 'f(x for x in y, 1)\n', 'x = {,}\n'],
    ...['def f(a=1, b): pass\n', 'def f(*): pass\n', 'def f(**k, a): pass\n', 'def f((a, b)): pass\n'],
    ...['lambda a=1, b: a\n', 'x := 1\n', 'del f()\n', 'with a as f(): pass\n', '(a, b) += 1\n'],
    ...['x = async\n', 'f"{"a"}"\n', 'if not () as a:\n  b\n', 'x = a as b\n', 'f((a as b))\n'],
    ...['  x\ny\n', 'x\n  y\n', 'if a:\n    b\n  c\n', 'if a:\n    b\n      c\n', 'if a:\n        b\n\tc\n'],
    ...['x\n"" 0\n', 'class A(): x = 1; def f(): pass\n'],
    ...['x = a +\n  b\n', 'x:\n    y\n', 'x.\ny\n', 'if a and\n  b:\n  c\n', 'def f()\n: pass\n', 'import\n a\n'],
    ...['@property\n  def f(): pass\n', 'if a:\n    b\n  else:\n    c\n', 'try:\n    a\n except b:\n    c\n'],
    ...['if a:\n    b\n  elif c:\n    d\n', 'try:\n    a\n  finally:\n    b\n'],
  ],
  javascript: [
    ...['f({this, a})\n', 'x = {class}\n', 'const enum = 1\n', 'export\n', 'try { a }\n', 'x = super\n'],
    ...['x = <a></b>\n', 'x = <a.b></a.c>\n', 'x = 3in y\n', '-x ** 2\n', 'x = {,}\n', 'f(,)\n', 'f(a,,b)\n'],
    ...[
      'function f(a.b) {}\n',
      'function (a) {}\n',
      'a => {b}.c\n',
      'x++ ++\n',
      'new a?.b()\n',
      '{ f(a) {\n x(); } }\n',
    ],
    ...['x = <a {b}></a>\n', 'x = <a {b} />\n', 'x = () => {}()\n', 'x = a => {b: c, d: e}\n'],
  ],
  typescript: [
    'try { a }\n',
    'f({this})\n',
    'for (;;) { continue false; }\n',
    'function f(if) {}\n',
    'for (let x of y, z) {}\n',
    'let x: { , a: b }\n',
    'function f(a.b: c) {}\n',
  ],
  tsx: ['try { a }\n', 'x = <></a>\n', 'x = <a></>\n', 'x = <a {b}></a>\n', 'x = <T>(a) => b\n'],
  go: [
    ...['package main\nx()\n', 'package main\nx := 1\n', 'package main\nfunc f() {}\nimport "a"\n'],
    ...['package main\nfunc f() { defer x }\n', 'package main\nfunc f() { go x.y }\n'],
    ...['package main\nfunc f(a int, b) {}\n', 'package main\nfunc f() (a int, b) {}\n'],
    ...['package main\nfunc f(a ...int, b int) {}\n', 'package main\nfunc f() { f(a..., b) }\n'],
    ...[
      'package main\nfunc f()\n{}\n',
      'package main\nfunc (a *B)\n f() {}\n',
      'package main\nfunc f() { if x\n{} }\n',
    ],
    ...['package main\nfunc f() { f(\na\n)\n}\n', 'package main\nfunc f() { x = T{\na\n}\n}\n'],
    ...[
      'package main\nfunc f(\na int\n) {}\n',
      'package main\nfunc f() { x[a\n] }\n',
      'package main\nfunc f() { x = "\\q" }\n',
    ],
    ...['package main\nfunc f\n() {}\n', 'package main\nfunc f() { x = (a\n) }\n'],
  ],
  rust: [
    ...[
      'fn f(a) {}\n',
      'fn f(_, a: b) {}\n',
      'fn f(()) {}\n',
      'trait A { fn f(a); }\n',
      'fn f(a: b, &self) {}\n',
      'fn f() { A { a: b, _, } }\n',
      'fn f() { "\\q"; }\n',
      'fn f() { f(,); }\n',
    ],
    ...['fn f() { let type = 1; }\n', 'fn f() { x.match() }\n', 'fn f() { else {} }\n'],
    ...['fn f() { a < b < c; }\n', 'fn f() { a<b>(c); }\n', 'fn f() { a..b..c; }\n', "fn f() { ''; }\n"],
    ...[
      'fn f() { A { ..a, b } }\n',
      'fn f() { a.b::<c>; }\n',
      'fn f() { #[a] }\n',
      'fn f() { if a {} + 1; }\n',
      'fn f() { match a {} = b }\n',
      'fn f() { match a { b => {} = c } }\n',
      'fn f() { if a {} += b; }\n',
    ],
    ...['impl A { let x = 1; }\n', 'a;\n', 'let x = 1;\n', 'x!()\n', '#[a]\n'],
  ],
};

const RIGHT: Partial<Record<LanguageId, readonly string[]>> = {
  python: [
    ...['match x:\n  case 1:\n    y\n', 'print(x)\n', 'x.print\n', 'type = 1\n', 'else_ = 1\n', 'x = 00\n'],
    ...['f(a, *b, c=1, **d)\n', 'f(*a, b)\n', 'f(a=1, *b)\n', 'f(**a, b=1)\n', 'f((x for x in y), 1)\n'],
    ...['def f(a, b=1, *c, d, e=1, **g): pass\n', 'def f(*, a): pass\n', 'def f(a, /, b): pass\n'],
    ...['def f(a: int = 1, *, b: int): pass\n', 'def f(*a: int, **b: int): pass\n', 'lambda *a, **b: c\n'],
    ...['with (a as b):\n  c\n', 'with (a as b, c as d):\n  e\n', 'try:\n  a\nexcept* b as c:\n  d\n'],
    ...['match a:\n  case (b() as c) | [d as e]:\n    f\n'],
    ...['del a, b[0], c.d\n', 'with a as (b, c): pass\n', 'try:\n  a\nexcept (b, c) as d:\n  e\n', '(x := 1)\n'],
    ...[
      'if x:\n    y\n# c\nelse:\n    z\n',
      '@a\n@b\ndef f():\n    pass\n',
      'if x: y\nelse: z\n',
      'try:\n  a\nfinally:\n  b\n',
      'try:\n  a\nexcept* b:\n  c\nelse:\n  d\n',
    ],
    ...[
      'if x:\n    y\n    # c\n  # d\nz\n',
      'f(\n  a,\nb)\n',
      "if a:\n    '''\nb\n'''\n    c\n",
      'x = 1; y\n',
      'if x: y; z\n',
    ],
    ...['if a:\n    b\n      \nelse:\n    c\n', 'a \\\n  + b\n', 'f\'{a["b"]}\'\n', '[a, b] = c\n', 'raise (a, b)\n'],
  ],
  javascript: [
    ...['export { x as default }\n', "import { default as x } from 'a'\n", 'x.class\n', 'x = {class: 1}\n'],
    ...['class A extends B { constructor() { super(); super.x(); } delete() {} }\n', "x = import('a')\n"],
    ...['x = {a,}\n', 'f(a,)\n', 'x = [a,,b]\n', '(-x) ** 2\n', 'new (a?.b)()\n', '(() => {}).c\n'],
    ...[
      'x = <a.b></a.b>\n',
      '<a {...b}></a>\n',
      '<></>\n',
      'try { a } finally { b }\n',
      '(function () {})\n',
      '({ f(a) {} })\n',
      'a = () => ({ b() {} })\n',
      '{ f(a); }\n',
    ],
  ],
  typescript: [
    'function f(this: A) {}\n',
    'let x: A.default\n',
    'enum A { default }\n',
    'let x: { a: b, c: d; e }\n',
    'let x = <T,>(a) => b\n',
    'export { x as if }\n',
    "import { in as x } from 'a'\n",
    "export * as if from 'a'\n",
  ],
  tsx: ['x = <T,>(a) => b\n', 'x = <T extends b>(a: T) => b\n', 'x = <a b={c}>{d}</a>\n', 'x = <var class={a} />\n'],
  go: [
    ...[
      '// c\npackage main\n\nimport "a"\n\nfunc f() { g(func() {\n}) }\n',
      'package main\nfunc f(a, b int,\nc int,\n) {}\n',
    ],
    ...['package main\nvar f func(a, int)\n', 'package main\nfunc f() { x = []int{1,\n2} }\n'],
    ...[
      'package main\nfunc f() { if x {\n} else {\n} }\n',
      'package main\nfunc f() { x = (\na) }\n',
      'package main\nfunc f() { defer func() {}() }\n',
      'package main\nfunc f() { x = "\\n\\"\\x00é" }\n',
    ],
  ],
  rust: [
    ...['x!();\n', 'x!{}\n', 'impl A { x!(); }\n', 'fn f() { quote!{ fn x() {} } }\n', '#[a]\nfn f() {}\n'],
    ...[
      'fn f(#[a] b: c, _: d) {}\n',
      'fn f(#[a] self) {}\n',
      'fn f() { A { 0: a, b } }\n',
      'fn f() { "\\n\\u{1f}\\\n a"; }\n',
      'type F = fn(a, b) -> c;\n',
      'fn f() { a < b && c < d; }\n',
    ],
    ...[
      'fn f() { (a < b) == c; }\n',
      'fn f() -> Self { Self::new().r#type }\n',
      'fn f() { a.b::<c>(); }\n',
      'fn f() { let a = if b { c } else { d } + 1; if a {} *b = c; }\n',
    ],
    "fn f(a: &'static str) {}\n",
  ],
};

describe('what a grammar reads and its language refuses', () => {
  const verdict = async (language: LanguageId, text: string) => {
    const tree = await parser.parse(language, text);
    return { hasErrors: tree.hasErrors, refused: new Oversights(await parser.grammar(language)).in(tree, text) };
  };
  for (const [language, texts] of Object.entries(REFUSED) as [LanguageId, readonly string[]][])
    it(`${language}: is found`, async () => {
      for (const text of texts) {
        const { hasErrors, refused } = await verdict(language, text);
        assert.ok(!hasErrors, `The grammar itself finds ${JSON.stringify(text)}.`);
        assert.ok(refused.length > 0, JSON.stringify(text));
      }
    });
  for (const [language, texts] of Object.entries(RIGHT) as [LanguageId, readonly string[]][])
    it(`${language}: what is right stays so`, async () => {
      for (const text of texts)
        assert.deepEqual(await verdict(language, text), { hasErrors: false, refused: [] }, JSON.stringify(text));
    });
});
