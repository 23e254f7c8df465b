/** Renders the consider-block: comment lines with real signatures, real calls and real snippets within a byte budget. */
import type { RankedApi } from './apiForms.ts';
import type { ChosenAttractor } from './attractorChoice.ts';
import { cleanLine, cleanSnippet } from './hygiene.ts';
import { pack, utf8Bytes } from './packing.ts';

/** Most bytes of a block (SPEC: ≤ 1.5 KB). */
export const MAX_BYTES = 1536;

/** Below this the budget goes to calls alone: a snippet would crowd out most of them. */
const SNIPPETS_FROM = 640;
/** Shares of the budget. */
const SNIPPET_SHARE = 0.36;
const SIGNATURE_SHARE = 0.3;
/** Lines of a snippet shown. */
const SNIPPET_LINES = 9;
/** Least probability of an API that is shown with its signature, and of one that is shown at all. */
const SIGNATURE_FROM = 0.08;
const CALL_FROM = 0;
/** Calls that are shown as they are written, not by name alone, and the longest such form. */
const SHOWN_AS_CALLED = 1;
const CALL_LENGTH = 40;

interface Block {
  readonly text: string;
  readonly attractors: readonly string[];
}

/** Accumulates lines while they fit. */
class Lines {
  private readonly lines: string[] = [];
  private used = 0;

  constructor(private readonly budget: number) {}

  get left(): number {
    return this.budget - this.used;
  }

  /** Adds all lines or none. */
  add(...lines: string[]): boolean {
    const bytes = lines.reduce((sum, line) => sum + utf8Bytes(line) + 1, 0);
    // The last line needs no line break, which `text` leaves out.
    if (this.used + bytes - 1 > this.budget) return false;
    this.lines.push(...lines);
    this.used += bytes;
    return true;
  }

  text(): string {
    return this.lines.join('\n');
  }
}

/** Builds the block; '' when there is nothing to say. `comment` is the language's line comment, e.g. `//`. */
export function renderBlock(
  ranked: readonly RankedApi[],
  chosen: readonly ChosenAttractor[],
  comment: string,
  budget: number,
): Block {
  const lines = new Lines(budget);
  const shown = new Set<string>();
  const used: string[] = [];
  if (budget >= SNIPPETS_FROM) {
    const share = new Lines(Math.floor(budget * SNIPPET_SHARE));
    for (const choice of chosen) {
      const text = snippetLines(choice, comment, share.left);
      if (text.length === 0 || !share.add(...text) || !lines.add(...text)) continue;
      used.push(choice.attractor.id);
      for (const line of text.slice(1))
        for (const [, name] of line.matchAll(/([A-Za-z_$][\w$]*)\s*[(!<]/g)) shown.add(name as string);
    }
  }
  if (budget >= SNIPPETS_FROM) signatureLines(ranked, comment, Math.floor(budget * SIGNATURE_SHARE), lines, shown);
  const calls = callsLine(
    ranked.filter((api) => !shown.has(api.name) && api.probability >= CALL_FROM),
    comment,
    lines.left,
  );
  if (calls !== '') lines.add(calls);
  return { text: lines.text(), attractors: used };
}

/** Name, snippet and anti-patterns of an attractor, without its line, which edits above it would move; shortened to whole lines that fit; [] where no code is left. */
function snippetLines({ attractor, snippet }: ChosenAttractor, comment: string, budget: number): string[] {
  const title = cleanLine(`${comment} ${attractor.name} (${snippet.path})`);
  if (title === '') return [];
  const code = cleanSnippet(snippet.text).map((line) => `${comment}   ${line}`);
  const avoid = attractor.antipatterns
    .slice(0, 1)
    .map((antipattern) => cleanLine(`${comment} avoid: ${antipattern.summary}`))
    .filter((line) => line !== '');
  let left = budget - [title, ...avoid].reduce((sum, line) => sum + utf8Bytes(line) + 1, 0);
  const kept: string[] = [];
  for (const line of code.slice(0, SNIPPET_LINES)) {
    left -= utf8Bytes(line) + 1;
    if (left < 0) break;
    kept.push(line);
  }
  return kept.length === 0 ? [] : [title, ...kept, ...avoid];
}

/** Signatures of the likeliest APIs that this repository declares, one a line with their file. */
function signatureLines(
  ranked: readonly RankedApi[],
  comment: string,
  budget: number,
  lines: Lines,
  shown: Set<string>,
): void {
  const items = ranked
    .filter((api) => api.signature !== '' && api.probability >= SIGNATURE_FROM && !shown.has(api.name))
    .map((api) => ({ api, value: api.probability, key: api.name, line: `${comment} ${api.signature}` }))
    .map((item) => ({ ...item, bytes: utf8Bytes(item.line) }));
  const chosen = pack(items, budget).sort((a, b) => b.value - a.value || (a.key < b.key ? -1 : 1));
  for (const { line, api } of chosen) if (lines.add(line)) shown.add(api.name);
}

/** The way the likeliest calls are written: with their receiver, or with their parameters' names where that is short. */
function asCalled({ name, callee, signature }: RankedApi): string {
  if (callee !== name) return cleanLine(callee);
  const parameters = new RegExp(`\\b${name.replace(/[^\w]/g, '\\$&')}\\(([^()]*)\\)`).exec(signature)?.[1];
  if (parameters === undefined) return cleanLine(name);
  const names = parameters
    .split(',')
    .map((parameter) => /[A-Za-z_$][\w$]*/.exec(parameter)?.[0] ?? '')
    .filter((parameter) => parameter !== '' && parameter !== 'self');
  const text = cleanLine(`${name}(${names.join(', ')})`);
  return text.length <= CALL_LENGTH ? text : cleanLine(name);
}

/** The calls expected, as written here, likeliest first. */
function callsLine(apis: readonly RankedApi[], comment: string, budget: number): string {
  const head = `${comment} calls:`;
  const items = apis
    .map((api, rank) => ({
      text: rank < SHOWN_AS_CALLED ? asCalled(api) : cleanLine(api.name),
      value: api.probability,
      key: api.name,
    }))
    .filter(({ text }) => text !== '')
    .map((item) => ({ ...item, bytes: utf8Bytes(item.text) }));
  const chosen = pack(items, budget - utf8Bytes(head)).sort((a, b) => b.value - a.value || (a.key < b.key ? -1 : 1));
  return chosen.length === 0 ? '' : `${head} ${chosen.map(({ text }) => text).join(' ')}`;
}
