/** Samplers against a denoiser that knows the true distribution: two sentences, one likelier, whose tokens must not be mixed. */
import { strict as assert } from 'node:assert';
import { type Distribution, drawn, guided, tempered } from '../../../src/core/infill/distribution.ts';
import { JointAsk } from '../../../src/core/infill/jointAsk.ts';
import { type Ask, SAMPLERS, type SamplingOptions, sample } from '../../../src/core/infill/sampler.ts';

const MASK = 0;
const SENTENCES = [
  { words: [1, 2, 3, 4, 5, 6], odds: 0.75 },
  { words: [11, 12, 13, 14, 15, 16], odds: 0.25 },
];
const OPTIONS: SamplingOptions = {
  ...{ sampler: 'maxProbability', schedule: 'cosine', steps: 6, guidance: 1, temperature: 1, topP: 1, seed: 1 },
  remask: 0.2,
};

/** The true posterior of each asked position, given the tokens that stand. */
const posterior: Ask = async (ids, positions) => {
  const possible = SENTENCES.map(({ words, odds }) =>
    words.every((word, i) => ids[i] === MASK || ids[i] === word) ? odds : 1e-9,
  );
  const total = possible.reduce((sum, odds) => sum + odds, 0);
  return positions.map((at) =>
    distributionOf(
      SENTENCES.map(({ words }) => words[at] as number),
      possible.map((odds) => Math.log(odds / total)),
      0,
    ),
  );
};

const canvas = { ids: new Int32Array(6).fill(MASK), holes: [0, 1, 2, 3, 4, 5] };
const run = { mask: MASK, ask: posterior };
const isSentence = (ids: Int32Array) => SENTENCES.some(({ words }) => words.every((word, i) => word === ids[i]));

/** Logits of tokens and the logarithm of the sum over the vocabulary, as a distribution. */
function distributionOf(ids: ArrayLike<number>, logits: ArrayLike<number>, logSumExp: number): Distribution {
  const known = new Map<number, number>();
  for (let i = 0; i < ids.length; i++) known.set(ids[i] as number, (logits[i] as number) - logSumExp);
  const sorted = [...known].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  return { ids: Int32Array.from(sorted, ([id]) => id), logs: Float64Array.from(sorted, ([, log]) => log) };
}

