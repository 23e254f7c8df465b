/** Completions from the repository itself, without a model: what followed elsewhere, with the names that are in scope here. */
import type { LanguageId } from '../../languages.ts';
import { compare } from '../../retrieval/retrievalIndex.ts';
import type { Place, Proposal, ProposalSource } from '../place.ts';
import { alternatives, isReceiver, merged } from './alternatives.ts';
import { idOf } from './cells.ts';
import { ContextOdds, CountCache } from './contextOdds.ts';
import { type PathNode, textOf, treeOf } from './continuations.ts';
import { evidenceOf, FEATURE_COUNT, type Situation } from './evidence.ts';
import { findHits } from './hits.ts';
import { completeIdiom, type IdiomText } from './idioms.ts';
import { type CallCandidate, type CallGuess, callCandidates, guessCalls, type RankedName } from './nextCalls.ts';
import { type CursorTokens, PlaceReader } from './place.ts';
import { rate, roll } from './rollout.ts';
import { type CompletionWeights, LEAST_CHARACTERS, Scorer } from './scorer.ts';
import type { Segment } from './segment.ts';
import { TokenCorpus } from './tokenCorpus.ts';

/** A text that may follow at the cursor, with all that is known of it. */
export interface Candidate {
  readonly text: string;
  readonly source: ProposalSource;
  /** Tokens of the text. */
  readonly tokens: number;
  /** It is the whole rest of a line somewhere. */
  readonly whole: boolean;
  readonly replaces: number;
  readonly evidence: Float64Array;
  readonly probability: number;
}

/** What the caller knows of the place; all of it may be absent. */
export interface CompletionScope {
  /** APIs that the function around the cursor is expected to call, best first (`ContextProvider.rank`). */
  readonly ranked?: () => readonly RankedName[];
  /** Snippets and examples of mined idioms. */
  readonly idioms?: readonly IdiomText[];
  /** Somebody asks: behind what is worth showing unasked come the likeliest next calls, to this many proposals in all. */
  readonly alternatives?: number;
}

/** Behind a receiver. */
const MEMBER = /[\p{L}\p{N}_$)\]](?:\.|\?\.|::)$/u;
/** Candidates that are scored, the best supported first. */
const MOST = 32;
/** A path is followed while it has this share of its parent's weight, or hits with the longest match. */
const LEAST_SHARE = 0.12;
const PROPOSALS = 3;
/**
 * A guess at the next call counts on there being one, which a receiver alone does not promise: shown from this share of the candidates'
 * odds on. Without it 95 were right and 164 wrong (bench/replay/RESULTS.md).
 */
const SURE_CALL = 0.6;
/** From so many tokens of agreement on, a text is copied, not guessed. */
const COPIED = 6;

export class RepositoryCompletion {
  readonly corpus = new TokenCorpus();
  private readonly reader = new PlaceReader();
  private readonly counts = new CountCache();
  private readonly scorer: Scorer;

  /** `weights`: parsed data/completion/repository.json (see parseCompletionWeights). */
  constructor(private readonly weights: CompletionWeights) {
    this.scorer = new Scorer(weights);
  }

  /** Takes a source's text, new or changed. Cheap: what changed is sorted at the next look-up or `settle`. */
  set(path: string, language: LanguageId, text: string): void {
    this.corpus.set(path, language, text);
  }

  delete(path: string): void {
    this.corpus.delete(path);
  }

  /** Does now what the next completion would else wait for. */
  settle(): void {
    this.corpus.settle();
  }

  /** What is worth showing, best first; nothing where nothing is. At most to the end of the line, idioms apart, which come last. */
  complete(place: Place, scope: CompletionScope = {}): readonly Proposal[] {
    const shown: { proposal: Proposal; gain: number }[] = [];
    const show = (proposal: Proposal, probability: number): void => {
      const gain = this.scorer.gain(probability, proposal.text.trim().length);
      if (gain > 0) shown.push({ proposal: { ...proposal, confidence: probability }, gain });
    };
    for (const { text, source, replaces, probability } of this.candidates(place))
      show({ text, source, replaces }, probability);
    if (scope.ranked && MEMBER.test(place.prefix) && /^\s*?(?:[\r\n]|$)/.test(place.suffix)) {
      const [guess] = this.nextCalls(place, scope.ranked());
      if (guess && guess.probability >= SURE_CALL)
        show({ text: `${guess.name}(`, source: 'apiSequence', replaces: 0 }, guess.probability);
    }
    shown.sort((a, b) => b.gain - a.gain || compare(a.proposal.text, b.proposal.text));
    // Two sources may have the same idea: the surer one keeps it.
    const texts = new Set<string>();
    const worthy = shown
      .filter(({ proposal: { text } }) => !texts.has(text) && texts.add(text))
      .slice(0, PROPOSALS)
      .map(({ proposal }) => proposal);
    const proposals = scope.alternatives ? this.withAlternatives(worthy, place, scope) : worthy;
    const tokens = scope.idioms && this.reader.read(place, this.corpus.family(place.language).vocabulary);
    const idiom = tokens && completeIdiom(place, tokens, scope.idioms);
    return idiom ? [...proposals, idiom] : proposals;
  }

