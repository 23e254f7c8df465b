/** A repository on disk with the real walk, store, parser and facts, and a reducer that shows all it was given. */
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import * as esbuild from 'esbuild';
import type { CallOptions } from '../../../src/base/progress.ts';
import type { Analyser, FileAnalysis, MiningReducer } from '../../../src/core/indexing/contracts.ts';
import { RepositoryIndex } from '../../../src/core/indexing/repositoryIndex.ts';
import { RepositoryMiner } from '../../../src/core/indexing/repositoryMiner.ts';
import type { MiningReport } from '../../../src/core/mining/attractor.ts';
import type { Log } from '../../../src/core/ports.ts';
import { RepositoryFiles } from '../../../src/node/files/repositoryFiles.ts';
import { parseWalkRules } from '../../../src/node/files/walkRules.ts';
import { openGitHistory } from '../../../src/node/git/gitHistory.ts';
import { IndexDatabase } from '../../../src/node/store/indexDatabase.ts';
import { packAnalysis, unpackAnalysis } from '../../../src/node/store/packAnalysis.ts';
import { AnalyserPool } from '../../../src/node/workers/analyserPool.ts';
import { projectRoot } from '../../projectRoot.ts';

export const clock = {
  now: () => performance.now(),
  yieldNow: () => new Promise<void>((resolve) => setImmediate(resolve)),
};

export const walkRules = parseWalkRules(readFileSync(join(projectRoot, 'src/data/files/walk.json'), 'utf8'));

export const silent: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: (message, cause) => {
    throw new Error(message, { cause });
  },
};

let pool: AnalyserPool | undefined;

/** For a process that has no describe around it. */
export function setPool(made: AnalyserPool): void {
  pool = made;
}

const alive = new Set<Worker>();
process.on('worker', (worker) => {
  alive.add(worker);
  worker.on('exit', () => alive.delete(worker));
});

/** Worker threads of this process that have not ended. */
export function workersAlive(): number {
  return alive.size;
}

/** For a `describe`: builds the real syntax worker and runs two of them while its tests do. */
export function useWorkers(): void {
  let folder: string;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'lodestone-worker-'));
    const entryPoints = ['src/node/workers/syntaxWorker.ts'];
    const rest = { bundle: true, platform: 'node', format: 'cjs', target: 'node22.13', logLevel: 'error' } as const;
    await esbuild.build({ absWorkingDir: projectRoot, entryPoints, outdir: folder, ...rest });
    const assets = {
      runtimeWasm: join(projectRoot, 'node_modules/web-tree-sitter/web-tree-sitter.wasm'),
      grammars: join(projectRoot, 'grammars'),
    };
    pool = new AnalyserPool({ dist: folder, log: silent, assets, threads: 2 });
  });
  after(async () => {
    await pool?.close();
    rmSync(folder, { recursive: true, force: true });
  });
}

/** The pool, counting what it is asked. */
export class CountingAnalyser implements Analyser {
  readonly threads = 2;
  readonly analysed: string[] = [];
  /** Bytes that it was told to expect, each number once. */
  readonly expected = new Set<number>();

  expect(bytes: number): void {
    this.expected.add(bytes);
  }

  analyse(file: { path: string; text: string }, options: CallOptions): ReturnType<Analyser['analyse']> {
    this.analysed.push(file.path);
    if (!pool) throw new Error('useWorkers() is missing in the describe');
    return pool.analyse(file, options);
  }

  async rest(): Promise<void> {
    await pool?.rest();
  }

  async close(): Promise<void> {
    this.analysed.length = 0;
  }
}

/** Reports every file's facts: two reports are equal only if the reducers were given the same, whatever the order. */
export class ShowAll implements MiningReducer {
  readonly files = new Map<string, string>();
  /** Extensions of the files that it was told are complete, one text a call. */
  readonly foreseen: string[] = [];

  set(path: string, { facts, trees }: FileAnalysis): void {
    this.files.set(path, `${JSON.stringify(facts)} ${Buffer.from(trees).toString('base64')}`);
  }

  delete(path: string): void {
    if (!this.files.delete(path)) throw new Error(`${path} was never given`);
  }

  foresee(awaited: (path: string) => boolean): void {
    const complete = [...this.files.keys()].filter((path) => !awaited(path));
    this.foreseen.push([...new Set(complete.map((path) => path.slice(path.lastIndexOf('.'))))].sort().join(' '));
  }

  /** Everything it shows may change with any file. */
  async update(): ReturnType<MiningReducer['update']> {
    return undefined;
  }

  async report(context: Parameters<MiningReducer['report']>[0]): ReturnType<MiningReducer['report']> {
    const frameworks = [];
    for (const path of [...this.files.keys()].sort()) {
      const evidence = [this.files.get(path) ?? '', (await context.text(path)) ?? '(changed)'];
      frameworks.push({ id: path, title: '', language: 'go' as const, evidence, files: 1, vocabulary: [] });
    }
    const manifests = JSON.stringify([...context.manifests]);
    frameworks.push({ id: manifests, title: '', language: 'go' as const, evidence: [], files: 0, vocabulary: [] });
    return { attractors: [], frameworks, deviants: [] };
  }
}

export interface Opened {
  readonly index: RepositoryIndex;
  readonly miner: RepositoryMiner;
  readonly store: IndexDatabase;
  readonly analyser: CountingAnalyser;
  readonly reducer: ShowAll;
}

export class TestRepository {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'lodestone-index-')));
  readonly root = join(this.folder, 'repository');

  constructor() {
    mkdirSync(this.root);
  }

  put(path: string, content: string | Buffer): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), content);
  }

  remove(path: string): void {
    rmSync(join(this.root, path), { recursive: true, force: true });
  }

  /** `mining` reports instead of the reducer that shows all. */
  open(cache = 'cache', analyser = new CountingAnalyser(), maxFileBytes = 200_000, mining?: MiningReducer): Opened {
    const tree = new RepositoryFiles({
      root: this.root,
      extensions: ['.ts', '.py', '.go'],
      maxFileBytes,
      rules: walkRules,
      clock,
    });
    const store = new IndexDatabase({ path: join(this.folder, cache, 'index.sqlite'), extractor: 'test' });
    const reducer = new ShowAll();
    const index = new RepositoryIndex({
      tree,
      store,
      analyser: () => analyser,
      pack: packAnalysis,
      unpack: unpackAnalysis,
      clock,
      log: silent,
    });
    const git = openGitHistory({ root: this.root, log: silent });
    const version = 'test';
    const miner = new RepositoryMiner({ index, store, tree, git, reducer: () => mining ?? reducer, version, clock });
    return { index, miner, store, analyser, reducer };
  }

  /** What a first mine in an empty store says of the tree as it is now. */
  async cold(name = `cold-${this.colds++}`): Promise<string> {
    const { miner, store } = this.open(name);
    const report = await miner.mine({});
    store.close();
    return comparable(report);
  }
  private colds = 0;

  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The report's bytes without what may differ between runs. */
export function comparable(report: MiningReport): string {
  return JSON.stringify({ ...report, durationMs: 0 });
}
