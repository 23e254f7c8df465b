/**
 * The VS Code server from the registry (package code-server) for machines that cannot download desktop VS Code:
 * installs it into .vscode-test/server, installs extensions into it, starts it on loopback, opens windows of it.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { ensureSystemPackages, installedNode, onPath } from './setup.mjs';
import { MissingError, quietly, root, step } from './steps.mjs';

const VERSION = '4.139.1';
const folder = join(root, '.vscode-test/server');
const main = join(folder, 'node_modules/code-server/lib/vscode/out/server-main.js');

/** What compiling code-server's native modules needs on Debian. */
const BUILD_PACKAGES = ['build-essential', 'python3', 'pkg-config', 'libkrb5-dev', 'libsecret-1-dev'];

/** Installs the server unless it is there; a half-finished install is thrown away, since it does not repair itself. */
export async function ensureServer() {
  if (existsSync(main)) return;
  const tools = onPath(['make']) && onPath(['g++']) && onPath(['python3']) && onPath(['pkg-config']);
  const headers = ['/usr/include/krb5.h', '/usr/include/libsecret-1/libsecret/secret.h'].every((path) =>
    existsSync(path),
  );
  if (!tools || !headers) await ensureSystemPackages('What the VS Code server is compiled with', BUILD_PACKAGES);
  const partial = `${folder}.partial`;
  await step('Installing the VS Code server (about two minutes)', async () => {
    for (const path of [partial, folder]) rmSync(path, { recursive: true, force: true });
    mkdirSync(partial, { recursive: true });
    writeFileSync(join(partial, 'package.json'), JSON.stringify({ private: true }));
    const npm = process.env.npm_execpath;
    // Its install script insists on the Node that the server will run on.
    const [command, args] = npm ? [installedNode, [npm]] : ['npm', []];
    const env = { ...process.env, PATH: `${join(root, 'node_modules/node/bin')}:${process.env.PATH}` };
    await quietly('code-server', command, [...args, 'install', `code-server@${VERSION}`, '--no-audit', '--no-fund'], {
      cwd: partial,
      env,
    });
    renameSync(partial, folder);
  });
}

/** Path of a Chromium that playwright can drive; installs Debian's where it may, else throws MissingError. */
export async function ensureBrowser() {
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  const found = onPath(names);
  if (found) return found;
  await ensureSystemPackages('Chromium', ['chromium']);
  const installed = onPath(names);
  if (!installed) throw new MissingError('Chromium is missing.', 'apt-get install chromium');
  return installed;
}

/** Installs a .vsix into an extensions folder, offline. */
export async function installExtension(vsix, { data, extensions }) {
  const args = ['--install-extension', vsix, '--force', '--extensions-dir', extensions, '--server-data-dir', data];
  await quietly('install-extension', installedNode, [main, ...args, '--accept-server-license-terms']);
}

/** A free port of the loopback interface. */
export async function freePort() {
  return await new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/**
 * Starts the server and resolves once it listens: {port, token, child, stop(), log()}. Without `testDriver` every
 * request needs the random token; with it the page may load an extension under development, and there is no token.
 */
export async function startServer({ data, extensions, testDriver = false, env = {} }) {
  const port = await freePort();
  const token = testDriver ? '' : randomBytes(24).toString('hex');
  const access = testDriver
    ? ['--without-connection-token', '--enable-smoke-test-driver']
    : ['--connection-token', token];
  const child = spawn(
    installedNode,
    [
      main,
      ...['--host', '127.0.0.1', '--port', String(port), '--server-data-dir', data, '--extensions-dir', extensions],
      ...['--accept-server-license-terms', '--telemetry-level', 'off', ...access],
    ],
    { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'], detached: true },
  );
  let output = '';
  const listening = new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (bytes) => {
        output = (output + bytes).slice(-20_000);
        if (output.includes('Extension host agent listening')) resolve();
      });
    child.on('exit', (code) => reject(new Error(`The VS Code server ended with ${code}:\n${output}`)));
  });
  await listening;
  const ended = new Promise((resolve) => child.on('exit', resolve));
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    // The whole group: the extension host and the engine are children of it.
    process.kill(-child.pid, 'SIGTERM');
    const timer = setTimeout(() => process.kill(-child.pid, 'SIGKILL'), 5_000);
    await ended;
    clearTimeout(timer);
  };
  return { port, token, child, stop, ended, log: () => output };
}

/** Address of a window of a running server. */
export function windowUrl({ port, token }, workspace, payload) {
  const url = new URL(`http://127.0.0.1:${port}/`);
  url.searchParams.set(workspace.endsWith('.code-workspace') ? 'workspace' : 'folder', workspace);
  if (token) url.searchParams.set('tkn', token);
  if (payload) url.searchParams.set('payload', JSON.stringify(payload));
  return url.href;
}

/** A headless Chromium under playwright; without the switches it would look for its maker's servers. */
export async function openBrowser(executablePath) {
  const { chromium } = await import('playwright-core');
  return await chromium.launch({
    executablePath,
    args: [
      ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
      ...['--disable-component-update', '--disable-sync'],
    ],
  });
}
