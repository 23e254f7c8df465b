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

interface AskedRow {
  readonly ids: Int32Array;
  readonly asked: readonly number[];
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
    const rows = questions.map((question) => this.rowOf(question));
    const memories = questions.map((question, i) => this.memoryOf(question, (rows[i] as AskedRow).asked));
    // Rows that remember the same pass go through the graph together: one that has to look anew takes all along.
    const isRemembered = memories.every((memory) => memory !== undefined);
    const looks = rows.map(
      (row, i): Look => (isRemembered ? { ...row, memory: memories[i] as Memory } : { ...row, ...this.spanOf(row) }),
    );
    const seen = await this.model.look(looks, signal);
    questions.forEach((question, i) => {
      const memory = seen[i]?.memory;
      if (memory) this.kept.set(keyOf(question), { memory, masked: this.maskedIn(question.ids) });
    });
    return seen.map(({ distributions }) => distributions);
  }

  private rowOf({ sample, conditioned, positions, ids: asked }: Question): AskedRow {
    const rows = this.samples[sample] as SampleRows;
    const row = conditioned ? rows.conditioned : (rows.unconditioned ?? rows.conditioned);
    const ids = Int32Array.from(row.ids);
    // The sampler knows the conditioned row; the other has the same hole elsewhere.
    rows.conditioned.holes.forEach((hole, i) => {
      ids[row.holes[i] as number] = asked[hole] as number;
    });
    const shift = (row.holes[0] as number) - (rows.conditioned.holes[0] as number);
    return { ids, asked: positions.map((position) => position + shift) };
  }

  /** What is remembered of the row, if it is of use for these positions. */
  private memoryOf(question: Question, asked: readonly number[]): Memory | undefined {
    const kept = this.kept.get(keyOf(question));
    if (!kept || kept.masked - this.maskedIn(question.ids) >= REFRESH) return undefined;
    const { from, to } = kept.memory;
    return from <= (asked[0] as number) && (asked.at(-1) as number) < to ? kept.memory : undefined;
  }

  /** Everything that is asked about is likely to be asked about again. */
  private spanOf({ ids, asked }: AskedRow): Pick<Look, 'span'> {
    const [from, to] = [asked[0] as number, (asked.at(-1) as number) + 1];
    const isWorthIt =
      this.remember && this.model.remembers && asked.length > 1 && to - from <= ids.length * LARGEST_SPAN;
    return isWorthIt ? { span: { from, to } } : {};
  }

  private maskedIn(ids: Int32Array): number {
    const { mask } = this.model.layout.specialIds;
    return ids.reduce((count, id) => count + (id === mask ? 1 : 0), 0);
  }
}

function keyOf({ sample, conditioned }: Pick<Question, 'sample' | 'conditioned'>): string {
  return `${sample} ${conditioned}`;
}
