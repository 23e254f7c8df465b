/** One name swapped for another: where the text around the hole needs a name that the copy does not have. */
import { strict as assert } from 'node:assert';
import { proposals } from '../../../src/core/infill/candidates/proposals.ts';
import { SpanCorpus } from '../../../src/core/infill/candidates/spanCorpus.ts';
import { swaps } from '../../../src/core/infill/candidates/swaps.ts';
import type { InfillPlace } from '../../../src/core/infill/place.ts';

const THERE = `def load(path):
    rows = read(path)
    if not rows:
        raise Missing(path)
    return rows


def limit(text):
    return text[0:20]
`;

function placeOf(text: string): { corpus: SpanCorpus; place: InfillPlace } {
  const corpus = new SpanCorpus();
  corpus.set('there.py', 'python', THERE);
  const [prefix, suffix] = text.split('▢') as [string, string];
  return { corpus, place: { path: 'here.py', language: 'python', prefix, suffix, unit: 'hole', nodeType: '' } };
}

describe('swapped names', () => {
  const orders = 'def fetch(target):\n    ▢\n    if not orders:\n        warn(target)\n    keep(orders)\n';

  it('come from near the hole, are told apart from what stands there, and say what they come from', () => {
    const { corpus, place } = placeOf(orders);
    const found = proposals(corpus, place).filter(({ source }) => source === 'swap');
    assert.ok(found.length > 0 && found.length <= 12);
    const warned = found.find(({ text }) => text === 'orders = warn(target)');
    assert.match(warned?.from ?? '', /^there\.py:2/);
    assert.equal(warned?.evidence.swapFree, true, 'warn is used behind the hole, not before');
    const kept = found.find(({ text }) => text === 'keep(target)');
    assert.equal(kept?.evidence.swapKept, true, 'orders, which it replaces, stands near too');
    assert.ok(found.every(({ evidence }) => evidence.bits !== undefined && evidence.swapBits !== undefined));
  });

  const crop = 'width = 30\n\n\ndef crop(text):\n    ▢\n';
  const template = { text: 'return text[0:20]', source: 'copy', from: 'there.py:9', evidence: { share: 1 } } as const;

  it('are names for names and numbers for numbers, never keywords', () => {
    const { corpus, place } = placeOf(crop);
    const texts = swaps(corpus.at(place), [template]).map(({ text }) => text);
    assert.ok(texts.includes('return text[0:30]'), texts.join('\n'));
    assert.ok(texts.every((text) => /^return \w+\[\d+:\d+\]$/.test(text)));
    assert.ok(texts.every((text) => !/\[\D|return (?:return|def)/.test(text)));
  });

  it('are not what was proposed already', () => {
    const { corpus, place } = placeOf(crop);
    const known = { ...template, text: 'return text[ 0 : 30 ]', evidence: {} };
    const texts = swaps(corpus.at(place), [template, known]).map(({ text }) => text);
    assert.ok(texts.length > 0 && !texts.includes('return text[0:30]'), texts.join('\n'));
  });
});
