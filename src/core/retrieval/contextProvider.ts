/** `context(file, position)`: from facts and a cursor to the consider-block, the APIs in reach and the seed. */

import { LodestoneError } from '../../base/errors.ts';
import { familyOf, LANGUAGE_IDS, type LanguageId } from '../languages.ts';
import type { Attractor } from '../mining/attractor.ts';
import type { FileFacts } from '../syntax/facts.ts';
import { ApiForms, type RankedApi } from './apiForms.ts';
import { chooseAttractors } from './attractorChoice.ts';
import { Background } from './background.ts';
import { CallAffinity } from './callAffinity.ts';
import type { CallEmbedding } from './callEmbedding.ts';
import { type BlockPart, MAX_BYTES, renderBlock } from './considerBlock.ts';
import type { ContextReport } from './context.ts';
import { chooseCurated } from './curatedChoice.ts';
import { isTestPath } from './evidence.ts';
import { gather } from './features.ts';
import { feedBack } from './feedback.ts';
import { type CursorDigest, digestCursorFile } from './fileDigest.ts';
import { createRankingModel, type RetrievalWeights } from './model.ts';
import { NeighbourSearch } from './neighbours.ts';
import { utf8Bytes } from './packing.ts';
import { compare, type FamilyIndex, type RetrievalIndex } from './retrievalIndex.ts';
import { targetAt } from './target.ts';
import { TokenOdds } from './tokenOdds.ts';

export interface ContextInput {
  /** Repository-relative path with '/'; need not be indexed (a new, unsaved file). */
  readonly path: string;
  readonly language: LanguageId;
  /** Facts of `text`. */
  readonly facts: FileFacts;
  readonly text: string;
  /** From 1; beyond the file counts as its end. */
  readonly line: number;
  readonly column?: number;
  /** Most UTF-8 bytes of the block, 1 to 1,536 (the default); more counts as 1,536. */
  readonly bytes?: number;
  /** Parts that the block does without. */
  readonly leaveOut?: readonly BlockPart[];
}

export interface ContextProvider {
  /** Throws LodestoneError unsupportedLanguage | badArguments. */
  context(input: ContextInput): ContextReport;
  /** Every candidate with its probability, best first: what benchmarks and "why" views read. */
  rank(input: ContextInput): readonly { readonly symbol: number; readonly probability: number }[];
}

export interface ContextProviderOptions {
  readonly index: RetrievalIndex;
  /** Attractors of the last report, without those the user muted. */
  readonly attractors: () => readonly Attractor[];
  /** Parsed data/retrieval/weights.json (see parseWeights). */
  readonly weights: RetrievalWeights;
  /** Of data/retrieval/embedding.json; without it the repository alone ranks. */
  readonly embedding: CallEmbedding | undefined;
  /** Line comment of a language, from grammars/languages.json. */
  readonly lineComment: (language: LanguageId) => string;
}

/** APIs listed in a report. */
const LISTED = 24;
const LISTED_FROM = 0.05;
/** What is less likely than this is noise even where there is room. */
const NAMED_FROM = 0.0003;
/** Names described for a block of so many bytes: half as many again as fit, since short ones go before long ones. */
const namedWithin = (bytes: number): number => 64 + Math.ceil(bytes / 9);
/** A block has room for a few signatures, a report for these. */
const SIGNED = LISTED;
const SEED_CALLS = 3;
const SEED_FROM = 0.2;

