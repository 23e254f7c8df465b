/** Trains src/data/retrieval/embedding.json: npm run bench -- retrieval-embedding OUT.json [--without OWNER/NAME,…] CORPUS.jsonl.xz… */
import { writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { type CallingFunction, callingFunctions } from './retrieval/embedding/corpus.ts';
import { trainEmbedding } from './retrieval/embedding/train.ts';
import { FactsReader } from './retrieval/repository.ts';

async function main(args: string[]): Promise<void> {
  const at = args.indexOf('--without');
  const without = at < 0 ? [] : (args.splice(at, 2)[1] ?? '').split(',');
  const [out, ...shards] = args;
  if (out === undefined || shards.length === 0)
    throw new Error('Usage: retrieval-embedding OUT.json [--without OWNER/NAME,…] CORPUS.jsonl.xz…');
  const log = (line: string) => void process.stderr.write(`${line}\n`);
  const reader = new FactsReader();
  const functions: CallingFunction[] = [];
  for (const shard of shards) {
    for await (const one of callingFunctions(shard, reader)) if (!without.includes(one.repository)) functions.push(one);
    log(`${basename(shard)}: ${functions.length} functions`);
  }
  const trained = trainEmbedding(functions, log);
  const left = without.length === 0 ? '' : `, without ${without.join(', ')}`;
  const provenance =
    `bench/retrieval-embedding.ts over ${functions.length} functions of ${shards.map((shard) => basename(shard)).join(', ')} ` +
    `(public repositories, permissive licences)${left}`;
  const { schemaVersion, dimensions, scale, places, calls, vectors } = trained;
  // One line a key, so that a change reads well in a diff.
  const lines = Object.entries({ schemaVersion, provenance, dimensions, scale, places, calls, vectors });
  writeFileSync(
    out,
    `{\n${lines.map(([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)}`).join(',\n')}\n}\n`,
  );
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${(error as Error).stack}\n`);
  process.exitCode = 1;
});
