/** Samples for a hole: how long, from masks to text, kept within what parses, and which is the likeliest. */
import { throwIfAborted } from '../../base/errors.ts';
import type { CallOptions } from '../../base/progress.ts';
import type { Parser } from '../ports.ts';
import { Automaton } from './automaton.ts';
import type { FillReport, FillRequest, FillSample } from './denoiser.ts';
import type { LoadedModel } from './denoiserModel.ts';
import { MASK_SIGN } from './infill.ts';
import { JointAsk } from './jointAsk.ts';
import { guessLengths, lengthLogs } from './lengths.ts';
import { lexemesOf } from './place.ts';
import { SyntaxReview } from './repair.ts';
import { type Row, rowOf } from './row.ts';
import { RowPasses, type SampleRows } from './rowPasses.ts';
import { type Canvas, type Sample, type SamplingRun, sample } from './sampler.ts';
import { holeText, pseudoLogs } from './scoring.ts';

export interface FillTools {
  readonly parser: Parser;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
  /** False: every forward pass is over whole rows. Default true. */
  readonly remember?: boolean;
}

/** Shortest time in ms between two reports of progress. */
const TELL_MS = 100;

interface Draft {
  readonly rows: SampleRows;
  readonly canvas: Canvas;
  readonly lengthLog: number;
}

/** Throws LodestoneError denoiserUnavailable | badArguments (a hole that no row has room for) | cancelled. */
export async function fill(
  request: FillRequest,
  model: LoadedModel,
  { parser, now, remember = true }: FillTools,
  options: CallOptions,
): Promise<FillReport> {
  const { signal } = options;
  throwIfAborted(signal);
  const [begin, before] = [now(), { ...model.spent }];
  const drafts = request.draft ? await draftOf(request, model, signal) : await canvases(request, model, signal);
  const review = await SyntaxReview.open(parser, request.place);
  const passes = new RowPasses(
    model,
    drafts.map(({ rows }) => rows),
    remember,
  );
  const joint = new JointAsk(drafts.length, (questions) => passes.answer(questions, signal));
  const teller = new Teller(model, now, options);
  const one = async (draft: Draft, index: number): Promise<FillSample> => {
    const hole = new Hole(request, model, draft, review, () => passes.forget(index));
    const run: SamplingRun = {
      mask: model.layout.specialIds.mask,
      ask: joint.askOf(index),
      ...(request.automaton ? { allows: hole.allows } : {}),
      review: hole.review,
      ...(index === 0 ? { onStep: ({ ids }) => teller.tell(ids, draft.rows.conditioned) } : {}),
      ...(signal ? { signal } : {}),
    };
    const isGuided = draft.rows.unconditioned !== undefined;
    try {
      return hole.sampleOf(
        await sample(draft.canvas, isGuided ? request.sampling : { ...request.sampling, guidance: 1 }, run),
      );
    } finally {
      joint.leave(index);
    }
  };
  const samples = await Promise.all(drafts.map(one));
  const [msModel, passesMade] = [model.spent.ms - before.ms, model.spent.passes - before.passes];
  return { samples: inOrder(samples, request.length), msModel, msOwn: now() - begin - msModel, passes: passesMade };
}

/** Empty canvases of the likeliest lengths. */
async function canvases(request: FillRequest, model: LoadedModel, signal?: AbortSignal): Promise<Draft[]> {
  const { place, length, lengths } = request;
  const guesses = await guessLengths(place, length, lengths, model, signal);
  return guesses.flatMap(({ tokens, log }) => {
    const rows = rowsOf(request, tokens, model);
    return rows ? [{ rows, canvas: rows.conditioned, lengthLog: log }] : [];
  });
}

/** A canvas with the draft's text, masked where the model doubts it; none where it is longer than a row. */
async function draftOf(request: FillRequest, model: LoadedModel, signal?: AbortSignal): Promise<Draft[]> {
  const { place, draft } = request;
  const text = holeText(place, draft?.text ?? '', model);
  const rows = text && rowsOf(request, text.ids.length, model);
  if (!draft || !text || !rows) return [];
  const [logs = new Float64Array(0)] = await pseudoLogs([text], model, signal);
  const lengths = await lengthLogs(place, model, signal);
  const ids = Int32Array.from(rows.conditioned.ids);
  const sure = new Map<number, number>();
  rows.conditioned.holes.forEach((hole, i) => {
    const chance = Math.exp(logs[i] as number);
    if (chance < draft.doubt) return;
    ids[hole] = text.ids[i] as number;
    sure.set(hole, chance);
  });
  const lengthLog = lengths?.[Math.min(text.ids.length, lengths.length) - 1] ?? 0;
  return [{ rows, canvas: { ids, holes: rows.conditioned.holes, sure }, lengthLog }];
}

