/**
 * What parsing costs: read + parse + one full cursor walk (the measure of the first figure) against parse alone, parse with
 * the serialiser, with facts and with mining trees; per language, one thread, same parser, interleaved rounds, medians
 * of processor time.
 * Usage: npm run bench -- parse DIR… [--rounds N] [--json]
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import treeSitter = require('web-tree-sitter');

import { median } from '../src/base/statistics.ts';
import { encodeMiningTrees } from '../src/core/mining/encodeMiningTrees.ts';
import { extractFacts } from '../src/core/syntax/extractFacts.ts';
import type { FactQueries } from '../src/core/syntax/factQueries.ts';
import type { FlatTree } from '../src/core/syntax/flatTree.ts';
import { unusualText } from '../src/core/syntax/unusualText.ts';
import { packAnalysis } from '../src/node/store/packAnalysis.ts';
import { loadFactQueries } from '../src/node/treeSitter/factQueryFiles.ts';
import { TreeSerializer } from '../src/node/treeSitter/treeSerializer.ts';
import { type LoadedLanguage, TreeSitterRuntime } from '../src/node/treeSitter/treeSitterRuntime.ts';
import { projectRoot } from '../test/projectRoot.ts';

interface Input {
  readonly path: string;
  readonly loaded: LoadedLanguage;
  readonly queries: FactQueries;
  readonly bytes: number;
}

const STEPS = ['parse', 'bareWalk', 'baseline', 'serialised', 'facts', 'mining', 'packed'] as const;
type Step = (typeof STEPS)[number];

const TITLES: Record<Step, string> = {
  parse: 'read + parse',
  bareWalk: '… + cursor walk, moves only',
  baseline: '… + cursor walk, kind and offsets (baseline)',
  serialised: 'read + parse + serialiser',
  facts: '… + facts',
  mining: '… + mining trees',
  packed: '… + packed for the store',
};

function sourceFiles(folder: string, extensions: ReadonlySet<string>): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && extensions.has(/\.[^.]+$/.exec(entry.name)?.[0] ?? ''))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !/\/(node_modules|\.git)\//.test(path))
    .sort();
}

/** Visits every node; `read` also asks each for its kind and offsets, without which a walk is of no use. */
function cursorWalk(tree: treeSitter.Tree, read: boolean): number {
  const cursor = tree.walk();
  let sum = 0;
  const visit = () => {
    sum += read ? cursor.nodeTypeId + cursor.startIndex + cursor.endIndex : 1;
  };
  visit();
  for (;;) {
    if (cursor.gotoFirstChild()) {
      visit();
      continue;
    }
    while (!cursor.gotoNextSibling()) {
      if (!cursor.gotoParent()) {
        cursor.delete();
        return sum;
      }
    }
    visit();
  }
}

class Bench {
  private readonly parser = new treeSitter.Parser();
  sink = 0;
  nodes = 0;

  constructor(private readonly serializer: TreeSerializer) {}

  /** Milliseconds of processor time, collection of garbage included: a busy machine does not change them much. */
  run(step: Step, inputs: readonly Input[]): number {
    const started = process.cpuUsage();
    for (const input of inputs) this.one(step, input);
    const { user, system } = process.cpuUsage(started);
    return (user + system) / 1e3;
  }

  private one(step: Step, { path, loaded, queries }: Input): void {
    const text = readFileSync(path, 'utf8');
    this.parser.setLanguage(loaded.language);
    const tree = this.parser.parse(text);
    if (!tree) return;
    if (step === 'parse') this.sink += tree.rootNode.endIndex;
    else if (step === 'bareWalk' || step === 'baseline') this.sink += cursorWalk(tree, step === 'baseline');
    else {
      const flat = this.serializer.serialize(tree, loaded.grammar);
      this.nodes += flat.size;
      this.sink += this.rest(step, flat, text, loaded, queries);
    }
    tree.delete();
  }

  private rest(step: Step, flat: FlatTree, text: string, loaded: LoadedLanguage, queries: FactQueries): number {
    if (step === 'serialised') return flat.size;
    const facts = extractFacts(flat, loaded.grammar, text, queries);
    if (step === 'facts') return facts.calls.length;
    const { bytes } = encodeMiningTrees(flat, loaded.grammar, text, facts);
    return step === 'mining' ? bytes.length : packAnalysis({ facts, trees: bytes }).length;
  }
}

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  const json = args.includes('--json');
  const at = args.indexOf('--rounds');
  const rounds = at === -1 ? 7 : Number(args.splice(at, 2)[1]);
  const folders = args.filter((arg) => !arg.startsWith('--')).map((folder) => resolve(folder));
  const runtime = new TreeSitterRuntime({
    runtimeWasm: join(projectRoot, 'node_modules/web-tree-sitter/web-tree-sitter.wasm'),
    grammars: join(projectRoot, 'grammars'),
  });
  const serializer = new TreeSerializer(await runtime.instance(), join(projectRoot, 'grammars/serializeTree.wasm'));
  const results: Record<string, Record<string, number>> = {};
  const all: Input[] = [];
  for (const entry of runtime.entries) {
    const loaded = await runtime.language(entry.id);
    const queries = loadFactQueries(join(projectRoot, 'grammars'), loaded);
    const inputs = folders
      .flatMap((folder) => sourceFiles(folder, new Set(entry.extensions)))
      .flatMap((path) => {
        const text = readFileSync(path, 'utf8');
        return unusualText(text) ? [] : [{ path, loaded, queries, bytes: Buffer.byteLength(text) }];
      });
    if (inputs.length) results[entry.id] = measure(new Bench(serializer), inputs, rounds);
    all.push(...inputs);
  }
  if (all.length) results.all = measure(new Bench(serializer), all, rounds);
  if (json) console.log(JSON.stringify(results, null, 2));
  else print(results);
}

function measure(bench: Bench, inputs: readonly Input[], rounds: number): Record<string, number> {
  const times = new Map<Step, number[]>(STEPS.map((step) => [step, []]));
  for (const step of STEPS) bench.run(step, inputs);
  bench.nodes = 0;
  bench.run('serialised', inputs);
  const nodes = bench.nodes;
  // Interleaved, so that a busy moment of the machine meets every step alike.
  for (let round = 0; round < rounds; round++) for (const step of STEPS) times.get(step)?.push(bench.run(step, inputs));
  const medians = Object.fromEntries(STEPS.map((step) => [step, median(times.get(step) ?? [])]));
  return { files: inputs.length, bytes: inputs.reduce((sum, { bytes }) => sum + bytes, 0), nodes, ...medians };
}

function print(results: Record<string, Record<string, number>>): void {
  for (const [name, result] of Object.entries(results)) {
    const baseline = result.baseline ?? 1;
    const megabytes = ((result.bytes ?? 0) / 1e6).toFixed(2);
    console.log(`${name}: ${result.files} files, ${megabytes} MB, ${result.nodes} nodes`);
    for (const step of STEPS) {
      const time = result[step] ?? 0;
      console.log(`  ${TITLES[step].padEnd(46)} ${time.toFixed(1).padStart(8)} ms  ${(time / baseline).toFixed(2)} ×`);
    }
  }
}

void main();
