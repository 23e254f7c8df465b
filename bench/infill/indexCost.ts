/** What the index over a repository's texts costs: to build, to keep current, and to ask. */
import { SpanCorpus } from '../../src/core/infill/candidates/spanCorpus.ts';
import type { BlankedRepository } from './spans.ts';

/** Milliseconds of this thread's processor, so that what else runs does not count. */
export function indexCost({ name, files }: BlankedRepository): string {
  const corpus = new SpanCorpus();
  const read = cpu(() => {
    for (const { path, language, text } of files.values()) corpus.set(path, language, text);
  });
  const sort = cpu(() => corpus.settle());
  const [first] = files.values();
  const change = cpu(() => {
    if (!first) return;
    corpus.set(first.path, first.language, `${first.text}\n`);
    corpus.settle();
  });
  const per = (ms: number) => ((ms * 1e6) / Math.max(1, corpus.size)).toFixed(0);
  return `${name}: ${corpus.size} tokens; read ${read.toFixed(0)} ms, sorted ${sort.toFixed(0)} ms (${per(read + sort)} ms a million), one file changed ${change.toFixed(0)} ms\n`;
}

export function cpu(work: () => void): number {
  const start = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(start);
  return (user + system) / 1000;
}
