/**
 * How many blocks a small unrelated edit moves: a function that calls what three files call already is appended to a file of another
 * directory. (What one file alone called would become the repository's, and stand in blocks that have room for every name.)
 * Usage: npm run bench -- retrieval-stability CLONE…   (20 places, 30 edits each)
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { mix } from '../src/base/statistics.ts';
import type { LanguageId } from '../src/core/languages.ts';
import { CallEmbedding } from '../src/core/retrieval/callEmbedding.ts';
import { createContextProvider } from '../src/core/retrieval/contextProvider.ts';
import { callingFiles, type SourceText } from '../src/core/retrieval/heldOut.ts';
import { parseWeights } from '../src/core/retrieval/model.ts';
import { projectRoot } from '../test/projectRoot.ts';
import { FactsReader, readRepository } from './retrieval/repository.ts';
import { indexOf, put } from './retrieval/samples.ts';

const PLACES = 20;
const EDITS = 30;
const KNOWN = 3;
const BUDGETS = [300, 1536] as const;

const reader = new FactsReader();
const data = (name: string) => readFileSync(join(projectRoot, 'src/data/retrieval', name), 'utf8');

/** A function of the language with one call in its body. */
function appended(language: LanguageId, name: string, at: number): string {
  if (language === 'python') return `\n\ndef extra_${at}():\n    ${name}()\n`;
  if (language === 'go') return `\n\nfunc extra${at}() {\n\t${name}()\n}\n`;
  if (language === 'rust') return `\n\nfn extra_${at}() {\n    ${name}();\n}\n`;
  return `\n\nfunction extra${at}() {\n  ${name}();\n}\n`;
}

async function measure(folder: string): Promise<void> {
  const repository = await readRepository(folder, reader);
  const index = indexOf(repository);
  const provider = createContextProvider({
    index,
    weights: parseWeights(JSON.parse(data('weights.json'))),
    embedding: new CallEmbedding(data('embedding.json')),
    attractors: () => [],
    lineComment: (language) => reader.lineComment(language),
  });
  const inOrder = [...repository.files.values()].sort((a, b) => mix(a.path) - mix(b.path));
  const functions = inOrder.flatMap((file) =>
    file.facts.functions.slice(0, 1).map(({ startLine }) => ({ file, startLine })),
  );
  const places = functions.slice(0, PLACES);
  const blocks = ({ file, startLine }: (typeof places)[number]) =>
    BUDGETS.map((bytes) => provider.context({ ...file, line: startLine, bytes }).considerBlock);
  const names = [...callingFiles(inOrder)].flatMap(([name, files]) => (files >= KNOWN ? [name] : []));
  const before = places.map(blocks);
  const moved = BUDGETS.map(() => 0);
  let compared = 0;
  for (let at = 0; at < EDITS; at++) {
    const edited = inOrder[mix(`file ${at}`) % inOrder.length] as SourceText;
    const call = names[mix(`name ${at}`) % names.length] as string;
    const text = edited.text + appended(edited.language, call, at);
    put(index, { ...edited, text, facts: await reader.read(edited.language, text) });
    for (const [i, place] of places.entries()) {
      if (dirname(place.file.path) === dirname(edited.path)) continue;
      compared++;
      for (const [b, block] of blocks(place).entries()) if (block !== before[i]?.[b]) moved[b] = (moved[b] ?? 0) + 1;
    }
    put(index, edited);
  }
  const share = (count: number) => `${((100 * count) / compared).toFixed(1)} %`;
  process.stdout.write(
    `${repository.name}: ${repository.files.size} files, ${compared} blocks compared; moved at ${BUDGETS.map((bytes, b) => `${bytes} bytes ${share(moved[b] as number)}`).join(', ')}\n`,
  );
}

async function main(): Promise<void> {
  for (const folder of process.argv.slice(2)) await measure(folder);
}

void main();
