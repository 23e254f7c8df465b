/**
 * Runs the suite of test/extension inside a real VS Code: desktop (@vscode/test-electron) where that can be had, else
 * the VS Code server with a headless Chromium. Ends with 3 where neither is possible.
 * Usage: node scripts/testExtension.mjs [--grep TEXT] [--extension DIR] [--only window|reloaded|severalFolders|restricted]
 *        node scripts/testExtension.mjs --measure N     (N starts: the median of activate() with module load)
 */
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { format } from 'node:util';
import { bundleTests, findTests } from './mocha.mjs';
import { packageVsix } from './package.mjs';
import { restrictedChecks } from './restrictedWindow.mjs';
import { toolEnvironment } from './setup.mjs';
import { MissingError, root } from './steps.mjs';
import { ensureBrowser, ensureServer, openBrowser, startServer, windowUrl } from './vscodeServer.mjs';

const WINDOW_MINUTES = 8;
const WINDOW_SETTINGS = { 'files.autoSave': 'off', 'git.enabled': false, 'chat.disableAIFeatures': true };

function parse(argv) {
  const value = (flag) => {
    const at = argv.indexOf(flag);
    return at === -1 ? undefined : argv[at + 1];
  };
  return {
    grep: value('--grep'),
    extension: resolve(value('--extension') ?? root),
    only: value('--only'),
    measure: Number(value('--measure') ?? 0),
  };
}

/** A fresh workspace: the sample without its history, so that tests may write into it. */
function freshWorkspace(home) {
  const workspace = join(home, 'workspace');
  mkdirSync(workspace, { recursive: true });
  cpSync(join(root, 'samples/workspace'), workspace, { recursive: true });
  mkdirSync(join(workspace, '.vscode'), { recursive: true });
  writeFileSync(join(workspace, '.vscode/settings.json'), JSON.stringify(WINDOW_SETTINGS));
  return workspace;
}

/** A workspace of two folders, each a copy of the sample. */
function severalFolders(home) {
  const file = join(home, 'several', 'two.code-workspace');
  const folders = [{ path: 'sample' }, { path: 'second' }];
  for (const { path } of folders)
    cpSync(join(root, 'samples/workspace'), join(home, 'several', path), { recursive: true });
  writeFileSync(file, JSON.stringify({ folders, settings: WINDOW_SETTINGS }));
  return file;
}

/** Bundles one phase's tests; returns the runner's path. */
async function bundlePhase(phase, folder) {
  const source = join(root, 'test/extension', phase);
  const files = [join(source, 'index.ts'), ...findTests([source])];
  const [runner] = await bundleTests(files, folder, ['vscode']);
  return runner;
}

/** Can desktop VS Code be downloaded and shown here? */
async function desktopPossible() {
  if (process.env.LODESTONE_VSCODE === 'server') return false;
  if (process.platform === 'linux' && !process.env.DISPLAY) return false;
  try {
    const answer = await fetch('https://update.code.visualstudio.com/api/releases/stable', {
      signal: AbortSignal.timeout(5_000),
    });
    return answer.ok;
  } catch (error) {
    process.stdout.write(`Desktop VS Code cannot be downloaded here (${error.cause?.code ?? error.message}).\n`);
    return false;
  }
}

async function runDesktop(phases, context) {
  const { runTests } = await import('@vscode/test-electron');
  for (const { runner, env, workspace } of phases)
    await runTests({
      version: 'stable',
      extensionDevelopmentPath: context.extension,
      extensionTestsPath: runner,
      extensionTestsEnv: env,
      launchArgs: [workspace, '--disable-extensions', '--user-data-dir', join(context.home, 'user')],
    }).catch((error) => process.stdout.write(`${error.message}\n`));
}

async function runServer(phases, context) {
  await ensureServer();
  const browser = await openBrowser(await ensureBrowser());
  try {
    for (const { runner, env, workspace } of phases) {
      const server = await startServer({
        data: join(context.home, 'data'),
        extensions: join(context.home, 'extensions'),
        testDriver: true,
        env: { ...context.env, ...env },
      });
      try {
        await runWindow(browser, server, { extension: context.extension, workspace }, runner);
      } finally {
        await server.stop();
      }
    }
  } finally {
    await browser.close();
  }
}

/** Prints what mocha says (its lines are indented); the window's own chatter only with LODESTONE_VERBOSE. */
function tell(text) {
  const lines = text.split('\n').filter((line) => process.env.LODESTONE_VERBOSE || /^\s{2,}(?!at )\S/.test(line));
  if (lines.length) process.stdout.write(`${lines.join('\n')}\n`);
}

