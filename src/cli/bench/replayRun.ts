/** Replays the last commits of one repository: the engine mines each parent state and is asked at every sampled added line. */
import { basename } from 'node:path';
import { mix } from '../../base/statistics.ts';
import { namesIn } from '../../core/completion/codeLift.ts';
import { CONTEXT_SOURCES, type CompletionReport, type ContextLimits } from '../../core/completion/completion.ts';
import type { FilterId } from '../../core/completion/filters/filter.ts';
import { Baselines } from '../../core/completion/replay/baselines.ts';
import { isCalled } from '../../core/completion/replay/ngram.ts';
import type { Option, RecordedLine } from '../../core/completion/replay/policy.ts';
import { type Commit, isRight, type TypedLine, typedLines } from '../../core/completion/replay/typedLines.ts';
import { TokenCorpus } from '../../core/completion/repository/tokenCorpus.ts';
import type { RepositoryEngine } from '../../core/engine.ts';
import type { LanguageEntry } from '../../core/languages.ts';
import { CommitReplay, type Update } from '../../node/git/commitReplay.ts';
import type { Invocation } from '../command.ts';
import { WorkCopy } from './workCopy.ts';

export interface ReplaySettings {
  readonly commits: number;
  /** Most lines of one commit: a large one must not stand for the repository. */
  readonly perCommit: number;
  /** Most places at which is asked, drawn over all commits; undefined: all. */
  readonly positions: number | undefined;
  readonly seed: number;
  readonly model: string | null;
  readonly limits: ContextLimits;
}

/**
 * `model`: given the file alone; `modelAndContext`: with block, seed and retries; `product`: what the editor shows somebody who types,
 * of the model with its context and the repository.
 */
export type AskedArm = 'repository' | 'model' | 'modelAndContext' | 'product';
export type ReplayArm = AskedArm | 'contextCopy' | 'ngram';

/** What the consider-block says of the calls of a line, of those that other code of the repository makes too. */
export interface LineRecall {
  readonly commit: string;
  readonly called: readonly string[];
  readonly inBlock: readonly string[];
  /** Names that the file around the cursor has already. */
  readonly inFile: readonly string[];
}

/** Texts that a filter kept from being shown, by whether they were what was typed next; each place counts. */
export interface RejectedTexts {
  readonly arm: AskedArm;
  readonly filter: FilterId;
  right: number;
  wrong: number;
}

export interface ReplayedRepository {
  readonly name: string;
  readonly lines: ReadonlyMap<ReplayArm, RecordedLine[]>;
  readonly recall: readonly LineRecall[];
  readonly rejected: readonly RejectedTexts[];
  /** Milliseconds from request to answer. */
  readonly times: ReadonlyMap<AskedArm, number[]>;
}

export async function replayRepository(
  invocation: Invocation,
  folder: string,
  languages: readonly LanguageEntry[],
  settings: ReplaySettings,
): Promise<ReplayedRepository> {
  const replay = new CommitReplay(folder, languages);
  const name = basename(folder);
  const sampled = await sampleOf(replay, settings, invocation);
  const copy = new WorkCopy(name);
  try {
    return await copy.open(invocation, (engine) =>
      new Replayer(invocation, engine, copy, settings).run(name, replay, sampled),
    );
  } finally {
    copy.dispose();
  }
}

