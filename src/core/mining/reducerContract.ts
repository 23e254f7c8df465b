/**
 * What the mining reducer takes and gives. The same shapes as FileAnalysis, MiningContext and MiningReducer of
 * core/indexing/contracts.ts, which stands above mining and so cannot be imported here.
 */
import type { CallOptions } from '../../base/progress.ts';
import type { LanguageId } from '../languages.ts';
import type { FileHistory } from '../ports.ts';
import type { FileFacts } from '../syntax/facts.ts';
import type { MiningReport } from './attractor.ts';
import type { FileSketch } from './fileSketch.ts';

export interface MinedFile {
  readonly language: LanguageId;
  readonly facts: FileFacts;
  readonly trees: Uint8Array;
  /** Facts and trees as mining keeps them; absent where they come from the store. */
  readonly sketch?: FileSketch | undefined;
}

export interface ReportContext {
  readonly manifests: ReadonlyMap<string, string>;
  readonly history: ReadonlyMap<string, FileHistory>;
  readonly headDate: number | undefined;
  readonly text: (path: string) => Promise<string | undefined>;
}

export type Mined = Pick<MiningReport, 'attractors' | 'frameworks' | 'deviants'>;

export interface MiningFiles {
  set(path: string, analysis: MinedFile): void;
  delete(path: string): void;
  foresee(awaited: (path: string) => boolean, options: CallOptions): void;
  report(context: ReportContext, options: CallOptions): Promise<Mined>;
  update(context: Pick<ReportContext, 'text'>, options: CallOptions): Promise<Mined | undefined>;
}
