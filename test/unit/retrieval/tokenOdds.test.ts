/** Odds of calls by the words of a place: all routines count, and what a routine says of itself does not. */
import { strict as assert } from 'node:assert';
import { COLUMN, FEATURES } from '../../../src/core/retrieval/evidence.ts';
import { digestCursorFile } from '../../../src/core/retrieval/fileDigest.ts';
import { createRetrievalIndex, type RetrievalIndex } from '../../../src/core/retrieval/retrievalIndex.ts';
import { targetAt } from '../../../src/core/retrieval/target.ts';
import { placeSigns, TokenOdds } from '../../../src/core/retrieval/tokenOdds.ts';
import { sketch } from './handmade.ts';

/** Forty files; where `archive` stands in the name `pack` is called, elsewhere `print`, and `log` in both. */
function archive(): RetrievalIndex {
  const index = createRetrievalIndex();
  for (let i = 0; i < 40; i++) {
    const functions = [
      { name: `archive${String.fromCharCode(97 + i)}`, calls: ['pack', 'log'] },
      { name: `show${String.fromCharCode(97 + i)}`, calls: ['print', 'log'] },
    ];
    const { path, language, facts } = sketch(`lib/m${i}.ts`, { functions });
    index.set(path, { language, facts, trees: new Uint8Array() });
  }
  const { path, language, facts } = sketch('lib/box.ts', { functions: [{ name: 'openBox', calls: ['unpack'] }] });
  index.set(path, { language, facts, trees: new Uint8Array() });
  return index;
}

function oddsIn(index: RetrievalIndex, file: ReturnType<typeof sketch>, odds = new TokenOdds()) {
  const family = index.family('typescript');
  const digest = digestCursorFile(file.path, file.facts, index.symbols);
  const target = targetAt(digest, file.facts, file.text, 2, undefined);
  const calls = ['pack', 'print', 'log', 'unpack'];
  const names = calls.map((name) => index.symbols.intern(name));
  const values = new Float64Array(names.length * FEATURES.length);
  odds.fill({ names, values }, family, target, placeSigns(family, target), 'tokenOdds', 'tokenBest');
  const of = (call: string, feature: 'tokenOdds' | 'tokenBest') =>
    values[calls.indexOf(call) * FEATURES.length + COLUMN[feature]] as number;
  return of;
}

describe('odds by words', () => {
  const file = sketch('cmd/run.ts', { functions: [{ name: 'archiveAll', calls: [] }] });

  it('favour what routines with the same words call, and tell nothing of what all of them call', () => {
    const of = oddsIn(archive(), file);
    assert.ok(of('pack', 'tokenOdds') > 0.5 && of('print', 'tokenOdds') < -1, `${of('pack', 'tokenOdds')}`);
    assert.ok(Math.abs(of('log', 'tokenOdds')) < 0.2, `${of('log', 'tokenOdds')}`);
    assert.ok(of('pack', 'tokenBest') > of('print', 'tokenBest'));
    assert.equal(of('print', 'tokenBest'), 0);
  });

  it('leave out what the routine at the cursor says of itself, and follow each save', () => {
    const index = archive();
    const odds = new TokenOdds();
    const before = oddsIn(index, file, odds);
    const written = sketch('cmd/run.ts', { functions: [{ name: 'archiveAll', calls: ['unpack'] }] });
    index.set(written.path, { language: written.language, facts: written.facts, trees: new Uint8Array() });
    const saved = oddsIn(index, written, odds);
    assert.ok(Math.abs(saved('unpack', 'tokenOdds') - before('unpack', 'tokenOdds')) < 0.1);
    assert.equal(saved('unpack', 'tokenBest'), 0);
    const other = sketch('cmd/other.ts', { functions: [{ name: 'archiveOther', calls: [] }] });
    assert.ok(oddsIn(index, other, odds)('unpack', 'tokenOdds') > before('unpack', 'tokenOdds') + 1);
  });
});
