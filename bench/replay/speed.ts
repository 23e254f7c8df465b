/** What the corpus of a clone costs: time to lex and to load, memory, and processor time per completion. */

import { mix } from '../../src/base/statistics.ts';
import { lex } from '../../src/core/completion/repository/lexer.ts';
import { RepositoryCompletion } from '../../src/core/completion/repository/repositoryCompletion.ts';
import type { CompletionWeights } from '../../src/core/completion/repository/scorer.ts';
import type { LanguageEntry } from '../../src/core/languages.ts';
import { readRepositoryTexts } from './texts.ts';

/** Requests that are timed, after as many to warm up. */
const REQUESTS = 1500;

/** One paragraph of figures. `--expose-gc` makes the memory exact. */
export async function speedOf(
  folder: string,
  languages: readonly LanguageEntry[],
  weights: CompletionWeights,
): Promise<string> {
  const files = readRepositoryTexts(folder, languages);
  const characters = files.reduce((sum, { text }) => sum + text.length, 0);
  const seconds = (work: () => void): number => {
    const from = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(from);
    return (user + system) / 1e6;
  };
  const lexing = seconds(() => {
    for (const { text, language } of files) lex(text, language);
  });
  const memory = async () => {
    // Buffers are freed some time after they are found to be garbage.
    for (let i = 0; i < 3; i++) {
      globalThis.gc?.();
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const before = await memory();
  const engine = new RepositoryCompletion(weights);
  const loading = seconds(() => {
    for (const { path, language, text } of files) engine.set(path, language, text);
  });
  const sorting = seconds(() => engine.settle());
  const bytes = (await memory()) - before;
  const { tokens } = engine.corpus;
  const times: number[] = [];
  const picked = files.filter(({ text }) => text.length > 1000).sort((a, b) => mix(a.path) - mix(b.path));
  for (let i = 0; i < 2 * REQUESTS && picked.length > 0; i++) {
    const { path, language, text } = picked[Math.floor(i / 20) % picked.length] as (typeof files)[number];
    // Twenty keystrokes in a row.
    const start = 500 + (mix(`${path}${Math.floor(i / 20)}`) % (text.length - 600));
    const cursor = start + (i % 20);
    const place = { path, language, prefix: text.slice(0, cursor), suffix: text.slice(text.indexOf('\n', cursor)) };
    const time = seconds(() => engine.candidates(place));
    if (i >= REQUESTS) times.push(1000 * time);
  }
  times.sort((a, b) => a - b);
  const at = (share: number) => (times[Math.floor(times.length * share)] ?? 0).toFixed(2);
  return (
    `${folder.split('/').at(-1)}: ${files.length} files, ${(characters / 1e6).toFixed(1)} M characters, ${tokens} tokens; lexing ${(characters / 1e6 / lexing).toFixed(0)} M/s, ` +
    `loading ${loading.toFixed(2)} s, sorting ${sorting.toFixed(2)} s; ${(bytes / Math.max(1, tokens)).toFixed(1)} bytes a token (${(engine.corpus.bytes / Math.max(1, tokens)).toFixed(1)} reckoned); ` +
    `processor time per completion ${at(0.5)} ms median, ${at(0.95)} p95, ${at(0.99)} p99\n`
  );
}
