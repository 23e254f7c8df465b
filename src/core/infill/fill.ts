/** Samples for a hole: how long, from masks to text, kept within what parses, and which is the likeliest. */
import { throwIfAborted } from '../../base/errors.ts';
import type { CallOptions } from '../../base/progress.ts';
import type { Parser } from '../ports.ts';
import type { FillReport, FillRequest, FillSample } from './denoiser.ts';
import type { LoadedModel } from './denoiserModel.ts';
import { canvases, type Draft, draftOf, framesOf } from './drafts.ts';
import { Hole } from './hole.ts';
import { MASK_SIGN } from './infill.ts';
import { JointAsk } from './jointAsk.ts';
import { lexemesOf } from './place.ts';
import { SyntaxReview } from './repair.ts';
import type { Row } from './row.ts';
import { RowPasses } from './rowPasses.ts';
import { type SamplingOptions, type SamplingRun, sample } from './sampler.ts';

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
/** Tokens that are denoised side by side, more in a single sample alone. */
const SIDE_BY_SIDE = 192;
/**
 * Tokens, of rows or of the spans that are not remembered, after which no other length is tried: about a second of one core. In tokens, not
 * in time: the same request gives the same samples.
 */
const MOST_LOOKED = 8_000;
/**
 * Longer holes where nothing stands yet are denoised block by block, from left to right, where nothing else is asked for: the rest of the row is remembered, and what
 * breaks is found before more is built on it.
 */
const AT_ONCE = 64;
const BLOCK = 32;

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
  const review = await SyntaxReview.open(tools.parser, request.place, { now, ...(signal ? { signal } : {}) });
  const watch: Watch = { review, teller: new Teller(model, now, options), remember: tools.remember ?? true, looked: 0 };
  const kept: FillSample[] = [];
  let dropped = 0;
  for await (const drafts of attempts(request, model, watch, signal)) {
    const samples = await denoised(drafts, request, model, watch, signal);
    const good = request.repairs > 0 ? samples.filter(({ parses }) => parses) : samples;
    kept.push(...good);
    dropped += samples.length - good.length;
    if (kept.length > 0) break;
  }
  const [msModel, passes] = [model.spent.ms - before.ms, model.spent.passes - before.passes];
  return { samples: inOrder(kept, request.length), dropped, msModel, msOwn: now() - begin - msModel, passes };
}

/** What is tried, one after the other, as long as nothing parses. */
async function* attempts(
  request: FillRequest,
  model: LoadedModel,
  watch: Watch,
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly Draft[]> {
  const { review } = watch;
  const { length, lengths, repairs } = request;
  if (request.draft) return yield await draftOf(request, request.draft, model, signal);
  const all = await canvases(request, repairs > 0 ? lengths * (1 + RETRIES) : lengths, model, signal);
  for (let from = 0; from < all.length; ) {
    if (from > 0 && (review.isSpent || watch.looked >= MOST_LOOKED)) break;
    const some = sideBySide(all.slice(from, from + lengths));
    yield some;
    from += some.length;
  }
  // A frame has its own length.
  if (length === 'predict' && repairs > 0 && !review.isSpent)
    yield await framesOf(request, await review.frames(), model, signal);
}

/** As many as there is room for, one at least. */
function sideBySide(drafts: readonly Draft[]): readonly Draft[] {
  let tokens = 0;
  return drafts.filter(({ canvas }, i) => {
    tokens += canvas.holes.length;
    return i === 0 || tokens <= SIDE_BY_SIDE;
  });
}

interface Watch {
  readonly review: SyntaxReview;
  readonly teller: Teller;
  readonly remember: boolean;
  /** Tokens that attempts looked at so far. */
  looked: number;
}

/** Side by side, in joint forward passes. */
async function denoised(
  drafts: readonly Draft[],
  request: FillRequest,
  model: LoadedModel,
  watch: Watch,
  signal: AbortSignal | undefined,
): Promise<FillSample[]> {
  const { review, teller, remember } = watch;
  const passes = new RowPasses(
    model,
    drafts.map(({ rows }) => rows),
    remember,
  );
  const joint = new JointAsk(drafts.length, (questions) => passes.answer(questions, signal));
  const one = async (draft: Draft, index: number): Promise<FillSample> => {
    const sampling = samplingOf(draft, request);
    // Of a block what is remembered is as good as at its start: it was masked then too.
    const forget = () => (sampling.block === undefined ? passes.forget(index) : undefined);
    const hole = new Hole(request, model, draft, review, { forget, block: sampling.block, signal });
    const run: SamplingRun = {
      mask: model.layout.specialIds.mask,
      ask: joint.askOf(index),
      ...(request.automaton ? { allows: hole.allows, spare: hole.spare } : {}),
      ...{ review: hole.review, settle: hole.settle },
      ...(index === 0 ? { onStep: ({ ids }) => teller.tell(ids, draft.rows.conditioned) } : {}),
      ...(signal ? { signal } : {}),
    };
    try {
      return hole.sampleOf(await sample(draft.canvas, sampling, run));
    } finally {
      joint.leave(index);
    }
  };
  const samples = await Promise.all(drafts.map(one));
  watch.looked += passes.looked;
  return samples;
}

function samplingOf({ rows, canvas }: Draft, { sampling }: FillRequest): SamplingOptions {
  const isGuided = rows.unconditioned !== undefined;
  const isLong = sampling.block === undefined && canvas.sure === undefined && canvas.holes.length > AT_ONCE;
  return { ...sampling, ...(isGuided ? {} : { guidance: 1 }), ...(isLong ? { block: BLOCK } : {}) };
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
