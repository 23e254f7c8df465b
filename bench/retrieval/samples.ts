/** Runs a function per hidden target over an index that holds everything but what is hidden, and puts it back after. */
import { createRetrievalIndex, type RetrievalIndex } from '../../src/core/retrieval/retrievalIndex.ts';
import { callingFiles, type HiddenFunction, hide, targetsOf } from './hiding.ts';
import type { FactsReader, Repository, SourceText } from './repository.ts';

export function indexOf(repository: Repository): RetrievalIndex {
  const index = createRetrievalIndex();
  for (const file of repository.files.values()) put(index, file);
  return index;
}

export function put(index: RetrievalIndex, { path, language, facts }: SourceText): void {
  index.set(path, { language, facts, trees: new Uint8Array() });
}

export interface Scene {
  readonly repository: Repository;
  readonly index: RetrievalIndex;
  readonly hidden: HiddenFunction;
  /** Files in whose calls a name occurs, the hidden file left out. */
  readonly elsewhere: (name: string) => number;
}

/** Calls `visit` for up to `count` targets in the body protocol. */
export async function forEachTarget(
  repository: Repository,
  index: RetrievalIndex,
  reader: FactsReader,
  count: number,
  visit: (scene: Scene) => void,
): Promise<number> {
  const counts = callingFiles(repository);
  let visited = 0;
  for (const { file, index: at, truth } of targetsOf(repository, counts, 2)) {
    if (visited >= count) break;
    const hidden = await hide(file, at, truth, counts, reader);
    if (!hidden) continue;
    put(index, hidden.file);
    const own = new Set(file.facts.calls.map(({ name }) => name));
    visit({ repository, index, hidden, elsewhere: (name) => (counts.get(name) ?? 0) - (own.has(name) ? 1 : 0) });
    put(index, file);
    visited++;
  }
  return visited;
}
