/** Noise schedules: their ends, their order, the weights of the bound, and commits that lose no token. */
import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { SCHEDULES, Schedule } from '../../../src/core/infill/schedule.ts';

describe('noise schedules', () => {
  for (const name of SCHEDULES) {
    it(`${name} goes from 1 to 0 and never up`, () => {
      const schedule = new Schedule(name);
      const table = schedule.table(50);
      assert.equal(table[0], 1);
      assert.equal(table[50], 0);
      for (let step = 1; step <= 50; step++) assert.ok((table[step] as number) <= (table[step - 1] as number));
    });

    it(`${name}'s weights make the bound the same as any other's`, () => {
      // ∫ weight(t) f(1 - α(t)) dt = ∫ f(λ) / λ dλ for every schedule; here with f(λ) = λ², whose integral is 1/2.
      const schedule = new Schedule(name);
      const steps = 20_000;
      let sum = 0;
      for (let i = 0; i < steps; i++) {
        const t = (i + 0.5) / steps;
        sum += (schedule.weight(t) * (1 - schedule.alpha(t)) ** 2) / steps;
      }
      assert.ok(Math.abs(sum - 0.5) < 0.01, `${sum}`);
    });

    it(`${name} commits every token, in whole numbers`, () => {
      const schedule = new Schedule(name);
      fc.assert(
        fc.property(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 1, max: 64 }), (masked, steps) => {
          const commits = schedule.commits(masked, steps);
          assert.equal(commits.length, steps);
          assert.equal(
            commits.reduce((sum, count) => sum + count, 0),
            masked,
          );
          assert.ok(commits.every((count) => Number.isInteger(count) && count >= 0));
        }),
      );
    });
  }

  it('has the published values', () => {
    const near = (actual: number, wanted: number) => assert.ok(Math.abs(actual - wanted) < 1e-4, `${actual} ${wanted}`);
    near(new Schedule('mdlmLinear').weight(0.25), 4);
    near(new Schedule('md4Cosine').alpha(0.5), 1 - Math.cos(Math.PI / 4));
    near(new Schedule('md4Cosine').weight(0.5), (Math.PI / 2) * Math.tan(Math.PI / 4));
    near(new Schedule('mdlmCosine').weight(0.5), Math.PI / 2 / Math.tan(Math.PI / 8));
    near(new Schedule('squareRoot').weight(0.5), 1);
    near(new Schedule('squareRoot').alpha(0.25), 0.5);
    // Nichol and Dhariwal's cos² with their offset.
    const f = (t: number) => Math.cos((((t + 0.008) / 1.008) * Math.PI) / 2) ** 2;
    near(new Schedule('cosine').alpha(0.3), f(0.3) / f(0));
    // The product of 1 - β by hand, stretched to end at 0.
    const product = (to: number) =>
      Array.from({ length: to }, (_, i) => 1 - (1e-4 + (0.02 - 1e-4) * ((i + 1) / 1000))).reduce((a, b) => a * b, 1);
    near(new Schedule('linear').alpha(0.4), (product(400) - product(1000)) / (1 - product(1000)));
  });
});
