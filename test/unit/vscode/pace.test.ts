/** What is shown while it is being written comes at a bounded pace, and the last of it for certain. */
import { strict as assert } from 'node:assert';
import { Pace } from '../../../src/vscode/infill/pace.ts';
import { Clock } from './clock.ts';

function paced() {
  const clock = new Clock();
  const passed: number[] = [];
  return { clock, passed, pace: new Pace<number>((value) => passed.push(value), 100, clock) };
}

describe('pace', () => {
  it('passes the first value at once', () => {
    const { pace, passed } = paced();
    pace.give(1);
    assert.deepEqual(passed, [1]);
  });

  it('passes at most ten values a second, always the latest', () => {
    const { pace, passed, clock } = paced();
    for (let step = 0; step < 1000; step++) {
      pace.give(step);
      clock.advance(1);
    }
    clock.advance(100);
    assert.ok(passed.length <= 11, `${passed.length} in 1.1 seconds`);
    assert.ok(passed.length >= 10);
    assert.equal(passed.at(-1), 999);
    assert.deepEqual(
      passed,
      [...passed].sort((a, b) => a - b),
    );
  });

  it('is silent after its end', () => {
    const { pace, passed, clock } = paced();
    pace.give(1);
    pace.give(2);
    pace.dispose();
    clock.advance(1000);
    assert.deepEqual(passed, [1]);
  });
});