describe('samplers', () => {
  for (const sampler of SAMPLERS) {
    it(`${sampler} fills every mask, the same way for a seed`, async () => {
      const options = { ...OPTIONS, sampler };
      const [one, two] = [await sample(canvas, options, run), await sample(canvas, options, run)];
      assert.deepEqual(one, two);
      assert.ok(!one.ids.includes(MASK));
      assert.equal(one.confidence.length, 6);
    });
  }

  it('writes whole sentences one token a step, as often as they are likely', async () => {
    let first = 0;
    for (let seed = 0; seed < 200; seed++) {
      const { ids } = await sample(canvas, { ...OPTIONS, seed, schedule: 'logLinear' }, run);
      assert.ok(isSentence(ids), `${ids}`);
      if (ids[0] === 1) first++;
    }
    assert.ok(Math.abs(first / 200 - 0.75) < 0.1, `${first}`);
  });

  it('mixes sentences where all is committed at once, and mends them by taking back', async () => {
    let [mixed, mended] = [0, 0];
    for (let seed = 0; seed < 60; seed++) {
      const hasty = { ...OPTIONS, seed, steps: 2, schedule: 'logLinear' } as const;
      if (!isSentence((await sample(canvas, { ...hasty, steps: 1 }, run)).ids)) mixed++;
      const careful = { ...OPTIONS, seed, steps: 12, schedule: 'logLinear', sampler: 'remasking' } as const;
      if (isSentence((await sample(canvas, careful, run)).ids)) mended++;
    }
    assert.ok(mixed > 20, `${mixed}`);
    assert.ok(mended > 50, `${mended}`);
  });

  it('commits at once whatever passes the threshold, in fewer passes', async () => {
    const known = { ids: Int32Array.from([1, 0, 0, 0, 0, 0]), holes: [1, 2, 3, 4, 5] };
    const slow = await sample(known, OPTIONS, run);
    const fast = await sample(known, { ...OPTIONS, threshold: 0.9 }, run);
    assert.deepEqual(fast.ids, slow.ids);
    assert.ok(fast.passes === 1 && slow.passes > 3, `${fast.passes} ${slow.passes}`);
  });

  it('fills blocks from left to right', async () => {
    const left: number[] = [];
    const onStep = ({ ids }: { ids: Int32Array }) => left.push(ids.indexOf(MASK));
    await sample(canvas, { ...OPTIONS, block: 2 }, { ...run, onStep });
    assert.deepEqual(
      [...left].filter((at) => at >= 0),
      [...left].filter((at) => at >= 0).sort((a, b) => a - b),
    );
  });

  it('passes over what may not stand there', async () => {
    const allows = (_ids: Int32Array, _at: number, id: number) => id > 10;
    for (let seed = 0; seed < 10; seed++)
      assert.deepEqual([...(await sample(canvas, { ...OPTIONS, seed }, { ...run, allows })).ids], SENTENCES[1]?.words);
  });

  it('commits nothing that the step before it in the same pass forbids', async () => {
    // Both positions want the bracket; only one of them may have it.
    const ask: Ask = async (_ids, positions) => positions.map(() => distributionOf([7, 8, 9], [-0.1, -3, -4], 0));
    const allows = (ids: Int32Array, at: number, id: number) =>
      id !== 7 || !ids.some((other, i) => i !== at && other === 7);
    const { ids, confidence } = await sample(
      { ids: new Int32Array(3).fill(MASK), holes: [0, 1, 2] },
      { ...OPTIONS, temperature: 0, steps: 1 },
      { mask: MASK, ask, allows },
    );
    assert.deepEqual([...ids], [7, 8, 8]);
    assert.deepEqual(
      confidence.map((chance) => Math.round(Math.log(chance) * 10) / 10),
      [-0.1, -3, -3],
    );
  });

  it('lets stand what nothing can replace, in the last step alone', async () => {
    const ask: Ask = async (_ids, positions) => positions.map(() => distributionOf([7], [-0.1], 0));
    const { ids } = await sample(canvas, { ...OPTIONS, steps: 3 }, { mask: MASK, ask, allows: () => false });
    assert.deepEqual([...ids], [7, 7, 7, 7, 7, 7]);
  });

  it('denoises again what a review sends back, not with the same token', async () => {
    const reviews: (readonly [number[], boolean])[] = [];
    const review = async (ids: Int32Array, isLast: boolean) => {
      reviews.push([[...ids], isLast]);
      return reviews.length === 1 ? [0, 1] : [];
    };
    // Two tokens at each position, and nothing else stands: the first is likelier.
    const ask: Ask = async (_ids, positions) => positions.map(() => distributionOf([5, 6], [-0.1, -2.4], 0));
    const options = { ...OPTIONS, temperature: 0 };
    const { ids, repaired } = await sample(canvas, options, { mask: MASK, ask, review });
    assert.equal(repaired, 1);
    assert.deepEqual([...ids], [6, 5, 5, 5, 5, 5]);
    assert.deepEqual(
      reviews.map(([, isLast]) => isLast),
      [true, true],
    );
  });

  it('settles the last token of a repair by what makes the whole good, and counts its passes apart', async () => {
    const ask: Ask = async (_ids, positions) =>
      positions.map(() => distributionOf([5, 6, 7, 8], [-0.1, -2.4, -3, -4], 0));
    const isGood = (ids: Int32Array) => ids[1] === 8;
    const review = async (ids: Int32Array) => (isGood(ids) ? [] : [1]);
    const tried: number[][] = [];
    const settle = async (ids: Int32Array, position: number, tokens: readonly number[]) => {
      tried.push([position, ids[position] as number, ...tokens]);
      return tokens.find((id) => isGood(ids.with(position, id)));
    };
    const options = { ...OPTIONS, temperature: 0 };
    const { ids, confidence, repaired, passes } = await sample(canvas, options, { mask: MASK, ask, review, settle });
    assert.deepEqual([...ids], [5, 8, 5, 5, 5, 5]);
    assert.deepEqual(tried, [[1, MASK, 6, 7, 8]]);
    assert.equal(Math.round(Math.log(confidence[1] as number)), -4);
    assert.equal(repaired, 1);
    assert.equal(passes, (await sample(canvas, options, { mask: MASK, ask })).passes);
  });

  it('tries spare tokens in repairs where no likely token may stand', async () => {
    const ask: Ask = async (_ids, positions) => positions.map(() => distributionOf([5], [-0.1], 0));
    const allows = (_ids: Int32Array, at: number, id: number) => at !== 0 || id === 9;
    let reviews = 0;
    const review = async () => (reviews++ === 0 ? [0, 1] : []);
    const run = { mask: MASK, ask, allows, review };
    const options = { ...OPTIONS, temperature: 0 };
    const { ids, confidence } = await sample(canvas, options, { ...run, spare: [8, 9] });
    assert.deepEqual([...ids], [9, 5, 5, 5, 5, 5]);
    assert.ok((confidence[0] as number) < Math.exp(-10));
    reviews = 0;
    assert.deepEqual([...(await sample(canvas, options, run)).ids], [5, 5, 5, 5, 5, 5]);
  });

  it('asks no more often than there are tokens, and never for a step that commits none', async () => {
    const { passes } = await sample(canvas, { ...OPTIONS, steps: 64 }, run);
    assert.ok(passes <= 6, `${passes}`);
  });

  it('keeps what a canvas holds already', async () => {
    const ids = Int32Array.from([11, 0, 13, 0, 0, 0]);
    const sure = new Map([
      [0, 0.9],
      [2, 0.8],
    ]);
    const { ids: filled, confidence } = await sample({ ids, holes: canvas.holes, sure }, OPTIONS, run);
    assert.deepEqual([...filled], SENTENCES[1]?.words);
    assert.deepEqual([confidence[0], confidence[2]], [0.9, 0.8]);
  });

  it('joins what samples ask at once into one pass, and waits for nobody who is done', async () => {
    const batches: number[][] = [];
    const joint = new JointAsk(3, async (questions) => {
      batches.push(questions.map(({ sample: index }) => index));
      return Promise.all(questions.map(({ ids, positions, conditioned }) => posterior(ids, positions, conditioned)));
    });
    const lengths = [1, 3, 6];
    const one = async (index: number) => {
      const holes = canvas.holes.slice(0, lengths[index]);
      try {
        return await sample(
          { ids: canvas.ids, holes },
          { ...OPTIONS, guidance: index === 1 ? 2 : 1, schedule: 'logLinear' },
          { mask: MASK, ask: joint.askOf(index) },
        );
      } finally {
        joint.leave(index);
      }
    };
    const samples = await Promise.all([one(2), one(0), one(1)]);
    assert.deepEqual(batches[0], [0, 1, 2]);
    assert.deepEqual(batches[1], [1, 1, 2]);
    assert.deepEqual(batches.at(-1), [2]);
    assert.equal(batches.length, 6);
    assert.deepEqual(samples[0], await sample(canvas, { ...OPTIONS, schedule: 'logLinear' }, run));
  });

  it('tells every sample that a joint pass failed', async () => {
    const joint = new JointAsk(2, async () => {
      throw new Error('out of order');
    });
    const both = [0, 1].map((index) => sample(canvas, OPTIONS, { mask: MASK, ask: joint.askOf(index) }));
    for (const each of both) await assert.rejects(each, /out of order/);
  });

  it('asks twice with guidance, and stops when told to', async () => {
    const asked: boolean[] = [];
    const ask: Ask = (ids, positions, conditioned) => {
      asked.push(conditioned);
      return posterior(ids, positions, conditioned);
    };
    await sample(canvas, { ...OPTIONS, guidance: 2 }, { ...run, ask });
    // Before anything is committed the scale is 1 and there is nothing to ask.
    assert.deepEqual([asked[0], asked.includes(false)], [true, true]);
    const stop = new AbortController();
    const stopped = sample(canvas, OPTIONS, { ...run, signal: stop.signal, onStep: () => stop.abort() });
    await assert.rejects(stopped, { code: 'cancelled' });
  });
});

