/** Mines in-memory files with the real grammars and the shipped data: what the mining tests share. */
import { join } from 'node:path';
import { loadCatalog } from '../../../src/core/catalog/catalog.ts';
import type { FileAnalysis, MiningContext, MiningReducer } from '../../../src/core/indexing/contracts.ts';
import { BACKGROUND_PATH, miningDepsFrom } from '../../../src/core/mining/miningData.ts';
import { createMiningReducer, type MiningReducerDeps } from '../../../src/core/mining/miningReducer.ts';
import type { Clock } from '../../../src/core/ports.ts';
import { NodeDataFiles } from '../../../src/node/dataFiles.ts';
import { FileAnalyser } from '../../../src/node/treeSitter/fileAnalyser.ts';
import { TreeSitterRuntime } from '../../../src/node/treeSitter/treeSitterRuntime.ts';
import { projectRoot } from '../../projectRoot.ts';

export type Texts = Readonly<Record<string, string>>;

const analyser = new FileAnalyser(
  new TreeSitterRuntime({
    runtimeWasm: join(projectRoot, 'node_modules/web-tree-sitter/web-tree-sitter.wasm'),
    grammars: join(projectRoot, 'grammars'),
  }),
);

export async function analyse(path: string, text: string): Promise<FileAnalysis> {
  const analysis = await analyser.analyse(path, text);
  if (!('facts' in analysis)) throw new Error(`${path} was skipped: ${analysis.skipped}`);
  return analysis;
}

/** What the product ships for mining. */
export async function shippedDeps(clock: Clock): Promise<MiningReducerDeps> {
  const data = new NodeDataFiles(projectRoot, {
    data: join(projectRoot, 'src/data'),
    grammars: join(projectRoot, 'grammars'),
  });
  return miningDepsFrom(await loadCatalog(data), await data.read(BACKGROUND_PATH), clock);
}

/** `yieldNow` is called whenever it breathes; with `hurried` that is at every chance. */
export async function newReducer(
  yieldNow = () => new Promise<void>((done) => setImmediate(done)),
  hurried = false,
): Promise<MiningReducer> {
  let ticks = 0;
  return createMiningReducer(
    await shippedDeps({ now: () => (hurried ? ++ticks * 1000 : performance.now()), yieldNow }),
  );
}

export function contextOf(texts: Texts, manifests: Texts = {}): MiningContext {
  return {
    manifests: new Map(Object.entries(manifests)),
    history: new Map(),
    headDate: undefined,
    text: async (path) => texts[path],
  };
}

export async function mineTexts(texts: Texts, manifests: Texts = {}) {
  const reducer = await newReducer();
  for (const [path, text] of Object.entries(texts)) reducer.set(path, await analyse(path, text));
  return reducer.report(contextOf(texts, manifests), {});
}
