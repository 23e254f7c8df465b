/** Forward passes for samples of one hole: with and without conditions, most of the row remembered where that is shorter. */
import type { LoadedModel, Look, Memory } from './denoiserModel.ts';
import type { Distribution } from './distribution.ts';
import type { Question } from './jointAsk.ts';
import type { Row } from './row.ts';

/** The rows of one sample. */
export interface SampleRows {
  readonly conditioned: Row;
  /** Absent where there is nothing to leave out. */
  readonly unconditioned?: Row;
}

interface Kept {
  readonly memory: Memory;
  /** Tokens that were masked then. */
  readonly masked: number;
}

/** Committed tokens after which what is remembered is too old (Fast-dLLM's block; arXiv 2505.22618). */
const REFRESH = 32;
/** A span that is more of the row than this is not worth remembering the rest. */
const LARGEST_SPAN = 1 / 2;

export class RowPasses {
  private readonly kept = new Map<string, Kept>();

  constructor(
    private readonly model: LoadedModel,
    private readonly samples: readonly SampleRows[],
    /** False: every pass is over whole rows. */
    private readonly remember: boolean,
  ) {}

  /** To be called when much of a sample was masked again. */
  forget(sample: number): void {
    for (const conditioned of [true, false]) this.kept.delete(keyOf({ sample, conditioned }));
  }

  async answer(questions: readonly Question[], signal?: AbortSignal): Promise<(readonly Distribution[])[]> {
    const looks = questions.map((question) => this.lookOf(question));
    const seen = await this.model.look(looks, signal);
    questions.forEach((question, i) => {
      const memory = seen[i]?.memory;
      if (memory) this.kept.set(keyOf(question), { memory, masked: this.maskedIn(question.ids) });
    });
    return seen.map(({ distributions }) => distributions);
  }

  private lookOf(question: Question): Look {
    const { sample, conditioned, positions } = question;
    const rows = this.samples[sample] as SampleRows;
    const row = conditioned ? rows.conditioned : (rows.unconditioned ?? rows.conditioned);
    const ids = Int32Array.from(row.ids);
    // The sampler knows the conditioned row; the other has the same hole elsewhere.
    rows.conditioned.holes.forEach((hole, i) => {
      ids[row.holes[i] as number] = question.ids[hole] as number;
    });
    const shift = (row.holes[0] as number) - (rows.conditioned.holes[0] as number);
    const asked = positions.map((position) => position + shift);
    if (!this.remember || !this.model.remembers) return { ids, asked };
    const [first, last] = [asked[0] as number, asked.at(-1) as number];
    const kept = this.kept.get(keyOf(question));
    const isFresh = kept && kept.masked - this.maskedIn(question.ids) < REFRESH;
    if (kept && isFresh && kept.memory.from <= first && last < kept.memory.to)
      return { ids, asked, memory: kept.memory };
    // Everything masked is likely to be asked about again.
    const isSmall = last + 1 - first <= ids.length * LARGEST_SPAN && positions.length > 1;
    return isSmall ? { ids, asked, span: { from: first, to: last + 1 } } : { ids, asked };
  }

  private maskedIn(ids: Int32Array): number {
    const { mask } = this.model.layout.specialIds;
    return ids.reduce((count, id) => count + (id === mask ? 1 : 0), 0);
  }
}

function keyOf({ sample, conditioned }: Pick<Question, 'sample' | 'conditioned'>): string {
  return `${sample} ${conditioned}`;
}
