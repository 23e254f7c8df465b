/** What the repository itself proposes at a cursor: its texts, read when they are first wanted and followed from then on. */
import { throwIfAborted } from '../base/errors.ts';
import { Breather } from '../base/progress.ts';
import type { FilterId } from '../core/completion/filters/filter.ts';
import { type Judgement, judge, judgeWithParser } from '../core/completion/filters/judge.ts';
import type { Rejected } from '../core/completion/modelCompletion.ts';
import type { Place, Proposal } from '../core/completion/place.ts';
import { RepositoryCompletion } from '../core/completion/repository/repositoryCompletion.ts';
import type { CompletionWeights } from '../core/completion/repository/scorer.ts';
import { Surroundings } from '../core/completion/surroundings.ts';
import type { FileChange } from '../core/engine.ts';
import type { LanguageId } from '../core/languages.ts';
import type { Clock, Parser } from '../core/ports.ts';
import { lineCount, type Survey } from './surveyor.ts';

export interface RepositoryTextsParts {
  readonly clock: Clock;
  readonly parser: () => Parser;
  readonly weights: () => Promise<CompletionWeights>;
  /** Paths of the repository's sources, and what each says. */
  readonly paths: () => Iterable<string>;
  readonly source: (path: string) => Promise<{ language: LanguageId; text: string } | undefined>;
}

export interface RepositoryAnswer {
  readonly proposals: readonly Proposal[];
  readonly rejected: readonly Rejected[];
}

/** A line copied as far as it is sure may end within a call: a bracket that stays open looks like broken indentation, too. */
const MAY_STAY_OPEN: ReadonlySet<FilterId> = new Set(['unbalancedBrackets', 'brokenIndentation']);
/** What somebody who asks may choose from. */
const ALTERNATIVES = 8;

export class RepositoryTexts {
  private repository: Promise<RepositoryCompletion> | undefined;
  private read = false;
  /** Lines of the buffers when they were last read. */
  private readonly followed = new Map<string, number>();

  constructor(private readonly parts: RepositoryTextsParts) {}

  /** The texts are there: it answers in milliseconds. */
  get isRead(): boolean {
    return this.read;
  }

  /** `manual`: somebody asks, who is given whole idioms and alternatives too. */
  async ask(
    place: Place,
    text: string,
    { ranked, attractors, avoided }: Survey,
    { manual, signal }: { manual: boolean; signal?: AbortSignal | undefined },
  ): Promise<RepositoryAnswer> {
    const repository = await this.whenRead(signal);
    this.follow(repository, place, text);
    // Whole idioms are for those who ask: of 184 that came unasked 4 were right (bench/replay/RESULTS.md).
    const scope = manual
      ? {
          idioms: attractors.flatMap(({ language, snippets }) => snippets.map(({ text }) => ({ language, text }))),
          alternatives: ALTERNATIVES,
        }
      : {};
    const around = new Surroundings(place);
    const judged: Judgement[] = [];
    for (const proposal of repository.complete(place, { ...scope, ranked })) {
      // A line copied as far as it is sure may end within a call; what has more lines is whole.
      judged.push(
        proposal.text.includes('\n')
          ? await judgeWithParser(proposal, place, this.parts.parser(), { around, avoided })
          : judge(proposal, place, { around, avoided, partial: true, off: MAY_STAY_OPEN }),
      );
    }
    return {
      proposals: judged.flatMap(({ kept }) => (kept ? [kept] : [])),
      rejected: judged.flatMap(({ rejected }) => (rejected ? [rejected] : [])),
    };
  }

  /** Files changed on disk; the index knows their texts already. */
  async filesChanged(changes: readonly FileChange[]): Promise<void> {
    const repository = await this.repository?.catch(() => undefined);
    if (!repository) return;
    for (const { path } of changes) {
      this.followed.delete(path);
      const source = await this.parts.source(path);
      if (source) repository.set(path, source.language, source.text);
      else repository.delete(path);
    }
  }

  /** The repository was mined: its texts are read anew when they are needed next. */
  forget(): void {
    this.repository = undefined;
    this.read = false;
    this.followed.clear();
  }

  /** Read to its end whoever gives up meanwhile: with every key somebody does, and the next one would begin anew. */
  async whenRead(signal: AbortSignal | undefined): Promise<RepositoryCompletion> {
    if (!this.repository) {
      const reading = this.readAll();
      this.repository = reading;
      reading.then(
        () => {
          this.read = this.repository === reading;
        },
        () => {
          if (this.repository === reading) this.repository = undefined;
        },
      );
    }
    const repository = await Promise.race([this.repository, ...(signal ? [aborted(signal)] : [])]);
    throwIfAborted(signal);
    return repository as RepositoryCompletion;
  }

  private async readAll(): Promise<RepositoryCompletion> {
    const { clock } = this.parts;
    const repository = new RepositoryCompletion(await this.parts.weights());
    const breather = new Breather(clock, () => undefined);
    for (const path of this.parts.paths()) {
      const source = await this.parts.source(path);
      if (source) repository.set(path, source.language, source.text);
      if (breather.due) await breather.breathe();
    }
    repository.settle();
    return repository;
  }

  /** The buffer stands for its file; within a line there is nothing new to learn from it. */
  private follow(repository: RepositoryCompletion, { path, language }: Place, text: string): void {
    const lines = lineCount(text);
    if (this.followed.get(path) === lines) return;
    this.followed.set(path, lines);
    repository.set(path, language, text);
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
