/** How long a hole may be, in tokens: by the model's length head, or by how sure the model is of canvases of different length. */
import { LodestoneError } from '../../base/errors.ts';
import type { DenoiserPlace } from './denoiser.ts';
import type { LoadedModel } from './denoiserModel.ts';
import { RowsOf, rowOf } from './row.ts';

export interface LengthGuess {
  readonly tokens: number;
  /** Natural logarithm of its chance; 0 where the length was given or nobody knows. */
  readonly log: number;
}

/** Tokens that a lexeme may take, fewest and most, on average over a text. */
const TOKENS_PER_LEXEME = [0.75, 2] as const;
/** Canvases that are tried where there is no length head. */
const TRIED = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64] as const;

/** The likeliest lengths first, `count` of them at most. Throws LodestoneError badArguments where the hole is longer than a row. */
export async function guessLengths(
  place: DenoiserPlace,
  length: number | 'predict',
  count: number,
  model: LoadedModel,
  signal?: AbortSignal,
): Promise<LengthGuess[]> {
  const { head } = model;
  const possible = length === 'predict' ? rangeOf(1, head?.bins ?? (TRIED.at(-1) as number)) : tokensOf(length);
  const rows = new RowsOf(place, model.layout, model.tokenizer);
  const longest = possible.findLast((tokens) => rows.of(tokens) !== undefined) ?? 0;
  const fitting = possible.filter((tokens) => tokens <= longest);
  if (fitting.length === 0)
    throw new LodestoneError('badArguments', `A hole of ${length} lexemes does not fit into the denoiser's row.`, {
      advice: `Ask for less: ${model.layout.maxLength} tokens are all that it sees at once, the code around the hole among them.`,
    });
  const guesses =
    head && fitting.every((tokens) => tokens <= head.bins)
      ? await headGuesses(place, fitting, model, signal)
      : await trialGuesses(rows, length === 'predict' ? spread(fitting, TRIED) : evenly(fitting), model, signal);
  const best = guesses.sort((a, b) => b.log - a.log || a.tokens - b.tokens).slice(0, Math.max(1, count));
  return length === 'predict' && head ? best : best.map(({ tokens }) => ({ tokens, log: 0 }));
}

/** Natural logarithms of the chances of 1, 2, … tokens; undefined where the model has no length head. */
export async function lengthLogs(
  place: DenoiserPlace,
  model: LoadedModel,
  signal?: AbortSignal,
): Promise<Float64Array | undefined> {
  const row = model.head && rowOf(place, 0, model.layout, model.tokenizer);
  if (!model.head || !row) return undefined;
  const look = { ids: row.ids, asked: row.holes, kind: model.head.kindOf(place.nodeType) };
  const [seen] = await model.look([look], signal);
  return seen?.lengths;
}

async function headGuesses(place: DenoiserPlace, fitting: readonly number[], model: LoadedModel, signal?: AbortSignal) {
  const logs = await lengthLogs(place, model, signal);
  return fitting.map((tokens) => ({ tokens, log: logs?.[tokens - 1] ?? 0 }));
}

/** Mean probability of the likeliest token of each mask, against what that is for code of this length (CAL; see `expected`). */
async function trialGuesses(rows: RowsOf, tried: readonly number[], model: LoadedModel, signal?: AbortSignal) {
  const canvases = tried.flatMap((tokens) => rows.of(tokens) ?? []);
  const seen = await model.look(
    canvases.map(({ ids, holes }) => ({ ids, asked: holes })),
    signal,
  );
  return seen.map(({ distributions }) => {
    const sum = distributions.reduce((all, { logs }) => all + Math.exp(logs[0] as number), 0);
    const tokens = distributions.length;
    return { tokens, log: Math.log(sum / tokens / expected(tokens)) };
  });
}

/** How sure Dream-Coder is on average of the first look at a canvas of so many tokens (CAL's fit; other models' curves have this shape). */
function expected(tokens: number): number {
  return Math.exp(-1.77 * tokens) + 0.56 * Math.exp(-0.06 * tokens) + 0.24;
}

function tokensOf(lexemes: number): number[] {
  const [fewest, most] = TOKENS_PER_LEXEME;
  return rangeOf(Math.max(1, Math.floor(lexemes * fewest)), Math.ceil(lexemes * most));
}

function rangeOf(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

function spread(possible: readonly number[], wanted: readonly number[]): number[] {
  return possible.filter((tokens) => wanted.includes(tokens));
}

/** At most as many as are tried, evenly spread. */
function evenly(possible: readonly number[]): number[] {
  const step = Math.max(1, (possible.length - 1) / (TRIED.length - 1));
  const count = Math.min(possible.length, TRIED.length);
  return Array.from({ length: count }, (_, i) => possible[Math.round(i * step)] as number);
}
