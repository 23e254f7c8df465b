/** A denoiser's row: what it is told before the code, the code around the hole, and masks in the hole; as it was trained (training/rows.py). */
import type { LanguageId } from '../languages.ts';

/** Texts to token numbers and back; texts that look like special tokens are cut like any other. */
export interface Tokenizer {
  encode(text: string): readonly number[];
  decode(ids: readonly number[]): string;
}

/** The part of a manifest that says how a row is laid out (src/data/schemas/denoiser-manifest.schema.json). */
export interface RowLayout {
  readonly maxLength: number;
  readonly specialIds: { readonly mask: number; readonly bos?: number; readonly eos?: number; readonly hole?: number };
  /** Absent for a model that knows nothing but code: the row is the code alone. */
  readonly row?: {
    readonly languages?: Readonly<Record<string, number>>;
    readonly intent?: Section;
    readonly consider?: Section;
    readonly near?: Section;
    readonly code: { readonly id: number };
  };
  readonly tokenizer: { readonly spaceBelongsToNextToken?: boolean };
}

interface Section {
  readonly id: number;
  /** Most tokens of it. */
  readonly tokens?: number;
}

export interface RowParts {
  readonly language: LanguageId;
  /** What is wanted, in words. */
  readonly intent: string;
  readonly consider: string;
  /** The nearest other body of the repository. */
  readonly near: string;
  readonly prefix: string;
  readonly suffix: string;
}

export interface Row {
  readonly ids: Int32Array;
  /** Positions of the masks; of the one mark for a hole whose length is asked. */
  readonly holes: readonly number[];
  /** White space at the prefix's end that belongs to the hole's first token. */
  readonly ownSpace: string;
}

/** Share of the row that what is told before the code may take. */
const HEADER_SHARE = 1 / 2;
/** Share of the code's room that the prefix gets where both sides are long. */
const PREFIX_SHARE = 0.7;

/** The row of one hole, see `RowsOf`. */
export function rowOf(
  parts: RowParts,
  length: number,
  layout: RowLayout,
  tokenizer: Tokenizer,
  conditioned = true,
): Row | undefined {
  return new RowsOf(parts, layout, tokenizer, conditioned).of(length);
}

/** Rows of one place for holes of any length: what is around the hole is cut into tokens once. */
export class RowsOf {
  /** White space at the prefix's end that belongs to the hole's first token. */
  readonly ownSpace: string;
  private readonly head: readonly number[];
  private readonly before: readonly number[];
  private readonly after: readonly number[];

  /** `conditioned` false leaves out intent and consider-block alone, for guidance. */
  constructor(
    parts: RowParts,
    private readonly layout: RowLayout,
    tokenizer: Tokenizer,
    conditioned = true,
  ) {
    const { maxLength } = layout;
    const { prefix, suffix } = parts;
    const isSplit = layout.tokenizer.spaceBelongsToNextToken && / $/.test(prefix) && !/\s $/.test(prefix);
    this.ownSpace = isSplit ? ' ' : '';
    this.head = headerOf(parts, layout, tokenizer, conditioned);
    const own = prefix.slice(0, prefix.length - this.ownSpace.length);
    this.before = nearest(own, maxLength, tokenizer, (text, units) => text.slice(Math.max(0, text.length - units)));
    this.after = nearest(suffix, maxLength, tokenizer, (text, units) => text.slice(0, units));
  }

  /** `length`: masks in the hole; 0: one mark that asks how many. Undefined where the hole alone is longer than the row. */
  of(length: number): Row | undefined {
    const { head, before, after, ownSpace } = this;
    const { maxLength, specialIds, row } = this.layout;
    const { mask, hole = mask, eos } = specialIds;
    const gap = length === 0 ? [hole] : new Array<number>(length).fill(mask);
    const end = eos === undefined || !row ? [] : [eos];
    const room = maxLength - head.length - gap.length - end.length;
    if (room < 0) return undefined;
    const left = Math.min(before.length, Math.max(Math.floor(room * PREFIX_SHARE), room - after.length));
    const right = Math.min(after.length, room - left);
    const ids = [...head, ...before.slice(before.length - left), ...gap, ...after.slice(0, right), ...end];
    const at = head.length + left;
    return { ids: Int32Array.from(ids), holes: gap.map((_, i) => at + i), ownSpace };
  }
}

/** UTF-16 units that are read for each token of the room; few texts have longer ones on average. */
const UNITS_PER_TOKEN = 8;
/** Tokens beyond the room, so that where a text was cut does not show in those that are kept. */
const MARGIN = 8;

/** At least the room's tokens at one end of a text. The room of a whole row, not of this one: then what was cut before is found again. */
function nearest(
  text: string,
  room: number,
  tokenizer: Tokenizer,
  end: (text: string, units: number) => string,
): readonly number[] {
  for (let units = room * UNITS_PER_TOKEN; ; units *= 2) {
    const ids = tokenizer.encode(end(text, units));
    if (units >= text.length || ids.length >= room + MARGIN) return ids;
  }
}

function headerOf(
  parts: RowParts,
  { row, specialIds, maxLength }: RowLayout,
  tokenizer: Tokenizer,
  conditioned: boolean,
) {
  const { bos } = specialIds;
  const start = bos === undefined ? [] : [bos];
  if (!row) return start;
  const language = row.languages?.[parts.language];
  const section = (about: Section | undefined, text: string): number[] =>
    about && text !== '' ? [about.id, ...tokenizer.encode(text).slice(0, about.tokens)] : [];
  const told = [
    ...(conditioned ? [...section(row.intent, parts.intent), ...section(row.consider, parts.consider)] : []),
    ...section(row.near, parts.near),
  ];
  const fixed = start.length + (language === undefined ? 0 : 1) + 1;
  const most = Math.max(0, Math.floor(maxLength * HEADER_SHARE) - fixed);
  return [...start, ...(language === undefined ? [] : [language]), ...told.slice(0, most), row.code.id];
}
