/**
 * Counts in how many functions of the public corpus (../shared/data/functions: 234 repositories under permissive licences,
 * listed in ../shared/data/SOURCES.tsv) each normalised label and parent–child pair occurs, and writes the background table.
 * Only hashes and counts leave the corpus. Run: training/background/run.sh OUT
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LanguageId } from '../../src/core/languages.ts';
import { packBackground, patternHash } from '../../src/core/mining/background.ts';
import { familyOf } from '../../src/core/mining/fileDigest.ts';
import { decodeMiningTrees } from '../../src/core/mining/miningTrees.ts';
import { FileAnalyser } from '../../src/node/treeSitter/fileAnalyser.ts';
import { TreeSitterRuntime } from '../../src/node/treeSitter/treeSitterRuntime.ts';

interface FunctionRecord {
  readonly repo: string;
  readonly path: string;
  readonly language: LanguageId;
  readonly kind: string;
  readonly signature: string;
  readonly context: string;
  readonly before: string;
  readonly body: string;
}

/** Least functions and repositories of an entry, and the most entries: 5 bytes each before base64. */
const MIN_FUNCTIONS = 5;
const MIN_REPOSITORIES = 2;
const MOST_ENTRIES = 150_000;

const EXTENSION: Record<string, string> = { typescript: 'ts', tsx: 'tsx', javascript: 'js', python: 'py', rust: 'rs', go: 'go' };

/** A text that parses: imports first, methods inside a class of no importance. */
function sourceOf(record: FunctionRecord): string {
  const imports = record.context
    .split('\n')
    .filter((line) => !/^\s*(?:export |default |abstract |pub(?:\([^)]*\))? |unsafe )*(?:class|impl|trait|interface|struct)\b/.test(line))
    .join('\n');
  const family = familyOf(record.language);
  if (family === 'python') {
    const indent = /[ \t]*$/.exec(record.before)?.[0] ?? '';
    return `${imports}\n${indent ? 'if x:\n' : ''}${indent}${record.signature}\n${record.body}\n`;
  }
  if (family === 'ecmascript' && record.kind === 'method') return `${imports}\nclass C {\n${record.signature} ${record.body}\n}\n`;
  if (family === 'go') return `package p\n${imports}\n${record.signature} ${record.body}\n`;
  return `${imports}\n${record.signature} ${record.body}\n`;
}

async function main(): Promise<void> {
  const root = process.env.LODESTONE_ROOT ?? process.cwd();
  const corpus = join(root, '../shared/data/functions');
  const runtime = new TreeSitterRuntime({
    runtimeWasm: join(root, 'node_modules/web-tree-sitter/web-tree-sitter.wasm'),
    grammars: join(root, 'grammars'),
  });
  const analyser = new FileAnalyser(runtime);
  const functions: Record<string, number> = {};
  const counts = new Map<number, { functions: number; repositories: number; last: string }>();
  const repositories = new Map<number, Set<number>>();
  const repositoryIds = new Map<string, number>();
  for (const shard of readdirSync(corpus).filter((name) => /\.(?:train|valid)\./.test(name)).sort()) {
    const lines = execFileSync('xz', ['-dc', join(corpus, shard)], { encoding: 'utf8', maxBuffer: 1 << 30 }).split('\n');
    for (const line of lines) {
      if (line === '') continue;
      const record = JSON.parse(line) as FunctionRecord;
      const analysis = await analyser.analyse(`x.${EXTENSION[record.language]}`, sourceOf(record));
      if (!('facts' in analysis)) continue;
      const family = familyOf(record.language);
      functions[family] = (functions[family] ?? 0) + 1;
      const repository = repositoryIds.get(record.repo) ?? repositoryIds.size;
      repositoryIds.set(record.repo, repository);
      const { labels, label, size } = decodeMiningTrees(analysis.trees);
      const seen = new Set<string>();
      const path: [end: number, label: string][] = [];
      for (let node = 0; node < label.length; node++) {
        while (path.length > 0 && (path.at(-1)?.[0] as number) <= node) path.pop();
        const name = labels[label[node] as number] as string;
        seen.add(name);
        const parent = path.at(-1)?.[1];
        if (parent !== undefined) seen.add(`${parent}>${name}`);
        path.push([node + (size[node] as number), name]);
      }
      for (const pattern of seen) {
        const hash = patternHash(family, pattern);
        const entry = counts.get(hash) ?? { functions: 0, repositories: 0, last: '' };
        entry.functions++;
        counts.set(hash, entry);
        if (entry.repositories >= 8) continue;
        const known = repositories.get(hash) ?? new Set<number>();
        repositories.set(hash, known.add(repository));
        entry.repositories = known.size;
      }
    }
    console.error(`${shard}: ${JSON.stringify(functions)}, ${counts.size} patterns`);
  }
  const kept = [...counts.entries()]
    .filter(([, entry]) => entry.functions >= MIN_FUNCTIONS && entry.repositories >= MIN_REPOSITORIES)
    .sort((a, b) => b[1].functions - a[1].functions || a[0] - b[0])
    .slice(0, MOST_ENTRIES);
  console.error(`${kept.length} entries kept; the rarest stands in ${kept.at(-1)?.[1].functions} functions.`);
  writeFileSync(
    process.argv[2] as string,
    packBackground({ functions, counts: new Map(kept.map(([hash, entry]) => [hash, entry.functions])) }),
  );
}

void main();
