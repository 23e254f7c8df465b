/**
 * Cold mining of a repository beside reading, parsing and one full cursor walk of the same files with the same parser.
 * Usage: npm run bench -- cold DIR… [--rounds 3]   Each run is a process of its own; medians, printed as ratios.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type Node, Parser } from 'web-tree-sitter';
import type { Log } from '../src/core/ports.ts';
import { openRepository } from '../src/node/composeEngine.ts';
import { storeLocation } from '../src/node/store/location.ts';
import { assetsBelow, TreeSitterRuntime } from '../src/node/treeSitter/treeSitterRuntime.ts';
import { AnalyserPool } from '../src/node/workers/analyserPool.ts';
import { projectRoot } from '../test/projectRoot.ts';

const DIST = process.env['LODESTONE_DIST'] ?? join(projectRoot, 'dist');

interface Run {
  readonly wall: number;
  readonly cpu: number;
  readonly files: number;
  /** VmHWM in MB. */
  readonly peak: number;
}

function measured(start: number, files: number): Run {
  const { user, system } = process.cpuUsage();
  const peak = Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? 0) / 1024;
  return { wall: performance.now() - start, cpu: (user + system) / 1000, files, peak };
}

const warn = (message: string) => void process.stderr.write(`${message}\n`);
const log: Log = { debug: () => undefined, info: () => undefined, warn, error: warn };

async function mine(root: string, cacheDir: string, threads: number): Promise<Run> {
  const start = performance.now();
  const settings = { 'lodestone.mining.threads': threads };
  const engine = await openRepository({ root, cacheDir, assetsDir: DIST, trusted: true, log, settings });
  const { parsed } = await engine.mine({}, {});
  const run = measured(start, parsed);
  await engine.close();
  return run;
}

/** What the worker threads do, without mining and the store: every text is in memory before the clock starts. */
async function analyse(root: string, paths: readonly string[], threads: number): Promise<Run> {
  const files = paths.map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
  const start = performance.now();
  const pool = new AnalyserPool({ dist: DIST, log, threads });
  await Promise.all(files.map((file) => pool.analyse(file, {})));
  const run = measured(start, files.length);
  await pool.close();
  return run;
}

/** Reads, parses and visits every node of every file, asking for its kind and offsets, as a miner would have to. */
async function walk(root: string, paths: readonly string[], parseOnly: boolean): Promise<Run> {
  const start = performance.now();
  const runtime = new TreeSitterRuntime(assetsBelow(DIST));
  const ends = new Map(runtime.entries.flatMap(({ id, extensions }) => extensions.map((end) => [end, id] as const)));
  const parsers = new Map<string, Parser>();
  let nodes = 0;
  for (const path of paths) {
    const language = ends.get(path.slice(path.lastIndexOf('.')));
    if (!language) continue;
    const { language: grammar } = await runtime.language(language);
    let parser = parsers.get(language);
    if (!parser) parsers.set(language, (parser = new Parser().setLanguage(grammar)));
    const tree = parser.parse(readFileSync(join(root, path), 'utf8'));
    if (!tree) continue;
    if (!parseOnly) nodes += visit(tree.rootNode);
    tree.delete();
  }
  if (!parseOnly && nodes === 0) throw new Error('Nothing was walked.');
  return measured(start, paths.length);
}

function visit(root: Node): number {
  const cursor = root.walk();
  let seen = 0;
  for (;;) {
    if (cursor.nodeTypeId >= 0 && cursor.startIndex <= cursor.endIndex) seen++;
    if (cursor.gotoFirstChild()) continue;
    while (!cursor.gotoNextSibling()) {
      if (!cursor.gotoParent()) {
        cursor.delete();
        return seen;
      }
    }
  }
}

