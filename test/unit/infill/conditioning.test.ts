/** What a denoiser is told before the code: the words it was trained with. */
import { strict as assert } from 'node:assert';
import { ProposalScorer, parseScorer } from '../../../src/core/infill/candidates/scorer.ts';
import {
  considerOf,
  intentOf,
  lengthKindOf,
  routineAround,
  wordsOfName,
} from '../../../src/core/infill/conditioning.ts';
import { isSame, lexemesOf } from '../../../src/core/infill/place.ts';
import type { Proposal } from '../../../src/core/infill/proposal.ts';
import { merged, ranked } from '../../../src/core/infill/ranking.ts';
import { factsOf } from '../syntax/parserFixture.ts';

const TEXT = `import { openLedger } from './ledger';
import { unused } from './other';

class Ledger extends Base {
  /**
   * Sums what was
   * booked.
   *
   * @param id of the account
   */
  async bookedTotal(id: string): Promise<number> {
    const ledger = await openLedger(id);
    return sumOf(ledger);
  }
}
`;

describe('conditioning', () => {
  it('says a name in words, and the first paragraph of a documentation where there is one', () => {
    assert.equal(wordsOfName('getHTTPUser2'), 'get http user 2');
    assert.equal(wordsOfName('_load_all'), 'load all');
    assert.equal(intentOf({ doc: 'Sums what\n was booked.\n\n@param id', name: 'total' }), 'Sums what was booked.');
    assert.equal(intentOf({ doc: 'Sums.\n:param id: x', name: 'total' }), 'Sums.');
    assert.equal(intentOf({ doc: ' ', name: 'bookedTotal' }), 'booked total');
  });

  it('names the signatures that are called, the class around, and the imports in use', async () => {
    const facts = await factsOf('typescript', TEXT);
    const at = TEXT.indexOf('return');
    const routine = routineAround(facts, { start: at, end: at });
    assert.equal(routine?.name, 'bookedTotal');
    const asked: string[] = [];
    const consider = considerOf({
      ...{ text: TEXT, facts, routine, visible: TEXT.slice(routine?.start, routine?.end), near: 'closeLedger(a)' },
      signature: (name) => {
        asked.push(name);
        return name === 'sumOf' ? 'function sumOf(ledger: Ledger): number' : undefined;
      },
    });
    assert.deepEqual(consider.split('\n'), [
      'function sumOf(ledger: Ledger): number',
      'class Ledger extends Base',
      "import { openLedger } from './ledger';",
    ]);
    assert.deepEqual(asked, ['openLedger', 'sumOf', 'closeLedger']);
  });

  it('tells a line and a body from a node', () => {
    assert.equal(lengthKindOf('body', 'statement_block', '{', '}'), 'body');
    assert.equal(lengthKindOf('hole', '', 'a\n  ', '\nb'), 'line');
    assert.equal(lengthKindOf('hole', '', 'a\n  ', ' + b\n'), '');
    assert.equal(lengthKindOf('nodes', 'arguments', 'f', ';'), 'arguments');
  });
});

describe('ranking', () => {
  const place = { path: 'a', language: 'python', prefix: '', suffix: '', unit: 'hole', nodeType: '' } as const;
  const proposal = (text: string, evidence = {}, source: Proposal['source'] = 'copy'): Proposal => ({
    ...{ text, source, from: 'x', evidence },
  });

  it('counts words and signs, and compares by them', () => {
    assert.deepEqual(lexemesOf('self.total += f(a_1)'), ['self', '.', 'total', '+', '=', 'f', '(', 'a_1', ')']);
    assert.ok(isSame('f( a,b )', 'f(a, b)'));
    assert.ok(!isSame('f(a, b)', 'f(a, c)'));
  });

  it('keeps the same text once, with what everybody knows of it', () => {
    const [one, two, ...rest] = merged([
      proposal('f(a)', { left: 3 }),
      proposal('g(a)', { left: 1 }),
      proposal('f( a )', { bits: 2, left: 9 }, 'ngram'),
      proposal('  '),
    ]);
    assert.deepEqual(rest, []);
    assert.deepEqual(one, { ...proposal('f(a)', { left: 3, bits: 2 }), also: ['copy', 'ngram'] });
    assert.equal(two?.text, 'g(a)');
  });

  it('puts the surest first, and of a known length those that have it', () => {
    const none = { bias: 0 };
    const model = { weights: { share: 5 }, none, calibration: [[0, 0] as const, [1, 1] as const], threshold: 0.5 };
    const models = { line: model, lineOfLength: model, inner: model, innerOfLength: model };
    const scorer = new ProposalScorer(parseScorer({ version: 1, provenance: 'here', models }));
    const all = [proposal('f(a)', { share: 0.2 }), proposal('f', { share: 0.9 }), proposal('g(b)', { share: 0.4 })];
    const texts = (lexemes?: number) =>
      ranked(all, lexemes === undefined ? place : { ...place, lexemes }, scorer).map((each) => each.proposal.text);
    assert.deepEqual(texts(), ['f', 'g(b)', 'f(a)']);
    assert.deepEqual(texts(4), ['g(b)', 'f(a)']);
    assert.deepEqual(texts(7), [], 'what has another length is no answer');
  });
});
