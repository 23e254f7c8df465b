/** The cache of answers: a radix trie against a plain list, bounds, and what is a hit. */
import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import type { Cursor, Offer } from '../../../../src/core/completion/session/offer.ts';
import { OfferCache } from '../../../../src/core/completion/session/offerCache.ts';
import { PrefixTrie } from '../../../../src/core/completion/session/prefixTrie.ts';

const offer = (id: string, ...texts: string[]): Offer => ({
  id,
  texts: texts.map((text) => ({ text, replaces: 0, source: 'model' })),
});
const at = (prefix: string, suffix = '', document = 'a'): Cursor => ({ document, prefix, suffix });

describe('prefix trie', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 6 });

  it('finds every text that a text begins with, the longest first, as a list would', () => {
    fc.assert(
      fc.property(fc.uniqueArray(word), word, (texts, asked) => {
        const trie = new PrefixTrie<{ text: string }>(1_000);
        for (const text of texts) trie.at(text, () => ({ text }));
        const expected = texts.filter((text) => asked.startsWith(text)).sort((a, b) => b.length - a.length);
        assert.deepEqual(
          [...trie.prefixesOf(asked)].map(({ value, length }) => [value.text, length]),
          expected.map((text) => [text, text.length]),
        );
      }),
    );
  });

  it('forgets what was used longest ago, and finds the rest as before', () => {
    fc.assert(
      fc.property(fc.uniqueArray(word, { minLength: 5, maxLength: 40 }), (texts) => {
        const trie = new PrefixTrie<string>(4);
        for (const text of texts) trie.at(text, () => text);
        assert.equal(trie.size, 4);
        for (const text of texts.slice(-4)) assert.equal([...trie.prefixesOf(text)][0]?.value, text);
        for (const text of texts.slice(0, -4))
          assert.ok(![...trie.prefixesOf(text)].some(({ value }) => value === text));
      }),
    );
  });
});

describe('offer cache', () => {
  it('hits while what is typed is the beginning of an answer', () => {
    const cache = new OfferCache();
    cache.set(at('x = '), offer('1', 'call(a, b)'));
    assert.equal(cache.find(at('x = '))?.texts[0]?.text, 'call(a, b)');
    assert.equal(cache.find(at('x = call'))?.texts[0]?.text, '(a, b)');
    assert.equal(cache.find(at('x = cold')), undefined);
    assert.equal(cache.find(at('x = call(a, b)')), undefined, 'all of it was typed');
    assert.equal(cache.find(at('x =')), undefined, 'before the place that was asked about');
  });

  it('asks for the same suffix and the same document', () => {
    const cache = new OfferCache();
    cache.set(at('x', ';'), offer('1', 'y'));
    assert.equal(cache.find(at('x', ')')), undefined);
    assert.equal(cache.find(at('x', ';', 'b')), undefined);
    cache.set(at('x', ')'), offer('2', 'z'));
    assert.equal(cache.find(at('x', ')'))?.id, '2');
    assert.equal(cache.find(at('x', ';'))?.id, '1');
  });

  it('offers another text of an answer where the first no longer fits', () => {
    const cache = new OfferCache();
    cache.set(at('x.'), offer('1', 'find()', 'filter()'));
    assert.deepEqual(
      cache.find(at('x.fil'))?.texts.map(({ text }) => text),
      ['ter()'],
    );
  });

  it('prefers the answer for the nearest place', () => {
    const cache = new OfferCache();
    cache.set(at('a'), offer('1', 'bcd'));
    cache.set(at('ab'), offer('2', 'xyz'));
    assert.equal(cache.find(at('ab'))?.id, '2');
    assert.equal(cache.find(at('abc'))?.id, '1', 'the nearer one does not fit');
  });

  it('knows that there was nothing, at that very place only', () => {
    const cache = new OfferCache();
    cache.set(at('a'), offer('1'));
    assert.deepEqual(cache.find(at('a'))?.texts, []);
    assert.equal(cache.find(at('ab')), undefined);
  });

  it('stays within its bounds', () => {
    const cache = new OfferCache(10);
    for (let i = 0; i < 200; i++) cache.set(at(`${i}`, `${i % 7}`), offer(`${i}`, 'x'));
    assert.equal(cache.size, 10);
    assert.equal(cache.find(at('199', '3'))?.id, '199');
    assert.equal(cache.find(at('1', '1')), undefined);
  });

  it('takes an emoji and a line break of either kind as they are', () => {
    const cache = new OfferCache();
    cache.set(at('a\r\n'), offer('1', '👩‍👧 = שלום;\r\n\treturn'));
    assert.equal(cache.find(at('a\r\n👩‍👧 = ש'))?.texts[0]?.text, 'לום;\r\n\treturn');
    assert.equal(cache.find(at('a\n')), undefined);
  });
});
