/**
 * What the index costs: cold mine with one and two threads, reopening, a save, and peak memory, on a repository of N files.
 * Usage: npm run bench -- index DIR… [--files 5000] [--json]   Files of the DIRs are copied, varied, until there are N.
 */
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { openRepository } from '../src/node/composeEngine.ts';
import { RepositoryFiles } from '../src/node/files/repositoryFiles.ts';
import { parseWalkRules } from '../src/node/files/walkRules.ts';
import { projectRoot } from '../test/projectRoot.ts';

const EXTENSIONS = ['.ts', '.tsx', '.js', '.jsx', '.mjs', '.cjs', '.py', '.rs', '.go'];
const DIST = process.env['LODESTONE_DIST'] ?? join(projectRoot, 'dist');
const SAVES = 40;

interface Measured {
  readonly ms: number;
  /** Peak resident memory of the process, MB. */
  readonly peak: number;
  /** CPU seconds of the engine's own thread, and of all threads: what one thread must do alone bounds the speed-up. */
  readonly mainCpu: number;
  readonly allCpu: number;
  readonly files: number;
  readonly attractors: number;
  readonly saves?: readonly number[];
  readonly hash: string;
}

interface Scenario {
  readonly root: string;
  readonly cacheDir: string;
  readonly threads: number;
  readonly saves: number;
}

/** One scenario in this process: opens, mines, saves, prints a Measured. */
async function runScenario({ root, cacheDir, threads, saves }: Scenario): Promise<void> {
  const start = performance.now();
  const warn = (message: string) => void process.stderr.write(`${message}\n`);
  const log = { debug: () => undefined, info: () => undefined, warn, error: warn };
  const settings = { 'lodestone.mining.threads': threads };
  const engine = await openRepository({ root, cacheDir, assetsDir: DIST, trusted: true, log, settings });
  const report = await engine.mine({}, {});
  const ms = performance.now() - start;
  const seconds = ({ user, system }: NodeJS.CpuUsage) => (user + system) / 1e6;
  const cpu = { mainCpu: seconds(process.threadCpuUsage()), allCpu: seconds(process.cpuUsage()) };
  const times: number[] = [];
  if (saves > 0) {
    const target = 'bench-save-target.ts';
    const lines = (n: number) =>
      Array.from(
        { length: 400 },
        (_, i) => `export function saved${i}(a: number) {\n  const x = a + ${i + n};\n  return other${i}(x);\n}\n`,
      );
    for (let n = 0; n < saves; n++) {
      writeFileSync(join(root, target), lines(n).join('\n'));
      const saved = performance.now();
      await engine.filesChanged({ changes: [{ path: target, kind: 'changed' }] }, {});
      times.push(performance.now() - saved);
    }
    rmSync(join(root, target));
  }
  const status = readFileSync('/proc/self/status', 'utf8');
  const peak = Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024;
  await engine.close();
  const hash = (await import('node:crypto')).hash('sha256', JSON.stringify({ ...report, durationMs: 0 }));
  const { parsed, attractors } = report;
  const measured: Measured = { ms, peak, ...cpu, files: parsed, attractors: attractors.length, saves: times, hash };
  process.stdout.write(JSON.stringify(measured));
}

function scenario(request: Scenario): Measured {
  const child = spawnSync(process.execPath, [process.argv[1] as string, '--scenario', JSON.stringify(request)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 1 << 26,
  });
  if (child.status !== 0) throw new Error(`The scenario ended with ${child.status ?? child.signal}.`);
  return JSON.parse(child.stdout) as Measured;
}

/** Copies the source files of `folders`, again and again with a comment that makes each copy unseen, until there are `count`. */
async function buildRepository(root: string, folders: readonly string[], count: number): Promise<void> {
  const rules = parseWalkRules(readFileSync(join(DIST, 'data/files/walk.json'), 'utf8'));
  const old = new Date(Date.now() - 86_400_000);
  for (let made = 0, copy = 0; made < count; copy++) {
    for (const folder of folders) {
      const tree = new RepositoryFiles({ root: resolve(folder), extensions: EXTENSIONS, maxFileBytes: 1 << 20, rules });
      for (const { path } of (await tree.list({})).files) {
        if (made === count) return;
        if (tree.roleOf(path) !== 'source') continue;
        const target = join(root, `part${copy}`, path);
        mkdirSync(dirname(target), { recursive: true });
        cpSync(join(tree.root, path), target);
        if (copy > 0) appendFileSync(target, path.endsWith('.py') ? `\n# ${copy}\n` : `\n// ${copy}\n`);
        utimesSync(target, old, old);
        made++;
      }
    }
  }
}

function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}

async function main(args: string[]): Promise<void> {
  const option = (name: string, fallback: number) => {
    const at = args.indexOf(name);
    return at === -1 ? fallback : Number(args.splice(at, 2)[1]);
  };
  const count = option('--files', 5000);
  const json = args.includes('--json');
  const folders = args.filter((arg) => !arg.startsWith('--'));
  if (folders.length === 0) throw new Error('Name at least one folder with source files.');
  const work = mkdtempSync(join(tmpdir(), 'lodestone-bench-'));
  try {
    const root = join(work, 'repository');
    mkdirSync(root);
    await buildRepository(root, folders, count);
    const base = { root, saves: 0 };
    const one = scenario({ ...base, cacheDir: join(work, 'one'), threads: 1 });
    const two = scenario({ ...base, cacheDir: join(work, 'two'), threads: 2 });
    // Files written a moment ago are read again once; the second reopening is the one a user meets.
    scenario({ ...base, cacheDir: join(work, 'two'), threads: 2 });
    const reopened = scenario({ ...base, cacheDir: join(work, 'two'), threads: 2 });
    const saved = scenario({ root, cacheDir: join(work, 'two'), threads: 2, saves: SAVES });
    // The first save after a reopening also reads the stored facts.
    const [first, ...saves] = saved.saves ?? [];
    const result = {
      files: two.files,
      attractors: two.attractors,
      cold1: Math.round(one.ms),
      cold2: Math.round(two.ms),
      speedup: one.ms / two.ms,
      mainCpu: two.mainCpu,
      allCpu: two.allCpu,
      reopenCpuShare: reopened.mainCpu / two.allCpu,
      reopen: Math.round(reopened.ms),
      reopenShare: reopened.ms / two.ms,
      identical: one.hash === two.hash && reopened.hash === two.hash,
      firstSave: Math.round(first ?? 0),
      saveP50: Math.round(quantile(saves, 0.5)),
      saveP95: Math.round(quantile(saves, 0.95)),
      peakMegabytes: Math.round(Math.max(one.peak, two.peak)),
    };
    if (json) process.stdout.write(`${JSON.stringify(result)}\n`);
    else for (const [name, value] of Object.entries(result)) process.stdout.write(`${name.padEnd(14)} ${value}\n`);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

const [flag, ...rest] = process.argv.slice(2);
void (flag === '--scenario' ? runScenario(JSON.parse(rest[0] ?? '{}') as Scenario) : main(process.argv.slice(2)));
