/** Runs the long steps of setting up and testing: shows that something happens, keeps logs, explains failures. */
import { spawn } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');

// `npm start` may run under Node 20 while installs from here run under the project's own Node: packages (code-server)
// that read the Node version from the outer npm's agent would refuse to install.
delete process.env.npm_config_user_agent;

/** Something this machine lacks: `what` is missing, `command` is exactly what a person would run. */
export class MissingError extends Error {
  constructor(what, command) {
    super(command ? `${what}\n  Run: ${command}` : what);
    this.what = what;
    this.command = command;
  }
}

const HEARTBEAT_MS = 10_000;

function seconds(since) {
  return `${((performance.now() - since) / 1000).toFixed(0)} s`;
}

/** Shows a line while `work` runs (a counting clock on a terminal, a heartbeat elsewhere) and its time when done. */
export async function step(title, work) {
  const start = performance.now();
  const tty = process.stderr.isTTY === true;
  process.stderr.write(tty ? `… ${title}` : `… ${title}\n`);
  const clock = setInterval(
    () =>
      process.stderr.write(tty ? `\r\u001b[K… ${title} (${seconds(start)})` : `  ${title}: ${seconds(start)} so far\n`),
    tty ? 1000 : HEARTBEAT_MS,
  );
  const done = (mark) => {
    clearInterval(clock);
    process.stderr.write(`${tty ? '\r\u001b[K' : ''}${mark} ${title} (${seconds(start)})\n`);
  };
  try {
    const result = await work();
    done('✓');
    return result;
  } catch (error) {
    done('✗');
    throw error;
  }
}

/** Runs a program with its output in out/logs/<log>.log; on failure throws with the log's end. */
export async function quietly(log, command, args, options = {}) {
  const file = join(root, 'out/logs', `${log}.log`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `$ ${command} ${args.join(' ')}\n`);
  const code = await new Promise((done, fail) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], ...options });
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => appendFileSync(file, data));
    child.on('error', fail);
    child.on('close', done);
  });
  if (code === 0) return;
  const tail = readFileSync(file, 'utf8').trimEnd().split('\n').slice(-25).join('\n');
  throw new Error(`"${command} ${args.join(' ')}" ended with ${code}:\n${tail}\nThe whole log is ${file}`);
}

/** Runs a program on this terminal and returns its exit code (or 128 + signal). */
export async function visibly(command, args, options = {}) {
  return await new Promise((done, fail) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', ...options });
    child.on('error', fail);
    child.on('close', (code, signal) => done(code ?? (signal === 'SIGINT' ? 130 : 143)));
  });
}
