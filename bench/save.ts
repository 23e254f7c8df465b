/**
 * From a save to updated supports and to the settled report, beside parsing the saved file alone in the same process.
 * Usage: npm run bench -- save DIR… [--files N] [--saves 30]   With --files: copies of DIR, varied, until there are N sources.
 */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { DatabaseSync } from 'node:sqlite';
import { Parser } from 'web-tree-sitter';
import { openRepository } from '../src/node/composeEngine.ts';
import { storeLocation } from '../src/node/store/location.ts';
import { assetsBelow, TreeSitterRuntime } from '../src/node/treeSitter/treeSitterRuntime.ts';
import { projectRoot } from '../test/projectRoot.ts';
import { growRepository } from './save/repository.ts';

const DIST = process.env['LODESTONE_DIST'] ?? join(projectRoot, 'dist');
const LINES = 2_000;

/** The parsed file that is nearest to 2,000 lines. */
function nearestFile(root: string, cacheDir: string): string {
  const rows = new DatabaseSync(storeLocation(root, cacheDir).index, { readOnly: true })
    .prepare("SELECT path FROM files WHERE outcome = 'parsed' ORDER BY path")
    .all() as { path: string }[];
  const distance = ({ path }: { path: string }) =>
    Math.abs(readFileSync(join(root, path), 'utf8').split('\n').length - LINES);
  const [first] = rows.map((row) => ({ row, far: distance(row) })).sort((a, b) => a.far - b.far);
  if (!first) throw new Error(`${root} holds no source file.`);
  return first.row.path;
}

function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}

async function parseTimes(path: string, text: string, rounds: number): Promise<number[]> {
  const runtime = new TreeSitterRuntime(assetsBelow(DIST));
  const entry = runtime.entries.find(({ extensions }) => extensions.some((end) => path.endsWith(end)));
  if (!entry) throw new Error(`${path} has no grammar.`);
  const { language } = await runtime.language(entry.id);
  const parser = new Parser().setLanguage(language);
  return Array.from({ length: rounds }, () => {
    const start = performance.now();
    parser.parse(text)?.delete();
    return performance.now() - start;
  });
}

async function measure(root: string, cacheDir: string, saves: number): Promise<string> {
  const warn = (message: string) => void process.stderr.write(`${message}\n`);
  const log = { debug: () => undefined, info: () => undefined, warn, error: warn };
  const engine = await openRepository({ root, cacheDir, assetsDir: DIST, trusted: true, log });
  try {
    const { parsed } = await engine.mine({}, {});
    const path = nearestFile(root, cacheDir);
    const full = join(root, path);
    const original = readFileSync(full, 'utf8');
    const lines = original.split('\n');
    const { functions } = await engine.facts({ path }, {});
    // Each save leaves out another function, so that supports go up and down.
    const cuts = functions.filter(({ startLine, endLine }) => endLine - startLine > 2 && endLine - startLine < 60);
    if (cuts.length === 0) throw new Error(`${path} has no function to leave out.`);
    const updated: number[] = [];
    const settled: number[] = [];
    const stretches: number[] = [];
    const updatedCpu: number[] = [];
    const cpu: number[] = [];
    for (let save = -1; save < saves; save++) {
      const cut = cuts[Math.floor(((save + 1) * cuts.length) / (saves + 1))] as (typeof cuts)[number];
      const text = lines.filter((_, index) => index + 1 < cut.startLine || index + 1 > cut.endLine).join('\n');
      const loop = monitorEventLoopDelay({ resolution: 1 });
      loop.enable();
      await new Promise((done) => setTimeout(done, 20));
      loop.reset();
      writeFileSync(full, text);
      const start = performance.now();
      const before = process.threadCpuUsage();
      const all = process.cpuUsage();
      await engine.filesChanged({ changes: [{ path, kind: 'changed' }] }, {});
      const first = performance.now() - start;
      const firstCpu = process.cpuUsage(all);
      await engine.settle({}, {});
      const both = performance.now() - start;
      const spent = process.threadCpuUsage(before);
      loop.disable();
      // The first save starts the workers and reads the stored facts.
      if (save === -1) continue;
      updated.push(first);
      settled.push(both);
      updatedCpu.push((firstCpu.user + firstCpu.system) / 1000);
      cpu.push((spent.user + spent.system) / 1000);
      stretches.push(loop.max / 1e6 - 1);
    }
    const parse = await parseTimes(path, original, saves);
    const pair = (values: readonly number[]) =>
      `${quantile(values, 0.5).toFixed(0)} / ${quantile(values, 0.95).toFixed(0)}`;
    const ratio = quantile(updated, 0.5) / quantile(parse, 0.5);
    return `| ${[parsed, `${path} (${lines.length})`, pair(updated), pair(updatedCpu), pair(settled), pair(cpu), quantile(stretches, 0.95).toFixed(0), quantile(parse, 0.5).toFixed(1), ratio.toFixed(1)].join(' | ')} |\n`;
  } finally {
    await engine.close();
  }
}

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  const option = (name: string, fallback: number) => {
    const at = args.indexOf(name);
    return at === -1 ? fallback : Number(args.splice(at, 2)[1]);
  };
  const count = option('--files', 0);
  const saves = option('--saves', 30);
  if (args.length === 0) throw new Error('Name at least one folder with source files.');
  process.stdout.write(
    '| repository | parsed files | saved file (lines) | save → supports ms, p50 / p95 | its CPU ms, all threads | save → settled ms, p50 / p95 | CPU ms of both, engine thread | longest stretch ms, p95 | parse alone ms | supports ÷ parse |\n' +
      '|---|---|---|---|---|---|---|---|---|---|\n',
  );
  for (const dir of args) {
    const work = mkdtempSync(join(tmpdir(), 'lodestone-save-'));
    try {
      const root = join(work, 'repository');
      mkdirSync(root);
      if (count > 0) await growRepository(root, [dir], count, DIST);
      else cpSync(resolve(dir), root, { recursive: true, verbatimSymlinks: true });
      process.stdout.write(`| ${basename(resolve(dir))} ${await measure(root, join(work, 'cache'), saves)}`);
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  }
}

void main();
