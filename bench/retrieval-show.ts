/** Prints what would be given at a place: npm run bench -- retrieval-show CLONE PATH LINE BYTES. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CallEmbedding } from '../src/core/retrieval/callEmbedding.ts';
import { createContextProvider } from '../src/core/retrieval/contextProvider.ts';
import { parseWeights } from '../src/core/retrieval/model.ts';
import { projectRoot } from '../test/projectRoot.ts';
import { FactsReader, readRepository } from './retrieval/repository.ts';
import { indexOf } from './retrieval/samples.ts';

async function show(folder: string, path: string, line: number, bytes: number): Promise<void> {
  const reader = new FactsReader();
  const repository = await readRepository(folder, reader, 6000);
  const index = indexOf(repository);
  const weights = parseWeights(JSON.parse(readFileSync(join(projectRoot, 'src/data/retrieval/weights.json'), 'utf8')));
  const embedding = new CallEmbedding(readFileSync(join(projectRoot, 'src/data/retrieval/embedding.json'), 'utf8'));
  const provider = createContextProvider({
    index,
    weights,
    embedding,
    attractors: () => [],
    lineComment: (language) => reader.lineComment(language),
  });
  const file = repository.files.get(path);
  if (!file) throw new Error(`${path} is not among the ${repository.files.size} files read.`);
  const report = provider.context({ ...file, line, bytes });
  process.stdout.write(`${report.considerBlock}\n--- ${report.bytes} bytes; seed: ${report.seed}\n`);
}

const [folder, path, line, bytes] = process.argv.slice(2);
if (folder === undefined || path === undefined) throw new Error('Usage: retrieval-show CLONE PATH LINE BYTES');
show(folder, path, Number(line ?? 1), Number(bytes ?? 1536)).catch((error: unknown) => {
  process.stderr.write(`${(error as Error).stack}\n`);
  process.exitCode = 1;
});
