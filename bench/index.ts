/**
 * What the index costs: cold mine with one and two threads, reopening, and peak memory, on a repository of N files (saves: bench/save.ts).
 * Usage: npm run bench -- index DIR… [--files 5000] [--json]   Files of the DIRs are copied, varied, until there are N.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openRepository } from '../src/node/composeEngine.ts';
import { projectRoot } from '../test/projectRoot.ts';
import { growRepository } from './save/repository.ts';

const DIST = process.env['LODESTONE_DIST'] ?? join(projectRoot, 'dist');

interface Measured {
  readonly ms: number;
  /** Peak resident memory of the process, MB. */
  readonly peak: number;
  /** CPU seconds of the engine's own thread, and of all threads: what one thread must do alone bounds the speed-up. */
  readonly mainCpu: number;
  readonly allCpu: number;
  readonly files: number;
  readonly attractors: number;
  readonly hash: string;
}

interface Scenario {
  readonly root: string;
  readonly cacheDir: string;
  readonly threads: number;
}

/** One scenario in this process: opens, mines, prints a Measured. */
async function runScenario({ root, cacheDir, threads }: Scenario): Promise<void> {
  const start = performance.now();
  const warn = (message: string) => void process.stderr.write(`${message}\n`);
  const log = { debug: () => undefined, info: () => undefined, warn, error: warn };
  const settings = { 'lodestone.mining.threads': threads };
  const engine = await openRepository({ root, cacheDir, assetsDir: DIST, trusted: true, log, settings });
  const report = await engine.mine({}, {});
  const ms = performance.now() - start;
  const seconds = ({ user, system }: NodeJS.CpuUsage) => (user + system) / 1e6;
  const cpu = { mainCpu: seconds(process.threadCpuUsage()), allCpu: seconds(process.cpuUsage()) };
  const status = readFileSync('/proc/self/status', 'utf8');
  const peak = Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024;
  await engine.close();
  const hash = (await import('node:crypto')).hash('sha256', JSON.stringify({ ...report, durationMs: 0 }));
  const { parsed, attractors } = report;
  const measured: Measured = { ms, peak, ...cpu, files: parsed, attractors: attractors.length, hash };
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
    await growRepository(root, folders, count, DIST);
    const one = scenario({ root, cacheDir: join(work, 'one'), threads: 1 });
    const two = scenario({ root, cacheDir: join(work, 'two'), threads: 2 });
    // Files written a moment ago are read again once; the second reopening is the one a user meets.
    scenario({ root, cacheDir: join(work, 'two'), threads: 2 });
    const reopened = scenario({ root, cacheDir: join(work, 'two'), threads: 2 });
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
