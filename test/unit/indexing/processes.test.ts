/** The store among processes: killed at any moment, and mined by two at once. */
import { strict as assert } from 'node:assert';
import { spawn } from 'node:child_process';
import { hash } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import * as esbuild from 'esbuild';
import { projectRoot } from '../../projectRoot.ts';
import { TestRepository, useWorkers } from './harness.ts';

const FILES = 150;

describe('the store among processes', () => {
  useWorkers();
  let bundles: string;
  let repository: TestRepository;

  before(async () => {
    bundles = mkdtempSync(join(tmpdir(), 'lodestone-miner-'));
    await esbuild.build({
      absWorkingDir: projectRoot,
      entryPoints: ['src/node/workers/syntaxWorker.ts', 'test/unit/indexing/minerProcess.ts'],
      entryNames: '[name]',
      outdir: bundles,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      target: 'node22.13',
      logLevel: 'error',
      external: ['esbuild'],
      nodePaths: [join(projectRoot, 'node_modules')],
      define: { __PROJECT_ROOT__: JSON.stringify(projectRoot) },
    });
  });
  after(() => rmSync(bundles, { recursive: true, force: true }));
  beforeEach(() => {
    repository = new TestRepository();
    for (let n = 0; n < FILES; n++) {
      const body = Array.from({ length: 40 }, (_, i) => `  const v${i} = call${i}(a, ${n});\n`).join('');
      repository.put(`m${n}.ts`, `export function f${n}(a: number) {\n${body}}\n`);
    }
  });
  afterEach(() => repository.dispose());

  const cache = () => join(repository.folder, 'cache');

  /** Resolves with what the process printed, or undefined if it was killed first. */
  function mine(killAfterMs?: number): Promise<{ report: string; analysed: number; notices: unknown[] } | undefined> {
    const child = spawn(
      process.execPath,
      [
        join(bundles, 'minerProcess.js'),
        JSON.stringify({ root: repository.root, cache: cache(), project: projectRoot }),
      ],
      { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NODE_PATH: join(projectRoot, 'node_modules') } },
    );
    const timer = killAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs);
    let output = '';
    let errors = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (errors += chunk));
    return new Promise((resolve, reject) => {
      child.on('close', (code) => {
        clearTimeout(timer);
        if (code === 0) resolve(JSON.parse(output));
        else if (killAfterMs !== undefined && code === null) resolve(undefined);
        else reject(new Error(`miner ended with ${code}: ${errors}`));
      });
    });
  }

  it('loses nothing committed when killed at any moment, and always opens', async function () {
    this.timeout(300_000);
    const expected = hash('sha256', await repository.cold());
    let kept = 0;
    let killed = 0;
    // The moments sweep over start, mining, report and end; the machine's own jitter does the rest.
    for (let round = 0; round < 16; round++) {
      const result = await mine(60 + ((round * 67) % 500));
      if (result) assert.equal(result.report, expected);
      else killed++;
      const now = analysesIn(join(cache(), 'index.sqlite'));
      assert.ok(now >= kept, `${now} analyses left of ${kept}`);
      kept = now;
      if (kept === FILES) {
        rmSync(cache(), { recursive: true, force: true });
        kept = 0;
      }
    }
    assert.ok(killed > 3, `${killed} of 16 were killed`);
    const last = await mine();
    assert.equal(last?.report, hash('sha256', await repository.cold()));
    assert.deepEqual(last?.notices, []);
  });

  it('lets one of two processes mine while the other waits and is served', async () => {
    const expected = hash('sha256', await repository.cold());
    const [first, second] = await Promise.all([mine(), mine()]);
    assert.equal(first?.report, expected);
    assert.equal(second?.report, expected);
    assert.equal((first?.analysed ?? 0) + (second?.analysed ?? 0), FILES);
    assert.deepEqual([first?.notices, second?.notices], [[], []]);
  });

  it('takes over from a miner that was killed, at once', async () => {
    await mine(250);
    const start = performance.now();
    await mine();
    assert.ok(performance.now() - start < 18_000, 'did not wait for the dead process to expire');
  });
});

function analysesIn(path: string): number {
  if (!existsSync(path)) return 0;
  // Opened for writing: a log left by a kill is recovered by whoever opens next.
  const database = new DatabaseSync(path);
  try {
    const check = database.prepare('PRAGMA integrity_check').get() as { integrity_check: string };
    assert.equal(check.integrity_check, 'ok');
    return Number((database.prepare('SELECT count(*) AS n FROM analyses').get() as { n: number }).n);
  } catch (error) {
    // Killed before the tables were made.
    assert.match((error as Error).message, /no such table/);
    return 0;
  } finally {
    database.close();
  }
}
