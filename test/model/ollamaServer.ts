/** Starts a real Ollama server for a test or a bench: its own port, models and home; gone when the process that asked for it is. */
import { type ChildProcess, execFile, execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { projectRoot } from '../projectRoot.ts';
import { FIM_TEMPLATE, writeRandomModel } from './randomModel.ts';
import type { TokenizerShape } from './randomTokenizer.ts';

export interface OllamaServer {
  /** "http://127.0.0.1:PORT". */
  readonly endpoint: string;
  readonly port: number;
  /** Everything the server has written since it was first started, or since a `mark()`. OLLAMA_DEBUG=1 is on. */
  log(since?: number): string;
  /** A place in the log, for `log(since)`. */
  mark(): number;
  /** Waits up to 10 s for the log to match (a line may come a moment after the answer); throws with the log if it does not. */
  logged(pattern: RegExp, since?: number): Promise<RegExpExecArray>;
  /** `ollama create`: imports a Hugging Face folder. Its template is the fill-in-the-middle one unless given. */
  importModel(name: string, folder: string, template?: string): Promise<void>;
  /** Processor seconds that the server and what it started have used so far. */
  processorSeconds(): number;
  /** Kills the server and its runners with SIGKILL and waits until they are gone. */
  kill(): Promise<void>;
  /** Starts it again on the same port with the same models, after `kill()`. */
  restart(): Promise<void>;
  /** `kill()`, and its folder is removed. */
  stop(): Promise<void>;
}

/** The program, or undefined where it is not built; `npm test` and `node scripts/ollama.mjs` build it. */
export function findOllama(): string | undefined {
  const node = join(projectRoot, 'node_modules/node/bin/node');
  const { status, stdout } = spawnSync(node, ['scripts/ollama.mjs', '--find'], { cwd: projectRoot, encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

/** What `needs()` of test/missing.ts names. */
export const OLLAMA_PROGRAM = 'The Ollama server (node scripts/ollama.mjs builds it)';

/** The trained tiny-coder where ../shared has it, otherwise one of its shape with random weights. */
export function codeModelFolder(): string {
  const trained = join(projectRoot, '../shared/models/tiny-coder');
  if (existsSync(join(trained, 'model.safetensors'))) return trained;
  return randomModelFolder('random-coder', { hidden: 256, layers: 6, contextLength: 2048 });
}

/** A model that takes seconds for a prompt of thousands of tokens, so that a test can act before the first one of the answer. */
export function slowModelFolder(): string {
  return randomModelFolder('slow-coder', { hidden: 512, layers: 10, contextLength: 8192 });
}

/** The smallest model with such a tokenizer: for tests of what a server evaluates, whatever it answers. */
export function tokenizerFolder(name: string, contextLength: number, tokenizer: TokenizerShape): string {
  const version = createHash('sha256').update(JSON.stringify(tokenizer)).digest('hex').slice(0, 8);
  const folder = join(projectRoot, '.vscode-test/ollama', `tokens-${name}-${contextLength}-${version}`);
  writeRandomModel(folder, { hidden: 64, layers: 1, contextLength }, tokenizer);
  return folder;
}

function randomModelFolder(name: string, shape: Parameters<typeof writeRandomModel>[1]): string {
  const folder = join(projectRoot, '.vscode-test/ollama', `${name}-3`);
  writeRandomModel(folder, shape);
  return folder;
}

const run = promisify(execFile);
/** With more of them, tokens of a tiny model take ten times longer wherever the machine has something else to do. */
const ONE_THREAD = 'PARAMETER num_thread 1\n';
const START_MS = 20_000;
const LOG_MS = 10_000;
/** Ends with the pipe on its input, which closes when the test does, however it ends; the kill reaches the runners too. */
const KEEPER = '"$0" serve </dev/null & read -r _; rm -rf "$1"; kill -KILL 0';

/** Throws with the log where the server does not answer within 20 s. `env` adds to its environment. */
export async function startOllama(env: Readonly<Record<string, string>> = {}): Promise<OllamaServer> {
  const program = findOllama();
  if (program === undefined) throw new Error(`${OLLAMA_PROGRAM} is missing.`);
  const home = mkdtempSync(join(tmpdir(), 'lodestone-ollama-'));
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const environment = {
    PATH: process.env.PATH,
    HOME: home,
    OLLAMA_HOST: `127.0.0.1:${port}`,
    OLLAMA_MODELS: join(home, 'models'),
    OLLAMA_DEBUG: '1',
    // Nothing that runs here may look elsewhere.
    OLLAMA_NO_CLOUD: '1',
    ...env,
  };
  let log = '';
  let keeper: ChildProcess | undefined;
  let closed: Promise<unknown> = Promise.resolve();

  async function start(): Promise<void> {
    const child = spawn('sh', ['-c', KEEPER, program as string, home], {
      env: environment,
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
    });
    keeper = child;
    closed = new Promise((done) => child.on('close', done));
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        log += text;
      });
    child.stdin?.on('error', () => child.stdin?.destroy());
    const deadline = Date.now() + START_MS;
    while (!(await answers(endpoint))) {
      if (Date.now() > deadline) throw new Error(`Ollama does not answer at ${endpoint}:\n${log}`);
      await pause(50);
    }
  }

  const server: OllamaServer = {
    endpoint,
    port,
    log: (since = 0) => log.slice(since),
    mark: () => log.length,
    async logged(pattern, since = 0) {
      for (const deadline = Date.now() + LOG_MS; ; await pause(20)) {
        const found = pattern.exec(log.slice(since));
        if (found) return found;
        if (Date.now() > deadline) throw new Error(`The log has no ${pattern}:\n${log.slice(since)}`);
      }
    },
    async importModel(name, folder, template = FIM_TEMPLATE) {
      // A copy, since the server refuses weights that lie outside the folder of the Modelfile.
      const copy = mkdtempSync(join(home, 'import-'));
      cpSync(folder, copy, { recursive: true });
      writeFileSync(join(copy, 'Modelfile'), `FROM .\nTEMPLATE """${template}"""\n${ONE_THREAD}`);
      await run(program, ['create', name, '-f', join(copy, 'Modelfile')], { env: environment });
      rmSync(copy, { recursive: true });
    },
    processorSeconds: () => (keeper?.pid === undefined ? 0 : groupSeconds(keeper.pid)),
    async kill() {
      if (keeper?.pid !== undefined && keeper.exitCode === null && keeper.signalCode === null)
        process.kill(-keeper.pid, 'SIGKILL');
      await closed;
    },
    restart: start,
    async stop() {
      await server.kill();
      rmSync(home, { recursive: true, force: true });
    },
  };
  try {
    await start();
  } catch (error) {
    await server.stop();
    throw error;
  }
  return server;
}

async function answers(endpoint: string): Promise<boolean> {
  try {
    return (await fetch(`${endpoint}/api/version`)).ok;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((done) => probe.listen(0, '127.0.0.1', done));
  const address = probe.address();
  await new Promise((done) => probe.close(done));
  if (address === null || typeof address === 'string') throw new Error('No free port.');
  return address.port;
}

/** Fields of /proc/PID/stat after the name in brackets, in clock ticks of 10 ms: see proc_pid_stat(5). */
function groupSeconds(group: number): number {
  let ticks = 0;
  for (const pid of execFileSync('pgrep', ['-g', String(group)], { encoding: 'utf8' })
    .split('\n')
    .filter(Boolean)) {
    const stat = `/proc/${pid}/stat`;
    if (!existsSync(stat)) continue;
    const fields = readFileSync(stat, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    ticks += Number(fields[11]) + Number(fields[12]);
  }
  return ticks / 100;
}