describe('distributions', () => {
  const conditional = distributionOf([7, 8], [Math.log(0.6), Math.log(0.4)], 0);
  const unconditional = distributionOf([7, 8], [Math.log(0.5), Math.log(0.5)], 0);
  const chance = (id: number, of: { ids: Int32Array; logs: Float64Array }) =>
    Math.exp(of.logs[of.ids.indexOf(id)] ?? -99);

  it('are guided by what the condition changes', () => {
    assert.deepEqual(guided(conditional, unconditional, 1), conditional);
    assert.deepEqual(guided(conditional, unconditional, 0), unconditional);
    const strong = guided(conditional, unconditional, 3);
    const wanted = 0.6 ** 3 / (0.6 ** 3 + 0.4 ** 3);
    assert.ok(Math.abs(chance(7, strong) - wanted) < 1e-9);
  });

  it('are sharpened by temperature and cut by top-p', () => {
    assert.deepEqual([...tempered(conditional, 0, 1).ids], [7]);
    assert.ok(Math.abs(chance(7, tempered(conditional, 0.5, 1)) - 0.36 / 0.52) < 1e-9);
    assert.deepEqual([...tempered(conditional, 1, 0.5).ids], [7]);
    assert.equal(drawn(conditional, 0.59).id, 7);
    assert.equal(drawn(conditional, 0.61).id, 8);
    assert.equal(drawn(tempered(conditional, 1, 0.5), 0.999).id, 7);
  });
});