export function createContextProvider(options: ContextProviderOptions): ContextProvider {
  const firstModel = createRankingModel(options.weights.first);
  const model = createRankingModel(options.weights);
  const background = new Background(options.weights.background);
  const affinity = new CallAffinity(options.embedding);
  const search = new NeighbourSearch();
  const tokenOdds = new TokenOdds();
  const { index } = options;

  const check = (input: ContextInput): void => {
    if (!(LANGUAGE_IDS as readonly string[]).includes(input.language)) {
      throw new LodestoneError('unsupportedLanguage', `There is no context for the language of ${input.path}.`, {
        advice: 'Lodestone reads TypeScript, JavaScript, Python, Rust and Go.',
        args: { path: input.path },
      });
    }
    if (!Number.isInteger(input.line) || input.line < 1) badPosition('The line', input.line);
    if (input.column !== undefined && (!Number.isInteger(input.column) || input.column < 1)) {
      badPosition('The column', input.column);
    }
    if (input.bytes !== undefined && (!Number.isInteger(input.bytes) || input.bytes < 1)) {
      badPosition('The number of bytes', input.bytes);
    }
  };

  /** The cursor moves more often than the text changes. */
  const digests = new WeakMap<FileFacts, CursorDigest>();
  const digestOf = ({ path, facts }: ContextInput): CursorDigest => {
    let digest = digests.get(facts);
    if (digest?.path !== path) digests.set(facts, (digest = digestCursorFile(path, facts, index.symbols)));
    return digest;
  };

  /** At least the `most` likeliest names, or all that are as likely as `least`, likeliest first. */
  const rankIn = (family: FamilyIndex, digest: CursorDigest, input: ContextInput, least: number, most = Infinity) => {
    const target = targetAt(digest, input.facts, input.text, input.line, input.column);
    const candidates = gather(family, target, search, background, affinity, tokenOdds);
    feedBack(family, target, search, candidates, firstModel.score(candidates), tokenOdds);
    const scores = model.score(candidates);
    // Sorting numbers is cheap; names are compared where scores are equal.
    const from = scores.length <= most ? least : Math.max(least, scores.toSorted()[scores.length - most] as number);
    const ranked: { symbol: number; probability: number; text: string }[] = [];
    for (let row = 0; row < candidates.names.length; row++) {
      const [symbol, probability] = [candidates.names[row] as number, scores[row] as number];
      if (probability >= from) ranked.push({ symbol, probability, text: family.symbols.text(symbol) });
    }
    return ranked.sort((a, b) => b.probability - a.probability || compare(a.text, b.text));
  };

  return {
    rank(input) {
      check(input);
      return rankIn(index.family(input.language), digestOf(input), input, 0);
    },
    context(input) {
      check(input);
      const family = index.family(input.language);
      const digest = digestOf(input);
      const bytes = Math.min(input.bytes ?? MAX_BYTES, MAX_BYTES);
      const ranked = rankIn(family, digest, input, NAMED_FROM, namedWithin(bytes));
      const forms = new ApiForms(family, digest, (name) => background.of(family.family).names.has(name));
      const apis = ranked
        .slice(0, namedWithin(bytes))
        .map(({ symbol, probability }, at) => forms.describe(symbol, probability, at < SIGNED));
      const where = {
        family: familyOf(input.language),
        path: input.path,
        line: input.line,
        isTest: isTestPath(input.path),
      };
      const mined = chooseAttractors(options.attractors(), where, apis, 3);
      const chosen = mined.length > 0 ? mined : chooseCurated(options.attractors(), family.family, input.facts);
      const comment = options.lineComment(input.language);
      const block = renderBlock(apis, chosen, comment, bytes, input.leaveOut);
      return {
        considerBlock: block.text,
        bytes: utf8Bytes(block.text),
        seed: seedOf(apis, comment),
        apis: apis
          .filter(({ probability }) => probability >= LISTED_FROM)
          .slice(0, LISTED)
          .map((api) => ({
            name: api.name,
            signature: api.signature || api.call || api.name,
            call: api.call,
            path: api.path,
            score: api.probability,
          })),
        attractors: block.attractors,
      };
    },
  };
}

function badPosition(what: string, value: number): never {
  throw new LodestoneError('badArguments', `${what} must be a whole number from 1; it is ${value}.`, {
    advice: 'Count lines, columns and bytes from 1.',
  });
}

/** The likeliest calls as they are written here, on one comment line. */
function seedOf(apis: readonly RankedApi[], comment: string): string {
  const likely = apis.filter(({ probability, call }) => probability >= SEED_FROM && call !== '').slice(0, SEED_CALLS);
  const text = likely.map(({ call }) => call).join(', ');
  return text === '' ? '' : `${comment} uses ${text}`;
}