/** Names that a line calls; what else has a bracket behind it is sorted out by the file's facts. */
const CALLED = /[\p{L}_$][\p{L}\p{N}_$]*(?=!?\()/gu;

const keyOf = (commit: Commit, { change, line }: TypedLine): string => `${commit.id} ${change.path}#${line}`;

/** The lines that are asked about, always the same ones for a seed; undefined: all. */
async function sampleOf(
  replay: CommitReplay,
  { commits, perCommit, positions, seed }: ReplaySettings,
  { call }: Invocation,
): Promise<ReadonlySet<string> | undefined> {
  if (positions === undefined) return undefined;
  const all: { key: string; stops: number; order: number }[] = [];
  for await (const commit of replay.commits(commits, undefined, call)) {
    call.onProgress?.({ step: 'Reading commits', done: all.length });
    for (const line of typedLines(commit, perCommit)) {
      const key = keyOf(commit, line);
      all.push({ key, stops: line.stops.length, order: mix(`${seed} ${key}`) });
    }
  }
  all.sort((a, b) => a.order - b.order || (a.key < b.key ? -1 : 1));
  let sum = 0;
  // The first that does not fit ends it: passing it over would draw short lines rather than long ones.
  const end = all.findIndex(({ stops }) => (sum += stops) > positions);
  const taken = end < 0 ? all : all.slice(0, end);
  return new Set(taken.map(({ key }) => key));
}

class Replayer {
  private readonly corpus = new TokenCorpus();
  private readonly baselines = new Baselines(this.corpus);
  private readonly lines = new Map<ReplayArm, RecordedLine[]>();
  private readonly times = new Map<AskedArm, number[]>();
  private readonly recall: LineRecall[] = [];
  private readonly rejected: RejectedTexts[] = [];
  private mined = false;

  constructor(
    private readonly invocation: Invocation,
    private readonly engine: RepositoryEngine,
    private readonly copy: WorkCopy,
    private readonly settings: ReplaySettings,
  ) {}

  async run(name: string, replay: CommitReplay, sampled: ReadonlySet<string> | undefined): Promise<ReplayedRepository> {
    const { call } = this.invocation;
    let done = 0;
    for await (const commit of replay.commits(this.settings.commits, (updates) => this.update(updates), call)) {
      call.onProgress?.({ step: `Replaying ${name}`, done: done++, total: this.settings.commits });
      for (const line of typedLines(commit, this.settings.perCommit))
        if (!sampled || sampled.has(keyOf(commit, line))) await this.type(commit.id, line);
    }
    const { lines, recall, rejected, times } = this;
    return { name, lines, recall, rejected, times };
  }

  /** Brings the copy, the engine and the baselines to a state. */
  private async update(updates: readonly Update[]): Promise<void> {
    for (const { path, language, text } of updates) {
      this.copy.write(path, text);
      this.baselines.set(path, language, text);
    }
    this.corpus.settle();
    const { call } = this.invocation;
    if (this.mined) {
      const changes = updates.map(
        ({ path, text }) => ({ path, kind: text === undefined ? 'deleted' : 'changed' }) as const,
      );
      await this.engine.filesChanged({ changes }, call);
    } else await this.engine.mine({}, call);
    this.mined = true;
  }

  private async type(commit: string, line: TypedLine): Promise<void> {
    const { text, stops } = line;
    const record = (arm: ReplayArm, options: readonly (readonly Option[])[]) =>
      push(this.lines, arm, { commit, text, stops, options });
    const arms: readonly AskedArm[] =
      this.settings.model === null ? ['repository'] : ['repository', 'product', 'modelAndContext', 'model'];
    for (const arm of arms) {
      const options: Option[][] = [];
      for (const stop of stops) {
        const report = await this.ask(arm, line, stop);
        options.push(optionsOf(report, text.slice(stop)));
        this.reject(arm, report, text.slice(stop));
        if (stop === 0 && arm === 'repository') await this.recallAt(commit, line, report);
      }
      record(arm, options);
    }
    const { copy, ngram } = this.baselines.options(line);
    record('contextCopy', copy);
    record('ngram', ngram);
  }

  private async ask(
    arm: AskedArm,
    { change, line, above, below, text }: TypedLine,
    stop: number,
  ): Promise<CompletionReport> {
    const { model, limits } = this.settings;
    const typed = above + text.slice(0, stop);
    const column = typed.length - (typed.lastIndexOf('\n') + 1) + 1;
    const request = { path: change.path, line, column, text: typed + below, ...limits };
    const report = await this.engine.complete(
      {
        ...request,
        model: arm === 'repository' ? null : model,
        ...(arm === 'model' ? { leaveOut: CONTEXT_SOURCES } : {}),
        ...(arm === 'product' ? { hurried: true } : {}),
      },
      { signal: this.invocation.call.signal },
    );
    push(this.times, arm, report.timings.totalMs);
    return report;
  }

  private reject(arm: AskedArm, { rejected }: CompletionReport, rest: string): void {
    for (const { filter, text } of rejected) {
      const line = firstLine(text);
      if (line.trim().length < SHORTEST) continue;
      let counts = this.rejected.find((each) => each.arm === arm && each.filter === filter);
      if (!counts) this.rejected.push((counts = { arm, filter, right: 0, wrong: 0 }));
      if (isRight(line, rest)) counts.right++;
      else counts.wrong++;
    }
  }

  private async recallAt(commit: string, line: TypedLine, { considerBlock }: CompletionReport): Promise<void> {
    const { path, language, after } = line.change;
    const { calls } = await this.engine.facts({ path, text: after as string }, { signal: this.invocation.call.signal });
    const corpus = this.corpus.family(language);
    const known = new Set(calls.map(({ name }) => name));
    const written = new Set(line.text.match(CALLED) ?? []);
    const called = [...written].filter((name) => known.has(name) && isCalled(corpus, name));
    if (called.length === 0) return;
    const [block, file] = [namesIn(considerBlock), namesIn(line.above + line.below)];
    const inBlock = called.filter((name) => block.has(name));
    this.recall.push({ commit, called, inBlock, inFile: called.filter((name) => file.has(name)) });
  }
}

function push<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}

/** UTF-16 units; what is shorter is typed sooner than it is read. */
const SHORTEST = 3;

const firstLine = (text: string): string => (text.split(/\r?\n/, 1)[0] as string).trimEnd();

/** Of a suggestion of more lines the first one counts; one that is shorter than three characters counts for no arm. */
function optionsOf({ completions }: CompletionReport, rest: string): Option[] {
  const [first] = completions;
  const text = firstLine(first?.text ?? '');
  if (!first || text.trim().length < SHORTEST) return [];
  return [{ text, score: 1, right: isRight(text, rest), source: first.source }];
}
