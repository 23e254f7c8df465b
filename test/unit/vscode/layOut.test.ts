/** What is being written stays in sight, nothing of it is lost, and short lines are left as they are. */
import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { laidOut } from '../../../src/vscode/infill/layOut.ts';

const FILE = 'class A {\n  run() {OLD}\n}\n';
const SPAN = { start: FILE.indexOf('OLD'), end: FILE.indexOf('OLD') + 3 };
const bare = (text: string) => text.replace(/\s/g, '');

describe('the layout of what is being written', () => {
  it('leaves short lines alone', () => {
    assert.equal(laidOut(FILE, SPAN, '\n    return ▢▢;\n  '), 'class A {\n  run() {\n    return ▢▢;\n  }\n}\n');
  });

  it('folds a run of masks below its line, further in', () => {
    const text = laidOut(FILE, SPAN, '▢'.repeat(200));
    const lines = text.split('\n');
    assert.ok(lines.length > 5);
    for (const line of lines) assert.ok(line.length <= 72, line);
    assert.ok(lines.some((line) => /^ {6}▢+$/.test(line)));
    assert.equal(text.match(/▢/g)?.length, 200);
  });

  it('begins below a signature that fills its line', () => {
    const file = `function run(${'argument, '.repeat(6)}last) {OLD}\n`;
    const at = file.indexOf('OLD');
    const text = laidOut(file, { start: at, end: at + 3 }, '▢▢');
    assert.match(text, /last\) \{\n {4}▢▢\}\n$/);
  });

  it('loses and adds nothing but white space', () => {
    const piece = fc.constantFrom('▢', '▢▢▢▢', 'return', ' ', '(', ')', 'someName', '\n', '  ', ';');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 120 }), (pieces) => {
        const partial = pieces.join('');
        const whole = FILE.slice(0, SPAN.start) + partial + FILE.slice(SPAN.end);
        assert.equal(bare(laidOut(FILE, SPAN, partial)), bare(whole));
      }),
    );
  });
});