function rowsOf(
  { place, sampling }: FillRequest,
  tokens: number,
  { layout, tokenizer }: LoadedModel,
): SampleRows | undefined {
  const conditioned = rowOf(place, tokens, layout, tokenizer);
  const told = (layout.row?.intent && place.intent !== '') || (layout.row?.consider && place.consider !== '');
  const unconditioned = told && sampling.guidance !== 1 ? rowOf(place, tokens, layout, tokenizer, false) : undefined;
  return conditioned && { conditioned, ...(unconditioned ? { unconditioned } : {}) };
}

/** One sample's hole: what may stand in it, what of it is broken, and what it says in the end. */
class Hole {
  private readonly automaton: Automaton;
  private rounds = 0;
  private parses = false;

  constructor(
    private readonly request: FillRequest,
    private readonly model: LoadedModel,
    private readonly draft: Draft,
    private readonly syntax: SyntaxReview,
    private readonly forget: () => void,
  ) {
    this.automaton = new Automaton(request.place.language, syntax.surroundings, model.bracketsPerToken);
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
    const { parses, broken } = await (isLast ? this.syntax.verdict(text) : this.syntax.verdictOfStart(text));
    if (isLast) this.parses = parses;
    if (parses || this.rounds >= this.request.repairs) return [];
    this.rounds++;
    this.forget();
    return this.tokensIn(ids, holes.slice(0, known), broken);
  };

  sampleOf({ ids, confidence, repaired }: Sample): FillSample {
    const { holes } = this.draft.rows.conditioned;
    const sum = confidence.reduce((all, chance) => all + Math.log(Math.max(chance, Number.MIN_VALUE)), 0);
    return {
      text: this.textOf(ids, holes),
      tokens: holes.length,
      lengthLog: this.draft.lengthLog,
      meanLog: sum / holes.length,
      parses: this.parses,
      repaired,
    };
  }

  /** Without the space that the prefix keeps. */
  private textOf(ids: Int32Array, holes: readonly number[]): string {
    const text = this.model.tokenizer.decode(holes.map((hole) => ids[hole] as number));
    return this.draft.rows.conditioned.ownSpace !== '' && text.startsWith(' ') ? text.slice(1) : text;
  }

  /** The tokens that broken stretches touch, wider with each round; the whole hole where what is broken is not in it. */
  private tokensIn(
    ids: Int32Array,
    holes: readonly number[],
    broken: readonly { readonly start: number; readonly end: number }[],
  ): readonly number[] {
    let end = 0;
    const ends = holes.map((hole) => {
      end += this.model.textOf(ids[hole] as number).length;
      return end;
    });
    const shift = end - this.textOf(ids, holes).length;
    const touched = holes.filter((_, i) => {
      const [from, to] = [(ends[i - 1] ?? 0) - shift, (ends[i] as number) - shift];
      return broken.some((span) => span.start <= to + this.rounds - 1 && span.end >= from - (this.rounds - 1));
    });
    return touched.length > 0 ? touched : holes;
  }
}

/** Tells the text so far, at most ten times a second. */
class Teller {
  private last = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly model: LoadedModel,
    private readonly now: () => number,
    private readonly options: CallOptions,
  ) {}

  tell(ids: Int32Array, { holes, ownSpace }: Row): void {
    const { onProgress } = this.options;
    if (!onProgress || this.now() - this.last < TELL_MS) return;
    this.last = this.now();
    const { mask } = this.model.layout.specialIds;
    const signs = holes
      .map((hole) => (ids[hole] === mask ? MASK_SIGN : this.model.textOf(ids[hole] as number)))
      .join('');
    const partial = ownSpace !== '' && signs.startsWith(' ') ? signs.slice(1) : signs;
    const done = holes.filter((hole) => ids[hole] !== mask).length;
    onProgress({ step: 'Denoising', done, total: holes.length, partial });
  }
}

/** What parses first, then what has the asked number of lexemes, then by the chance of text and length a token. */
function inOrder(samples: readonly FillSample[], length: number | 'predict'): FillSample[] {
  const hasLength = ({ text }: FillSample) => Number(length === 'predict' || lexemesOf(text).length === length);
  const chance = ({ meanLog, lengthLog, tokens }: FillSample) => meanLog + lengthLog / tokens;
  return [...samples].sort(
    (a, b) => Number(b.parses) - Number(a.parses) || hasLength(b) - hasLength(a) || chance(b) - chance(a),
  );
}
