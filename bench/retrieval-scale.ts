/** Memory of the retrieval index and warm latency of context at 5,000 files: npm run bench -- retrieval-scale CLONE… (run with --expose-gc for exact memory). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CallEmbedding } from '../src/core/retrieval/callEmbedding.ts';
import { createContextProvider } from '../src/core/retrieval/contextProvider.ts';
import type { SourceText } from '../src/core/retrieval/heldOut.ts';
import { parseWeights } from '../src/core/retrieval/model.ts';
import { createRetrievalIndex } from '../src/core/retrieval/retrievalIndex.ts';
import { projectRoot } from '../test/projectRoot.ts';
import { FactsReader, readRepository } from './retrieval/repository.ts';
import { put } from './retrieval/samples.ts';

const FILES = 5000;
/** Every so many files one is kept to ask about. */
const KEEP_EVERY = 40;
const ROUNDS = 400;

function heap(): number {
  (globalThis as { gc?: () => void }).gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 1e6;
}

async function scale(folders: readonly string[]): Promise<void> {
  const reader = new FactsReader();
  const index = createRetrievalIndex();
  const asked: SourceText[] = [];
  let held = 0;
  for (const folder of folders) {
    const { files, name } = await readRepository(folder, reader, FILES);
    const before = heap();
    for (const file of files.values()) {
      if (index.size >= FILES) break;
      // Facts cross a process boundary in the product, so no string of theirs holds a file's text.
      const copy = { ...file, path: `${name}/${file.path}`, facts: structuredClone(file.facts) };
      put(index, copy);
      if (index.size % KEEP_EVERY === 0) asked.push(copy);
    }
    held += heap() - before;
    process.stderr.write(`${name}: ${index.size} files so far\n`);
    if (index.size >= FILES) break;
  }
  const weights = parseWeights(JSON.parse(readFileSync(join(projectRoot, 'src/data/retrieval/weights.json'), 'utf8')));
  const embedding = new CallEmbedding(readFileSync(join(projectRoot, 'src/data/retrieval/embedding.json'), 'utf8'));
  const provider = createContextProvider({
    index,
    weights,
    embedding,
    attractors: () => [],
    lineComment: (language) => reader.lineComment(language),
  });
  const wall: number[] = [];
  const least: number[] = [];
  for (let round = 0; round < ROUNDS + 50; round++) {
    const file = asked[(round * 7) % asked.length] as SourceText;
    const line = 1 + ((round * 131) % Math.max(1, file.facts.lines));
    const runs: number[] = [];
    for (let run = 0; run < 3; run++) {
      const started = performance.now();
      provider.context({ ...file, line });
      runs.push(performance.now() - started);
    }
    if (round < 50) continue;
    wall.push(...runs);
    least.push(Math.min(...runs));
  }
  const at = (values: number[], share: number) =>
    (values.sort((a, b) => a - b)[Math.floor(values.length * share)] ?? 0).toFixed(2);
  process.stdout.write(
    `${index.size} files: index ${held.toFixed(0)} MB (with ${asked.length} files' facts and texts); ` +
      `context warm p50 ${at(wall, 0.5)} ms, p95 ${at(wall, 0.95)} ms; least of three runs (what a busy machine leaves of it) p50 ${at(least, 0.5)} ms, p95 ${at(least, 0.95)} ms\n`,
  );
}

scale(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${(error as Error).stack}\n`);
  process.exitCode = 1;
});
