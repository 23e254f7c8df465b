/** The repository's texts as tokens that can be looked up by what stands before them and by what stands behind: kept current by file. */
import { type Lexed, lex } from '../../completion/repository/lexer.ts';
import type { Segment } from '../../completion/repository/segment.ts';
import { TokenCorpus } from '../../completion/repository/tokenCorpus.ts';
import { type Family, familyOf, type LanguageId } from '../../languages.ts';
import type { InfillPlace } from '../place.ts';
import type { CorpusNgram } from './corpusNgram.ts';
import { FollowOrder } from './followOrder.ts';
import { HoleTokens } from './holeTokens.ts';

export interface CorpusText {
  readonly language: LanguageId;
  readonly text: string;
}

/** Texts that are kept cut into tokens, so that several answers from one file cut it once. */
const KEPT_LEXED = 24;

export class SpanCorpus {
  private readonly tokens = new TokenCorpus();
  private readonly texts = new Map<string, CorpusText>();
  private readonly follows = new WeakMap<Segment, FollowOrder>();
  private readonly lexed = new Map<string, Lexed>();
  /** How public code of a family goes on. */
  private readonly corpora = new Map<Family, CorpusNgram>();
  private last: { readonly hole: HoleTokens; readonly version: number; readonly place: InfillPlace } | undefined;

  /** `path`: repository-relative, with '/'. Setting a path again replaces it. */
  set(path: string, language: LanguageId, text: string): void {
    this.texts.set(path, { language, text });
    this.lexed.delete(path);
    this.tokens.set(path, language, text);
  }

  /** Lets what public code of a family has in common be heard too. */
  hear(family: Family, corpus: CorpusNgram): void {
    this.corpora.set(family, corpus);
    this.last = undefined;
  }

  delete(path: string): void {
    this.texts.delete(path);
    this.lexed.delete(path);
    this.tokens.delete(path);
  }

  text(path: string): CorpusText | undefined {
    return this.texts.get(path);
  }

  /** Paths of a language's family. */
  paths(language: LanguageId): string[] {
    const family = familyOf(language);
    return [...this.texts].filter(([, text]) => familyOf(text.language) === family).map(([path]) => path);
  }

  families(): Set<Family> {
    return new Set(Array.from(this.texts.values(), ({ language }) => familyOf(language)));
  }

  /** Tokens of all families. */
  get size(): number {
    return this.tokens.tokens;
  }

  /** Grows with every change of a language's files. */
  version(language: LanguageId): number {
    return this.tokens.family(language).version;
  }

  /** Sorts what was set since the last look-up, so that the next one need not: for idle time. */
  settle(): void {
    this.tokens.settle();
    for (const language of new Set([...this.texts.values()].map((text) => text.language))) {
      const family = this.tokens.family(language);
      for (const segment of family.segments()) this.followOrder(segment, family.vocabulary.size);
    }
  }

  /** The place's file as tokens beside the repository's; its own text in the corpus, if any, is left out. */
  at(place: InfillPlace): HoleTokens {
    const family = this.tokens.family(place.language);
    const { last } = this;
    const { path, prefix, suffix } = place;
    if (
      last?.version === family.version &&
      last.place.path === path &&
      last.place.prefix === prefix &&
      last.place.suffix === suffix &&
      last.place.linesTaken === place.linesTaken
    )
      return last.hole;
    const segments = family.segments().map((segment) => ({
      segment,
      follow: this.followOrder(segment, family.vocabulary.size),
    }));
    const hole = new HoleTokens(place, family.vocabulary, segments, this.corpora.get(familyOf(place.language)));
    this.last = { hole, version: family.version, place };
    return hole;
  }

  /** Where the tokens of a file's text begin and end; undefined for a path that is unknown. */
  lexedOf(path: string): Lexed | undefined {
    const known = this.lexed.get(path);
    if (known) return known;
    const file = this.texts.get(path);
    if (!file) return undefined;
    const fresh = lex(file.text, file.language);
    if (this.lexed.size >= KEPT_LEXED) this.lexed.delete(this.lexed.keys().next().value as string);
    this.lexed.set(path, fresh);
    return fresh;
  }

  private followOrder(segment: Segment, ids: number): FollowOrder {
    let order = this.follows.get(segment);
    if (!order) this.follows.set(segment, (order = new FollowOrder(segment, ids)));
    return order;
  }
}
