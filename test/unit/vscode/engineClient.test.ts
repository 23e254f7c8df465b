/** The engine's client over real processes: restarts, replay, time-outs, giving up. */
import { strict as assert } from 'node:assert';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as esbuild from 'esbuild';
import { EngineClient, type EngineState } from '../../../src/node/engineClient.ts';
import { projectRoot } from '../../projectRoot.ts';

/** An engine whose `report` counts the processes' starts, and which can be told to die. */
const SERVER = `
import { appendFileSync, readFileSync } from 'node:fs';
import { serveEngines } from '${projectRoot}/src/node/engineServer.ts';
import { processChannel } from '${projectRoot}/src/node/rpc/channels.ts';
const file = process.env.STARTS;
appendFileSync(file, 'x');
const events = [];
let opened = 0;
const wait = (ms, signal) => new Promise((resolve, reject) => {
  setTimeout(resolve, ms);
  signal?.addEventListener('abort', () => reject(new DOMException('cut', 'AbortError')));
});
const during = async (name, work) => { events.push(name + ' begins'); await work.finally(() => events.push(name + ' ends')); };
const note = (number) => ({
  settle: (_request, { signal }) => during('settle ' + number, number === 1 ? wait(20_000, signal) : wait(0)),
  undoLast: () => during('undo ' + number, wait(300)),
  clearStorage: async () => void events.push('clear ' + number),
  decisions: async () => events,
  close: async () => void events.push('close ' + number),
});
serveEngines(processChannel(process), async ({ root, trusted }) => ({
  ...note(++opened),
  report: async () => ({ starts: readFileSync(file, 'utf8').length, trusted }),
  mine: async () => { if (readFileSync(file, 'utf8').length < 3) process.kill(process.pid, 'SIGKILL'); return { mined: root }; },
  recordApplied: async () => process.kill(process.pid, 'SIGKILL'),
  doctor: async () => process.kill(process.pid, 'SIGKILL'),
  facts: (_request, { signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('x')))),
}), () => process.exit(0));
`;

describe('EngineClient', function () {
  this.timeout(30_000);
  let folder: string;
  let client: EngineClient;
  let trusted: boolean;
  const states: EngineState[] = [];

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'lodestone-client-'));
    esbuild.buildSync({
      stdin: { contents: SERVER, resolveDir: projectRoot, loader: 'ts' },
      bundle: true,
      platform: 'node',
      format: 'cjs',
      outfile: join(folder, 'server.js'),
    });
  });

  beforeEach(() => {
    process.env['STARTS'] = join(folder, 'starts');
    writeFileSync(process.env['STARTS'], '');
    trusted = false;
    states.length = 0;
    client = new EngineClient({
      entry: join(folder, 'server.js'),
      openRequest: (root) => ({ root, trusted, settings: {}, excludes: [], python: '' }),
      onLog: () => undefined,
      maxRestarts: 3,
    });
    client.onState((state) => states.push(state));
  });

  afterEach(() => client.dispose());
  after(() => rmSync(folder, { recursive: true, force: true }));

  const report = () =>
    client.repository('/r').report({}, {}) as unknown as Promise<{ starts: number; trusted: boolean }>;

  it('starts nothing before it is asked for something', async () => {
    client.repository('/r');
    assert.equal(client.pid, undefined);
    assert.equal((await report()).starts, 1);
    assert.ok(client.pid);
  });

  it('replays what may be repeated on a new process', async () => {
    assert.deepEqual(await client.repository('/r').mine({}, {}), { mined: '/r' });
    assert.equal((await report()).starts, 3);
  });

  it('does not repeat what must not happen twice', async () => {
    await assert.rejects(client.repository('/r').recordApplied({ patch: {} as never }, {}), { code: 'engineStopped' });
    assert.equal((await report()).starts, 2);
  });

  it('gives up after a few ends, says so, and starts again when told to', async () => {
    await assert.rejects(client.repository('/r').doctor({}, {}), { code: 'engineStopped' });
    await assert.rejects(client.repository('/r').doctor({}, {}), { code: 'engineStopped' });
    assert.equal(client.state, 'stopped');
    await assert.rejects(report(), { code: 'engineStopped' });
    client.restart();
    assert.ok((await report()).starts > 3);
    assert.equal(client.state, 'running');
  });

  for (const [when, ms] of [
    ['while the process starts', 0],
    ['while the repository is opened, or thereafter', 60],
    ['at work', 400],
  ] as const)
    it(`releases a caller that is cancelled ${when} at once`, async () => {
      const controller = new AbortController();
      const facts = client.repository('/r').facts({ path: 'a.ts' }, { signal: controller.signal });
      setTimeout(() => controller.abort(), ms);
      await assert.rejects(facts, { code: 'cancelled' });
      assert.equal((await report()).starts, 1);
    });

  it('opens a repository anew with the present trust', async () => {
    assert.equal((await report()).trusted, false);
    trusted = true;
    client.reopen('/r');
    const again = await report();
    assert.deepEqual(again, { starts: 1, trusted: true });
  });

  /** What happened in the engines of the process, in order. */
  const events = () => client.repository('/r').decisions({}, {}) as unknown as Promise<string[]>;

  it('repeats what is cut by opening anew, waits for what is not repeated, and only then closes', async () => {
    await report();
    const engine = client.repository('/r');
    const [settled, undone] = [engine.settle({}, {}), engine.undoLast({ write: false }, {})];
    await until(async () => (await events()).length === 2);
    client.reopen('/r');
    const next = report();
    await Promise.all([settled, undone, next]);
    assert.deepEqual(await events(), [
      ...['settle 1 begins', 'undo 1 begins', 'settle 1 ends', 'undo 1 ends', 'close 1'],
      ...['settle 2 begins', 'settle 2 ends'],
    ]);
  });

  it('clears when nothing else is under way, and opens anew by itself', async () => {
    await report();
    const engine = client.repository('/r');
    const [settled, undone] = [engine.settle({}, {}), engine.undoLast({ write: false }, {})];
    await until(async () => (await events()).length === 2);
    const cleared = engine.clearStorage({ decisions: false }, {});
    await Promise.all([settled, undone, cleared, report()]);
    assert.deepEqual(await events(), [
      ...['settle 1 begins', 'undo 1 begins', 'settle 1 ends', 'undo 1 ends', 'clear 1', 'close 1'],
      ...['settle 2 begins', 'settle 2 ends'],
    ]);
  });

  it('cuts for good what is under way in a folder that is closed', async () => {
    await report();
    const engine = client.repository('/r');
    const settled = engine.settle({}, {});
    await until(async () => (await events()).length === 1);
    await Promise.all([assert.rejects(settled, { code: 'engineStopped' }), engine.close()]);
    assert.deepEqual(await events(), ['settle 1 begins', 'settle 1 ends', 'close 1']);
  });

  it('ends its process when disposed', async () => {
    await report();
    const { pid } = client;
    assert.ok(pid);
    await client.dispose();
    assert.throws(() => process.kill(pid, 0));
  });
});

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 10));
}
