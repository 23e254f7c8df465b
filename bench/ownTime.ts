/**
 * Our own time per completion while somebody types in a long file: from the key to the request at the model's server, and from
 * the end of its answer to the suggestion. Usage: npm run bench -- ownTime DIR [--keys 240] [--pause 60]
 */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Suggestions } from '../src/core/completion/session/suggestions.ts';
import { EngineClient } from '../src/node/engineClient.ts';
import { projectRoot } from '../test/projectRoot.ts';

const MODEL = 'qwen2.5-coder:1.5b-base';
const LINES = 2_000;
const EXTENSION = /\.(ts|tsx|js|jsx|py|rs|go)$/;
const END = { done: true, done_reason: 'stop', prompt_eval_count: 3, eval_count: 2, prompt_eval_duration: 5e6 };

/**
 * Milliseconds that the engine's main thread and ours have computed so far: unlike the clock, this counts nothing that other
 * programs on the machine take. Linux's own count (Documentation/scheduler/sched-stats.rst), else 0.
 */
function computed(pid: number | undefined): number {
  const own = process.threadCpuUsage();
  let engine = 0;
  try {
    engine = Number(readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
  } catch {
    return 0;
  }
  return engine + (own.user + own.system) / 1e3;
}

/** An Ollama that says at once what it is told, and when it was asked and when it ended. */
class Server {
  text = '';
  askedAt = 0;
  endedAt = 0;
  computedAt = { asked: 0, ended: 0 };
  pid: () => number | undefined = () => undefined;
  private readonly server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => this.answer(request.url ?? '', body, response));
  });

  async start(): Promise<string> {
    await new Promise<void>((done) => this.server.listen(0, '127.0.0.1', done));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private answer(path: string, body: string, response: ServerResponse): void {
    const at = performance.now();
    const model_info = { 'general.architecture': 'qwen2', 'qwen2.context_length': 32768 };
    if (path === '/api/version') response.end(JSON.stringify({ version: '0.17.4' }));
    else if (path === '/api/show')
      response.end(
        JSON.stringify({ template: '', capabilities: ['insert'], details: { family: 'qwen2' }, model_info }),
      );
    else {
      const { options } = JSON.parse(body) as { options: { num_predict: number } };
      const line = (value: object) => `${JSON.stringify({ model: MODEL, ...value })}\n`;
      if (options.num_predict > 1) {
        // The first of a key: one that asks again for want of API hits has waited for a whole answer.
        if (this.askedAt === 0) {
          this.askedAt = at;
          this.computedAt.asked = computed(this.pid());
        }
        // A model takes its time; then nothing is left to wait for, since a line break ends what is wanted.
        setTimeout(() => {
          this.endedAt = performance.now();
          this.computedAt.ended = computed(this.pid());
          response.end(line({ response: this.text, done: false }) + line({ response: '', ...END }));
        }, 30);
      } else response.end(line({ response: '', ...END }));
    }
  }
}

function longestFile(root: string): string {
  const far = (path: string) => Math.abs(readFileSync(join(root, path), 'utf8').split('\n').length - LINES);
  const [first] = (readdirSync(root, { recursive: true }) as string[])
    .filter((path) => EXTENSION.test(path) && !/node_modules|\.git\/|\.min\./.test(path))
    .map((path) => ({ path, far: far(path) }))
    .sort((a, b) => a.far - b.far);
  if (!first) throw new Error(`${root} holds no source file.`);
  return first.path;
}

function quantile(values: readonly number[], q: number): string {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN).toFixed(1);
}

function option(flag: string, standard: number): number {
  const at = process.argv.indexOf(flag);
  return at === -1 ? standard : Number(process.argv[at + 1]);
}

/** Types the lines from the middle of the file on, key by key, each into the text without them. */
async function* keys(
  text: string,
  count: number,
): AsyncGenerator<{ text: string; line: number; column: number; rest: string }> {
  const lines = text.split('\n');
  let made = 0;
  for (let at = lines.length >> 1; at < lines.length; at++) {
    const line = lines[at] ?? '';
    const indent = line.length - line.trimStart().length;
    for (let column = indent + 1; column <= line.length; column++) {
      if (made++ === count) return;
      const typed = [...lines.slice(0, at), line.slice(0, column), ...lines.slice(at + 1)].join('\n');
      yield { text: typed, line: at + 1, column: column + 1, rest: `${line.slice(column)}\n` };
    }
  }
}

