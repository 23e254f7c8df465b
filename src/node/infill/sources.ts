/** What the opened repository tells of a hole: proposals of its own, how alike texts are to its own, and the nearest body. */
import type { CallOptions } from '../../base/progress.ts';
import type { Rating } from '../../core/infill/candidates/rating.ts';
import type { InfillPlace } from '../../core/infill/place.ts';
import type { Proposal } from '../../core/infill/proposal.ts';
import type { FileFacts, FunctionFact } from '../../core/syntax/facts.ts';

/** A hole with what is known of its file. */
export interface SoughtHole {
  readonly place: InfillPlace;
  /** The file's text and facts before the hole was made. */
  readonly text: string;
  readonly facts: FileFacts;
  readonly routine: FunctionFact | undefined;
}

export interface NearBody {
  /** Signature and body. */
  readonly text: string;
  /** "src/a.ts:12 loadOrder". */
  readonly from: string;
  /** In [0, 1]. */
  readonly likeness: number;
}

export interface OwnAnswer {
  /** In no order. */
  readonly proposals: readonly Proposal[];
  /** How like the repository any text is at this hole. */
  rate(text: string): Rating;
}

export interface InfillSources {
  near(hole: SoughtHole, options: CallOptions): Promise<NearBody | undefined>;
  ask(hole: SoughtHole, options: CallOptions): Promise<OwnAnswer>;
  /** First line of the signature of a function that one or two places of the repository declare. */
  signature(name: string): string | undefined;
}
