/**
 * Writes src/data/infill/corpus.<family>.bin: token sequences that several repositories of functions.train share.
 * `npm run bench -- infillCorpus [--shards 11] [--repositories 3] [--family python]`
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { encode, idOf, spaceBefore } from '../src/core/completion/repository/cells.ts';
import { lex } from '../src/core/completion/repository/lexer.ts';
import { EDGE, isNewLine, LONG, Vocabulary } from '../src/core/completion/repository/vocabulary.ts';
import { FAMILIES, type Family, familyOf, type LanguageId } from '../src/core/languages.ts';
import { projectRoot } from '../test/projectRoot.ts';
import { packed, SharedSequences } from './infill/sharedSequences.ts';

const args = process.argv.slice(2);
const option = (name: string, otherwise: string): string => {
  const at = args.indexOf(name);
  return at < 0 ? otherwise : (args[at + 1] as string);
};
const SHARDS = Number(option('--shards', '11'));
const LEAST = Number(option('--repositories', '3'));
const FOLDER = join(projectRoot, '../shared/data/functions');

interface FunctionRecord {
  readonly repo: string;
  readonly path: string;
  readonly language: LanguageId;
  readonly signature: string;
  readonly context: string;
  readonly body: string;
}

function* records(): Generator<FunctionRecord> {
  const shards = readdirSync(FOLDER).filter((name) => name.startsWith('functions.train.'));
  for (const shard of shards.sort().slice(0, SHARDS)) {
    const { stdout, status } = spawnSync('xz', ['-dc', join(FOLDER, shard)], { encoding: 'utf8', maxBuffer: 1 << 28 });
    if (status !== 0) throw new Error(`${shard} cannot be unpacked.`);
    for (const line of stdout.trimEnd().split('\n')) yield JSON.parse(line) as FunctionRecord;
    process.stderr.write(`${shard}\n`);
  }
}

/** Each function once, and each file's imports once. */
function sequencesOf(family: Family): SharedSequences {
  const vocabulary = new Vocabulary();
  const sequences = new SharedSequences();
  const repositories = new Map<string, number>();
  const seen = new Set<string>();
  for (const { repo, path, language, signature, context, body } of records()) {
    if (familyOf(language) !== family) continue;
    const number = repositories.get(repo) ?? repositories.size;
    repositories.set(repo, number);
    const gap = language === 'python' ? '\n' : ' ';
    const texts = [`${signature}${gap}${body}\n`];
    const key = `${repo} ${path} ${context}`;
    if (context !== '' && !seen.has(key)) texts.push(`${context}\n`);
    seen.add(key);
    for (const text of texts) {
      const cells = encode(text, lex(text, language), vocabulary);
      const ids = Int32Array.from(cells, (cell) => {
        const id = idOf(cell);
        return isNewLine(id) ? SharedSequences.NEW_LINE : id === EDGE || id === LONG ? SharedSequences.BREAK : id;
      });
      sequences.add(
        ids,
        Uint8Array.from(cells, (cell) => Number(spaceBefore(cell) > 0)),
        number,
      );
    }
  }
  sequences.settle(vocabulary, LEAST);
  return sequences;
}

for (const family of option('--family', FAMILIES.join(',')).split(',') as Family[]) {
  const sequences = sequencesOf(family);
  const bytes = packed(sequences);
  const small = brotliCompressSync(bytes, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 },
  });
  writeFileSync(join(projectRoot, `src/data/infill/corpus.${family}.bin.br`), small);
  process.stdout.write(`${family}: ${sequences.summary()}; ${bytes.length} bytes, ${small.length} packed\n`);
}
