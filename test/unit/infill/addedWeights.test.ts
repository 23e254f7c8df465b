/** What a denoiser or the tools add to a scorer's weights: the same for all kinds of places, and no more than the choices show. */
import { strict as assert } from 'node:assert';
import { addedWeights, fitBeside, OF_DENOISER, OF_TOOLS } from '../../../bench/infill/addedWeights.ts';
import type { Choice } from '../../../bench/infill/fit.ts';
import { FEATURES, type Feature, NONE_FEATURES, type PlaceModel } from '../../../src/core/infill/candidates/scorer.ts';

const base: PlaceModel = { weights: { likeness: 1, pseudo: 9 }, none: { bias: 0.5 }, calibration: [], threshold: 0 };

/** `count` choices of three, of which `is` says the share that are right where the feature is 1; the others are right by turns. */
function choicesOf(feature: Feature, count: number, is: (i: number) => boolean): Choice[] {
  return Array.from({ length: count }, (_, i) => {
    const rows = [0, 1, 2].map((k) => {
      const row = new Float64Array(FEATURES.length);
      row[FEATURES.indexOf(feature)] = Number(k === i % 3);
      return row;
    });
    const none = new Float64Array(NONE_FEATURES.length);
    none[0] = 1;
    return { rows, none, right: is(i) ? i % 3 : (i + 1) % 3, group: `r${i % 5}` };
  });
}

describe('weights beside a scorer’s', () => {
  it('say how much surer a feature makes, and leave those of a few choices near nothing', () => {
    const weightOf = (choices: readonly Choice[]) =>
      addedWeights([{ choices, base }], OF_DENOISER).row.pseudo ?? Number.NaN;
    const mostly = (i: number) => i % 10 < 8;
    const sure = weightOf(choicesOf('pseudo', 600, mostly));
    assert.ok(sure > 1.5 && sure < 2.5, `${sure}`);
    const few = weightOf(choicesOf('pseudo', 10, mostly));
    assert.ok(few > 0 && few < sure / 2, `${few}`);
    const nothing = weightOf(choicesOf('pseudo', 600, (i) => i % 9 < 3));
    assert.ok(Math.abs(nothing) < 0.2, `${nothing}`);
  });

  it('never make an error speak for a text', () => {
    const weights = (is: (i: number) => boolean) =>
      addedWeights([{ choices: choicesOf('adds', 300, is), base }], OF_TOOLS).row;
    assert.deepEqual(
      weights(() => true),
      { breaks: 0, breaksBehind: 0, breaksWhole: 0, typedAdds: 0, typedAddsBehind: 0, adds: 0, addsBehind: 0 },
    );
    assert.ok((weights((i) => i % 20 === 0).adds ?? 0) < -1);
  });

  it('are the same for all kinds, beside each kind’s own, which stay', () => {
    const choices = choicesOf('pseudo', 300, (i) => i % 10 < 8);
    const other: PlaceModel = { ...base, weights: { likeness: 3 }, none: { bias: -1 } };
    const [one, two] = fitBeside(
      [
        { choices, base },
        { choices, base: other },
      ],
      OF_DENOISER,
    );
    assert.equal(one?.model.weights.likeness, 1);
    assert.equal(two?.model.weights.likeness, 3);
    assert.ok((one.model.weights.pseudo ?? 0) > 1 && one.model.weights.pseudo === two.model.weights.pseudo);
    assert.ok(Math.abs((one.model.none.bias ?? 0) - (two.model.none.bias ?? 0) - 1.5) < 1e-3);
    assert.ok(one.heldOut.right > 0.7 && one.model.calibration.length > 0, JSON.stringify(one.heldOut));
  });
});
