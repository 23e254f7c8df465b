/** Where targets come from: a checked-out tree (body and file protocols) or its history (replay). */
import type { RetrievalIndex } from '../../src/core/retrieval/retrievalIndex.ts';
import { History } from './history.ts';
import { type FactsReader, readRepository } from './repository.ts';
import { forEachTarget, indexOf, type Visit } from './samples.ts';

export const PROTOCOLS = ['body', 'file', 'replay'] as const;
export type Protocol = (typeof PROTOCOLS)[number];

export interface Stage {
  readonly name: string;
  readonly index: RetrievalIndex;
  /** Visits up to `count` hidden functions; answers how many there were. */
  forEachTarget(count: number, visit: Visit): Promise<number>;
}

export async function openStage(folder: string, protocol: Protocol, reader: FactsReader): Promise<Stage> {
  if (protocol === 'replay') return new History(folder, reader);
  const repository = await readRepository(folder, reader);
  const index = indexOf(repository);
  return {
    name: repository.name,
    index,
    forEachTarget: (count, visit) => forEachTarget(repository, index, reader, count, visit, protocol),
  };
}
