/** What the TypeScript worker and its adapter say to each other. */
import type { CallOptions } from '../../base/progress.ts';
import type { Diagnostic } from '../../core/healing/diagnostic.ts';
import type { FixCandidate } from '../../core/healing/heal.ts';
import type { Diagnosis } from '../../core/ports.ts';
import type { TypeScriptService } from './typescriptService.ts';

type Numbered<Method extends keyof TypeScriptService> = TypeScriptService[Method] extends (request: infer R) => unknown
  ? R & { readonly sequence: number }
  : never;

export type TypeScriptApi = {
  diagnose(request: Numbered<'diagnose'>, options: CallOptions): Promise<Diagnosis>;
  propose(request: Numbered<'propose'>, options: CallOptions): Promise<FixCandidate[]>;
  dependents(
    request: Numbered<'dependents'>,
    options: CallOptions,
  ): Promise<{ before: Diagnostic[]; after: Diagnostic[]; complete: boolean }>;
};

export interface TypeScriptWorkerData {
  /** Absolute path of typescript.js; its lib files lie beside it. */
  readonly typescriptPath: string;
  /** CANCEL_SLOTS 32-bit flags; slot `sequence % CANCEL_SLOTS` is 1 once that request was cancelled. */
  readonly cancelFlags: SharedArrayBuffer;
}

/** More requests than this are never under way at once. */
export const CANCEL_SLOTS = 256;