async function main(): Promise<void> {
  const from = resolve(process.argv[2] ?? '');
  const root = mkdtempSync(join(tmpdir(), 'lodestone-own-'));
  const repository = join(root, 'repository');
  cpSync(from, repository, { recursive: true });
  const server = new Server();
  const endpoint = await server.start();
  const client = new EngineClient({
    entry: join(projectRoot, 'dist/engineProcess.js'),
    openRequest: (folder) => ({
      ...{ root: folder, trusted: false, cacheFolder: join(root, 'cache'), excludes: [], python: '' },
      settings: { 'lodestone.model.endpoint': endpoint, 'lodestone.model.name': MODEL },
    }),
    onLog: ({ level, message }) => (level === 'error' ? void process.stderr.write(`${message}\n`) : undefined),
  });
  try {
    const engine = client.repository(repository);
    const { parsed } = await engine.mine({}, {});
    const path = longestFile(repository);
    const text = readFileSync(join(repository, path), 'utf8');
    const session = new Suggestions({
      now: () => performance.now(),
      after: (ms, callback) => {
        const timer = setTimeout(callback, ms);
        return () => clearTimeout(timer);
      },
    });
    const until: number[] = [];
    const after: number[] = [];
    const context: number[] = [];
    const both: number[] = [];
    const work = { until: [] as number[], after: [] as number[], both: [] as number[] };
    server.pid = () => client.pid;
    await engine.warm({ path, line: text.split('\n').length >> 1, text }, {});
    for await (const key of keys(text, option('--keys', 240))) {
      server.text = key.rest;
      server.askedAt = 0;
      server.endedAt = 0;
      const offset = key.text.split('\n', key.line - 1).join('\n').length + key.column;
      const cursor = { document: path, prefix: key.text.slice(0, offset), suffix: key.text.slice(offset) };
      const began = performance.now();
      const computedBefore = computed(client.pid);
      const ask = async (signal: AbortSignal, onPartial: (text: string) => void) => {
        const { line, column } = key;
        const report = await engine.complete(
          { path, line, column, text: key.text, hurried: true },
          { signal, onProgress: ({ partial }) => partial !== undefined && onPartial(partial) },
        );
        context.push(report.timings.contextMs);
        const texts = report.completions.map(({ text, source }) => ({ text, source, replaces: 0 }));
        return { id: report.id, texts };
      };
      await session.suggest(cursor, ask, { manual: true, signal: new AbortController().signal });
      work.until.push(server.computedAt.asked - computedBefore);
      until.push(server.askedAt - began);
      // Where the repository was sure of the line no answer of the model was waited for.
      if (server.endedAt > 0) {
        after.push(performance.now() - server.endedAt);
        work.after.push(computed(client.pid) - server.computedAt.ended);
        both.push((until.at(-1) as number) + (after.at(-1) as number));
        work.both.push((work.until.at(-1) as number) + (work.after.at(-1) as number));
      }
      session.forget();
      await pause(option('--pause', 60));
    }
    const row = (name: string, values: readonly number[]) =>
      process.stdout.write(
        `| ${name} | ${quantile(values, 0.5)} | ${quantile(values, 0.95)} | ${quantile(values, 1)} |\n`,
      );
    process.stdout.write(
      `${parsed} files; ${path}, ${text.split('\n').length} lines; ${until.length} keys, ${after.length} answered by the model\n\n`,
    );
    process.stdout.write('| ms | p50 | p95 | most |\n|---|---|---|---|\n');
    row('key to request at the server', until);
    row('of it: facts, consider-block, prompt', context);
    row('end of the answer to the suggestion', after);
    row('both', both);
    row('computed, key to request', work.until);
    row('computed, end of the answer to the suggestion', work.after);
    row('computed, both', work.both);
  } finally {
    await client.dispose();
    server.stop();
    rmSync(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