  private withAlternatives(worthy: readonly Proposal[], place: Place, scope: CompletionScope): Proposal[] {
    const family = this.corpus.family(place.language);
    const tokens = this.reader.read(place, family.vocabulary);
    const guesses = this.nextCalls(place, scope.ranked?.() ?? []);
    const written = [...this.candidates(place)].sort((a, b) => b.probability - a.probability).map(({ text }) => text);
    const others = alternatives(guesses, written, family.segments(), tokens);
    const isMember = isReceiver(family.vocabulary.text(idOf(tokens.cells[tokens.cursor - 1] as number)));
    return merged(worthy, others, isMember).slice(0, scope.alternatives);
  }

  /** Names by how likely they are called at the cursor, which stands where a name would begin. `ranked`: of retrieval, best first. */
  nextCalls(place: Place, ranked: readonly RankedName[]): CallGuess[] {
    const { candidates, atLine } = this.callCandidates(place, ranked);
    return guessCalls(candidates, atLine ? this.weights.calls.atLine : this.weights.calls.inLine);
  }

  /** The same with the evidence, in no order: for fitting. */
  callCandidates(place: Place, ranked: readonly RankedName[]): { candidates: CallCandidate[]; atLine: boolean } {
    const family = this.corpus.family(place.language);
    const segments = family.segments();
    const tokens = this.reader.read(place, family.vocabulary);
    const hits = findHits(segments, tokens, place.path);
    const tree = hits.length > 0 ? treeOf(hits, tokens) : undefined;
    const odds = this.oddsAt(place, segments, tokens, family.version);
    return { candidates: callCandidates(segments, tokens, ranked, tree, odds), atLine: tokens.column === 0 };
  }

  /** Every candidate, also those not worth showing, in a fixed order: for benchmarks and "Why no suggestion?". */
  candidates(place: Place): readonly Candidate[] {
    const family = this.corpus.family(place.language);
    const segments = family.segments();
    const tokens = this.reader.read(place, family.vocabulary);
    if (tokens.cursor < 2 && tokens.partial === '') return [];
    const hits = findHits(segments, tokens, place.path);
    const root = treeOf(hits, tokens);
    const odds = this.oddsAt(place, segments, tokens, family.version);
    roll(root, tokens, odds);
    const situation: Situation = { tokens, language: place.language, root };
    const paths: PathNode[] = [];
    walk(root, paths);
    // Top hits first: a rare long match may be worth more than many short ones.
    paths.sort(
      (a, b) =>
        (a.rolled === b.rolled ? order(b) - order(a) : a.rolled ? -1 : 1) ||
        a.depth - b.depth ||
        compare(textOf(a, tokens), textOf(b, tokens)),
    );
    const neighbours = linesAround(place);
    const typed = neighbours.typed;
    const candidates: Candidate[] = [];
    const rated = new Set<PathNode>([root]);
    for (const path of paths.slice(0, MOST)) rateAll(path, tokens, odds, rated);
    for (const path of paths.slice(0, MOST)) {
      const whole = path.end !== undefined;
      const text = textOf(path, tokens);
      if (text.trim().length < LEAST_CHARACTERS) continue;
      const replaces = replacing(text, whole, tokens);
      if (replaces < 0) continue;
      const evidence = new Float64Array(FEATURE_COUNT);
      const line = (typed + text).trim();
      const repeats = { above: whole && line === neighbours.above, below: whole && line === neighbours.below };
      evidenceOf(situation, path, text.length, repeats, evidence);
      candidates.push({
        text,
        source: path.exact >= COPIED || path.shape > COPIED ? 'copy' : 'ngram',
        tokens: path.depth,
        whole,
        replaces,
        evidence,
        probability: this.scorer.probability(evidence),
      });
    }
    return candidates;
  }

  private oddsAt(
    { language, path }: Place,
    segments: readonly Segment[],
    tokens: CursorTokens,
    version: number,
  ): ContextOdds {
    return new ContextOdds(segments, tokens, path, this.counts.at(version, `${language} ${path}`));
  }
}

/** What the n-gram made comes first, then what most hits or the longest match are for. */
function order({ weight, top }: PathNode): number {
  return weight * (1 + top);
}

/** Paths that are worth scoring. */
function walk(node: PathNode, into: PathNode[]): void {
  for (const child of node.children) {
    if (!child.rolled && child.weight < LEAST_SHARE * node.weight && child.top === 0) continue;
    into.push(child);
    walk(child, into);
  }
}

/** Asks the n-gram about a path and all that it begins with. */
function rateAll(path: PathNode, tokens: CursorTokens, odds: ContextOdds, rated: Set<PathNode>): void {
  if (rated.has(path)) return;
  if (path.parent) rateAll(path.parent, tokens, odds, rated);
  rate(path, tokens, odds);
  rated.add(path);
}

/** UTF-16 units after the cursor that a text stands for; -1 where it does not fit what stands there. */
function replacing(text: string, whole: boolean, { rest }: CursorTokens): number {
  if (rest === '') return 0;
  const closing = rest.trimStart();
  return whole && /^[)\]}>"'`;,:\s]+$/.test(closing) && text.endsWith(closing) ? rest.length : -1;
}

const LINE = /\r\n|\r|\n/;

/** The last line that is not blank above the cursor, the next one below, and what is typed of the cursor's. */
function linesAround({ prefix, suffix }: Place): { above: string; below: string; typed: string } {
  const before = prefix.slice(-4000).split(LINE);
  const typed = before.pop() ?? '';
  const after = suffix.slice(0, 4000).split(LINE).slice(1);
  const filled = (line: string) => line.trim() !== '';
  return { above: before.findLast(filled)?.trim() ?? '', below: after.find(filled)?.trim() ?? '', typed };
}
