/** How public code goes on: counted from several repositories, packed, read back, and heard beside the repository's own texts. */
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { packed, SharedSequences } from '../../../bench/infill/sharedSequences.ts';
import { encode, idOf, spaceBefore } from '../../../src/core/completion/repository/cells.ts';
import { lex } from '../../../src/core/completion/repository/lexer.ts';
import { isNewLine, LAST_NEW_LINE, NEW_LINE, Vocabulary } from '../../../src/core/completion/repository/vocabulary.ts';
import { CorpusNgram, CorpusView } from '../../../src/core/infill/candidates/corpusNgram.ts';
import { SpanCorpus } from '../../../src/core/infill/candidates/spanCorpus.ts';
import type { InfillPlace } from '../../../src/core/infill/place.ts';
import { FAMILIES } from '../../../src/core/languages.ts';
import { projectRoot } from '../../projectRoot.ts';

/** One text of each repository. */
function bytesOf(texts: readonly string[], least: number): Uint8Array {
  const vocabulary = new Vocabulary();
  const sequences = new SharedSequences();
  texts.forEach((text, repository) => {
    const cells = encode(text, lex(text, 'python'), vocabulary);
    const ids = Int32Array.from(cells, (cell) => (isNewLine(idOf(cell)) ? SharedSequences.NEW_LINE : idOf(cell)));
    const spaces = Uint8Array.from(cells, (cell) => Number(spaceBefore(cell) > 0));
    sequences.add(ids, spaces, repository);
  });
  sequences.settle(vocabulary, least);
  return packed(sequences);
}

const TEXTS = ['a = open(path)\nfor x in a:\n', 'b = open(path)\nfor x in b:\n', 'c = open(name)\nfor x in c:\n'];

describe('how public code goes on', () => {
  const corpus = CorpusNgram.parse(bytesOf(TEXTS, 2));
  const id = (text: string) => corpus.idOf(text);
  const nextOf = (context: readonly string[], direction: 'forwards' | 'backwards') => {
    const found = corpus.next(context.map(id), direction);
    return found && corpus.commonest(found, context.length, direction, 5).map((each) => corpus.textOf(each));
  };

  it('is known forwards and backwards, the nearest token of a context first', () => {
    assert.deepEqual(nextOf(['(', 'open'], 'forwards'), ['path']);
    assert.deepEqual(nextOf(['(', 'path'], 'backwards'), ['open']);
    assert.deepEqual(nextOf(['x', 'in'], 'backwards'), ['for']);
    assert.equal(nextOf(['open', '('], 'forwards'), undefined);
  });

  it('leaves out what one repository alone has, and knows how much that was', () => {
    assert.equal(id('name'), -1);
    const found = corpus.next([id('('), id('open')], 'forwards');
    assert.deepEqual([found?.known, found?.size], [2, 1]);
    assert.ok(Math.abs((found?.all ?? 0) - 3) < 0.3, 'counts are kept in steps of a quarter of a bit');
    assert.equal(found && corpus.countOf(found, 2, id('path'), 'forwards'), 2);
    assert.equal(found && corpus.countOf(found, 2, id('for'), 'forwards'), 0);
  });

  it('says nothing of a context that is longer than its sequences, empty or unknown', () => {
    const long = ['(', 'open', '=', 'a'].map(id);
    for (const context of [long, [], [id('name')], [id('('), id('name')]])
      assert.equal(corpus.next(context, 'forwards'), undefined, JSON.stringify(context));
  });

  it('takes every kind of line end for the one that it knows, and tells that one', () => {
    const vocabulary = new Vocabulary();
    const view = new CorpusView(corpus, vocabulary);
    const closer = vocabulary.intern(')');
    for (let kind = NEW_LINE; kind <= LAST_NEW_LINE; kind++) {
      const found = view.next([kind, closer], 'forwards');
      assert.deepEqual(found && Array.from(found.commonest(1), (each) => vocabulary.text(each)), ['for']);
    }
    const behind = view.next([closer], 'forwards');
    assert.ok(behind);
    assert.deepEqual([...behind.commonest(2)], [NEW_LINE]);
    assert.ok(behind.votesFor(NEW_LINE) > 0);
    assert.equal(behind.votesFor(NEW_LINE + 1), 0);
    assert.equal(view.next([vocabulary.intern('name')], 'forwards'), undefined);
  });

  it('knows where a space stands', () => {
    assert.equal(corpus.isSpaced(id('for'), id('x')), true);
    assert.equal(corpus.isSpaced(id('open'), id('(')), false);
    assert.equal(corpus.isSpaced(id('x'), id('open')), undefined);
  });

  it('refuses what is cut off, longer than it says or of another version', () => {
    const bytes = bytesOf(TEXTS, 2);
    const damaged = [
      bytes.subarray(0, bytes.length - 3),
      Uint8Array.of(...bytes, 0),
      Uint8Array.of(9, ...bytes.subarray(1)),
      Uint8Array.of(),
    ];
    for (const each of damaged)
      assert.throws(() => CorpusNgram.parse(each), { code: 'badData', advice: /infillCorpus/ });
  });

  it('makes likelier what the repository never had, and the repository is heard before it', () => {
    const place: InfillPlace = {
      ...{ path: 'here.py', language: 'python', unit: 'hole', nodeType: '' },
      ...{ prefix: 'log = open(', suffix: ')\n' },
    };
    const chanceOf = (name: string, heard: boolean) => {
      const own = new SpanCorpus();
      own.set('there.py', 'python', 'log = open(target)\nlog = open(target)\npath = 1\n');
      if (heard) own.hear('python', corpus);
      const hole = own.at(place);
      const context = Array.from(hole.left.subarray(0, 8));
      return hole.rater.forwards.next(context).probability(hole.vocabulary.intern(name));
    };
    assert.ok(chanceOf('path', true) > 1.5 * chanceOf('path', false));
    assert.ok(chanceOf('target', true) > 3 * chanceOf('path', true));
  });

  it('ships for each family of languages', () => {
    for (const family of FAMILIES) {
      const file = readFileSync(join(projectRoot, `src/data/infill/corpus.${family}.bin.br`));
      const shipped = CorpusNgram.parse(brotliDecompressSync(file));
      const context = { ecmascript: ['(', 'if'], python: ['in', 'i', 'for'], rust: ['::', 'Vec'], go: ['!=', 'err'] }[
        family
      ];
      const found = shipped.next(
        context.map((text) => shipped.idOf(text)),
        'forwards',
      );
      assert.ok(found, family);
      const texts = shipped.commonest(found, context.length, 'forwards', 3).map((each) => shipped.textOf(each));
      assert.ok(texts.includes({ ecmascript: '!', python: 'range', rust: 'new', go: 'nil' }[family]), texts.join(' '));
    }
  });
});
