/** Forward passes for samples of one hole: with and without conditions, most of the row remembered where that is shorter. */
import type { LoadedModel, Look, Memory, Seen } from './denoiserModel.ts';
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

/**
 * Committed tokens after which what is remembered is too old. Fast-dLLM's block (arXiv 2505.22618) is 32; on 220 bodies of 40 to 64 tokens
 * samples were as like the truth, and as like those of whole rows, without a look in the middle (RESULTS.md).
 */
const REFRESH = 64;
/** A span that is more of the row than this is not worth remembering the rest. */
const LARGEST_SPAN = 1 / 2;

export class RowPasses {
  /** Tokens of rows, or of their spans, that went through the model: what passes cost. */
  looked = 0;
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
    const looks = questions.map((question): Look => {
      const row = this.rowOf(question);
      const memory = this.memoryOf(question, row.asked);
      return memory ? { ...row, memory } : { ...row, ...this.spanOf(row) };
    });
    // A row that has to look anew does not take the others along: a span of theirs costs a fraction of a whole row.
    const seen: Seen[] = [];
    for (const isRemembered of [false, true]) {
      const some = [...looks.keys()].filter((i) => (looks[i]?.memory !== undefined) === isRemembered);
      if (some.length === 0) continue;
      const answers = await this.model.look(
        some.map((i) => looks[i] as Look),
        signal,
      );
      some.forEach((i, at) => {
        seen[i] = answers[at] as Seen;
      });
    }
    questions.forEach((question, i) => {
      this.looked += tokensOf(looks[i] as Look);
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

function tokensOf({ ids, memory }: Look): number {
  return memory ? memory.to - memory.from : ids.length;
}
