/** A process of its own that mines a repository: to be killed, and to be run twice at once. Arguments: JSON. */
import { hash } from 'node:crypto';
import { join } from 'node:path';
import { RepositoryIndex } from '../../../src/core/indexing/repositoryIndex.ts';
import { RepositoryMiner } from '../../../src/core/indexing/repositoryMiner.ts';
import { RepositoryFiles } from '../../../src/node/files/repositoryFiles.ts';
import { IndexDatabase } from '../../../src/node/store/indexDatabase.ts';
import { packAnalysis, unpackAnalysis } from '../../../src/node/store/packAnalysis.ts';
import { AnalyserPool } from '../../../src/node/workers/analyserPool.ts';
import { CountingAnalyser, clock, comparable, ShowAll, setPool, silent, walkRules } from './harness.ts';

const { root, cache, project } = JSON.parse(process.argv[2] ?? '{}') as Record<'root' | 'cache' | 'project', string>;

async function main(): Promise<void> {
  const assets = {
    runtimeWasm: join(project, 'node_modules/web-tree-sitter/web-tree-sitter.wasm'),
    grammars: join(project, 'grammars'),
  };
  const pool = new AnalyserPool({ dist: __dirname, log: silent, assets, threads: 1 });
  setPool(pool);
  const tree = new RepositoryFiles({
    root,
    extensions: ['.ts', '.py', '.go'],
    maxFileBytes: 200_000,
    rules: walkRules,
    clock,
  });
  const store = new IndexDatabase({ path: join(cache, 'index.sqlite'), extractor: 'test' });
  const analyser = new CountingAnalyser();
  const unpack = unpackAnalysis;
  const index = new RepositoryIndex({
    tree,
    store,
    analyser: () => analyser,
    pack: packAnalysis,
    unpack,
    clock,
    log: silent,
  });
  const reducer = () => new ShowAll();
  const miner = new RepositoryMiner({ index, store, tree, git: undefined, reducer, version: 'test', clock });
  const report = comparable(await miner.mine({}));
  const { notices } = store;
  store.close();
  await pool.close();
  process.stdout.write(JSON.stringify({ report: hash('sha256', report), analysed: analyser.analysed.length, notices }));
}

void main();
