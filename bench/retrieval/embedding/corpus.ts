/** Functions of ../shared/data/functions as the embedding is trained on them: the words of their place and the names they call. */

import { execFileSync } from 'node:child_process';
import { familyOf, type LanguageId } from '../../../src/core/languages.ts';
import type { PlaceWords } from '../../../src/core/retrieval/callEmbedding.ts';
import { digestCursorFile } from '../../../src/core/retrieval/fileDigest.ts';

import { SymbolTable } from '../../../src/core/retrieval/symbols.ts';
import { callsOf, placeOf } from '../../../src/core/retrieval/targetTokens.ts';
import type { FactsReader } from '../repository.ts';

/** A record of the corpus (../shared/data/CORPUS.md), as far as it is read. */
interface FunctionRecord {
  readonly repo: string;
  readonly path: string;
  readonly language: LanguageId;
  readonly name: string;
  readonly signature: string;
  readonly doc: string;
  /** Import lines, then the header of the enclosing class, impl or trait. */
  readonly context: string;
  readonly body: string;
}

export interface CallingFunction {
  readonly repository: string;
  readonly family: string;
  readonly place: PlaceWords;
  readonly calls: readonly string[];
}

const HEADER = /^\s*(?:pub(?:\([^)]*\))? |unsafe |export |default |abstract |declare )*(?:class|impl|trait)\b/;

/** The function in a file of its own that parses. */
function sourceOf({ language, signature, context, body }: FunctionRecord): string {
  const lines = context.split('\n');
  const at = lines.findIndex((line) => HEADER.test(line));
  const imports = (at < 0 ? lines : lines.slice(0, at)).join('\n');
  const header = at < 0 ? '' : lines.slice(at).join('\n').trimEnd();
  if (language === 'python') {
    const first = body.split('\n').find((line) => line.trim() !== '') ?? '';
    const indent = ' '.repeat(Math.max(0, first.length - first.trimStart().length - 4));
    const above = header !== '' ? `${header.replace(/:?$/, ':')}\n` : indent !== '' ? 'if True:\n' : '';
    return `${imports}\n${above}${indent}${signature}\n${body}\n`;
  }
  if (language === 'go') return `package p\n${imports}\n${signature} ${body}\n`;
  if (header === '') return `${imports}\n${signature} ${body}\n`;
  return `${imports}\n${header.replace(/\{?$/, '{')}\n${signature} ${body}\n}\n`;
}

/** Functions of one shard that call something; those that do not parse by themselves are left out. */
export async function* callingFunctions(shard: string, reader: FactsReader): AsyncGenerator<CallingFunction> {
  for (const line of execFileSync('xz', ['-dc', shard], { encoding: 'utf8', maxBuffer: 2 ** 30 }).split('\n')) {
    if (line === '') continue;
    const record = JSON.parse(line) as FunctionRecord;
    const read = await reader.read(record.language, sourceOf(record));
    const facts = {
      ...read,
      functions: read.functions.map((fact) => (fact.name === record.name ? { ...fact, doc: record.doc } : fact)),
    };
    const symbols = new SymbolTable();
    const digest = digestCursorFile(record.path, facts, symbols);
    const routine = digest.names.indexOf(symbols.find(record.name));
    if (routine < 0) continue;
    const calls = Array.from(callsOf(digest, routine), (name) => symbols.text(name));
    if (calls.length === 0) continue;
    const target = { digest, routine, anchor: routine, language: record.language };
    const place = placeOf(symbols, { ...target, receivers: [], receiverTypes: [], lineWords: [] });
    yield { repository: record.repo, family: familyOf(record.language), place, calls };
  }
}
