/** Mutations of logic: each sort of slip is among them, likely ones early, and nothing is taken away whole. */
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { applyEdits } from '../../../src/base/textEdit.ts';
import { parseMutations, proposeMutations } from '../../../src/core/edits/mutations.ts';
import { projectRoot } from '../../projectRoot.ts';

const table = parseMutations(readFileSync(join(projectRoot, 'src/data/healing/mutations.yml'), 'utf8'));
const after = (text: string, family: 'python' | 'ecmascript') =>
  proposeMutations(text, family, table).map(({ edits }) => applyEdits(text, edits));

describe('mutations', () => {
  const cases: readonly [slip: string, family: 'python' | 'ecmascript', text: string, meant: string][] = [
    ['a comparison', 'python', 'def f(a, b):\n    return a < b\n', 'def f(a, b):\n    return a <= b\n'],
    ['a connective', 'python', 'def f(a):\n    return a and 1\n', 'def f(a):\n    return a or 1\n'],
    ['a bound', 'python', 'def f(n):\n    return sum(range(n))\n', 'def f(n):\n    return sum(range(n + 1))\n'],
    ['a start', 'python', 'def f(l):\n    return range(1, len(l))\n', 'def f(l):\n    return range(len(l))\n'],
    ['an index', 'python', 'def f(xs, i):\n    return xs[i]\n', 'def f(xs, i):\n    return xs[i - 1]\n'],
    ['a number', 'python', 'def f():\n    return 0\n', 'def f():\n    return 1\n'],
    ['a literal', 'python', 'def f():\n    return True\n', 'def f():\n    return False\n'],
    [
      'a negation',
      'python',
      'def f(a):\n    if a:\n        return 1\n',
      'def f(a):\n    if not a:\n        return 1\n',
    ],
    [
      'a membership',
      'python',
      'def f(a, b):\n    if a in b:\n        return 1\n',
      'def f(a, b):\n    if a not in b:\n        return 1\n',
    ],
    ['another function', 'python', 'def f(a):\n    return max(a)\n', 'def f(a):\n    return min(a)\n'],
    ['a variable', 'python', 'def f(odd, even):\n    odd += 1\n', 'def f(odd, even):\n    even += 1\n'],
    ['arguments', 'python', 'def f(a, b):\n    return gcd(a % b, b)\n', 'def f(a, b):\n    return gcd(b, a % b)\n'],
    [
      'an operand too many',
      'python',
      'def f(n):\n    return 18 * n * (10 ** (n - 2))\n',
      'def f(n):\n    return 18 * (10 ** (n - 2))\n',
    ],
    ['a missing return', 'ecmascript', 'function f(a) {\n  g(a);\n}\n', 'function f(a) {\n  return g(a);\n}\n'],
    ['strict equality', 'ecmascript', 'const f = (a) => a === 1;\n', 'const f = (a) => a !== 1;\n'],
    [
      'a variable in JavaScript',
      'ecmascript',
      'function f(a, b) {\n  return a - 1;\n}\n',
      'function f(a, b) {\n  return b - 1;\n}\n',
    ],
    ['operands', 'ecmascript', 'const f = (a, b) => a - b;\n', 'const f = (a, b) => b - a;\n'],
  ];
  for (const [slip, family, text, meant] of cases)
    it(`try ${slip}`, () => assert.ok(after(text, family).includes(meant), after(text, family).join('---\n')));

  it('are the same in every run, each once, never the text itself', () => {
    const text = readFileSync(join(projectRoot, 'src/core/edits/hunks.ts'), 'utf8');
    const all = after(text, 'ecmascript');
    assert.ok(all.length > 50);
    assert.equal(new Set(all).size, all.length);
    assert.ok(!all.includes(text));
    assert.deepEqual(after(text, 'ecmascript'), all);
  });

  it('leave imports, strings and comments alone', () => {
    assert.deepEqual(after("import max from 'a < b';\n// a < b, max\n", 'ecmascript'), []);
    assert.deepEqual(after('from x import max\n# 1 < 2\n"""a < b"""\n', 'python'), []);
  });
});
