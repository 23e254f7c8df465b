/** The real parser with the real grammars, straight from the working tree, for tests about syntax. */
import { join } from 'node:path';
import type { LanguageId } from '../../../src/core/languages.ts';
import { extractFacts } from '../../../src/core/syntax/extractFacts.ts';
import type { FileFacts } from '../../../src/core/syntax/facts.ts';
import { loadFactQueries } from '../../../src/node/treeSitter/factQueryFiles.ts';
import { TreeSitterParser } from '../../../src/node/treeSitter/treeSitterParser.ts';
import { TreeSitterRuntime } from '../../../src/node/treeSitter/treeSitterRuntime.ts';
import { projectRoot } from '../../projectRoot.ts';

export const assets = {
  runtimeWasm: join(projectRoot, 'node_modules/web-tree-sitter/web-tree-sitter.wasm'),
  grammars: join(projectRoot, 'grammars'),
};

export const runtime = new TreeSitterRuntime(assets);
export const parser = new TreeSitterParser(runtime);

export async function factsOf(language: LanguageId, text: string): Promise<FileFacts> {
  const loaded = await runtime.language(language);
  return extractFacts(
    await parser.parse(language, text),
    loaded.grammar,
    text,
    loadFactQueries(assets.grammars, loaded),
  );
}
