/** The denoiser's process with the shipped model: answers, waiting, cancelling, kills, rest, and what cannot be loaded. */
import { strict as assert } from 'node:assert';
import { copyFileSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LodestoneError } from '../../../src/base/errors.ts';
import type { Progress } from '../../../src/base/progress.ts';
import type { DenoiserPlace, FillRequest } from '../../../src/core/infill/denoiser.ts';
import { MASK_SIGN } from '../../../src/core/infill/infill.ts';
import { type OpenDenoiserOptions, openDenoiser } from '../../../src/node/denoiser/denoiser.ts';
import { projectRoot } from '../../projectRoot.ts';

const PLACE: DenoiserPlace = {
  ...{ language: 'typescript', intent: 'sum of values', consider: '', near: '', nodeType: 'line' },
  prefix: 'export function total(values: number[]): number {\n  let sum = 0;\n  for (const value of values) {\n    ',
  suffix: '\n  }\n  return sum;\n}\n',
};
const REQUEST: FillRequest = {
  ...{ place: PLACE, length: 'predict', lengths: 3, automaton: true, repairs: 2 },
  sampling: {
    ...{ sampler: 'maxProbability', schedule: 'cosine', steps: 16, guidance: 1, temperature: 0, topP: 1 },
    ...{ seed: 1, remask: 0 },
  },
};
/** One token a step: long enough to be stopped in between; taken as it comes. */
const LONG: FillRequest = {
  ...REQUEST,
  length: 60,
  lengths: 1,
  repairs: 0,
  sampling: { ...REQUEST.sampling, steps: 64 },
};

