/** A checked-out repository as the retrieval benchmarks read it: tracked sources, their texts and facts. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LanguageEntry, LanguageId } from '../../src/core/languages.ts';
import type { SourceText } from '../../src/core/retrieval/heldOut.ts';
import { extractFacts } from '../../src/core/syntax/extractFacts.ts';
import type { FactQueries } from '../../src/core/syntax/factQueries.ts';
import type { FileFacts } from '../../src/core/syntax/facts.ts';
import { isGenerated, MAX_SIZE } from '../../src/node/git/commitReplay.ts';
import { loadFactQueries } from '../../src/node/treeSitter/factQueryFiles.ts';
import { TreeSitterParser } from '../../src/node/treeSitter/treeSitterParser.ts';
import { TreeSitterRuntime } from '../../src/node/treeSitter/treeSitterRuntime.ts';
import { projectRoot } from '../../test/projectRoot.ts';

export interface Repository {
  readonly name: string;
  readonly commit: string;
  readonly files: ReadonlyMap<string, SourceText>;
}

/** Text to facts by the product's own parser and queries. */
export class FactsReader {
  private readonly runtime = new TreeSitterRuntime({
    runtimeWasm: join(projectRoot, 'node_modules/web-tree-sitter/web-tree-sitter.wasm'),
    grammars: join(projectRoot, 'grammars'),
  });
  private readonly parser = new TreeSitterParser(this.runtime);
  private readonly queries = new Map<LanguageId, FactQueries>();

  get languages(): readonly LanguageEntry[] {
    return this.runtime.entries;
  }

  languageOf(path: string): LanguageId | undefined {
    return this.languages.find(({ extensions }) => extensions.some((extension) => path.endsWith(extension)))?.id;
  }

  lineComment(language: LanguageId): string {
    return this.languages.find(({ id }) => id === language)?.lineComment ?? '//';
  }

  async read(language: LanguageId, text: string): Promise<FileFacts> {
    const grammar = await this.parser.grammar(language);
    let queries = this.queries.get(language);
    if (!queries) {
      queries = loadFactQueries(this.runtime.grammarsFolder, await this.runtime.language(language));
      this.queries.set(language, queries);
    }
    return extractFacts(await this.parser.parse(language, text), grammar, text, queries);
  }
}

/** Reads HEAD's tracked sources of a clone; at most `limit` files, evenly spread over the sorted paths. */
export async function readRepository(folder: string, reader: FactsReader, limit = 2500): Promise<Repository> {
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', folder, ...args], { encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 });
  const paths = git('ls-files', '-z')
    .split('\0')
    .filter((path) => reader.languageOf(path) !== undefined && !isGenerated(path))
    .sort();
  const step = Math.max(1, paths.length / limit);
  const files = new Map<string, SourceText>();
  for (let i = 0; i < paths.length; i += step) {
    const path = paths[Math.floor(i)] as string;
    const bytes = existsSync(join(folder, path)) ? readFileSync(join(folder, path)) : Buffer.alloc(0);
    if (bytes.length > MAX_SIZE || bytes.includes(0)) continue;
    const text = bytes.toString('utf8');
    const language = reader.languageOf(path) as LanguageId;
    files.set(path, { path, language, text, facts: await reader.read(language, text) });
  }
  return { name: folder.split('/').at(-1) as string, commit: git('rev-parse', 'HEAD').trim(), files };
}
