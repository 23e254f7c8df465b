/** SH5: what is no heal, and what is one although it changes much. */
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { guardOf, parseEscapes } from '../../../src/core/healing/guard.ts';
import { projectRoot } from '../../projectRoot.ts';

const escapes = parseEscapes(readFileSync(join(projectRoot, 'src/data/healing/escapes.yml'), 'utf8'));
const rules = (path: string, before: string, after: string) =>
  guardOf(path, before, escapes)(after).map(({ rule }) => rule);

describe('the guard against fixes that only silence', () => {
  const forbidden: readonly [name: string, path: string, before: string, after: string, rule: string][] = [
    ['deletes a statement', 'a.ts', 'const a = 1;\nsave(a);\nlog(a);\n', 'const a = 1;\nlog(a);\n', 'statement'],
    ['deletes a call and keeps its argument', 'a.ts', 'const a = check(b);\n', 'const a = b;\n', 'call'],
    ['takes an export away', 'a.ts', 'export const limit = 3;\n', 'const limit = 3;\n', 'export'],
    ['deletes a test', 'a.test.ts', 'it("adds", () => {\n  expect(add(1, 2)).toBe(3);\n});\n', '', 'statement'],
    ['empties a body', 'a.ts', 'function f() {\n  run();\n}\n', 'function f() {\n}\n', 'statement'],
    ['comments code out', 'a.ts', 'run(a);\nstop();\n', '// run(a);\nstop();\n', 'statement'],
    ['empties a Python body', 'a.py', 'def f(x):\n    return g(x)\n', 'def f(x):\n    pass\n', 'body'],
    ['adds @ts-ignore', 'a.ts', 'f(1);\n', '// @ts-ignore\nf(1);\n', 'ts-suppression'],
    ['adds @ts-expect-error', 'a.ts', 'f(1);\n', '/* @ts-expect-error */\nf(1);\n', 'ts-suppression'],
    ['casts to any', 'a.ts', 'f(x);\n', 'f(x as any);\n', 'cast-to-any'],
    ['annotates with any', 'a.ts', 'let x: number = f();\n', 'let x: any = f();\n', 'annotated-any'],
    ['asserts non-null', 'a.ts', 'a.b.c();\n', 'a.b!.c();\n', 'non-null'],
    ['disables ESLint', 'a.js', 'f();\n', '/* eslint-disable */\nf();\n', 'eslint-disable'],
    ['skips a test', 'a.test.js', 'it("x", f);\n', 'it.skip("x", f);\n', 'skipped-test-js'],
    ['swallows an error', 'a.js', 'try { f(); } catch (e) { g(e); }\n', 'try { f(); } catch (e) {}\n', 'swallowed-js'],
    ['adds type: ignore', 'a.py', 'f(1)\n', 'f(1)  # type: ignore\n', 'type-ignore'],
    ['adds noqa', 'a.py', 'import os\n', 'import os  # noqa: F401\n', 'type-ignore'],
    ['unwraps', 'a.rs', 'let a = b()?;\n', 'let a = b().unwrap();\n', 'unwrap'],
    ['throws a value away', 'a.go', 'err := f()\n', '_ = f()\n', 'discarded'],
  ];
  for (const [name, path, before, after, rule] of forbidden) {
    it(`refuses what ${name}`, () =>
      assert.ok(rules(path, before, after).includes(rule), String(rules(path, before, after))));
  }

  const allowed: readonly [name: string, path: string, before: string, after: string][] = [
    ['a corrected spelling', 'a.ts', 'consle.log(nmae);\n', 'console.log(name);\n'],
    ['an added await', 'a.ts', 'const a = f();\n', 'const a = await f();\n'],
    ['an added import', 'a.py', 'os.getcwd()\n', 'import os\nos.getcwd()\n'],
    ['a removed stray bracket', 'a.ts', 'f(a));\n', 'f(a);\n'],
    ['a moved statement', 'a.ts', 'use(a);\nconst a = get();\n', 'const a = get();\nuse(a);\n'],
    ['a wrapped statement', 'a.ts', 'run(a);\n', 'if (a) {\n  run(a);\n}\n'],
    ['an added colon', 'a.py', 'def f(x)\n    return x\n', 'def f(x):\n    return x\n'],
    ['a print statement made a call', 'a.py', 'print "a", b\n', 'print("a", b)\n'],
    ['an annotation that is a real type', 'a.ts', 'let x = f();\n', 'let x: string = f();\n'],
    [
      'a docstring that ends at last',
      'a.py',
      'def f(x):\n    """Does it.\n    return x\n',
      'def f(x):\n    """Does it."""\n    return x\n',
    ],
    ['an escape that was there before', 'a.ts', 'f(x as any, yy);\n', 'f(x as any, y);\n'],
    ['an escape spelt inside a string', 'a.ts', 'f("a");\n', 'f("// @ts-ignore as any");\n'],
  ];
  for (const [name, path, before, after] of allowed) {
    it(`lets through ${name}`, () => assert.deepEqual(rules(path, before, after), []));
  }

  it('says which entry of the list is broken', () => {
    assert.throws(
      () => parseEscapes('escapes:\n  - {id: a, in: code, extensions: [.ts], message: m, pattern: "("}'),
      /entry 1 \(a\)/,
    );
    assert.throws(() => parseEscapes('escapes: 3'), /must be a list/);
  });
});
