/** How likely given texts are in a hole: each half of a text's tokens under masks, given the other half. */
import type { DenoiserPlace, ScoreReport, ScoreRequest, TextScore } from './denoiser.ts';
import type { LoadedModel, Look, Memory } from './denoiserModel.ts';
import { lengthLogs } from './lengths.ts';
import { type Row, RowsOf } from './row.ts';

/** Tokens of one forward pass: more do not get cheaper, and nobody can stop in between. */
const PASS_TOKENS = 2048;
/** Rows of one forward pass that remember their context: each brings its past along. */
const PASS_ROWS = 16;

/**
 * Tokens of a row on which texts are compared: with 384 one core needs half as long again, and of twelve lines of the same file the
 * right one is the likeliest in 22 % instead of 21 % (200 lines of 23 repositories, 6M model; bench/infill/RESULTS.md).
 */
const WINDOW = 256;

/** The same model, told less of what is around the hole. */
function nearsighted(model: LoadedModel): LoadedModel {
  const maxLength = Math.min(model.layout.maxLength, WINDOW);
  return Object.create(model, { layout: { value: { ...model.layout, maxLength } } }) as LoadedModel;
}

/** Ids of a text as it stands in the hole of a place; the space that belongs to its first token is one of them. */
export interface HoleText {
  readonly ids: readonly number[];
  readonly row: Row;
}

/** Undefined where a text is empty or longer than a row. */
export function holeTexts(
  place: DenoiserPlace,
  texts: readonly string[],
  { layout, tokenizer }: LoadedModel,
): (HoleText | undefined)[] {
  const rows = new RowsOf(place, layout, tokenizer);
  return texts.map((text) => {
    const ids = tokenizer.encode(rows.ownSpace + text);
    const row = ids.length === 0 ? undefined : rows.of(ids.length);
    return row && { ids, row };
  });
}

/** Throws LodestoneError denoiserUnavailable | cancelled. */
export async function scoreTexts(
  { place, texts }: ScoreRequest,
  loaded: LoadedModel,
  { now, signal }: { readonly now: () => number; readonly signal?: AbortSignal },
): Promise<ScoreReport> {
  const model = nearsighted(loaded);
  const [begin, before] = [now(), loaded.spent.ms];
  const scores = await scoresOf(place, holeTexts(place, texts, model), model, signal);
  const msModel = model.spent.ms - before;
  return { scores, msModel, msOwn: now() - begin - msModel };
}

/** Throws LodestoneError denoiserUnavailable | cancelled. */
export async function scoresOf(
  place: DenoiserPlace,
  texts: readonly (HoleText | undefined)[],
  model: LoadedModel,
  signal?: AbortSignal,
): Promise<TextScore[]> {
  const [logs, lengths] = [await pseudoLogs(texts, model, signal), await lengthLogs(place, model, signal)];
  return texts.map((text, i) => {
    if (!text) return null;
    const tokens = text.ids.length;
    const lengthLog = lengths?.[Math.min(tokens, lengths.length) - 1];
    return { tokens, logs: [...(logs[i] as Float64Array)], ...(lengthLog === undefined ? {} : { lengthLog }) };
  });
}

interface Half {
  readonly text: number;
  readonly look: Look;
  /** Which tokens are asked. */
  readonly tokens: readonly number[];
}

/** Natural logarithm of each token's chance given the tokens of the other half; empty for what is no text of a row. */
export async function pseudoLogs(
  texts: readonly (HoleText | undefined)[],
  model: LoadedModel,
  signal?: AbortSignal,
): Promise<Float64Array[]> {
  const contexts = await contextsOf(texts, model, signal);
  const logs = texts.map((text) => new Float64Array(text?.ids.length ?? 0));
  const halves = texts.flatMap((text, i) =>
    text ? halvesOf(text, i, model, contexts.get(text.ids.length) as Context) : [],
  );
  // Rows of like length together: the shorter are padded.
  halves.sort((a, b) => a.look.ids.length - b.look.ids.length || a.text - b.text);
  const cost = ({ ids, memory }: Look) => (memory ? PASS_TOKENS / PASS_ROWS : ids.length);
  for (let from = 0; from < halves.length; ) {
    let to = from + 1;
    for (let sum = cost((halves[from] as Half).look); to < halves.length; to++) {
      sum += cost((halves[to] as Half).look);
      if (sum > PASS_TOKENS) break;
    }
    const batch = halves.slice(from, to);
    const seen = await model.look(
      batch.map(({ look }) => look),
      signal,
    );
    batch.forEach(({ text, tokens }, i) => {
      for (const [at, token] of tokens.entries()) (logs[text] as Float64Array)[token] = seen[i]?.wanted[at] as number;
    });
    from = to;
  }
  return logs;
}

/** What stands around texts of one length; remembered where the model can. */
interface Context {
  readonly row: Row;
  readonly memory?: Memory;
}

/**
 * By the length of text. Texts of 3 and 4, of up to 8, of up to 16, … tokens share one look at what is around the hole, with masks for the longest of
 * them: behind the shorter ones positions are left out. That halves the time; the sum of a text's logs differs by .2 in the median (38 texts a place).
 */
async function contextsOf(
  texts: readonly (HoleText | undefined)[],
  model: LoadedModel,
  signal?: AbortSignal,
): Promise<Map<number, Context>> {
  const rows = new Map<number, Row>();
  for (const text of texts) if (text) rows.set(text.ids.length, text.row);
  if (!model.remembers) return new Map([...rows].map(([length, row]) => [length, { row }]));
  const groups = Map.groupBy(rows.keys(), (length) => Math.ceil(Math.log2(length)));
  const contexts = new Map<number, Context>();
  for (const lengths of groups.values()) {
    const row = rows.get(Math.max(...lengths)) as Row;
    const { ids, holes } = row;
    const span = { from: holes[0] as number, to: (holes.at(-1) as number) + 1 };
    const [seen] = await model.look([{ ids, asked: holes.slice(0, 1), wanted: [0], span }], signal);
    for (const length of lengths) contexts.set(length, { row, memory: seen?.memory as Memory });
  }
  return contexts;
}

function halvesOf({ ids }: HoleText, text: number, model: LoadedModel, { row, memory }: Context): Half[] {
  const first = row.holes[0] as number;
  const around = [row.ids.subarray(0, first), row.ids.subarray((row.holes.at(-1) as number) + 1)] as const;
  const halves = [0, 1].map((parity) => ids.map((_, i) => i).filter((i) => i % 2 === parity));
  return halves
    .filter((tokens) => tokens.length > 0)
    .map((tokens) => {
      const given = Int32Array.from([...around[0], ...ids, ...around[1]]);
      const asked = tokens.map((i) => first + i);
      for (const at of asked) given[at] = model.layout.specialIds.mask;
      const look = { ids: given, asked, wanted: tokens.map((i) => ids[i] as number), ...(memory ? { memory } : {}) };
      return { text, tokens, look };
    });
}
