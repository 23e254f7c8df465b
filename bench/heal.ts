/**
 * Heals the broken→fixed cases of ../shared/data/cases: share healed exactly, error-free, improved, unchanged, worse.
 * Arguments: [ts_fourslash|debugbench_py|runtime_bugs] [--verbose] [--only TEXT] [--limit N] [--odd|--even] [--check]
 * [--cli git|bare]: through `lodestone heal --write` in a fresh repository or a folder without git and configuration.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type * as ts from 'typescript';
import type { Patch } from '../src/core/edits/patch.ts';
import type { HealReport } from '../src/core/healing/heal.ts';
import { heal } from '../src/core/healing/healFiles.ts';
import { projectRoot } from '../test/projectRoot.ts';
import { caseDeps, closeDeps } from './healDeps.ts';

interface Case {
  readonly id: string;
  readonly kind: string;
  readonly clean?: boolean;
  readonly codes?: readonly string[];
  readonly first_at?: { readonly file: string };
  readonly n_diagnostics?: number;
  readonly after_diagnostics?: number;
  readonly files_before: Readonly<Record<string, string>>;
  readonly files_after: Readonly<Record<string, string>>;
  readonly accepted?: readonly Readonly<Record<string, string>>[];
  readonly protected?: readonly string[];
  readonly check: readonly string[];
  readonly baseline?: { readonly ts_first_fix?: boolean };
}

/** Blanks do not matter, as the cases' own comparison has it. */
const normal = (text: string) => text.replace(/\s+/g, '');

function loadCases(name: string): Case[] {
  const path = join(projectRoot, `../shared/data/cases/${name}.jsonl.xz`);
  if (!existsSync(path)) {
    process.stdout.write(`${path} is not here: nothing to measure.\n`);
    return [];
  }
  const { stdout } = spawnSync('xz', ['-dc', path], { encoding: 'utf8', maxBuffer: 1 << 28 });
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Case);
}

/** The compiler's own library files, parsed once. */
const libraries = new Map<string, ts.SourceFile>();

/** What `tsc -p` finds, in this process: --tsc names another version than the pinned one (the cases were made for 4.8). */
function compilerErrors(folder: string): number {
  const path = option('--tsc') ?? join(projectRoot, 'node_modules/typescript/lib/typescript.js');
  const typescript = createRequire(path)(path) as typeof ts;
  const config = typescript.getParsedCommandLineOfConfigFile(
    join(folder, 'tsconfig.json'),
    {},
    { ...typescript.sys, onUnRecoverableConfigFileDiagnostic: () => undefined },
  );
  if (!config) return 0;
  const options = { ...config.options, strict: config.options.strict ?? false };
  const host = typescript.createCompilerHost(options);
  const read = host.getSourceFile.bind(host);
  host.getSourceFile = (name, ...more) => {
    if (!name.includes('/typescript/lib/')) return read(name, ...more);
    const known = libraries.get(name) ?? read(name, ...more);
    if (known) libraries.set(name, known);
    return known;
  };
  const program = typescript.createProgram(config.fileNames, options, host);
  return [...program.getSyntacticDiagnostics(), ...program.getSemanticDiagnostics()].length;
}

/** Errors by the case's own check: tsc's lines, or a failing command as one. */
function check(folder: string, command: readonly string[]): number {
  const [tool, ...rest] = command as [string, ...string[]];
  if (tool === 'tsc') return compilerErrors(folder);
  return spawnSync(tool, rest, { cwd: folder, encoding: 'utf8', timeout: 60_000 }).status === 0 ? 0 : 1;
}

const args = process.argv.slice(2);
const option = (name: string) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined);

