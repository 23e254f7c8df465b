/** How long a hole may be, in tokens: by the model's length head, or by how sure the model is of canvases of different length. */
import { LodestoneError } from '../../base/errors.ts';
import type { DenoiserPlace } from './denoiser.ts';
import type { LoadedModel } from './denoiserModel.ts';
import { lexemesOf } from './place.ts';
import { RowsOf, rowOf } from './row.ts';

export interface LengthGuess {
  readonly tokens: number;
  /** Natural logarithm of its chance; 0 where the length was given or nobody knows. */
  readonly log: number;
}

/** Tokens that a lexeme may take, fewest and most, on average over a text. */
const TOKENS_PER_LEXEME = [0.75, 2] as const;
/** What a lexeme takes where nothing is around: our tokenizer's mean over functions.valid; counts as so many lexemes of surroundings. */
const USUAL = { tokens: 1.43, lexemes: 200 };
/** Characters on each side of a hole from which is told what a lexeme takes there. */
const AROUND = 1500;
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
    length === 'predict'
      ? await predicted(place, rows, fitting, model, signal)
      : await ofKnown(length, place, fitting, model, signal);
  return guesses.slice(0, Math.max(1, count));
}

async function predicted(
  place: DenoiserPlace,
  rows: RowsOf,
  fitting: readonly number[],
  model: LoadedModel,
  signal?: AbortSignal,
): Promise<LengthGuess[]> {
  if (model.head) return (await headGuesses(place, fitting, model, signal)).sort(byLog);
  const tried = await trialGuesses(rows, spread(fitting, TRIED), model, signal);
  return tried.sort(byLog).map(({ tokens }) => ({ tokens, log: 0 }));
}

/** The head knows what stands there, not how many lexemes: of these a token count is normal, its variance their number. */
async function ofKnown(
  lexemes: number,
  place: DenoiserPlace,
  fitting: readonly number[],
  model: LoadedModel,
  signal?: AbortSignal,
): Promise<LengthGuess[]> {
  const { bins } = model.head ?? { bins: 0 };
  const middle = lexemes * tokensPerLexeme(place, model);
  if (fitting.some((tokens) => tokens > bins))
    return stepsFrom(Math.round(middle), Math.max(1, Math.round(Math.sqrt(lexemes) / 2)), fitting);
  const guesses = await headGuesses(place, fitting, model, signal);
  return guesses
    .map(({ tokens, log }) => ({ tokens, log: log - (tokens - middle) ** 2 / (2 * lexemes) }))
    .sort(byLog)
    .map(({ tokens }) => ({ tokens, log: 0 }));
}

function byLog(a: LengthGuess, b: LengthGuess): number {
  return b.log - a.log || a.tokens - b.tokens;
}

/** The nearest first, in steps to both sides; what lies between comes last, for neighbours would fail alike. */
function stepsFrom(middle: number, step: number, fitting: readonly number[]): LengthGuess[] {
  const off = (tokens: number) => Math.abs(tokens - middle);
  const isBetween = (tokens: number) => Number(off(tokens) % step !== 0);
  return [...fitting]
    .sort((a, b) => isBetween(a) - isBetween(b) || off(a) - off(b) || a - b)
    .map((tokens) => ({ tokens, log: 0 }));
}

/** By the code around the hole. Of long holes twelve trials told the tokens of a known number of lexemes far worse (RESULTS.md). */
function tokensPerLexeme({ prefix, suffix }: DenoiserPlace, { tokenizer }: LoadedModel): number {
  const sides = [prefix.slice(-AROUND), suffix.slice(0, AROUND)];
  const count = (sizes: readonly number[]) => sizes.reduce((sum, size) => sum + size, 0);
  const tokens = count(sides.map((text) => tokenizer.encode(text).length));
  const lexemes = count(sides.map((text) => lexemesOf(text).length));
  return (tokens + USUAL.tokens * USUAL.lexemes) / (lexemes + USUAL.lexemes);
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
