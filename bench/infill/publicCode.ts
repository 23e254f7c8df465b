/** Lets a corpus hear how public code goes on, as the product does. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { CorpusNgram } from '../../src/core/infill/candidates/corpusNgram.ts';
import type { SpanCorpus } from '../../src/core/infill/candidates/spanCorpus.ts';
import type { Family } from '../../src/core/languages.ts';
import { projectRoot } from '../../test/projectRoot.ts';

const corpora = new Map<Family, CorpusNgram>();

export function hearPublicCode(corpus: SpanCorpus): void {
  for (const family of corpus.families()) corpus.hear(family, publicCode(family));
}

function publicCode(family: Family): CorpusNgram {
  const path = join(projectRoot, `src/data/infill/corpus.${family}.bin.br`);
  const corpus = corpora.get(family) ?? CorpusNgram.parse(brotliDecompressSync(readFileSync(path)));
  corpora.set(family, corpus);
  return corpus;
}
