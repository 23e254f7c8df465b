/** Questions that come faster than answers: asked after a pause, the latest alone, and nothing is left of the others. */
import { strict as assert } from 'node:assert';
import { Latest } from '../../../src/vscode/given/latest.ts';
import { Clock } from './clock.ts';

describe('Latest', () => {
  const setUp = () => {
    const clock = new Clock();
    const latest = new Latest(200, clock);
    const asked: string[] = [];
    const signals: AbortSignal[] = [];
    const answers: string[] = [];
    const failures: string[] = [];
    const waiting: { resolve(value: string): void; reject(error: Error): void }[] = [];
    const put = (name: string) =>
      latest.put({
        ask: (signal) => {
          asked.push(name);
          signals.push(signal);
          return new Promise<string>((resolve, reject) => waiting.push({ resolve, reject }));
        },
        answered: (value) => answers.push(value),
        failed: (error) => failures.push((error as Error).message),
      });
    const settled = () => new Promise((resolve) => setImmediate(resolve));
    return { clock, latest, asked, signals, answers, failures, waiting, put, settled };
  };

  it('asks once for a burst, with the last question', () => {
    const { clock, asked, put } = setUp();
    for (const name of ['a', 'b', 'c']) {
      put(name);
      clock.advance(199);
    }
    assert.deepEqual(asked, []);
    clock.advance(1);
    assert.deepEqual(asked, ['c']);
  });

  it('aborts a question that runs when another comes, and drops its late answer', async () => {
    const { clock, asked, signals, answers, waiting, put, settled } = setUp();
    put('a');
    clock.advance(200);
    put('b');
    assert.equal(signals[0]?.aborted, true);
    clock.advance(200);
    waiting[0]?.resolve('late');
    waiting[1]?.resolve('right');
    await settled();
    assert.deepEqual(asked, ['a', 'b']);
    assert.deepEqual(answers, ['right']);
  });

  it('tells of a failure, but not of one that was cancelled', async () => {
    const { clock, latest, failures, waiting, put, settled } = setUp();
    put('a');
    clock.advance(200);
    waiting[0]?.reject(new Error('broken'));
    await settled();
    put('b');
    clock.advance(200);
    latest.cancel();
    waiting[1]?.reject(new Error('cancelled'));
    await settled();
    assert.deepEqual(failures, ['broken']);
  });

  it('asks nothing after it was cancelled', () => {
    const { clock, latest, asked, put } = setUp();
    put('a');
    latest.cancel();
    clock.advance(1000);
    assert.deepEqual(asked, []);
  });
});