describe("the denoiser's process", function () {
  this.timeout(120_000);
  const opened: ReturnType<typeof openDenoiser>[] = [];
  const messages: string[] = [];
  const open = (options: Partial<OpenDenoiserOptions> = {}) => {
    const say = (message: string) => void messages.push(message);
    const assetsDir = join(projectRoot, 'dist');
    const denoiser = openDenoiser({ assetsDir, log: { info: say, warn: say }, threads: 1, ...options });
    opened.push(denoiser);
    return denoiser;
  };
  const failure = async (work: Promise<unknown>): Promise<LodestoneError> =>
    work.then(
      () => assert.fail('it worked'),
      (error: LodestoneError) => error,
    );

  afterEach(async () => {
    for (const denoiser of opened.splice(0)) await denoiser.close();
  });

  it('says which model it has', async () => {
    const state = await open().state({});
    assert.ok(state.available);
    assert.match(state.model.name, /^lodestone-denoiser/);
    assert.equal(state.model.device, 'cpu, 1 thread');
    assert.equal(state.model.sha256.length, 64);
  });

  it('fills a hole, the same for a seed, and tells how far it is', async () => {
    const denoiser = open();
    const told: Progress[] = [];
    const one = await denoiser.fill(LONG, { onProgress: (progress) => told.push(progress) });
    const two = await denoiser.fill(LONG, {});
    assert.deepEqual(one.samples, two.samples);
    assert.ok((await denoiser.fill(REQUEST, {})).samples[0]?.parses);
    assert.ok(told[0]?.partial?.includes(MASK_SIGN), told[0]?.partial);
    assert.ok(one.passes > 10 && one.msModel > 0 && one.msOwn > 0);
    const other = await denoiser.fill({ ...LONG, sampling: { ...LONG.sampling, temperature: 1, seed: 2 } }, {});
    assert.notEqual(other.samples[0]?.text, one.samples[0]?.text);
  });

  it('finds what belongs there likelier than what does not', async () => {
    const { scores } = await open().score(
      { place: PLACE, texts: ['sum += value;', 'import numpy as np', 'x'.repeat(4000)] },
      {},
    );
    const mean = (index: number) => {
      const logs = scores[index]?.logs ?? [];
      return logs.reduce((sum, log) => sum + log, 0) / logs.length;
    };
    assert.ok(mean(0) > mean(1) + 1, `${mean(0)} ${mean(1)}`);
    assert.equal(scores[0]?.tokens, scores[0]?.logs.length);
    assert.ok((scores[0]?.lengthLog ?? 0) < 0);
    assert.equal(scores[2], null);
  });

  it('answers two requests at once one after the other, and lets a waiting one go', async () => {
    const denoiser = open();
    await denoiser.state({});
    const ended: string[] = [];
    const first = denoiser.fill(LONG, {}).then((report) => (ended.push('first'), report));
    const stop = new AbortController();
    const second = failure(denoiser.fill(LONG, { signal: stop.signal })).then((error) => (ended.push('second'), error));
    const third = denoiser.fill(REQUEST, {}).then((report) => (ended.push('third'), report));
    stop.abort();
    assert.equal((await second).code, 'cancelled');
    assert.equal((await first).samples.length, 1);
    const { samples, dropped } = await third;
    assert.ok(samples.length > 0 && samples.length + dropped >= 3);
    assert.deepEqual(ended, ['second', 'first', 'third']);
  });

  it('can be cancelled before it begins, at its first step and later', async () => {
    const denoiser = open();
    const whole = await denoiser.fill(LONG, {});
    // Reports come at most ten times a second: a hole that is denoised faster than that has a first one alone.
    const longer = { ...LONG, length: 200, sampling: { ...LONG.sampling, steps: 256 } };
    for (const [isFirst, request] of [
      [true, LONG],
      [false, longer],
    ] as const) {
      const stop = new AbortController();
      let steps = 0;
      const onProgress = ({ done }: Progress) => {
        steps++;
        if (isFirst || done > 1) stop.abort();
      };
      const error = await failure(denoiser.fill(request, { signal: stop.signal, onProgress }));
      assert.equal(error.code, 'cancelled');
      assert.ok(steps >= 1);
    }
    const stop = new AbortController();
    stop.abort();
    assert.equal((await failure(denoiser.fill(LONG, { signal: stop.signal }))).code, 'cancelled');
    assert.deepEqual((await denoiser.fill(LONG, {})).samples, whole.samples);
  });

  it('loses one request to a kill, and starts anew for the next', async () => {
    const denoiser = open();
    await denoiser.state({});
    const killed = denoiser.pid as number;
    const lost = failure(denoiser.fill(LONG, {}));
    process.kill(killed, 'SIGKILL');
    const error = await lost;
    assert.equal(error.code, 'denoiserUnavailable');
    assert.match(error.message, /out of memory \(killed by SIGKILL\)/);
    assert.match(error.advice ?? '', /next request starts it again/);
    assert.equal((await denoiser.fill(REQUEST, {})).samples.length, 3);
    assert.notEqual(denoiser.pid, killed);
  });

  it('gives up after so many ends, and says so', async () => {
    const denoiser = open({ maxRestarts: 1 });
    for (let end = 0; end < 2; end++) {
      await denoiser.state({});
      const lost = failure(denoiser.fill(LONG, {}));
      process.kill(denoiser.pid as number, 'SIGKILL');
      await lost;
    }
    const error = await failure(denoiser.fill(REQUEST, {}));
    assert.match(error.message, /ended 2 times in a row/);
    const state = await denoiser.state({});
    assert.ok(!state.available && /times in a row/.test(state.reason) && state.advice !== '');
  });

  it('rests when nobody asks, without that being a fault', async () => {
    const denoiser = open({ idleMs: 50, maxRestarts: 0 });
    for (let time = 0; time < 2; time++) {
      assert.equal((await denoiser.fill(REQUEST, {})).samples.length, 3);
      const pid = denoiser.pid as number;
      for (let wait = 0; wait < 100 && denoiser.pid !== undefined; wait++)
        await new Promise((done) => setTimeout(done, 50));
      assert.equal(denoiser.pid, undefined);
      // It is gone, not only forgotten.
      for (let wait = 0; wait < 100 && isAlive(pid); wait++) await new Promise((done) => setTimeout(done, 50));
      assert.ok(!isAlive(pid));
    }
  });

  it('says what is wrong with a folder, and answers nothing else', async () => {
    const denoiser = open({ folder: '/nowhere/at/all' });
    const state = await denoiser.state({});
    assert.ok(!state.available);
    assert.match(state.reason, /\/nowhere\/at\/all: there is no such folder/);
    const error = await failure(denoiser.fill(REQUEST, {}));
    assert.deepEqual([error.code, error.message], ['denoiserUnavailable', state.reason]);
    assert.equal(error.advice, state.advice);
  });

  it('says so where the native runtime is missing', async () => {
    // A copy of dist/ from which no node_modules can be found.
    const folder = mkdtempSync(join(tmpdir(), 'lodestone-bare-'));
    copyFileSync(join(projectRoot, 'dist/modelProcess.js'), join(folder, 'modelProcess.js'));
    for (const name of ['data', 'models', 'grammars', 'web-tree-sitter.wasm'])
      symlinkSync(join(projectRoot, 'dist', name), join(folder, name));
    const denoiser = open({ assetsDir: folder });
    const state = await denoiser.state({});
    assert.ok(!state.available);
    assert.match(state.reason, /onnxruntime-node cannot be loaded/);
    assert.match(state.advice, /Everything but the denoiser works without it/);
    assert.equal((await failure(denoiser.score({ place: PLACE, texts: ['x'] }, {}))).code, 'denoiserUnavailable');
    await denoiser.close();
    rmSync(folder, { recursive: true });
  });

  it('refuses a hole that is longer than a row', async () => {
    const error = await failure(open().fill({ ...REQUEST, length: 5000 }, {}));
    assert.equal(error.code, 'badArguments');
    assert.match(error.advice ?? '', /384 tokens/);
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
