/** What next calls are held against: the n-gram's likeliest names, and a trigram of called names. */

import { contextOf, estimates, isCalled } from '../../src/core/completion/replay/ngram.ts';
import { cellsOf, idOf } from '../../src/core/completion/repository/cells.ts';
import type { FamilyCorpus } from '../../src/core/completion/repository/tokenCorpus.ts';
import { IS_WORD } from '../../src/core/completion/repository/vocabulary.ts';
import type { LanguageId } from '../../src/core/languages.ts';

/** Words that are called somewhere, the n-gram's likeliest first. */
export function likeliestNames(corpus: FamilyCorpus, prefix: string, language: LanguageId): string[] {
  const { vocabulary } = corpus;
  const byName = new Map<number, number>();
  for (const [key, p] of estimates(corpus, contextOf(corpus, prefix, language)))
    byName.set(key >> 2, (byName.get(key >> 2) ?? 0) + p);
  const names: string[] = [];
  for (const [id] of [...byName].sort((a, b) => b[1] - a[1] || a[0] - b[0])) {
    if (names.length >= 5) break;
    if (!(vocabulary.traits(id) & IS_WORD)) continue;
    if (isCalled(corpus, vocabulary.text(id))) names.push(vocabulary.text(id));
  }
  return names;
}

/** Calls in the order of each file of a corpus: counts of what follows none, one and two calls. */
const callModels = new WeakMap<FamilyCorpus, { version: number; counts: Map<string, Map<number, number>> }>();

function callModelOf(corpus: FamilyCorpus): Map<string, Map<number, number>> {
  const known = callModels.get(corpus);
  if (known?.version === corpus.version) return known.counts;
  const counts = new Map<string, Map<number, number>>();
  for (const segment of corpus.segments())
    for (const { cells } of segment.files()) {
      const calls = callsIn(corpus, cells);
      calls.forEach((id, i) => {
        for (const key of callContexts(calls.slice(Math.max(0, i - 2), i))) {
          const table = counts.get(key) ?? new Map<number, number>();
          counts.set(key, table.set(id, (table.get(id) ?? 0) + 1));
        }
      });
    }
  callModels.set(corpus, { version: corpus.version, counts });
  return counts;
}

function callsIn({ vocabulary }: FamilyCorpus, cells: Int32Array): number[] {
  const open = vocabulary.find('(');
  const calls: number[] = [];
  for (let at = 0; at + 1 < cells.length; at++) {
    const next = cells[at + 1] as number;
    const id = idOf(cells[at] as number);
    if (idOf(next) === open && (next & 3) === 0 && vocabulary.traits(id) & IS_WORD) calls.push(id);
  }
  return calls;
}

function callContexts(before: readonly number[]): string[] {
  const [earlier, last] = before.length > 1 ? before.slice(-2) : [undefined, before[0]];
  const keys = [''];
  if (last !== undefined) keys.push(`${last}`);
  if (earlier !== undefined) keys.push(`${earlier} ${last}`);
  return keys;
}

/** A trigram of called names, Witten–Bell: what is called next where not even the receiver is typed. */
export function likeliestCalls(corpus: FamilyCorpus, prefix: string, language: LanguageId): string[] {
  const model = callModelOf(corpus);
  const before = callsIn(corpus, cellsOf(prefix.slice(-4000), language, corpus.vocabulary)).slice(-2);
  const estimate = new Map<number, number>();
  for (const key of callContexts(before)) {
    const table = model.get(key);
    if (!table) break;
    const total = [...table.values()].reduce((sum, count) => sum + count, 0);
    for (const [id, p] of estimate) estimate.set(id, (p * table.size) / (total + table.size));
    for (const [id, count] of table) estimate.set(id, (estimate.get(id) ?? 0) + count / (total + table.size));
  }
  const best = [...estimate].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, 5);
  return best.map(([id]) => corpus.vocabulary.text(id));
}
