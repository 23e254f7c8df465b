/** How far a model is believed that tells the chances of its tokens, and what comes first beside the repository's own. */
import { strict as assert } from 'node:assert';
import { beginningsOf } from '../../../src/core/completion/modelChances.ts';
import type { Proposal } from '../../../src/core/completion/place.ts';
import { surest } from '../../../src/core/completion/surest.ts';

const COST = 30;
const tokens = (...parts: readonly [string, number][]) =>
  parts.map(([text, chance]) => ({ text, logprob: Math.log(chance) }));
const near = (actual: number | undefined, wanted: number) =>
  assert.ok(Math.abs((actual ?? -1) - wanted) < 1e-9, `${actual}`);
const written = (text: string, replaces = 0): Proposal => ({ text, source: 'model', replaces });
const copied = (text: string, confidence: number): Proposal => ({ text, source: 'copy', replaces: 0, confidence });

describe('how sure a model is', () => {
  it('gives each beginning of the first line the chance of all tokens that reach into it', () => {
    const answer = tokens(['\n    ', 0.5], ['user', 0.8], ['.find', 0.5], ['(id', 0.5], [')\n', 0.9], ['x', 0.1]);
    const beginnings = beginningsOf('user.find(id)\nx', answer) ?? [];
    assert.deepEqual(
      beginnings.map(({ length }) => length),
      [4, 9, 12, 13],
    );
    near(beginnings[0]?.chance, 0.4);
    near(beginnings[3]?.chance, 0.5 * 0.8 * 0.5 * 0.5 * 0.9);
  });

  it('ends no beginning within a word, and counts a token that the text was cut in', () => {
    const beginnings = beginningsOf('findUser', tokens(['find', 0.9], ['User', 0.5], ['s()', 0.5])) ?? [];
    assert.deepEqual(
      beginnings.map(({ length }) => length),
      [8],
    );
    near(beginnings[0]?.chance, 0.45);
    near(beginningsOf('findUser', tokens(['find', 0.9], ['Users', 0.5]))?.[0]?.chance, 0.45);
  });

  it('knows nothing of a text that is not in the answer', () => {
    assert.equal(beginningsOf('other()', tokens(['user', 0.8])), undefined);
    assert.equal(beginningsOf('user', []), undefined);
  });
});

describe('the surest of model and repository', () => {
  const model = written('orders.find(id, name)\nreturn orders', 1);
  const whole = { length: 21, chance: 0.8 };

  it('keeps a block whose first line is sure, before what the repository is less sure of', () => {
    const { proposals, unsure } = surest(model, [whole], [copied('orders.find(', 0.7)], COST);
    assert.deepEqual([unsure, proposals.map(({ text }) => text)], [false, [model.text, 'orders.find(']]);
    assert.deepEqual([proposals[0]?.replaces, proposals[0]?.confidence], [1, 0.8]);
  });

  it('puts first what the repository promises more by', () => {
    const { proposals } = surest(model, [{ length: 21, chance: 0.5 }], [copied('orders.find(id, name);', 0.9)], COST);
    assert.equal(proposals[0]?.source, 'copy');
    assert.equal(proposals.length, 2);
  });

  it('believes the beginning alone where the rest is a guess', () => {
    const beginnings = [
      { length: 11, chance: 0.9 },
      { length: 21, chance: 0.1 },
    ];
    assert.deepEqual(surest(model, beginnings, [], COST).proposals, [{ ...written('orders.find'), confidence: 0.9 }]);
  });

  it('withholds what the model does not believe itself', () => {
    assert.deepEqual(surest(model, [{ length: 21, chance: 0.2 }], [], COST), { proposals: [], unsure: true });
    assert.deepEqual(surest(written('x)'), [{ length: 2, chance: 0.99 }], [], COST), { proposals: [], unsure: true });
  });

  it('takes the text of a server that tells no chances as it is', () => {
    const own = copied('orders.find(', 0.7);
    assert.deepEqual(surest(model, undefined, [own], COST), { proposals: [model, own], unsure: false });
  });
});
