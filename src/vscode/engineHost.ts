/** The engine as the editor's features see it; src/node/engineClient.ts is the real one. */
import type { RepositoryEngine } from '../core/engine.ts';

export type EngineState = 'idle' | 'running' | 'restarting' | 'stopped';

export interface EngineHost {
  readonly state: EngineState;
  /** Process id of the running engine; undefined while there is none. */
  readonly pid: number | undefined;
  onState(listener: (state: EngineState) => void): () => void;
  /** Lazy: nothing starts before the first call of a method. */
  repository(root: string): RepositoryEngine;
  /** The next call opens the repository anew, with the present trust and settings. */
  reopen(root: string): void;
  restart(): void;
}
