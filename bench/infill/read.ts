/** A clone's tracked sources with their trees, and the facts of texts that were changed. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { LanguageId } from '../../src/core/languages.ts';
import { isGenerated, MAX_SIZE } from '../../src/node/git/commitReplay.ts';
import { TreeSitterParser } from '../../src/node/treeSitter/treeSitterParser.ts';
import { TreeSitterRuntime } from '../../src/node/treeSitter/treeSitterRuntime.ts';
import { projectRoot } from '../../test/projectRoot.ts';
import { FactsReader } from '../retrieval/repository.ts';
import { type BlankedRepository, blank, type ParsedFile } from './spans.ts';

const runtime = new TreeSitterRuntime({
  runtimeWasm: join(projectRoot, 'node_modules/web-tree-sitter/web-tree-sitter.wasm'),
  grammars: join(projectRoot, 'grammars'),
});
const parser = new TreeSitterParser(runtime);
export const factsReader = new FactsReader();

/** At most so many files of a repository, evenly over the sorted paths. */
const MOST_FILES = 900;

/** The clone with `each` spans of every kind and length taken out; the clone itself stays as it is. */
export function blankedClone(folder: string, each: number, seed: number): Promise<BlankedRepository> {
  return blankedTexts(basename(folder), sourcesOf(folder), each, seed);
}

/** A clone's tracked sources by their paths, generated and binary ones left out. */
export function sourcesOf(folder: string): Map<string, string> {
  const listed = execFileSync('git', ['-C', folder, 'ls-files', '-z'], { encoding: 'utf8', maxBuffer: 1 << 28 });
  const paths = listed
    .split('\0')
    .filter((path) => factsReader.languageOf(path) !== undefined && !isGenerated(path))
    .sort();
  const step = Math.max(1, paths.length / MOST_FILES);
  const texts = new Map<string, string>();
  for (let i = 0; i < paths.length; i += step) {
    const path = paths[Math.floor(i)] as string;
    if (!existsSync(join(folder, path))) continue;
    const bytes = readFileSync(join(folder, path));
    if (bytes.length > MAX_SIZE || bytes.includes(0)) continue;
    texts.set(path, bytes.toString('utf8').replaceAll('\r\n', '\n'));
  }
  return texts;
}

export async function blankedTexts(
  name: string,
  texts: ReadonlyMap<string, string>,
  each: number,
  seed: number,
): Promise<BlankedRepository> {
  const files: ParsedFile[] = [];
  for (const [path, text] of texts) {
    const language = factsReader.languageOf(path) as LanguageId;
    files.push({
      path,
      language,
      text,
      tree: await parser.parse(language, text),
      grammar: await parser.grammar(language),
    });
  }
  return blank(name, files, each, seed);
}
