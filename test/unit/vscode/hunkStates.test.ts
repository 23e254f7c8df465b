/** A review's hunks can be taken out and put back in any order, and always give the text one would expect. */
import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { applyEdits } from '../../../src/base/textEdit.ts';
import { hunksOf } from '../../../src/core/edits/hunks.ts';
import { minimalEdits } from '../../../src/core/edits/minimalEdits.ts';
import type { FilePatch } from '../../../src/core/edits/patch.ts';
import { fileState, removeOwnEdits, toggleEdits } from '../../../src/vscode/review/hunkStates.ts';

function patchOf(before: string, after: string): FilePatch {
  return { path: 'a.ts', beforeHash: '', before, after, edits: minimalEdits(before, after) };
}

const LINES = Array.from({ length: 30 }, (_, index) => `line ${index} of the file`);

describe('hunk states', () => {
  it('knows kept, reverted and edited hunks, and the user’s own changes', () => {
    const before = 'a\nb\nc\nd\ne\nf\ng\nh\n';
    const file = patchOf(before, 'a\nB\nc\nd\nE\nf\ng\nH\n');
    const state = fileState(file, 'a\nB\nc\nown\nd\ne\nf\ng\nHH\n');
    assert.deepEqual(
      state.hunks.map((hunk) => hunk.state),
      ['kept', 'reverted', 'edited'],
    );
    assert.equal(state.own.length, 1);
    const [own] = state.own;
    assert.ok(own);
    const current = 'a\nB\nc\nown\nd\ne\nf\ng\nHH\n';
    assert.equal(applyEdits(current, removeOwnEdits(file, current, own)), 'a\nB\nc\nd\ne\nf\ng\nHH\n');
  });

  for (const [name, ending] of [
    ['LF', '\n'],
    ['CRLF', '\r\n'],
  ] as const)
    it(`any set of hunks can be chosen, in any order (${name})`, () => {
      fc.assert(
        fc.property(
          fc.uniqueArray(fc.integer({ min: 0, max: 29 }), { minLength: 1, maxLength: 8 }),
          fc.constantFrom('replace', 'insert', 'delete'),
          fc.array(fc.tuple(fc.nat(7), fc.boolean()), { maxLength: 12 }),
          (changed, how, clicks) => {
            const before = LINES.join(ending) + ending;
            const after = LINES.flatMap((line, index) => {
              if (!changed.includes(index)) return [line];
              if (how === 'replace') return [`replaced ${index}`];
              return how === 'insert' ? [line, `inserted after ${index}`] : [];
            }).join(ending);
            const file = patchOf(before, after + ending);
            const hunks = hunksOf(file);
            const kept = hunks.map(() => true);
            let current = file.after;
            for (const [which, keep] of clicks) {
              const hunk = hunks[which % hunks.length];
              if (!hunk) continue;
              current = applyEdits(current, toggleEdits(file, current, hunk, keep));
              kept[hunk.index] = keep;
            }
            const expected = applyEdits(
              before,
              hunks.filter(({ index }) => kept[index]).flatMap(({ edits }) => edits),
            );
            assert.equal(current, expected);
          },
        ),
        { numRuns: 200 },
      );
    });
});
