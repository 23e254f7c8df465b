/** What the repository knows of a cursor: the pinned context, what is expected there and what is avoided. */
import { basename } from 'node:path';
import { isCancelled, toLodestoneError } from '../base/errors.ts';
import { LruMap } from '../base/lru.ts';
import type { CallOptions } from '../base/progress.ts';
import type { ExpectedCall } from '../core/completion/apiSeed.ts';
import { avoidedAt } from '../core/completion/avoided.ts';
import type { ContextLimits } from '../core/completion/completion.ts';
import { expectedCalls, seedOf } from '../core/completion/expectedCalls.ts';
import type { AvoidedPattern } from '../core/completion/filters/filter.ts';
import { type AnalysedText, PinnedContexts } from '../core/completion/pinnedContexts.ts';
import type { RankedName } from '../core/completion/repository/nextCalls.ts';
import type { LanguageId } from '../core/languages.ts';
import type { AntipatternRule } from '../core/mining/antipatterns.ts';
import type { Attractor, Deviant, Snippet } from '../core/mining/attractor.ts';
import type { FrameworkEntry } from '../core/mining/frameworks.ts';
import type { Log } from '../core/ports.ts';
import type { ContextReport } from '../core/retrieval/context.ts';
import type { ContextInput, ContextProvider } from '../core/retrieval/contextProvider.ts';
import type { FileFacts, FunctionFact } from '../core/syntax/facts.ts';

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
  readonly antipatterns: () => Promise<readonly AntipatternRule[]>;
  readonly frameworks: () => Promise<readonly FrameworkEntry[]>;
  readonly lineComment: (language: LanguageId) => string;
  readonly log: Pick<Log, 'debug'>;
}

export interface SurveyedPlace {
  readonly path: string;
  readonly language: LanguageId;
  readonly text: string;
  /** UTF-16 units before the cursor. */
  readonly offset: number;
  /** What a person asked for, in words; else what stands above the cursor says what is wanted. */
  readonly words?: string;
  readonly limits?: ContextLimits;
}

const FILES = 32;
/** A file whose facts are not there in time is completed without them: somebody is typing. */
const PATIENCE_MS = 150;
/** Characters above the cursor's line whose words say what is wanted: while the line is written the seed stays the same. */
const WORDS = 400;

const NOTHING: ContextReport = { considerBlock: '', bytes: 0, seed: '', apis: [], attractors: [] };

/** Of a place in a repository that was not read yet. */
export const NOTHING_KNOWN: Survey = {
  ...{ context: NOTHING, ranked: () => [], expected: [], avoided: [] },
  ...{ named: [], attractors: [] },
};

export class Surveyor {
  private readonly analysed = new LruMap<string, AnalysedText>(FILES);
  private readonly refreshing = new Map<string, Promise<void>>();
  private pinned: Promise<PinnedContexts> | undefined;

  constructor(private readonly parts: SurveyorParts) {}

  /** `hurried`: facts of an earlier text do, and what is not ready is done without. */
  async survey(place: SurveyedPlace, hurried: boolean, options: CallOptions): Promise<Survey> {
    const attractors = this.parts.attractors();
    const known = await this.known(place, hurried, options);
    if (!known) return { ...NOTHING_KNOWN, attractors };
    const { path, language, text, offset } = place;
    const [pins, provider] = [await this.pins(), await this.parts.provider()];
    const [rules, frameworks] = [await this.parts.antipatterns(), await this.parts.frameworks()];
    const asked = { path, language, ...blockLimits(place.limits) };
    const { context, input, routine, around } = pins.at(asked, known, text, offset);
    const { imports } = known.facts;
    const broken = this.parts.deviants().filter(({ sites }) => sites.some((site) => isWithin(site, path, routine)));
    const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
    const words = place.words ?? text.slice(Math.max(0, lineStart - WORDS), lineStart);
    const expected = expectedCalls({ language, apis: context.apis, imports, words, broken }, frameworks);
    const seed = context.seed || seedOf(expected, this.parts.lineComment(language));
    return {
      context: { ...context, seed },
      ranked: () =>
        provider.rank(input).map(({ symbol, probability }) => ({ name: this.parts.symbol(symbol), probability })),
      expected,
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
    if (!hurried) await this.analyse(place, options);
    else if (!known)
      await Promise.race([this.refresh(place), new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))]);
    // While a line is being written its file needs no reading: what is known of the lines around is as good as new.
    else if (lineCount(known.text) !== lineCount(place.text)) void this.refresh(place);
    return this.analysed.get(place.path);
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
      this.analysed.set(path, { text, facts: await this.parts.facts(path, text, options) });
    } catch (error) {
      if (isCancelled(error) || toLodestoneError(error).code !== 'unreadable') throw error;
      this.parts.log.debug(toLodestoneError(error).message);
    }
  }
}

export function lineCount(text: string): number {
  let lines = 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++;
  return lines;
}

/** A place in the function; without one nothing lies in it. */
function isWithin(site: Snippet, path: string, routine: FunctionFact | undefined): boolean {
  return routine !== undefined && site.path === path && site.line >= routine.startLine && site.line <= routine.endLine;
}

function blockLimits({ blockBytes, leaveOut = [] }: ContextLimits = {}): Pick<ContextInput, 'bytes' | 'leaveOut'> {
  const parts = leaveOut.filter((source) => source === 'attractors' || source === 'signatures' || source === 'calls');
  return {
    ...(blockBytes === undefined ? {} : { bytes: blockBytes }),
    ...(parts.length > 0 ? { leaveOut: parts } : {}),
  };
}
