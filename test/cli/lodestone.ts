/** Runs the built command line as a user would: dist/cli.js in a child process, with a cache and a configuration of its own. */
import { strict as assert } from 'node:assert';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { projectRoot } from '../projectRoot.ts';

export const nodeBinary = join(projectRoot, 'node_modules/node/bin/node');
export const cliBundle = join(projectRoot, 'dist/cli.js');

export interface Run {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Other user to run as (root only). */
  readonly uid?: number;
  /** Called once the process runs. */
  readonly started?: (child: ChildProcess) => void;
  readonly node?: string;
  readonly bundle?: string;
  readonly timeoutMs?: number;
  /** Standard input; without it there is none. */
  readonly stdin?: string;
}

/** A scratch folder with what one test's runs share; removed by `dispose`. */
export class Scratch {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'lodestone-cli-')));
  readonly cache = join(this.folder, 'cache');
  readonly config = join(this.folder, 'config');
  /** The repository under test. */
  readonly repository = join(this.folder, 'repository');

  constructor() {
    mkdirSync(this.repository);
  }

  /** Writes files into the repository. */
  write(files: Readonly<Record<string, string | Uint8Array>>): void {
    for (const [path, content] of Object.entries(files)) {
      const file = join(this.repository, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
    }
  }

  text(path: string): string {
    return readFileSync(join(this.repository, path), 'utf8');
  }

  async run(args: readonly string[], options: RunOptions = {}): Promise<Run> {
    return await lodestone(args, {
      cwd: this.repository,
      ...options,
      env: { XDG_CACHE_HOME: this.cache, XDG_CONFIG_HOME: this.config, ...options.env },
    });
  }

  /** Runs with --json and returns the value, held against its published schema. */
  async json<T>(args: readonly string[], options: RunOptions & { codes?: readonly number[] } = {}): Promise<T> {
    const run = await this.run([...args, '--json'], options);
    const told = `${args.join(' ')}: ${run.code} ${run.signal ?? ''}\n${run.stderr}\n${run.stdout.slice(0, 2000)}`;
    assert.ok((options.codes ?? [0]).includes(run.code as number), told);
    const value = parseOnly(run.stdout);
    assertSchema(args[0] === 'bench' ? `bench-${args[1]}` : (args[0] as string), value);
    return value as T;
  }

  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export async function lodestone(args: readonly string[], options: RunOptions = {}): Promise<Run> {
  assert.ok(existsSync(cliBundle), 'dist/cli.js is not built: node esbuild.mjs');
  const { promise, resolve, reject } = Promise.withResolvers<Run>();
  const child = spawn(options.node ?? nodeBinary, [options.bundle ?? cliBundle, ...args], {
    cwd: options.cwd ?? tmpdir(),
    env: { ...process.env, NO_COLOR: '1', ...options.env },
    stdio: [options.stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    timeout: options.timeoutMs ?? 120_000,
    killSignal: 'SIGKILL',
    ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }),
  });
  const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
  child.stdout?.on('data', (data: Buffer) => stdout.push(data));
  child.stderr?.on('data', (data: Buffer) => stderr.push(data));
  child.on('error', reject);
  child.on('close', (code, signal) =>
    resolve({ code, signal, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() }),
  );
  child.stdin?.end(options.stdin);
  options.started?.(child);
  return await promise;
}

/** Standard output must hold one JSON value and nothing else. */
export function parseOnly(stdout: string): { schemaVersion: number } {
  const value = JSON.parse(stdout) as { schemaVersion: number };
  assert.equal(value.schemaVersion, 1);
  return value;
}

const validators = new Map<string, ValidateFunction>();

export function assertSchema(name: string, value: unknown): void {
  let validate = validators.get(name);
  if (!validate) {
    const file = join(projectRoot, 'src/data/schemas', `${name}.schema.json`);
    validate = new Ajv2020({ allErrors: true, strict: true }).compile(JSON.parse(readFileSync(file, 'utf8')));
    validators.set(name, validate);
  }
  assert.ok(validate(value), `${name}: ${JSON.stringify(validate.errors?.slice(0, 5), undefined, 1)}`);
}

/** The bundled sample workspace, copied into a scratch repository without git. */
export const samples = join(projectRoot, 'samples');
