#!/usr/bin/env node
/** The command line's entry: makes sure of a Node that has node:sqlite, then composes an engine when a command needs one. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { version } from '../package.json';

const NEEDED = [22, 13] as const;

function isSupported(found: string): boolean {
  const [major = 0, minor = 0] = found.split('.').map(Number);
  return major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1]);
}

/** The Node that the project installs from the registry, beside which this bundle lies in dist/. */
const installedNode = join(__dirname, '..', 'node_modules', 'node', 'bin', 'node');

/** Runs the same command line under `binary` and ends as it ends. */
function runUnder(binary: string): void {
  const child = spawn(binary, [__filename, ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...process.env, LODESTONE_NODE_CHOSEN: '1' },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    process.stderr.write(`lodestone: ${binary} does not start: ${error.message}\n`);
    process.exitCode = 3;
  });
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + (signal ? constants.signals[signal] : 0);
  });
}

async function run(): Promise<void> {
  const { main } = await import('./cli/main.ts');
  const code = await main(process.argv.slice(2), {
    version,
    assetsDir: __dirname,
    // A person named the folder, and history is read without running anything of the repository's.
    open: async (options) => (await import('./node/composeEngine.ts')).openRepository({ ...options, history: true }),
  });
  // Everything is written and closed; a handle some tool left open must not keep the process.
  process.exit(code);
}

if (isSupported(process.versions.node)) void run();
else if (existsSync(installedNode) && !process.env.LODESTONE_NODE_CHOSEN) runUnder(installedNode);
else {
  process.stderr.write(
    `lodestone: Node ${NEEDED.join('.')} or later is needed (node:sqlite); this is ${process.versions.node}.\n` +
      'Run "npm install" in the Lodestone folder, which brings one, or install a current Node.\n',
  );
  process.exitCode = 3;
}
