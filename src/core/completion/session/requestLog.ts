/** The last requests of a session, to tell a person why nothing was suggested: numbers and names, never code. */
import type { ErrorCode } from '../../../base/errors.ts';
import type { CompletionTimings } from '../completion.ts';
import type { FilterId } from '../filters/filter.ts';
import type { ProposalSource } from '../place.ts';
import type { Gate } from './gates.ts';
import type { Origin } from './suggestions.ts';

export interface RequestRecord {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Address of the document, for the person at this machine only: it is left out of what is copied. */
  readonly document: string;
  /** From 1. */
  readonly line: number;
  readonly language: string;
  readonly manual: boolean;
  readonly outcome: 'gate' | 'suggested' | 'nothing' | 'failed';
  readonly gate?: Gate;
  readonly origin?: Origin;
  /** Of the first text. */
  readonly source?: ProposalSource;
  readonly characters?: number;
  readonly model?: string | null;
  /** Filters that rejected what was proposed. */
  readonly filters?: readonly FilterId[];
  readonly timings?: CompletionTimings;
  /** The engine's words for an empty answer. */
  readonly why?: string;
  /** What went wrong: the request, or the model that the repository stood in for. */
  readonly problem?: { readonly code: ErrorCode; readonly message: string; readonly advice: string };
  /** The model was left alone: the machine runs on battery. */
  readonly onBattery?: boolean;
  /** Milliseconds from the editor's question to its answer. */
  readonly wholeMs?: number;
}

const KEPT = 20;

export class RequestLog {
  private readonly kept: RequestRecord[] = [];

  /** Newest first. */
  get records(): readonly RequestRecord[] {
    return [...this.kept].reverse();
  }

  get last(): RequestRecord | undefined {
    return this.kept[this.kept.length - 1];
  }

  add(record: RequestRecord): void {
    this.kept.push(record);
    if (this.kept.length > KEPT) this.kept.shift();
  }
}
