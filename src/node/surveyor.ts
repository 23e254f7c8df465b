/** What the repository knows of a cursor: the pinned context, what is expected there and what is avoided. */
import { basename } from 'node:path';
import { isCancelled, toLodestoneError } from '../base/errors.ts';
import { LruMap } from '../base/lru.ts';
import type { CallOptions } from '../base/progress.ts';
import type { ExpectedCall } from '../core/completion/apiSeed.ts';
import { avoidedAt } from '../core/completion/avoided.ts';
import type { AvoidedPattern } from '../core/completion/filters/filter.ts';
import { type AnalysedText, isWritten, PinnedContexts } from '../core/completion/pinnedContexts.ts';
import type { RankedName } from '../core/completion/repository/nextCalls.ts';
import type { LanguageId } from '../core/languages.ts';
import type { AntipatternRule } from '../core/mining/antipatterns.ts';
import type { Attractor, Deviant } from '../core/mining/attractor.ts';
import type { Log } from '../core/ports.ts';
import type { ContextReport } from '../core/retrieval/context.ts';
import type { ContextProvider } from '../core/retrieval/contextProvider.ts';
import type { FileFacts } from '../core/syntax/facts.ts';

/** What the repository says of a place. */
export interface Survey {
  readonly context: ContextReport;
  /** APIs that the function around the cursor is expected to call, best first. */
  readonly ranked: () => readonly RankedName[];
  readonly expected: readonly ExpectedCall[];
  readonly avoided: readonly AvoidedPattern[];
  /** Attractors that the block names. */
  readonly named: readonly Attractor[];
  readonly attractors: readonly Attractor[];
}

export interface SurveyorParts {
  readonly provider: () => Promise<ContextProvider>;
  readonly facts: (path: string, text: string, options: CallOptions) => Promise<FileFacts>;
  readonly symbol: (id: number) => string;
  readonly attractors: () => readonly Attractor[];
  readonly deviants: () => readonly Deviant[];
  /** Milliseconds, monotonic. */
  readonly now: () => number;
  readonly antipatterns: () => Promise<readonly AntipatternRule[]>;
  readonly log: Pick<Log, 'debug'>;
}

export interface SurveyedPlace {
  readonly path: string;
  readonly language: LanguageId;
  readonly text: string;
  /** UTF-16 units before the cursor. */
  readonly offset: number;
}

const FILES = 32;
/** A file whose facts are not there in time is completed without them: somebody is typing. */
const PATIENCE_MS = 150;
/** Facts of a moment ago do while somebody types: made anew with every key they would take the machine from the model. */
const FRESH_MS = 1_000;
/** Within a line nothing changes that the facts of the lines around it depend on; after this time they are renewed all the same. */
const SAME_LINE_MS = 10_000;
/** From this probability on an API counts as expected. */
const EXPECTED = 0.2;
const MOST_EXPECTED = 3;

const NOTHING: ContextReport = { considerBlock: '', bytes: 0, seed: '', apis: [], attractors: [] };

/** Of a place in a repository that was not read yet. */
export const NOTHING_KNOWN: Survey = {
  ...{ context: NOTHING, ranked: () => [], expected: [], avoided: [] },
  ...{ named: [], attractors: [] },
};

export class Surveyor {
  private readonly analysed = new LruMap<string, AnalysedText & { readonly at: number }>(FILES);
  private readonly refreshing = new Map<string, Promise<void>>();
  private pinned: Promise<PinnedContexts> | undefined;

  constructor(private readonly parts: SurveyorParts) {}

  /** `hurried`: facts of an earlier text do, and what is not ready is done without. */
  async survey(place: SurveyedPlace, hurried: boolean, options: CallOptions): Promise<Survey> {
    const attractors = this.parts.attractors();
    const known = await this.known(place, hurried, options);
    if (!known) return { ...NOTHING_KNOWN, attractors };
    const { path, language, text, offset } = place;
    const [pins, provider, rules] = [await this.pins(), await this.parts.provider(), await this.parts.antipatterns()];
    const { context, input, routine, around } = pins.at({ path, language }, known, text, offset);
    const { imports } = known.facts;
    return {
      context,
      ranked: () =>
        provider.rank(input).map(({ symbol, probability }) => ({ name: this.parts.symbol(symbol), probability })),
      expected: context.apis.filter(({ score }) => score >= EXPECTED).slice(0, MOST_EXPECTED),
      avoided: avoidedAt({ language, imports, async: routine?.async ?? false, around }, rules, this.parts.deviants()),
      named: attractors.filter(({ id }) => context.attractors.includes(id)),
      attractors,
    };
  }

  /** Chooses the block of a file anew the next time: for a moment in which nobody waits. */
  async release(path: string): Promise<void> {
    (await this.pins()).release(path);
  }

  private pins(): Promise<PinnedContexts> {
    this.pinned ??= this.parts.provider().then((provider) => new PinnedContexts(provider));
    this.pinned.catch(() => (this.pinned = undefined));
    return this.pinned;
  }

  private async known(place: SurveyedPlace, hurried: boolean, options: CallOptions): Promise<AnalysedText | undefined> {
    const known = this.analysed.get(place.path);
    if (known?.text === place.text) return known;
    if (!hurried) {
      await this.analyse(place, options);
    } else if (!known || this.isStale(known, place.text)) {
      const refreshed = this.refresh(place);
      if (!known) await Promise.race([refreshed, new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))]);
    }
    return this.analysed.get(place.path);
  }

  private isStale({ text, at }: AnalysedText & { readonly at: number }, now: string): boolean {
    const age = this.parts.now() - at;
    return age > SAME_LINE_MS || (age > FRESH_MS && !isWritten(text, now));
  }

  /** One analysis of a file at a time; the buffer it was begun for may be old when it ends, which the next request mends. */
  private refresh(place: SurveyedPlace): Promise<void> {
    const { path } = place;
    let running = this.refreshing.get(path);
    if (!running) {
      running = this.analyse(place, {})
        .catch((error) =>
          this.parts.log.debug(`${basename(path)} was not analysed: ${toLodestoneError(error).message}`),
        )
        .finally(() => this.refreshing.delete(path));
      this.refreshing.set(path, running);
    }
    return running;
  }

  /** What cannot be parsed (too large, broken) has no facts: it is completed without. */
  private async analyse({ path, text }: SurveyedPlace, options: CallOptions): Promise<void> {
    try {
      this.analysed.set(path, { text, facts: await this.parts.facts(path, text, options), at: this.parts.now() });
    } catch (error) {
      if (isCancelled(error) || toLodestoneError(error).code !== 'unreadable') throw error;
      this.parts.log.debug(toLodestoneError(error).message);
    }
  }
}
