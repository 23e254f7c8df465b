/** What the measurements leave out to see what a source is worth. */
import { strict as assert } from 'node:assert';
import { ABLATIONS } from '../../../bench/infill/ablation.ts';
import type { Proposal } from '../../../src/core/infill/proposal.ts';

const ALL: readonly Proposal[] = [
  {
    text: 'both',
    source: 'copy',
    from: 'a.ts:1',
    evidence: { share: 0.5, left: 3, likeness: 0.4, pseudo: -1, adds: 0 },
  },
  { text: 'kin', source: 'kin', from: 'a.ts:2', evidence: { likeness: 0.4, pseudo: -2 } },
  { text: 'beam', source: 'ngram', from: 'n-gram', evidence: { beam: true, bits: 2 } },
  { text: 'sampled', source: 'denoiser', from: 'm', evidence: { pseudo: -0.5 } },
  { text: 'mended', source: 'repaired', from: 'a.ts:1', evidence: { pseudo: -0.7 } },
];
const left = (name: string) => ABLATIONS[name]?.(ALL) ?? [];
const texts = (name: string) => left(name).map(({ text }) => text);

describe('ablations', () => {
  it('leave out a source’s own texts, and what it says of others’', () => {
    assert.deepEqual(texts('withoutCopy'), ['both', 'kin', 'beam', 'sampled', 'mended']);
    assert.deepEqual(left('withoutCopy')[0]?.evidence, { likeness: 0.4, pseudo: -1, adds: 0 });
    assert.deepEqual(texts('withoutKin'), ['both', 'beam', 'sampled', 'mended']);
    assert.deepEqual(texts('withoutNgram'), ['both', 'kin', 'sampled', 'mended']);
    assert.deepEqual(texts('withoutSamples'), ['both', 'kin', 'beam', 'mended']);
  });

  it('leave out what the denoiser or the tools think and keep the texts, or leave out all of the denoiser', () => {
    assert.equal(left('withoutScoring').length, ALL.length);
    assert.ok(left('withoutScoring').every(({ evidence }) => evidence.pseudo === undefined));
    assert.deepEqual(left('withoutTools')[0]?.evidence, { share: 0.5, left: 3, likeness: 0.4, pseudo: -1 });
    assert.deepEqual(texts('withoutDenoiser'), ['both', 'kin', 'beam']);
    assert.ok(left('withoutDenoiser').every(({ evidence }) => evidence.pseudo === undefined));
  });
});
