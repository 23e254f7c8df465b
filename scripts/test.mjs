/**
 * `npm test`: sets up what is missing, then runs every check and test there is. `--quick` stays under two minutes.
 * What this machine lacks does not stop the rest: one table at the end says what did not run and why. With
 * LODESTONE_TEST=all anything that did not run is a failure. The last line is always "N passed, N failed[, N skipped]".
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureOllama } from './ollama.mjs';
import {
  ensureBuild,
  ensurePackages,
  ensurePythonTools,
  ensureTraining,
  installedNode,
  toolEnvironment,
} from './setup.mjs';
import { MissingError, quietly, root, step, visibly } from './steps.mjs';

const quick = process.argv.includes('--quick');
const everything = process.env.LODESTONE_TEST === 'all';
const AREA_MINUTES = 15;
/** In the order in which a failure tells most; folders of test/ that are not named come after them. */
const AREAS = ['unit', 'golden', 'rules', 'toolchains', 'cli'];
const QUICK_AREAS = ['unit', 'golden', 'rules'];

const totals = { passed: 0, failed: 0 };
const failures = [];
const notRun = [];

function passed(count = 1) {
  totals.passed += count;
}

function failed(what, why) {
  totals.failed++;
  failures.push({ what, why });
}

/** Records what did not run; under LODESTONE_TEST=all that is a failure. */
function skipped(what, why) {
  notRun.push({ what, why });
  if (everything) failed(what, why);
}

/** Waits for what tests need; where it cannot be had the table at the end says why. */
async function orSkip(what, ready) {
  await ready.catch((error) =>
    skipped(what, error instanceof MissingError ? error.message.replace('\n ', '') : error.message.split('\n')[0]),
  );
}

async function check() {
  const bin = (name) => join(root, 'node_modules/.bin', name);
  const checks = [
    ['types', bin('tsc'), ['-p', '.']],
    ['types of core', bin('tsc'), ['-p', 'src/core']],
    ['format and lint', bin('biome'), ['check', '.']],
    ['licences of what ships', process.execPath, ['scripts/licences.mjs', '--check']],
  ];
  await Promise.all(
    checks.map(([what, command, args]) =>
      step(`Checking ${what}`, () => quietly(what.replaceAll(' ', '-'), command, args)).then(
        () => passed(),
        (error) => {
          process.stderr.write(`${error.message}\n`);
          failed(`check: ${what}`, error.message.split('\n')[1] ?? error.message);
        },
      ),
    ),
  );
}

/** Counts what a mocha run reported; a run that left no report counts as one failure. */
function count(area, report, code) {
  if (!existsSync(report)) return failed(area, `ended with ${code} and left no report`);
  const { passed: good, failed: bad, skipped: left } = JSON.parse(readFileSync(report, 'utf8'));
  passed(good);
  for (const { title, message } of bad) failed(`${area}: ${title}`, message.split('\n')[0]);
  for (const { title, reason } of left) skipped(`${area}: ${title}`, reason || 'skipped itself');
  if (code !== 0 && bad.length === 0) failed(area, `ended with ${code}`);
}

async function mochaArea(area, files, extra = []) {
  const { bundleTests } = await import('./mocha.mjs');
  const folder = `test-${area}-${process.pid}`;
  const report = join(root, 'out', `${folder}.json`);
  mkdirSync(join(root, 'out'), { recursive: true });
  process.stdout.write(`\n== ${area}\n`);
  try {
    const outputs = await bundleTests(files, folder);
    const mocha = join(root, 'node_modules/mocha/bin/mocha.js');
    const reporter = join(root, 'scripts/mochaReport.cjs');
    const args = ['--enable-source-maps', mocha, '--timeout', '120000', '--reporter', reporter, ...extra, ...outputs];
    const env = { ...toolEnvironment(), LODESTONE_MOCHA_REPORT: report };
    const code = await visibly(installedNode, args, { env, timeout: AREA_MINUTES * 60_000, killSignal: 'SIGKILL' });
    count(area, report, code);
  } catch (error) {
    failed(area, error.message.split('\n')[0]);
  } finally {
    rmSync(join(root, 'out', folder), { recursive: true, force: true });
    rmSync(report, { force: true });
  }
}

async function mochaAreas() {
  const { findTests } = await import('./mocha.mjs');
  const test = join(root, 'test');
  const folders = readdirSync(test, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const others = folders.map(({ name }) => name).filter((name) => !AREAS.includes(name) && name !== 'extension');
  for (const area of quick ? QUICK_AREAS : [...AREAS, ...others.sort()]) {
    const files = existsSync(join(test, area)) ? findTests([join(test, area)]) : [];
    if (area === 'unit')
      files.push(
        ...readdirSync(test)
          .filter((name) => name.endsWith('.test.ts'))
          .map((name) => join(test, name)),
      );
    if (area === 'model' && files.length) await orSkip('the Ollama server', ensureOllama());
    if (files.length) await mochaArea(area, files);
  }
  if (quick && existsSync(join(test, 'cli')))
    await mochaArea('cli basics', findTests([join(test, 'cli')]), ['--grep', '@quick']);
}

/** The suite inside a real VS Code; exit code 3 of its launcher means that VS Code cannot be had on this machine. */
async function extensionArea() {
  const launcher = join(root, 'scripts/testExtension.mjs');
  if (!existsSync(launcher)) return failed('extension', 'scripts/testExtension.mjs is missing');
  const report = join(root, 'out', `test-extension-${process.pid}.json`);
  process.stdout.write('\n== extension (in a real VS Code)\n');
  const env = { ...toolEnvironment(), LODESTONE_MOCHA_REPORT: report };
  const code = await visibly(process.execPath, [launcher], { env, timeout: AREA_MINUTES * 60_000 });
  if (code === 3 && !existsSync(report)) skipped('extension', 'VS Code is not available here; see the lines above');
  else count('extension', report, code);
  rmSync(report, { force: true });
}

function table(title, rows) {
  if (!rows.length) return;
  process.stdout.write(`\n${title}\n`);
  const width = Math.min(70, Math.max(...rows.map(({ what }) => what.length)));
  for (const { what, why } of rows) process.stdout.write(`  ${what.padEnd(width)}  ${why}\n`);
}

function finish() {
  table('Failed', failures);
  table('Did not run', notRun);
  const left = notRun.length ? `, ${notRun.length} skipped` : '';
  process.stdout.write(`\n${totals.passed} passed, ${totals.failed} failed${left}\n`);
  process.exit(totals.failed ? 1 : 0);
}

try {
  await ensurePackages();
  await ensureBuild();
  if (!quick) await orSkip('the Python tools (ruff, pyright, mypy, pytest)', ensurePythonTools());
  // The denoiser's loader is tried on exports that the training code makes.
  if (!quick) await orSkip('PyTorch for training', ensureTraining());
  await check();
  await mochaAreas();
  if (!quick) await extensionArea();
} catch (error) {
  process.stderr.write(`${error.stack ?? error}\n`);
  failed('setting up', String(error.message).split('\n')[0]);
}
finish();
