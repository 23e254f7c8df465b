/** What tree-sitter and the languages' stricter rules say of a file with a sample in its hole: whether it parses, where it is broken, and what the hole must close. */
import type { Parser } from '../ports.ts';
import type { Span } from '../syntax/facts.ts';
import { type FlatTree, type Grammar, NODE_ERROR, NODE_MISSING, NODE_NAMED } from '../syntax/flatTree.ts';
import { IN_CODE, type Surroundings } from './automaton.ts';
import { CLOSER_OF } from './brackets.ts';
import { excerptAround } from './excerpt.ts';
import { lineExcerpts } from './lineExcerpts.ts';
import { type Oversight, Oversights } from './oversights/oversights.ts';
import { type Pace, PacedParser } from './pacedParser.ts';
import type { CodeAround } from './place.ts';
import { STAND_IN, standInsOf } from './standIns.ts';

export interface SyntaxVerdict {
  readonly parses: boolean;
  /** Stretches of the sample (offsets in it) that a broken node covers. */
  readonly broken: readonly Span[];
}

/** What is wrong with a file: a node that the grammar could not read, or that the language refuses. */
type Problem = Oversight;

/** UTF-16 units that are parsed to find out what the hole is, and then for verdicts: half a second and a second at most. */
const OPENING_UNITS = 1_000_000;
const VERDICT_UNITS = 2_000_000;

export class SyntaxReview {
  private readonly ownKeys: ReadonlySet<string>;
  private readonly known = new Map<string, SyntaxVerdict>();

  private constructor(
    private readonly parser: PacedParser,
    private readonly place: CodeAround,
    private readonly oversights: Oversights,
    /** Problems that the file has whatever stands in the hole: those that are left with the best stand-in. */
    private readonly own: readonly Problem[],
    ownLength: number,
    readonly surroundings: Surroundings,
    private readonly whole: CodeAround,
  ) {
    this.ownKeys = new Set(own.flatMap((problem) => this.keyOf(problem, ownLength) ?? []));
  }

  /** Looks at the file without the sample. Throws what the parser throws, and `cancelled`. */
  static async open(parser: Parser, whole: CodeAround, pace: Pace = {}): Promise<SyntaxReview> {
    const paced = new PacedParser(parser, pace, OPENING_UNITS);
    const { place, isUncut } = await excerptAround(paced, whole);
    for (const excerpt of isUncut ? lineExcerpts(whole) : []) {
      const review = await SyntaxReview.around(paced, excerpt, whole);
      if (review.own.length === 0) return review.begun();
    }
    return (await SyntaxReview.around(paced, place, whole)).begun();
  }

  private static async around(parser: PacedParser, place: CodeAround, whole: CodeAround): Promise<SyntaxReview> {
    const { language, prefix, suffix } = place;
    const grammar = await parser.grammar(language);
    const oversights = new Oversights(grammar);
    const withText = async (text: string) => {
      const file = prefix + text + suffix;
      const tree = await parser.parse(language, file, prefix + suffix);
      return { text, tree, problems: problemsOf(tree, oversights, file) };
    };
    const named = await withText(STAND_IN);
    const surroundings = surroundingsOf(named.tree, grammar, prefix + STAND_IN + suffix, prefix.length);
    const empty = await withText('');
    let best = empty.problems.length < named.problems.length ? empty : named;
    const { open, closers, inside } = surroundings;
    const owesNothing = surroundings !== IN_CODE && inside === '' && open.length + closers.length === 0;
    // Most broken files are broken somewhere else, and nothing in the hole would change that.
    const isElsewhere = owesNothing && !best.problems.some((problem) => isNear(problem, place, best.text.length));
    for (const text of isElsewhere ? [] : standInsOf(language, surroundings, prefix, suffix)) {
      if (best.problems.length === 0 || parser.isSpent) break;
      const other = await withText(text);
      if (other.problems.length < best.problems.length) best = other;
    }
    return new SyntaxReview(parser, place, oversights, best.problems, best.text.length, surroundings, whole);
  }

  /** Verdicts have cost what they may: the next ones are for what there is, not for what could still be tried. */
  get isSpent(): boolean {
    return this.parser.isSpent;
  }

  /** UTF-16 units that a verdict parses besides the text. */
  get size(): number {
    return this.place.prefix.length + this.place.suffix.length;
  }

  private begun(): this {
    this.parser.allow(VERDICT_UNITS);
    return this;
  }

  /** Of a whole sample. Throws what the parser throws, and `cancelled`. */
  async verdict(text: string): Promise<SyntaxVerdict> {
    const known = this.known.get(text) ?? (await this.judged(text));
    this.known.set(text, known);
    return known;
  }

  private async judged(text: string): Promise<SyntaxVerdict> {
    const problems = await this.problemsIn(this.place, text);
    const from = this.place.prefix.length;
    const to = from + text.length;
    const fresh = problems.filter((problem) => !this.ownKeys.has(this.keyOf(problem, text.length) ?? ''));
    // Where a file is broken anyway its errors may look otherwise, but not in the sample itself.
    const parses =
      fresh.length === 0 ||
      (problems.length <= this.own.length && fresh.every(({ start, end }) => start > to || end < from));
    return { parses, broken: parses ? [] : within(fresh, from, to) };
  }

  /**
   * Whether the whole file is sound with a sample: where the hole opens or closes something far away, the stretch that verdicts look at may be cut
   * in the middle of it.
   */
  async isWholeSound(text: string): Promise<boolean> {
    return (await this.problemsIn(this.whole, text)).length === 0;
  }

  private async problemsIn({ language, prefix, suffix }: CodeAround, text: string): Promise<Problem[]> {
    const file = prefix + text + suffix;
    return problemsOf(await this.parser.parse(language, file, prefix + suffix), this.oversights, file);
  }

