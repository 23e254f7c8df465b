/** Where a long prompt is cut for evaluation. */
import { strict as assert } from 'node:assert';
import { sliceEnds } from '../../../src/node/models/promptSlices.ts';

describe('slices of a prompt', () => {
  const lines = 'abcdefghi\n'.repeat(100);

  it('are none for a short prompt, or for a long one of which little is new', () => {
    assert.deepEqual(sliceEnds('', 'x'.repeat(150), 100), []);
    assert.deepEqual(sliceEnds(lines, `${lines}${'x'.repeat(150)}`, 100), []);
    assert.deepEqual(sliceEnds(lines, lines, 100), []);
  });

  it('end with lines, and leave a last part that is worth a request', () => {
    const ends = sliceEnds('', lines, 105);
    assert.deepEqual(ends, [100, 200, 300, 400, 500, 600, 700, 800, 900]);
    for (const end of ends) assert.equal(lines[end - 1], '\n');
  });

  it('begin where the prompt leaves what the server knows', () => {
    const changed = `${lines.slice(0, 405)}X${lines.slice(406)}`;
    assert.deepEqual(sliceEnds(lines, changed, 200), [600, 800]);
  });

  it('never cut a character in two', () => {
    const smileys = '😀'.repeat(200);
    for (const end of sliceEnds('', smileys, 101)) assert.equal(end % 2, 0);
    assert.ok(sliceEnds('', smileys, 101).length > 2);
  });
});