/** The same through the command line; what it wrote is read back from the folder. */
function healThroughCli(folder: string, files: readonly string[], tests: boolean): HealReport {
  if (option('--cli') === 'git') spawnSync('git', ['init', '-q'], { cwd: folder });
  const before = files.map((path) => readFileSync(join(folder, path), 'utf8'));
  const dist = process.env.LODESTONE_DIST ?? join(projectRoot, 'dist');
  const flags = ['--json', '--write', '--trust', '--cache', `${folder}-cache`, ...(tests ? ['--tests'] : [])];
  const { stdout, stderr } = spawnSync(process.execPath, [join(dist, 'cli.js'), 'heal', ...files, ...flags], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  rmSync(`${folder}-cache`, { recursive: true, force: true });
  if (!stdout) throw new Error(stderr);
  const report = JSON.parse(stdout) as { files: HealReport['files'] };
  const changed = files
    .map((path, index) => ({ path, before: before[index] as string, after: readFileSync(join(folder, path), 'utf8') }))
    .filter((file) => file.before !== file.after);
  const patch = { files: changed.map((file) => ({ ...file, beforeHash: '', edits: [] })) };
  return { files: report.files, notes: [], ...(changed.length ? { patch: patch as unknown as Patch } : {}) };
}

async function main(): Promise<void> {
  const verbose = args.includes('--verbose');
  const real = args.includes('--check');
  const only = option('--only');
  const limit = Number(option('--limit') ?? Number.POSITIVE_INFINITY);
  const names = args.filter((name) => /^[a-z]+_[a-z]+$/.test(name));
  for (const name of names.length ? names : ['ts_fourslash', 'debugbench_py']) {
    const cases = loadCases(name)
      .filter((_one, index) => (index % 2 === 0 ? !args.includes('--even') : !args.includes('--odd')))
      .filter(({ id, kind }) => !only || id.includes(only) || kind === only)
      .slice(0, limit);
    const tally: Record<string, number> = {
      exact: 0,
      errorFree: 0,
      improved: 0,
      unchanged: 0,
      worse: 0,
      firstFix: 0,
      protectedTouched: 0,
      noError: 0,
    };
    const times: number[] = [];
    const runs: number[] = [];
    const base = realpathSync(mkdtempSync(join(tmpdir(), 'lodestone-heal-')));
    const count = (key: string) => {
      tally[key] = (tally[key] ?? 0) + 1;
    };
    for (const one of cases) {
      const folder = mkdtempSync(join(base, 'case-'));
      for (const [path, text] of Object.entries(one.files_before)) {
        if (option('--cli') === 'bare' && path.endsWith('.json')) continue;
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text);
      }
      const files = Object.keys(one.files_after);
      const tests = one.kind === 'runtime';
      const report = option('--cli')
        ? healThroughCli(folder, files, tests)
        : await heal({ files, trusted: true, budgetMs: 20_000, tests }, caseDeps(folder), {});
      const after = { ...one.files_before };
      for (const file of report.patch?.files ?? []) after[file.path] = file.after;
      const same = (wanted: Readonly<Record<string, string>>) =>
        Object.entries(wanted).every(([path, text]) => normal(after[path] ?? '') === normal(text)) &&
        Object.entries(after).every(
          ([path, text]) => path in wanted || normal(text) === normal(one.files_before[path] ?? ''),
        );
      const exact = [one.files_after, ...(one.accepted ?? [])].some(same);
      const before = report.files.reduce((sum, file) => sum + file.before.length, 0);
      let left = report.files.reduce((sum, file) => sum + file.after.length, 0);
      let earlier = before;
      if (real && report.patch) {
        for (const file of report.patch.files) writeFileSync(join(folder, file.path), file.before);
        earlier = check(folder, one.check);
        for (const file of report.patch.files) writeFileSync(join(folder, file.path), file.after);
        left = check(folder, one.check);
      }
      if (one.baseline?.ts_first_fix) count('firstFix');
      if (exact) count('exact');
      // A parser that got further says more: without syntax errors the file is better off, however much shows now.
      const better = left < earlier || (!real && parsesAgain(report));
      const verdict = !before
        ? 'noError'
        : left === 0 && report.patch
          ? 'errorFree'
          : better
            ? 'improved'
            : left > earlier
              ? 'worse'
              : 'unchanged';
      count(verdict);
      if (report.patch?.files.some((file) => one.protected?.includes(file.path))) count('protectedTouched');
      times.push(...report.files.map(({ durationMs }) => durationMs));
      runs.push(...report.files.map(({ attempts }) => attempts));
      if (verbose && (!exact || verdict === 'worse')) explain(one, report, verdict, before, left);
      rmSync(folder, { recursive: true, force: true });
    }
    rmSync(base, { recursive: true, force: true });
    times.sort((a, b) => a - b);
    const total = cases.length;
    process.stdout.write(
      `${name}: ${total} cases ${Object.entries(tally)
        .map(([key, value]) => `${key} ${value} (${((100 * value) / Math.max(1, total)).toFixed(1)} %)`)
        .join(
          ', ',
        )}; p50 ${times[times.length >> 1]?.toFixed(0)} ms, p95 ${times[Math.floor(times.length * 0.95)]?.toFixed(0)} ms, attempts mean ${(runs.reduce((a, b) => a + b, 0) / Math.max(1, runs.length)).toFixed(2)}\n`,
    );
  }
}

function parsesAgain({ files }: HealReport): boolean {
  const broken = (list: HealReport['files'][number]['before']) => list.some(({ category }) => category === 'syntax');
  return files.some(({ before }) => broken(before)) && files.every(({ after }) => !broken(after));
}

function explain(one: Case, report: HealReport, verdict: string, before: number, left: number): void {
  process.stdout.write(
    `\n=== ${one.id} ${verdict} ${one.codes?.join(' ')} first=${one.baseline?.ts_first_fix} clean=${one.clean} want ${one.n_diagnostics}->${one.after_diagnostics} got ${before}->${left} ${report.files.map(({ attempts, reason }) => `${attempts} tries ${reason}`).join()}\n`,
  );
  for (const file of report.files) {
    for (const { line, column, code, message } of file.before.slice(0, 6))
      process.stdout.write(`  ${line}:${column} ${code} ${message.split('\n')[0]}\n`);
    process.stdout.write(`  sources: ${file.sources.join(' | ')}\n${file.diff}`);
    for (const { line, column, code, message } of file.after.slice(0, 6))
      process.stdout.write(`  left ${line}:${column} ${code} ${message.split('\n')[0]}\n`);
  }
  for (const [path, text] of Object.entries(one.files_after)) process.stdout.write(`--- wanted ${path}\n${text}\n`);
}

void main().finally(closeDeps);
