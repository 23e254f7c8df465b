/** Runs every arm over a clone's replay and keeps what each had at each stop. */

import { Baselines } from '../../src/core/completion/replay/baselines.ts';
import type { Option, RecordedLine } from '../../src/core/completion/replay/policy.ts';
import { isRight, type TypedLine, typedLines } from '../../src/core/completion/replay/typedLines.ts';
import { type Candidate, RepositoryCompletion } from '../../src/core/completion/repository/repositoryCompletion.ts';
import type { CompletionWeights } from '../../src/core/completion/repository/scorer.ts';
import type { LanguageEntry } from '../../src/core/languages.ts';
import { CommitReplay } from '../../src/node/git/commitReplay.ts';

export interface Recording {
  readonly name: string;
  readonly lines: RecordedLine[];
  readonly copy: RecordedLine[];
  readonly ngram: RecordedLine[];
  /** Milliseconds per completion. */
  readonly times: number[];
  readonly tokens: number;
  readonly bytes: number;
}

export interface RecordOptions {
  readonly weights: CompletionWeights;
  readonly commits: number;
  /** Lines looked at of one commit. */
  readonly perCommit: number;
  readonly baselines: boolean;
  /** Told of every candidate, for fitting. */
  readonly onCandidate?: (candidate: Candidate, option: Option) => void;
}

export async function record(
  folder: string,
  languages: readonly LanguageEntry[],
  options: RecordOptions,
): Promise<Recording> {
  const engine = new RepositoryCompletion(options.weights);
  const baselines = new Baselines(engine.corpus);
  const recording = {
    name: folder.split('/').at(-1) as string,
    lines: [],
    copy: [],
    ngram: [],
    times: [],
    tokens: 0,
    bytes: 0,
  } as Recording & {
    tokens: number;
    bytes: number;
  };
  const replay = new CommitReplay(folder, languages).commits(
    options.commits,
    async (updates) => {
      for (const { path, language, text } of updates) {
        if (options.baselines) baselines.set(path, language, text);
        else if (text === undefined) engine.delete(path);
        else engine.set(path, language, text);
      }
    },
    {},
  );
  for await (const commit of replay) {
    engine.settle();
    for (const line of typedLines(commit, options.perCommit)) {
      const base = { commit: commit.id, text: line.text, stops: line.stops };
      const own = line.stops.map((stop) => ask(engine, line, stop, recording.times, options.onCandidate));
      recording.lines.push({ ...base, options: own });
      if (!options.baselines) continue;
      const { copy, ngram } = baselines.options(line);
      recording.copy.push({ ...base, options: copy });
      recording.ngram.push({ ...base, options: ngram });
    }
  }
  recording.tokens = engine.corpus.tokens;
  recording.bytes = engine.corpus.bytes;
  return recording;
}

function ask(
  engine: RepositoryCompletion,
  { change, above, below, text }: TypedLine,
  stop: number,
  times: number[],
  onCandidate: RecordOptions['onCandidate'],
): Option[] {
  const started = performance.now();
  const prefix = above + text.slice(0, stop);
  const candidates = engine.candidates({ path: change.path, language: change.language, prefix, suffix: below });
  times.push(performance.now() - started);
  return candidates.map((candidate) => {
    const { source, probability } = candidate;
    const option = {
      text: candidate.text,
      score: probability,
      right: isRight(candidate.text, text.slice(stop)),
      source,
    };
    onCandidate?.(candidate, option);
    return option;
  });
}