function child(...args: string[]): Run {
  const { stdout, stderr, status } = spawnSync(process.execPath, [process.argv[1] as string, ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Run;
}

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1] as number;

/** The files that mining parses: what it passes over is not walked either. */
async function parsedPaths(root: string, cacheDir: string): Promise<string[]> {
  await mine(root, cacheDir, 1);
  const rows = new DatabaseSync(storeLocation(root, cacheDir).index, { readOnly: true })
    .prepare("SELECT path FROM files WHERE outcome = 'parsed' ORDER BY path")
    .all() as { path: string }[];
  return rows.map(({ path }) => path);
}

async function compare(root: string, rounds: number): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), 'lodestone-cold-'));
  const cache = (name: string) => join(scratch, name);
  try {
    const list = join(scratch, 'paths.json');
    writeFileSync(list, JSON.stringify(await parsedPaths(root, cache('list'))));
    const runs: Record<'parse' | 'walk' | 'cold' | 'one' | 'two' | 'reopen' | 'oneWorker' | 'twoWorkers', Run[]> = {
      ...{ parse: [], walk: [], cold: [], one: [], two: [], reopen: [], oneWorker: [], twoWorkers: [] },
    };
    for (let round = 0; round < rounds; round++) {
      runs.parse.push(child('--child', 'parse', root, list));
      runs.walk.push(child('--child', 'walk', root, list));
      // As it is installed: the pool decides how many threads these files are worth.
      runs.cold.push(child('--child', 'mine', root, cache(`cold${round}`), '0'));
      runs.one.push(child('--child', 'mine', root, cache(`one${round}`), '1'));
      runs.two.push(child('--child', 'mine', root, cache(`two${round}`), '2'));
      runs.reopen.push(child('--child', 'mine', root, cache(`cold${round}`), '0'));
      runs.oneWorker.push(child('--child', 'analyse', root, list, '1'));
      runs.twoWorkers.push(child('--child', 'analyse', root, list, '2'));
    }
    const wall = (name: keyof typeof runs) => median(runs[name].map((run) => run.wall));
    const cpu = (name: keyof typeof runs) => median(runs[name].map((run) => run.cpu));
    const cell = (name: keyof typeof runs) => `${wall(name).toFixed(0)} / ${cpu(name).toFixed(0)}`;
    const ratio = (a: keyof typeof runs, b: keyof typeof runs) =>
      `${(wall(a) / wall(b)).toFixed(2)} / ${(cpu(a) / cpu(b)).toFixed(2)}`;
    process.stdout.write(
      `| ${basename(root)} | ${runs.cold[0]?.files} | ${cell('parse')} | ${cell('walk')} | ${cell('cold')} | ${ratio('cold', 'walk')} | ` +
        `${ratio('cold', 'parse')} | ${(wall('one') / wall('two')).toFixed(2)} | ` +
        `${(wall('oneWorker') / wall('twoWorkers')).toFixed(2)} | ${(wall('reopen') / wall('cold')).toFixed(3)} | ` +
        `${median(runs.cold.map((run) => run.peak)).toFixed(0)} |\n`,
    );
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  if (args[0] === '--child') {
    const [, what, root = '', place = '', threads = '1'] = args;
    const paths = () => JSON.parse(readFileSync(place, 'utf8')) as string[];
    const run =
      what === 'mine'
        ? await mine(root, place, Number(threads))
        : what === 'analyse'
          ? await analyse(root, paths(), Number(threads))
          : await walk(root, paths(), what === 'parse');
    process.stdout.write(JSON.stringify(run));
    return;
  }
  const at = args.indexOf('--rounds');
  const rounds = at === -1 ? 3 : Number(args.splice(at, 2)[1]);
  process.stdout.write(
    '| repository | files | read + parse ms (wall / CPU) | + cursor walk | cold mine | ÷ walk | ÷ parse | 1 ÷ 2 threads | workers alone, 1 ÷ 2 | reopen ÷ cold | peak MB |\n' +
      '|---|---|---|---|---|---|---|---|---|---|---|\n',
  );
  for (const dir of args) await compare(resolve(dir), rounds);
}

void main();