  /** Short texts that the hole could hold, as far as syntax goes; fewer of them where verdicts are spent. */
  async frames(): Promise<string[]> {
    const { language, prefix, suffix } = this.place;
    const found: string[] = [];
    for (const text of standInsOf(language, this.surroundings, prefix, suffix))
      if (text.trim() !== '' && !this.isSpent && (await this.verdict(text)).parses) found.push(text);
    return found;
  }

  /** Of a sample's beginning, its last token apart: what follows may still mend what is missing at its end. */
  async verdictOfStart(text: string): Promise<SyntaxVerdict> {
    const { language, prefix, suffix } = this.place;
    const end = prefix.length + text.length;
    const tree = await this.parser.parse(language, prefix + text, prefix + suffix);
    const real = errorsOf(tree).filter(
      (node) => node.start >= prefix.length && node.end < end && node.end > node.start,
    );
    return { parses: real.length === 0, broken: within(real, prefix.length, end) };
  }

  /** The same for a problem of the same extent around or beside the hole; undefined for one of the hole's own text. */
  private keyOf({ kind, start, end }: Problem, length: number): string | undefined {
    const from = this.place.prefix.length;
    const to = from + length;
    const [isBefore, isBehind] = [end <= from, start >= to];
    if (!isBefore && !isBehind && (start >= from || end <= to)) return undefined;
    return [kind, isBehind && !isBefore ? `+${start - to}` : start, isBefore ? end : `+${end - to}`].join(' ');
  }
}

/** In the hole's lines, those before and behind it, or around them all. */
function isNear({ start, end }: Span, { prefix, suffix }: CodeAround, length: number): boolean {
  const before = prefix.lastIndexOf('\n', prefix.trimEnd().lastIndexOf('\n'));
  const behind = suffix.indexOf('\n', suffix.length - suffix.trimStart().length);
  return end >= before && start <= prefix.length + length + (behind < 0 ? suffix.length : behind);
}

function problemsOf(tree: FlatTree, oversights: Oversights, text: string): Problem[] {
  return [...errorsOf(tree), ...oversights.in(tree, text)];
}

function errorsOf({ hasErrors, size, flags, kind, startIndex, endIndex }: FlatTree): Problem[] {
  const found: Problem[] = [];
  if (!hasErrors) return found;
  for (let node = 0; node < size; node++)
    if ((flags[node] as number) & (NODE_ERROR | NODE_MISSING))
      found.push({
        ...{ kind: kind[node] as number, start: startIndex[node] as number, end: endIndex[node] as number },
      });
  return found;
}

/** Parts of spans in a stretch, as offsets in it; what only touches it counts, since what is missing has no extent. */
function within(spans: readonly Span[], from: number, to: number): Span[] {
  return spans
    .filter(({ start, end }) => start <= to && end >= from)
    .map(({ start, end }) => ({ start: Math.max(0, start - from), end: Math.min(to, end) - from }));
}

/** `text` has a stand-in at `hole`. */
function surroundingsOf(tree: FlatTree, grammar: Grammar, text: string, hole: number): Surroundings {
  const inside = insideOf(tree, grammar, text, hole);
  if (inside !== '') return { ...IN_CODE, inside };
  const before: string[] = [];
  const after: string[] = [];
  /** Openers behind the hole that wait for their closers there. */
  const waiting: string[] = [];
  let isCertain = true;
  for (let node = 0; node < tree.size; node++) {
    const isLeaf = tree.end[node] === node + 1;
    const isMissing = ((tree.flags[node] as number) & NODE_MISSING) !== 0;
    if (!isLeaf || isMissing || (tree.flags[node] as number) & NODE_NAMED) continue;
    const sign = (grammar.kindNames[tree.kind[node] as number] ?? '').slice(-1);
    const isBefore = (tree.startIndex[node] as number) < hole;
    const stack = isBefore ? before : waiting;
    if (CLOSER_OF[sign] !== undefined) stack.push(CLOSER_OF[sign]);
    else if (!')]}'.includes(sign) || sign === '') continue;
    else if (stack.at(-1) === sign) stack.pop();
    else if (!isBefore && waiting.length === 0) after.push(sign);
    else isCertain = false;
  }
  // Where the code around the hole contradicts itself nothing can be said of what is open.
  if (!isCertain || waiting.length > 0) return IN_CODE;
  // What encloses the hole is open on both sides of it.
  const closers = [...after];
  const outer = [...before];
  let shared = 0;
  while (shared < Math.min(outer.length, closers.length) && outer[shared] === closers[closers.length - 1 - shared])
    shared++;
  return { open: outer.slice(shared), closers: closers.slice(0, closers.length - shared), inside: '' };
}

/** The string or comment around the hole. */
function insideOf(tree: FlatTree, grammar: Grammar, text: string, hole: number): Surroundings['inside'] {
  let found = -1;
  for (let node = 0; node < tree.size; node++)
    if ((tree.startIndex[node] as number) < hole && (tree.endIndex[node] as number) > hole) found = node;
  for (let node = found; node >= 0; node = tree.parent[node] as number) {
    const kind = grammar.kindNames[tree.kind[node] as number] ?? '';
    if (/substitution|interpolation|jsx_expression/.test(kind)) return '';
    if (/comment|regex|jsx_text/.test(kind)) return 'comment';
    if (!/(^|_)(string|string_literal|template_string|char_literal|rune_literal)$/.test(kind)) continue;
    const quote = /"""|'''|["'`]/.exec(text.slice(tree.startIndex[node], tree.endIndex[node]))?.[0];
    return (quote as Surroundings['inside'] | undefined) ?? '';
  }
  return '';
}
