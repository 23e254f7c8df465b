/** Makes the mining reducer from the catalog. */
import type { MiningReducer } from '../core/indexing/contracts.ts';

export function createReducer(_options: unknown): MiningReducer {
  const paths = new Set<string>();
  return {
    set: (path) => void paths.add(path),
    delete: (path) => void paths.delete(path),
    report: async () => ({ attractors: [], frameworks: [], deviants: [] }),
  };
}
