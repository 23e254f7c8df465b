/** One sample's hole: what may stand in it, what of it is broken, and what it says in the end. */
import { throwIfAborted } from '../../base/errors.ts';
import type { Span } from '../syntax/facts.ts';
import { Automaton } from './automaton.ts';
import { CLOSER_OF } from './brackets.ts';
import type { FillRequest, FillSample } from './denoiser.ts';
import type { LoadedModel } from './denoiserModel.ts';
import type { Draft } from './drafts.ts';
import type { SyntaxReview, SyntaxVerdict } from './repair.ts';
import type { Sample } from './sampler.ts';

export interface HoleOptions {
  /** Called when much of the hole is masked again. */
  readonly forget: () => void;
  /** Positions of a block, where it is denoised block by block. */
  readonly block: number | undefined;
  readonly signal: AbortSignal | undefined;
}

/** Texts that are held against the parser for the last token of a repair. */
const MOST_SETTLED = 32;
/** UTF-16 units that are parsed for one sample; beyond them it is taken as it is. In units, not in time: the same request gives the same sample. */
const MOST_PARSED = 500_000;
/** Tokens that may stand where none that the model names may; brackets that the hole must bring come before them. */
const SPARE = [')', ']', '}', '(', '[', '{', ' {', '"', "'", '`', ',', ';', ':', '.', ' =', '\n'];

export class Hole {
  readonly spare: readonly number[];
  private readonly automaton: Automaton;
  /** Repairs so far of each block, by the tokens up to its end, and of the whole. */
  private readonly rounds = new Map<number | 'whole', number>();
  private parses = false;
  /** UTF-16 units, those of a verdict that another sample had asked for too. */
  private parsed = 0;

  constructor(
    private readonly request: FillRequest,
    private readonly model: LoadedModel,
    private readonly draft: Draft,
    private readonly syntax: SyntaxReview,
    private readonly options: HoleOptions,
  ) {
    const { surroundings } = syntax;
    this.automaton = new Automaton(request.place.language, surroundings, model.bracketsPerToken);
    const openers = Object.keys(CLOSER_OF).filter((opener) => surroundings.closers.includes(CLOSER_OF[opener] ?? ''));
    const alone = [...openers, ...SPARE]
      .map((text) => model.tokenizer.encode(text))
      .filter(({ length }) => length === 1);
    this.spare = [...new Set(alone.flat())];
  }

  readonly allows = (ids: Int32Array, position: number, id: number): boolean => {
    const { mask } = this.model.layout.specialIds;
    const pieces = this.draft.rows.conditioned.holes.map((hole) => {
      const token = hole === position ? id : (ids[hole] as number);
      return token === mask ? undefined : this.model.textOf(token);
    });
    return this.automaton.canBecome(pieces);
  };

  readonly review = async (ids: Int32Array, isLast: boolean): Promise<readonly number[]> => {
    const { holes } = this.draft.rows.conditioned;
    const known = isLast ? holes.length : holes.findIndex((hole) => ids[hole] === this.model.layout.specialIds.mask);
    const text = this.textOf(ids, holes.slice(0, known));
    const { parses, broken } = await (isLast ? this.verdict(text) : this.syntax.verdictOfStart(text));
    if (isLast) this.parses = parses;
    const part = isLast ? 'whole' : known;
    const round = (this.rounds.get(part) ?? 0) + 1;
    if (parses || round > this.request.repairs || this.isSpent) return [];
    this.rounds.set(part, round);
    this.options.forget();
    const touched = this.tokensIn(ids, holes.slice(0, known), broken, round);
    return this.draft.isFrame ? touched.filter((hole) => !this.draft.canvas.sure?.has(hole)) : touched;
  };

  readonly settle = async (
    ids: Int32Array,
    position: number,
    tokens: readonly number[],
  ): Promise<number | undefined> => {
    const { holes } = this.draft.rows.conditioned;
    for (const id of tokens.slice(0, MOST_SETTLED)) {
      throwIfAborted(this.options.signal);
      if (this.isSpent) return undefined;
      ids[position] = id;
      if ((await this.verdict(this.textOf(ids, holes))).parses) return id;
    }
    return undefined;
  };

  sampleOf({ ids, confidence, passes, repaired }: Sample): FillSample {
    const { holes } = this.draft.rows.conditioned;
    const sum = confidence.reduce((all, chance) => all + Math.log(Math.max(chance, Number.MIN_VALUE)), 0);
    return {
      text: this.textOf(ids, holes),
      tokens: holes.length,
      lengthLog: this.draft.lengthLog,
      meanLog: sum / holes.length,
      ...{ parses: this.parses, framed: this.draft.isFrame, passes, repaired },
    };
  }

  private get isSpent(): boolean {
    return this.parsed >= MOST_PARSED;
  }

  private verdict(text: string): Promise<SyntaxVerdict> {
    this.parsed += this.syntax.size + text.length;
    return this.syntax.verdict(text);
  }

  /** Without the space that the prefix keeps. */
  private textOf(ids: Int32Array, holes: readonly number[]): string {
    const text = this.model.tokenizer.decode(holes.map((hole) => ids[hole] as number));
    return this.draft.rows.conditioned.ownSpace !== '' && text.startsWith(' ') ? text.slice(1) : text;
  }

  /**
   * The tokens that broken stretches touch, one more on each side each time; in the last of several rounds, or where what is broken is not in
   * the hole, all of it, or of its last block: the others were good beginnings.
   */
  private tokensIn(
    ids: Int32Array,
    holes: readonly number[],
    broken: readonly Span[],
    round: number,
  ): readonly number[] {
    const { block = holes.length } = this.options;
    const all = holes.slice(Math.floor((holes.length - 1) / block) * block);
    if (round > 1 && round === this.request.repairs) return all;
    let end = 0;
    const ends = holes.map((hole) => {
      end += this.model.textOf(ids[hole] as number).length;
      return end;
    });
    const shift = end - this.textOf(ids, holes).length;
    const touches = (i: number) => {
      const [from, to] = [(ends[i - 1] ?? 0) - shift, (ends[i] ?? end) - shift];
      return i >= 0 && i < holes.length && broken.some((span) => span.start <= to && span.end >= from);
    };
    const reach = round - 1;
    const touched = holes.filter((_, i) => holes.some((_, j) => Math.abs(i - j) <= reach && touches(j)));
    return touched.length > 0 ? touched : all;
  }
}
