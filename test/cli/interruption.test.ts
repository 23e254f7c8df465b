/** Interrupted, terminated and killed runs: nothing is lost, the next run is right, a damaged store is set aside. */
import { strict as assert } from 'node:assert';
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Scratch, samples } from './lodestone.ts';

/** Resolves once a store lies in the cache: the command is at work then, however slow or fast this machine is. */
async function storeIn(cache: string): Promise<void> {
  while (!existsSync(cache) || readdirSync(cache, { recursive: true }).length < 2) await sleep(2);
}

/** Runs of the same tree differ in their times alone. */
const untimed = (stdout: string) => stdout.replace(/"durationMs": [\d.]+/g, '"durationMs": 0');

describe('cli interrupted', () => {
  const scratch = new Scratch();
  let expected: string;
  let durationMs: number;

  before(async () => {
    for (const copy of ['one', 'two', 'three', 'four', 'five', 'six'])
      cpSync(join(samples, 'workspace'), join(scratch.repository, copy), { recursive: true });
    const start = performance.now();
    expected = untimed((await scratch.run(['mine', '.', '--json'])).stdout);
    durationMs = performance.now() - start;
    assert.ok(expected.includes('"parsed"'));
  });
  after(() => scratch.dispose());

  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)
    it(`ends with ${code} on ${signal}, and the next run is right`, async () => {
      const cache = join(scratch.folder, signal);
      const run = await scratch.run(['mine', '.', '--json', '--cache', cache], {
        started: (child) => void storeIn(cache).then(() => child.kill(signal)),
      });
      assert.equal(run.code, code, run.stderr);
      assert.equal(JSON.parse(run.stdout).error.code, 'cancelled');
      assert.equal(untimed((await scratch.run(['mine', '.', '--json', '--cache', cache])).stdout), expected);
    });

  it('survives kill -9 at any moment of a mine', async function () {
    this.timeout(240_000);
    const cache = join(scratch.folder, 'killed');
    for (const share of [0.2, 0.35, 0.5, 0.65, 0.8, 0.95]) {
      await scratch.run(['mine', '.', '--json', '--cache', cache], {
        started: (child) => void sleep(durationMs * share).then(() => child.kill('SIGKILL')),
      });
      const after = await scratch.run(['mine', '.', '--json', '--cache', cache]);
      assert.equal(after.code, 0, after.stderr);
      assert.equal(untimed(after.stdout), expected, `after a kill at ${share}`);
    }
  });

  it('endures files that change and vanish while they are read', async function () {
    this.timeout(120_000);
    const cache = join(scratch.folder, 'moving');
    const moving = join(scratch.repository, 'moving');
    mkdirSync(moving);
    let running = true;
    const disturb = async () => {
      for (let turn = 0; running; turn++) {
        const file = join(moving, `f${turn % 40}.ts`);
        if (turn % 3 === 0) rmSync(file, { force: true });
        else
          writeFileSync(file, `export const a${turn} = ${'[1].map(String).concat('.repeat(50)}1${')'.repeat(50)};\n`);
        await sleep(1);
      }
    };
    const disturbing = disturb();
    for (let run = 0; run < 3; run++) {
      const { code, stdout, stderr } = await scratch.run(['mine', '.', '--json', '--cache', cache]);
      assert.equal(code, 0, stderr);
      assert.ok(JSON.parse(stdout).parsed > 0);
    }
    running = false;
    await disturbing;
    rmSync(moving, { recursive: true });
    assert.equal(untimed((await scratch.run(['mine', '.', '--json', '--cache', cache])).stdout), expected);
  });

  it('two runs at once both answer', async () => {
    const cache = join(scratch.folder, 'both');
    const runs = await Promise.all([1, 2].map(() => scratch.run(['mine', '.', '--json', '--cache', cache])));
    for (const { stdout, stderr } of runs) assert.equal(untimed(stdout), expected, stderr);
  });

  it('sets a damaged store aside, says so, and answers', async () => {
    const cache = join(scratch.folder, 'damaged');
    await scratch.run(['mine', '.', '--cache', cache]);
    const stores = (readdirSync(cache, { recursive: true }) as string[])
      .map((name) => join(cache, name))
      .filter((file) => statSync(file).isFile() && statSync(file).size > 4096);
    assert.ok(stores.length > 0);
    for (const file of stores) writeFileSync(file, Buffer.alloc(20_000, 'garbage '));
    const run = await scratch.run(['mine', '.', '--json', '--cache', cache]);
    assert.equal(run.code, 0, run.stderr);
    assert.equal(untimed(run.stdout), expected);
    assert.match(run.stderr, /warning/);
  });
});
