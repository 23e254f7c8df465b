/** Real child processes: output, limits, missing tools, and trees that must be gone after a time-out or an abort. */
import { strict as assert } from 'node:assert';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { neutralise } from '../../../src/base/neutralise.ts';
import { NodeProcesses } from '../../../src/node/processes.ts';

const processes = new NodeProcesses();
const node = process.execPath;
const cwd = tmpdir();

function alive(pid: number): boolean {
  try {
    // A zombie (state Z) that nobody reaps in this container counts as gone.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

async function gone(pid: number): Promise<boolean> {
  for (let wait = 0; wait < 40; wait++) {
    if (!alive(pid)) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}

describe('NodeProcesses', () => {
  it('gives exit code, output and input as they are', async () => {
    const script = 'process.stdin.pipe(process.stdout); process.stderr.write("\\u001b[31mred"); process.exitCode = 3';
    const result = await processes.run({ command: node, args: ['-e', script], cwd, stdin: 'é\r\n', timeoutMs: 10_000 });
    assert.deepEqual(result, {
      exitCode: 3,
      stdout: 'é\r\n',
      stderr: '\u001b[31mred',
      timedOut: false,
      truncated: false,
    });
  });

  it('never goes through a shell', async () => {
    const result = await processes.run({
      command: node,
      args: ['-e', 'process.stdout.write(process.argv[1])', '$(id); `id` && "x"'],
      cwd,
      timeoutMs: 10_000,
    });
    assert.equal(result.stdout, '$(id); `id` && "x"');
  });

  it('says which tool is missing, and which folder', async () => {
    await assert.rejects(processes.run({ command: 'no-such-tool-9', args: [], cwd, timeoutMs: 1000 }), (error) => {
      assert.ok(error instanceof Error && 'code' in error && error.code === 'toolMissing');
      assert.match(String((error as { advice?: string }).advice), /Install no-such-tool-9/);
      return true;
    });
    await assert.rejects(processes.run({ command: node, args: [], cwd: '/no/such/folder', timeoutMs: 1000 }), {
      code: 'notFound',
    });
  });

  it('keeps the first bytes of an endless output', async () => {
    const result = await processes.run({
      command: node,
      args: ['-e', 'process.stdout.write("x".repeat(300000))'],
      cwd,
      timeoutMs: 10_000,
      maxOutputBytes: 1000,
    });
    assert.equal(result.stdout.length, 1000);
    assert.equal(result.truncated, true);
  });

  for (const stubborn of [false, true])
    it(`kills the whole tree on time-out${stubborn ? ', also one that ignores SIGTERM' : ''}`, async () => {
      const folder = mkdtempSync(join(tmpdir(), 'lodestone-kill-'));
      const ignore = stubborn ? 'process.on("SIGTERM", () => 0);' : '';
      const child = `${ignore} setInterval(() => 0, 1000)`;
      const parent =
        `${ignore} const c = require("child_process").spawn(process.execPath, ["-e", ${JSON.stringify(child)}], {stdio: "inherit"});` +
        'process.stdout.write(c.pid + " " + process.pid); setInterval(() => 0, 1000)';
      try {
        const start = performance.now();
        const result = await processes.run({ command: node, args: ['-e', parent], cwd: folder, timeoutMs: 700 });
        assert.equal(result.timedOut, true);
        assert.ok(performance.now() - start < 4000);
        const pids = result.stdout.split(' ').map(Number);
        assert.equal(pids.length, 2);
        for (const pid of pids) assert.ok(await gone(pid), `process ${pid} is still there`);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });

  it('an abort rejects with cancelled and leaves nothing behind', async () => {
    const controller = new AbortController();
    const run = processes.run({
      command: node,
      args: ['-e', 'setInterval(() => 0, 1000)'],
      cwd,
      timeoutMs: 60_000,
      signal: controller.signal,
    });
    setTimeout(() => controller.abort(), 100);
    await assert.rejects(run, { code: 'cancelled' });
  });
});

describe('neutralise', () => {
  it('removes sequences and shows hidden characters', () => {
    assert.equal(neutralise('\u001b[31mred\u001b[0m \u001b]0;title\u0007x\u001b]8;;http://e\u001b\\link'), 'red xlink');
    assert.equal(neutralise('a\u202eb\u0000c\r\nd\te'), 'a\ufffdb\ufffdc\nd\te');
    assert.equal(neutralise('a\nb\tc', { oneLine: true }), 'a b c');
    assert.equal(neutralise('\u001b'), '');
  });
});
