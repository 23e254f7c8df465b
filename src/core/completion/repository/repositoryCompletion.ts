/** Completions from the repository itself, without a model: what followed elsewhere, with the names that are in scope here. */
import type { LanguageId } from '../../languages.ts';
import type { Place, Proposal, ProposalSource } from '../place.ts';
import { type PathNode, textOf, treeOf } from './continuations.ts';
import { evidenceOf, FEATURE_COUNT, type Situation } from './evidence.ts';
import { findHits } from './hits.ts';
import { type CursorTokens, PlaceReader } from './place.ts';
import { type CompletionWeights, Scorer } from './scorer.ts';
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

/** Candidates that are scored, the best supported first. */
const MOST = 40;
/** A path is followed while it has this share of its parent's weight, or hits with the longest match. */
const LEAST_SHARE = 0.12;
/** UTF-16 units; what is shorter is typed sooner than it is read. */
export const LEAST_CHARACTERS = 3;
const PROPOSALS = 3;
/** From so many tokens of agreement on, a text is copied, not guessed. */
const COPIED = 6;

export class RepositoryCompletion {
  readonly corpus = new TokenCorpus();
  private readonly reader = new PlaceReader();
  private readonly scorer: Scorer;

  /** `weights`: parsed data/completion/repository.json (see parseCompletionWeights). */
  constructor(weights: CompletionWeights) {
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

  /** What is worth showing, best first; nothing where nothing is. At most to the end of the line. */
  complete(place: Place): readonly Proposal[] {
    const shown: { proposal: Proposal; gain: number }[] = [];
    for (const { text, source, replaces, probability } of this.candidates(place)) {
      const gain = this.scorer.gain(probability, text.trim().length);
      if (gain > 0) shown.push({ proposal: { text, source, replaces, confidence: probability }, gain });
    }
    shown.sort((a, b) => b.gain - a.gain || compare(a.proposal.text, b.proposal.text));
    return shown.slice(0, PROPOSALS).map(({ proposal }) => proposal);
  }

  /** Every candidate, also those not worth showing, in a fixed order: for benchmarks and "Why no suggestion?". */
  candidates(place: Place): readonly Candidate[] {
    const family = this.corpus.family(place.language);
    const segments = family.segments();
    const tokens = this.reader.read(place, family.vocabulary);
    if (tokens.cursor < 2 && tokens.partial === '') return [];
    const hits = findHits(segments, tokens, place.path);
    if (hits.length === 0) return [];
    const root = treeOf(hits, tokens);
    const situation: Situation = { tokens, language: place.language, root };
    const paths: PathNode[] = [];
    walk(root, paths);
    // Top hits first: a rare long match may be worth more than many short ones.
    paths.sort((a, b) => b.weight * (1 + b.top) - a.weight * (1 + a.top) || a.depth - b.depth);
    const neighbours = linesAround(place);
    const typed = neighbours.typed;
    const candidates: Candidate[] = [];
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
}

/** Paths that are worth scoring. */
function walk(node: PathNode, into: PathNode[]): void {
  for (const child of node.children) {
    if (child.weight < LEAST_SHARE * node.weight && child.top === 0) continue;
    into.push(child);
    walk(child, into);
  }
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

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
