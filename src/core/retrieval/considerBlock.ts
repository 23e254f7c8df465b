/** Renders the consider-block: comment lines with real signatures, real calls and real snippets within a byte budget. */
import type { RankedApi } from './apiForms.ts';
import type { ChosenAttractor } from './attractorChoice.ts';
import { callsLine } from './callLines.ts';
import { cleanLine, cleanSnippet } from './hygiene.ts';
import { byLikelihood, type Packable, pack, utf8Bytes } from './packing.ts';

/** Most bytes of a block (SPEC: ≤ 1.5 KB). */
export const MAX_BYTES = 1536;

/** Below this no snippet is shown: it would crowd out most of the calls. */
const SNIPPETS_FROM = 640;
/** Shares of the budget. */
const SNIPPET_SHARE = 0.36;
const SIGNATURE_SHARE = 0.2;
/** Bytes that a written call takes of a full line, about. */
const BYTES_A_CALL = 8;
/** Share that the one signature of a small block keeps to, if any is that short. */
const ONE_SIGNATURE_SHARE = 0.2;
/** Least probability of it. */
const ONE_FROM = 0.15;
/** How strongly the length of that one counts: it has the calls' room. */
const ONE_LENGTH_EXPONENT = 1.5;
/** Lines of a snippet shown. */
const SNIPPET_LINES = 9;
/** A curated example is whole, and where it is shown there is little else. */
const CURATED_LINES = 24;
const CURATED_SHARE = 0.75;

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
  const isSmall = budget < SNIPPETS_FROM;
  const lines = new Lines(budget);
  const shown = new Set<string>();
  const used: string[] = [];
  const addSnippets = (bytes: number): void => {
    const share = new Lines(bytes);
    for (const choice of chosen) {
      const text = snippetLines(choice, comment, share.left);
      if (text.length === 0 || !share.add(...text) || !lines.add(...text)) continue;
      used.push(choice.attractor.id);
      for (const line of text.slice(1))
        for (const [, name] of line.matchAll(/([A-Za-z_$][\w$]*)\s*[(!<]/g)) shown.add(name as string);
    }
  };
  const isCurated = chosen.some(({ attractor }) => attractor.provenance === 'curated');
  if (!isSmall) addSnippets(Math.floor(budget * (isCurated ? CURATED_SHARE : SNIPPET_SHARE)));
  const signatures = isSmall ? [] : signaturesWithin(ranked, comment, lines.left, budget, shown);
  if (signatures.length === 0 && used.length === 0) signatures.push(...oneSignature(ranked, comment, budget));
  for (const { line, key } of signatures) if (lines.add(line)) shown.add(key);
  // Nothing the repository declares is expected here: then its code speaks, in a small block too.
  if (lines.left === budget) addSnippets(budget);
  const rest = ranked.filter((api) => !shown.has(api.name));
  const calls = callsLine(rest, comment, lines.left, budget);
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
  for (const line of code.slice(0, attractor.provenance === 'curated' ? CURATED_LINES : SNIPPET_LINES)) {
    left -= utf8Bytes(line) + 1;
    if (left < 0) break;
    kept.push(line);
  }
  return kept.length === 0 ? [] : [title, ...kept, ...avoid];
}

interface SignatureLine extends Packable {
  readonly line: string;
}

/** The signatures that this repository declares, one a line; the key is the API's name. */
function signatureLines(ranked: readonly RankedApi[], comment: string): SignatureLine[] {
  return ranked
    .filter(({ signature }) => signature !== '')
    .map(({ name, probability, signature }) => ({ key: name, value: probability, line: `${comment} ${signature}` }))
    .map((item) => ({ ...item, bytes: utf8Bytes(item.line) }));
}

/** Those of the likeliest APIs, likeliest first, in what the calls without a signature leave them. */
function signaturesWithin(
  ranked: readonly RankedApi[],
  comment: string,
  left: number,
  budget: number,
  shown: ReadonlySet<string>,
): SignatureLine[] {
  const likely = ranked.filter(({ name }) => !shown.has(name));
  const others = likely.filter(({ signature }) => signature === '');
  const room = Math.floor(left * (1 - SIGNATURE_SHARE));
  // Writing the line takes time; so many calls fill any.
  const isFull = others.length * BYTES_A_CALL > room;
  const calls = isFull ? room : utf8Bytes(callsLine(others, comment, room, budget));
  return pack(signatureLines(likely, comment), left - calls - 1).sort(byLikelihood);
}

/** The one that says most for its bytes, so that no block is a bare list of words; [] where none fits. */
function oneSignature(ranked: readonly RankedApi[], comment: string, budget: number): SignatureLine[] {
  const fitting = signatureLines(ranked, comment).filter(
    ({ value, bytes }) => value >= ONE_FROM && bytes <= budget * ONE_SIGNATURE_SHARE,
  );
  const density = ({ value, bytes }: SignatureLine) => value / bytes ** ONE_LENGTH_EXPONENT;
  return fitting.sort((a, b) => density(b) - density(a) || (a.key < b.key ? -1 : 1)).slice(0, 1);
}
