/** Runs a function per hidden target over an index that holds everything but what is hidden, and puts it back after. */

import type { SourceText } from '../../src/core/retrieval/heldOut.ts';
import { callingFiles, callsOf, type HiddenFunction, hide, targetsOf } from '../../src/core/retrieval/heldOut.ts';
import { createRetrievalIndex, type RetrievalIndex } from '../../src/core/retrieval/retrievalIndex.ts';
import type { FactsReader, Repository } from './repository.ts';
import { hideFile } from './skeleton.ts';

export function indexOf(repository: Repository): RetrievalIndex {
  const index = createRetrievalIndex();
  for (const file of repository.files.values()) put(index, file);
  return index;
}

export function put(index: RetrievalIndex, { path, language, facts }: SourceText): void {
  index.set(path, { language, facts, trees: new Uint8Array() });
}

export interface Scene {
  /** The repository's sources, the hidden function's file as it was before hiding (or not at all). */
  readonly files: ReadonlyMap<string, SourceText>;
  readonly index: RetrievalIndex;
  readonly hidden: HiddenFunction;
  /** Source text of the body that is hidden. */
  readonly body: string;
  /** Files in whose calls a name occurs, the hidden file left out. */
  readonly elsewhere: (name: string) => number;
}

export type Visit = (scene: Scene) => void;

/** Calls `visit` for up to `count` targets in the body or the file protocol. */
export async function forEachTarget(
  repository: Repository,
  index: RetrievalIndex,
  reader: FactsReader,
  count: number,
  visit: Visit,
  protocol: 'body' | 'file' = 'body',
): Promise<number> {
  const { files } = repository;
  const counts = callingFiles(files.values());
  let visited = 0;
  for (const { file, index: at, truth } of targetsOf(repository.files.values(), counts, 2)) {
    if (visited >= count) break;
    const emptied = await hide(file, at, truth, counts, reader);
    const hidden = emptied && protocol === 'file' ? await hideFile(emptied, reader) : emptied;
    const target = file.facts.functions[at];
    if (!hidden || !target) continue;
    put(index, hidden.file);
    const own = new Set(callsOf(file.facts).map(({ name }) => name));
    const elsewhere = (name: string) => (counts.get(name) ?? 0) - (own.has(name) ? 1 : 0);
    visit({ files, index, hidden, body: file.text.slice(target.body.start, target.body.end), elsewhere });
    put(index, file);
    visited++;
  }
  return visited;
}
