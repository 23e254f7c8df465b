/** What samples begin with: empty canvases, a copy with masks where the model doubts it, frames of code with masks for their names. */
import type { FillRequest, TextScore } from './denoiser.ts';
import type { LoadedModel } from './denoiserModel.ts';
import { guessLengths } from './lengths.ts';
import { rowOf } from './row.ts';
import type { SampleRows } from './rowPasses.ts';
import type { Canvas } from './sampler.ts';
import { type HoleText, holeTexts, scoresOf } from './scoring.ts';
import { STAND_IN } from './standIns.ts';

export interface Draft {
  readonly rows: SampleRows;
  readonly canvas: Canvas;
  /** Natural logarithm of the chance of its length; 0 where it was given. */
  readonly lengthLog: number;
  /** Repairs leave alone what is not masked at the beginning. */
  readonly isFrame: boolean;
}

/** Empty, of the likeliest lengths, `count` of them at most. Throws what `guessLengths` throws. */
export async function canvases(
  request: FillRequest,
  count: number,
  model: LoadedModel,
  signal?: AbortSignal,
): Promise<Draft[]> {
  const { place, length } = request;
  const guesses = await guessLengths(place, length, count, model, signal);
  return guesses.flatMap(({ tokens, log }) => {
    const rows = rowsOf(request, tokens, model);
    return rows ? [{ rows, canvas: rows.conditioned, lengthLog: log, isFrame: false }] : [];
  });
}

/** The draft's text, masked where the model doubts it; none where it is longer than a row. */
export async function draftOf(
  request: FillRequest,
  draft: NonNullable<FillRequest['draft']>,
  model: LoadedModel,
  signal?: AbortSignal,
): Promise<Draft[]> {
  const [text] = holeTexts(request.place, [draft.text], model);
  if (!text) return [];
  const isKnown = draft.score?.logs.length === text.ids.length;
  const [score] = isKnown ? [draft.score] : await scoresOf(request.place, [text], model, signal);
  const isDoubted = (i: number) => Math.exp(score?.logs[i] as number) < draft.doubt;
  return score ? masked(request, text, score, { isMasked: isDoubted, isFrame: false }, model) : [];
}

/** The likeliest of texts with which a file parses, as many as lengths are asked for; what stands in them for names is masked. */
export async function framesOf(
  request: FillRequest,
  texts: readonly string[],
  model: LoadedModel,
  signal?: AbortSignal,
): Promise<Draft[]> {
  const found = holeTexts(request.place, texts, model).flatMap((text) => text ?? []);
  const scores = await scoresOf(request.place, found, model, signal);
  const mean = ({ logs }: NonNullable<TextScore>) => logs.reduce((sum, log) => sum + log, 0) / logs.length;
  const order = found.map((text, i) => ({ text, score: scores[i] as NonNullable<TextScore> }));
  order.sort((a, b) => mean(b.score) - mean(a.score));
  const isName = (id: number | undefined) => new RegExp(`\\b${STAND_IN}\\b`).test(model.textOf(id as number));
  return order
    .slice(0, request.lengths)
    .flatMap(({ text, score }) =>
      masked(request, text, score, { isMasked: (i) => isName(text.ids[i]), isFrame: true }, model),
    );
}

function masked(
  request: FillRequest,
  { ids: own }: HoleText,
  { logs, lengthLog = 0 }: NonNullable<TextScore>,
  { isMasked, isFrame }: { isMasked: (token: number) => boolean; isFrame: boolean },
  model: LoadedModel,
): Draft[] {
  const rows = rowsOf(request, own.length, model);
  if (!rows) return [];
  const { ids: empty, holes } = rows.conditioned;
  const ids = Int32Array.from(empty);
  const sure = new Map<number, number>();
  holes.forEach((hole, i) => {
    if (isMasked(i)) return;
    ids[hole] = own[i] as number;
    sure.set(hole, Math.exp(logs[i] as number));
  });
  return [{ rows, canvas: { ids, holes, sure }, lengthLog, isFrame }];
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
