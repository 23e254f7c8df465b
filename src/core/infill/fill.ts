/** Samples for a hole: how long, from masks to text, kept within what parses, and which is the likeliest. */
import { throwIfAborted } from '../../base/errors.ts';
import type { CallOptions } from '../../base/progress.ts';
import type { Parser } from '../ports.ts';
import type { FillReport, FillRequest, FillSample, TextScore } from './denoiser.ts';
import type { LoadedModel } from './denoiserModel.ts';
import { type Draft, Hole } from './hole.ts';
import { MASK_SIGN } from './infill.ts';
import { JointAsk } from './jointAsk.ts';
import { guessLengths, lengthLogs } from './lengths.ts';
import { lexemesOf } from './place.ts';
import { SyntaxReview } from './repair.ts';
import { type Row, rowOf } from './row.ts';
import { RowPasses, type SampleRows } from './rowPasses.ts';
import { type SamplingRun, sample } from './sampler.ts';
import { type HoleText, holeText, pseudoLogs } from './scoring.ts';

export interface FillTools {
  readonly parser: Parser;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
  /** False: every forward pass is over whole rows. Default true. */
  readonly remember?: boolean;
}

/** Shortest time in ms between two reports of progress. */
const TELL_MS = 100;
/** Times that other lengths are tried where no sample parses: a second time saved no hole of 164. */
const RETRIES = 1;

/** Throws LodestoneError denoiserUnavailable | badArguments (a hole that no row has room for) | cancelled. */
export async function fill(
  request: FillRequest,
  model: LoadedModel,
  tools: FillTools,
  options: CallOptions,
): Promise<FillReport> {
  const { now } = tools;
  const { signal } = options;
  throwIfAborted(signal);
  const [begin, before] = [now(), { ...model.spent }];
  const drafts = request.draft ? await draftOf(request, model, signal) : await canvases(request, model, signal);
  const review = await SyntaxReview.open(tools.parser, request.place);
  const teller = new Teller(model, now, options);
  const kept: FillSample[] = [];
  let dropped = 0;
  for (let from = 0; from < drafts.length && kept.length === 0; from += request.lengths) {
    const some = drafts.slice(from, from + request.lengths);
    const samples = await denoised(some, request, model, { review, teller, remember: tools.remember ?? true }, signal);
    const good = request.repairs > 0 ? samples.filter(({ parses }) => parses) : samples;
    kept.push(...good);
    dropped += samples.length - good.length;
  }
  const [msModel, passes] = [model.spent.ms - before.ms, model.spent.passes - before.passes];
  return { samples: inOrder(kept, request.length), dropped, msModel, msOwn: now() - begin - msModel, passes };
}

interface Watch {
  readonly review: SyntaxReview;
  readonly teller: Teller;
  readonly remember: boolean;
}

/** Side by side, in joint forward passes. */
function denoised(
  drafts: readonly Draft[],
  request: FillRequest,
  model: LoadedModel,
  { review, teller, remember }: Watch,
  signal: AbortSignal | undefined,
): Promise<FillSample[]> {
  const passes = new RowPasses(
    model,
    drafts.map(({ rows }) => rows),
    remember,
  );
  const joint = new JointAsk(drafts.length, (questions) => passes.answer(questions, signal));
  const one = async (draft: Draft, index: number): Promise<FillSample> => {
    const hole = new Hole(request, model, draft, review, { forget: () => passes.forget(index), signal });
    const run: SamplingRun = {
      mask: model.layout.specialIds.mask,
      ask: joint.askOf(index),
      ...(request.automaton ? { allows: hole.allows, spare: hole.spare } : {}),
      ...{ review: hole.review, settle: hole.settle },
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
  return Promise.all(drafts.map(one));
}

/** Empty canvases of the likeliest lengths, more than are asked for: where none of those parses the next ones are tried. */
async function canvases(request: FillRequest, model: LoadedModel, signal?: AbortSignal): Promise<Draft[]> {
  const { place, length, lengths, repairs } = request;
  const most = repairs > 0 ? lengths * (1 + RETRIES) : lengths;
  const guesses = await guessLengths(place, length, most, model, signal);
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
  const isKnown = draft.score?.logs.length === text.ids.length;
  const score = isKnown ? (draft.score as NonNullable<TextScore>) : await scoreOf(text, request, model, signal);
  const ids = Int32Array.from(rows.conditioned.ids);
  const sure = new Map<number, number>();
  rows.conditioned.holes.forEach((hole, i) => {
    const chance = Math.exp(score.logs[i] as number);
    if (chance < draft.doubt) return;
    ids[hole] = text.ids[i] as number;
    sure.set(hole, chance);
  });
  return [{ rows, canvas: { ids, holes: rows.conditioned.holes, sure }, lengthLog: score.lengthLog ?? 0 }];
}

async function scoreOf(
  text: HoleText,
  { place }: FillRequest,
  model: LoadedModel,
  signal?: AbortSignal,
): Promise<NonNullable<TextScore>> {
  const [logs = new Float64Array(0)] = await pseudoLogs([text], model, signal);
  const lengths = await lengthLogs(place, model, signal);
  const lengthLog = lengths?.[Math.min(text.ids.length, lengths.length) - 1];
  return { tokens: text.ids.length, logs: [...logs], ...(lengthLog === undefined ? {} : { lengthLog }) };
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
