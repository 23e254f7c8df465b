/** Which proposals the tools are shown, and what the scorer makes of what they say. */
import { strict as assert } from 'node:assert';
import { UNCHECKED } from '../../../src/core/generation/validate.ts';
import type { Proposal } from '../../../src/core/infill/proposal.ts';
import { ToolReview, withVerdicts } from '../../../src/node/infill/toolReview.ts';
import { shippedScorer } from './shippedScorer.ts';

const proposal = (text: string): Proposal => ({ text, source: 'copy', from: 'a.ts:1', evidence: { support: 2 } });
const likely = (...confidences: readonly number[]) =>
  confidences.map((confidence, i) => ({
    proposal: proposal(`t${i}`),
    confidence,
    after: `t${i}`,
    errors: 0,
    isWhole: true,
  }));

/** Tools that find an error in these texts, and say that they looked. */
function tools(wrong: readonly string[], names: readonly string[] = ['typescript']) {
  const asked: string[] = [];
  const error = {
    path: 'a.ts',
    line: 1,
    column: 1,
    code: 'TS1',
    category: 'type mismatch',
    message: 'no',
    tool: 'typescript',
  };
  const check = async (after: string) => {
    asked.push(after);
    const added = wrong.includes(after) ? [error] : [];
    return { ...UNCHECKED, passed: added.length === 0, tools: names, added } as unknown as typeof UNCHECKED;
  };
  return { asked, check };
}

describe('the review of proposals by tools', () => {
  it('is of the surest four that parse', async () => {
    const { asked, check } = tools([]);
    const all = likely(0.3, 0.2, 0.1, 0.1, 0.1, 0.1);
    await new ToolReview().verdicts(
      'typescript',
      [{ ...all[0], errors: 1 } as (typeof all)[number], ...all.slice(1)],
      check,
      {},
    );
    assert.deepEqual(asked, ['t1', 't2', 't3', 't4']);
  });

  it('leaves out what is hardly ever right, until something adds no error', async () => {
    const sure = tools([]);
    await new ToolReview().verdicts('typescript', likely(0.9, 0.02, 0.01), sure.check, {});
    assert.deepEqual(sure.asked, ['t0']);
    const wrong = tools(['t0', 't1']);
    await new ToolReview().verdicts('typescript', likely(0.9, 0.02, 0.01, 0.01), wrong.check, {});
    assert.deepEqual(wrong.asked, ['t0', 't1', 't2']);
  });

  it('ends where no tool answers, and where tools were slow twice', async () => {
    const nobody = tools([], []);
    assert.equal((await new ToolReview().verdicts('go', likely(0.4, 0.4), nobody.check, {})).size, 0);
    assert.deepEqual(nobody.asked, ['t0']);
    let now = 0;
    const review = new ToolReview(() => (now += 10_000));
    const { asked, check } = tools([]);
    for (let i = 0; i < 3; i++) await review.verdicts('typescript', likely(0.9), check, {});
    assert.equal(asked.length, 2);
    await review.verdicts('python', likely(0.9), check, {});
    assert.equal(asked.length, 3);
  });

  it('ends where a tool stops answering: what is behind would look better for its silence', async () => {
    const both = tools(['t0'], ['python', 'mypy']);
    const lone = tools([], ['python']);
    const check = async (after: string) => (after === 't0' ? both.check(after) : lone.check(after));
    const verdicts = await new ToolReview().verdicts('python', likely(0.4, 0.3), check, {});
    assert.deepEqual([...verdicts.keys()], ['t0']);
  });

  it('makes those less likely that add errors, most where types are known and another adds none', async () => {
    const scorer = shippedScorer();
    const proposals = [proposal('t0'), proposal('t1')];
    const chance = async (wrong: readonly string[], names: readonly string[]) => {
      const verdicts = await new ToolReview().verdicts('typescript', likely(0.4, 0.3), tools(wrong, names).check, {});
      return scorer.raw(withVerdicts(proposals, verdicts), 'line')[0] as number;
    };
    const [clean, both, one, loose] = [
      await chance([], ['typescript']),
      await chance(['t0', 't1'], ['typescript']),
      await chance(['t0'], ['typescript']),
      await chance(['t0'], ['python']),
    ];
    assert.ok(one < both && both < clean, `${one} ${both} ${clean}`);
    assert.ok(one < loose && loose < clean, `${one} ${loose} ${clean}`);
  });
});