/** One window with the tests inside; what they print goes to our output. */
async function runWindow(browser, server, { extension, workspace }, runner) {
  const remote = (path) => `vscode-remote://127.0.0.1:${server.port}${path}`;
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
  const exit = new Promise((done) => {
    page.exposeFunction('codeAutomationLog', (_type, args) => tell(format(...args)));
    page.exposeFunction('codeAutomationExit', (code) => done(code));
  });
  const limit = new Promise((_, fail) =>
    setTimeout(
      () => fail(new Error(`The window ran longer than ${WINDOW_MINUTES} minutes.`)),
      WINDOW_MINUTES * 60_000,
    ).unref(),
  );
  const payload = [
    ['extensionDevelopmentPath', remote(extension)],
    ['extensionTestsPath', remote(runner)],
    ['skipWelcome', 'true'],
  ];
  const trust = page.getByRole('button', { name: 'Trust', exact: true });
  try {
    await page.goto(windowUrl(server, workspace, payload));
    // A test that asks for trust gets it: no command of the editor's can give it.
    trust
      .click({ timeout: WINDOW_MINUTES * 60_000 })
      .catch((error) => tell(`Nobody asked for trust: ${error.message}`));
    await Promise.race([exit, limit]);
  } catch (error) {
    await page.screenshot({ path: join(root, 'out', 'extension-test-failure.png') });
    throw error;
  } finally {
    await page.close();
  }
}

/** Opens the window `count` times and prints how long activate() took, module load included. */
async function measureStarts(count, workspace, context, outputs) {
  const file = join(context.home, 'starts.jsonl');
  const runner = await bundlePhase('activation', join(outputs, 'activation'));
  const phases = Array.from({ length: count }, () => ({ runner, workspace, env: { LODESTONE_MEASURE: file } }));
  await ((await desktopPossible()) ? runDesktop(phases, context) : runServer(phases, context));
  const starts = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const tell = (what, times) => {
    times.sort((a, b) => a - b);
    const middle = times.length >> 1;
    const median = times.length % 2 ? times[middle] : (times[middle - 1] + times[middle]) / 2;
    process.stdout.write(
      `${what}: median ${median.toFixed(1)} ms (${times.map((time) => time.toFixed(0)).join(' ')})\n`,
    );
  };
  process.stdout.write(`${starts.length} starts\n`);
  tell(
    'module load and activate()',
    starts.map(({ ownMs }) => ownMs),
  );
  tell(
    'until active, with the editor’s own work',
    starts.map(({ wholeMs }) => wholeMs),
  );
  return starts.length === count ? 0 : 1;
}

/** Lodestone's own log of the windows, to explain a failure. */
function showLogs(home) {
  for (const name of readdirSync(home, { recursive: true }))
    if (String(name).endsWith('Lodestone.log')) {
      const lines = readFileSync(join(home, String(name)), 'utf8')
        .trimEnd()
        .split('\n');
      process.stdout.write(`-- ${name}\n${lines.slice(-40).join('\n')}\n`);
    }
}

function merge(reports) {
  const total = { passed: 0, failed: [], skipped: [] };
  for (const { phase, file } of reports) {
    if (!existsSync(file)) {
      total.failed.push({ title: phase, message: 'The window ended without a report.' });
      continue;
    }
    const { passed, failed, skipped } = JSON.parse(readFileSync(file, 'utf8'));
    total.passed += passed;
    total.failed.push(...failed);
    total.skipped.push(...skipped);
  }
  return total;
}

async function main() {
  const { grep, extension, only, measure } = parse(process.argv.slice(2));
  // Outside this repository, whose .gitignore would hide the workspace from mining.
  const home = mkdtempSync(join(realpathSync(tmpdir()), 'lodestone-window-'));
  const outputs = `extension-${process.pid}`;
  // A cache of its own: the suite starts cold and leaves nothing in the user's.
  const cache = join(home, 'cache');
  const env = { ...toolEnvironment(), XDG_CACHE_HOME: cache };
  try {
    const workspace = freshWorkspace(home);
    const workspaces = { window: workspace, reloaded: workspace, severalFolders: severalFolders(home) };
    if (measure) return await measureStarts(measure, workspace, { extension, home, env }, outputs);
    const reports = [];
    const phases = [];
    for (const phase of Object.keys(workspaces).filter((name) => !only || only === name)) {
      const file = join(home, `${phase}.json`);
      reports.push({ phase, file });
      const runner = await bundlePhase(phase, join(outputs, phase));
      phases.push({
        runner,
        workspace: workspaces[phase],
        env: { LODESTONE_MOCHA_REPORT: file, XDG_CACHE_HOME: cache, ...(grep ? { LODESTONE_GREP: grep } : {}) },
      });
    }
    const context = { extension, home, env };
    if (phases.length) await ((await desktopPossible()) ? runDesktop(phases, context) : runServer(phases, context));
    if (!only || only === 'restricted') {
      const file = join(home, 'restricted.json');
      reports.push({ phase: 'restricted', file });
      const vsix = extension === root ? await packageVsix({ build: false }) : join(extension, 'test.vsix');
      writeFileSync(file, JSON.stringify(await restrictedChecks({ home: join(home, 'restricted'), vsix, env })));
    }
    const total = merge(reports);
    if (total.failed.length) showLogs(home);
    const report = process.env.LODESTONE_MOCHA_REPORT;
    if (report) writeFileSync(report, JSON.stringify(total));
    for (const { title, message } of total.failed) process.stdout.write(`FAILED ${title}: ${message}\n`);
    process.stdout.write(`extension: ${total.passed} passed, ${total.failed.length} failed\n`);
    return total.failed.length ? 1 : 0;
  } finally {
    rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    rmSync(join(root, 'out', outputs), { recursive: true, force: true });
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${error instanceof MissingError ? error.message : (error.stack ?? error)}\n`);
  process.exitCode = error instanceof MissingError ? 3 : 1;
}
