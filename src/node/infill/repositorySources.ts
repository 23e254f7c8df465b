/** The opened repository's own part in infilling: its nearest bodies, its signatures, and what its texts propose. */
import { throwIfAborted } from '../../base/errors.ts';
import { Breather, type CallOptions } from '../../base/progress.ts';
import type { FileChange } from '../../core/engine.ts';
import { byLikeness, isWorth, type Near, nearestIn } from '../../core/generation/nearestBody.ts';
import type { CorpusNgram } from '../../core/infill/candidates/corpusNgram.ts';
import { proposals } from '../../core/infill/candidates/proposals.ts';
import { SpanCorpus } from '../../core/infill/candidates/spanCorpus.ts';
import type { Family, LanguageId } from '../../core/languages.ts';
import type { Clock } from '../../core/ports.ts';
import type { FileFacts } from '../../core/syntax/facts.ts';
import type { InfillSources, NearBody, OwnAnswer, SoughtHole } from './sources.ts';

export interface RepositorySourcesParts {
  readonly clock: Clock;
  paths(): readonly string[];
  facts(path: string): FileFacts | undefined;
  text(path: string): Promise<string | undefined>;
  readonly languageOf: (path: string) => LanguageId | undefined;
  /** How public code of a family goes on; undefined where that is not known. */
  readonly corpus: (family: Family) => Promise<CorpusNgram | undefined>;
}

/** Functions of one name beyond which its signature says nothing. */
const MOST_DECLARATIONS = 2;
/** Candidates for the nearest body whose texts are read. */
const READ = 4;

export class RepositorySources implements InfillSources {
  private signatures: ReadonlyMap<string, string> | undefined;
  private corpus: Promise<SpanCorpus> | undefined;

  constructor(private readonly parts: RepositorySourcesParts) {}

  /** The repository was mined: what was read of it is read anew when it is needed next. */
  forget(): void {
    this.signatures = undefined;
    this.corpus = undefined;
  }

  /** Files changed on disk; the index knows their texts already. */
  async filesChanged(changes: readonly FileChange[]): Promise<void> {
    this.signatures = undefined;
    const corpus = await this.corpus?.catch(() => undefined);
    if (corpus) for (const { path } of changes) await this.read(corpus, path);
  }

  async near({ place, routine, text, facts }: SoughtHole, options: CallOptions): Promise<NearBody | undefined> {
    if (!routine) return undefined;
    const { path, language } = place;
    const sought = { path, language, words: [], fact: routine, expected: [] };
    let near: Near[] = [];
    for (const other of new Set([path, ...this.parts.paths()])) {
      throwIfAborted(options.signal);
      const known = other === path ? facts : this.parts.facts(other);
      if (known) near = [...near, ...nearestIn(other, known, sought, READ)].sort(byLikeness).slice(0, READ);
    }
    for (const { path: other, fact, likeness } of near) {
      const source = other === path ? text : await this.parts.text(other);
      if (source === undefined || !isWorth(source.slice(fact.body.start, fact.body.end), language)) continue;
      const from = `${other}:${fact.startLine} ${fact.name}`;
      return { text: source.slice(fact.start, fact.end), from, likeness };
    }
    return undefined;
  }

  async ask({ place, text, routine, facts }: SoughtHole, options: CallOptions): Promise<OwnAnswer> {
    const corpus = await this.whenRead(options);
    const around = routine && {
      ...{ fact: routine, expected: [], text },
      facts: (path: string) => (path === place.path ? facts : this.parts.facts(path)),
    };
    return {
      proposals: proposals(corpus, place, around),
      rate: (text) => corpus.at(place).rater.rate(text),
    };
  }

  signature(name: string): string | undefined {
    this.signatures ??= this.readSignatures();
    return this.signatures.get(name);
  }

  /** Read to its end whoever gives up meanwhile: the next one would begin anew. */
  private async whenRead({ signal }: CallOptions): Promise<SpanCorpus> {
    this.corpus ??= this.readAll();
    const reading = this.corpus;
    reading.catch(() => {
      if (this.corpus === reading) this.corpus = undefined;
    });
    const corpus = await reading;
    throwIfAborted(signal);
    return corpus;
  }

  private async readAll(): Promise<SpanCorpus> {
    const corpus = new SpanCorpus();
    const breather = new Breather(this.parts.clock, () => undefined);
    for (const path of this.parts.paths()) {
      await this.read(corpus, path);
      if (breather.due) await breather.breathe();
    }
    corpus.settle();
    for (const family of corpus.families()) {
      const heard = await this.parts.corpus(family);
      if (heard) corpus.hear(family, heard);
    }
    return corpus;
  }

  private async read(corpus: SpanCorpus, path: string): Promise<void> {
    const [language, text] = [this.parts.languageOf(path), await this.parts.text(path)];
    if (language === undefined || text === undefined) corpus.delete(path);
    else corpus.set(path, language, text);
  }

  private readSignatures(): ReadonlyMap<string, string> {
    const found = new Map<string, string[]>();
    for (const path of this.parts.paths())
      for (const { name, signature } of this.parts.facts(path)?.functions ?? [])
        if (name !== '') found.set(name, [...(found.get(name) ?? []), signature]);
    const single = [...found].filter(([, signatures]) => signatures.length <= MOST_DECLARATIONS);
    return new Map(single.map(([name, [first]]) => [name, first as string]));
  }
}
