/** The stretch of a file that is parsed around a cursor. */
import { strict as assert } from 'node:assert';
import { parsedWindow } from '../../../src/core/completion/parsedWindow.ts';
import { windowsAt } from '../../../src/core/completion/windows.ts';

const TEXT = Array.from({ length: 3_000 }, (_, i) => `const value${i} = ${i}; // ${'x'.repeat(i % 40)}`).join('\n');

describe('the parsed window', () => {
  const at = (column: number, text = TEXT) =>
    parsedWindow({ path: 'a.ts', language: 'typescript', ...windowsAt(text, 1_500, column) });

  it('has the same base at every column of a line, without that line', () => {
    const line = TEXT.split('\n')[1_499] ?? '';
    const bases = new Set(Array.from({ length: line.length + 1 }, (_, i) => at(i + 1).base));
    assert.equal(bases.size, 1);
    const [base = ''] = bases;
    assert.ok(base.length > 15_000 && base.length <= 22_000, String(base.length));
    assert.ok(base.includes('const value1498 =') && base.includes('const value1500 =') && !base.includes('value1499 '));
    assert.match(base, /^const value/);
  });

  it('is the whole of a small file', () => {
    const { before, behind, base } = parsedWindow({
      ...{ path: 'a.ts', language: 'typescript', prefix: 'a();\r\nb', suffix: '();\r\nc();\r\n' },
    });
    assert.deepEqual([before, behind, base], ['a();\r\nb', '();\r\nc();\r\n', 'a();\r\nc();\r\n']);
  });
});
