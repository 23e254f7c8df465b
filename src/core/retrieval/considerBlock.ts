/** Renders the consider-block: comment lines with real signatures, real calls and real snippets within a byte budget. */
import type { RankedApi } from './apiForms.ts';
import type { ChosenAttractor } from './attractorChoice.ts';
import { callsLine } from './callLines.ts';
import { cleanLine, cleanSnippet } from './hygiene.ts';
import { byLikelihood, type Packable, pack, utf8Bytes } from './packing.ts';

/** Most bytes of a block (SPEC: ≤ 1.5 KB). */
export const MAX_BYTES = 1536;

/** Below this no attractor is shown where there is anything else: it would crowd out the calls. */
const ATTRACTORS_FROM = 640;
/** Shares of the budget that the calls leave to attractors and to signatures, even where there are more calls than fit. */
const ATTRACTOR_SHARE = 0.08;
const SIGNATURE_SHARE = 0.05;
/** Share of what the calls leave over that attractors may take; signatures have the rest. */
const ATTRACTORS_OF_FREE = 0.75;
/** Bytes that a written call takes of a full line, about. */
const BYTES_A_CALL = 8;
/** Share of its room that an attractor's name and path may take. */
const TITLE_SHARE = 1 / 3;
/** Lines of a snippet shown. */
const SNIPPET_LINES = 9;
/** A curated example is whole, and where it is shown there is little else. */
const CURATED_LINES = 24;

/** What a block is made of, each of which can be left out. */
export type BlockPart = 'attractors' | 'signatures' | 'calls';

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
  found: readonly ChosenAttractor[],
  comment: string,
  budget: number,
  leaveOut: readonly BlockPart[] = [],
): Block {
  const [chosen, signed, called] = [
    leaveOut.includes('attractors') ? [] : found,
    leaveOut.includes('signatures') ? [] : ranked,
    leaveOut.includes('calls') ? [] : ranked,
  ];
  const isSmall = budget < ATTRACTORS_FROM;
  // A curated example is for a repository that has little to say itself: it takes what is left.
  const isCurated = chosen.some(({ attractor }) => attractor.provenance === 'curated');
  const forAttractors = isSmall || isCurated || chosen.length === 0 ? 0 : Math.floor(budget * ATTRACTOR_SHARE);
  const forSignatures = isSmall ? 0 : Math.floor(budget * SIGNATURE_SHARE);
  // What the calls leave: in a small repository, or where little is expected, more than the others' shares.
  const calls = callsWithin(called, comment, budget - forAttractors - forSignatures, budget);
  const free = budget - calls - 1;
  const lines = new Lines(budget);
  const shown = new Set<string>();
  const room = Math.max(forAttractors, Math.floor(free * ATTRACTORS_OF_FREE));
  const used = addAttractors(lines, chosen, comment, room, shown);
  const unshown = signed.filter(({ name }) => !shown.has(name));
  const signatures = pack(signatureLines(unshown, comment), lines.left - calls - 1).sort(byLikelihood);
  for (const { line, key } of signatures) if (lines.add(line)) shown.add(key);
  const rest = called.filter(({ name }) => !shown.has(name));
  const line = callsLine(rest, comment, lines.left, budget);
  if (line !== '') lines.add(line);
  return { text: lines.text(), attractors: used };
}

/** Bytes of the line of calls, at most `room`; writing it takes time, so where there are calls for any it is not written. */
function callsWithin(ranked: readonly RankedApi[], comment: string, room: number, budget: number): number {
  return ranked.length * BYTES_A_CALL > room ? room : utf8Bytes(callsLine(ranked, comment, room, budget));
}

/** Adds the attractors' code in `bytes`, an equal part each; answers their ids. Names that it calls join `shown`. */
function addAttractors(
  lines: Lines,
  chosen: readonly ChosenAttractor[],
  comment: string,
  bytes: number,
  shown: Set<string>,
): string[] {
  const used: string[] = [];
  let left = bytes;
  chosen.forEach((choice, at) => {
    const text = attractorLines(choice, comment, Math.floor(left / (chosen.length - at)));
    if (text.length === 0 || !lines.add(...text)) return;
    left -= text.reduce((sum, line) => sum + utf8Bytes(line) + 1, 0);
    used.push(choice.attractor.id);
    for (const line of text) {
      if (line.startsWith(`${comment} ${AVOID}`)) continue;
      for (const [, name] of line.matchAll(/([A-Za-z_$][\w$]*)\s*[(!<]/g)) shown.add(name as string);
    }
  });
  return used;
}

const AVOID = 'avoid: ';

/** Code and anti-patterns of an attractor, without its place, which edits elsewhere would move; shortened to whole lines that fit; [] where no code is left. */
function attractorLines({ attractor, snippet }: ChosenAttractor, comment: string, budget: number): string[] {
  const isCurated = attractor.provenance === 'curated';
  const name = cleanLine(`${comment} ${attractor.name} (${snippet.path})`);
  // Where there is little room the code speaks for itself.
  const title = name !== '' && utf8Bytes(name) <= budget * TITLE_SHARE ? [name] : [];
  const code = cleanSnippet(snippet.text).map((line, at) => {
    const mark = title.length === 0 && at === 0 ? 'e.g.' : ' ';
    return `${comment} ${mark} ${line}`;
  });
  const avoid = attractor.antipatterns
    .slice(0, 1)
    .map((antipattern) => cleanLine(`${comment} ${AVOID}${antipattern.summary}`))
    .filter((line) => line !== '');
  let left = budget;
  const taken = (list: readonly string[]): string[] => {
    const kept: string[] = [];
    for (const line of list) {
      if (utf8Bytes(line) + 1 > left) break;
      left -= utf8Bytes(line) + 1;
      kept.push(line);
    }
    return kept;
  };
  const above = taken(title);
  const kept = taken(code.slice(0, isCurated ? CURATED_LINES : SNIPPET_LINES));
  if (isCurated && kept.length < code.length) return [];
  return kept.length === 0 ? [] : [...above, ...kept, ...taken(avoid)];
}

/** A signature without parameters or a result. */
const SAYS_NO_MORE = /\(\s*\)$/;

interface SignatureLine extends Packable {
  readonly line: string;
}

/** The signatures that this repository declares, one a line; the key is the API's name. */
function signatureLines(ranked: readonly RankedApi[], comment: string): SignatureLine[] {
  return ranked
    .filter(({ signature }) => signature !== '' && !SAYS_NO_MORE.test(signature))
    .map(({ name, probability, signature }) => ({ key: name, value: probability, line: `${comment} ${signature}` }))
    .map((item) => ({ ...item, bytes: utf8Bytes(item.line) }));
}
