/** The RPC over its real transports: values, progress, errors, cancellation and the loss of the other end. */
import { strict as assert } from 'node:assert';
import { fork } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LodestoneError, throwIfAborted } from '../../../src/base/errors.ts';
import type { CallOptions, Progress } from '../../../src/base/progress.ts';
import { childChannel, inProcessChannels } from '../../../src/node/rpc/channels.ts';
import { connect, serve } from '../../../src/node/rpc/rpc.ts';

type Counter = {
  sum(request: { numbers: number[] }, options: CallOptions): Promise<number>;
  fail(request: Record<string, never>, options: CallOptions): Promise<never>;
  wait(request: Record<string, never>, options: CallOptions): Promise<void>;
};

function pair(onAborted: () => void = () => undefined) {
  const [client, server] = inProcessChannels();
  const served = serve<Counter>(server, {
    sum: async ({ numbers }, { onProgress }) => {
      numbers.forEach((_, done) => {
        onProgress?.({ step: 'Adding', done, total: numbers.length });
      });
      return numbers.reduce((total, next) => total + next, 0);
    },
    fail: async () => {
      throw new LodestoneError('toolMissing', 'No ruff.', { advice: 'Install it.', args: { tool: 'ruff' } });
    },
    wait: (_request, { signal }) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => {
          onAborted();
          try {
            throwIfAborted(signal);
          } catch (error) {
            reject(error);
          }
        });
      }),
  });
  return { client: connect<Counter>(client), served };
}

describe('rpc', () => {
  it('carries requests, results and progress', async () => {
    const seen: Progress[] = [];
    const { client } = pair();
    const total = await client.api.sum({ numbers: [1, 2, 3] }, { onProgress: (progress) => seen.push(progress) });
    assert.equal(total, 6);
    assert.deepEqual(
      seen.map((progress) => progress.done),
      [0, 1, 2],
    );
  });

  it('carries errors with their code, advice and arguments', async () => {
    const { client } = pair();
    await assert.rejects(client.api.fail({}, {}), (error: LodestoneError) => {
      assert.equal(error.code, 'toolMissing');
      assert.equal(error.advice, 'Install it.');
      assert.deepEqual(error.options.args, { tool: 'ruff' });
      return true;
    });
  });

  it('releases the caller at once on abort and aborts the other end', async () => {
    let aborted = false;
    const { client } = pair(() => {
      aborted = true;
    });
    const controller = new AbortController();
    const call = client.api.wait({}, { signal: controller.signal });
    setTimeout(() => controller.abort(), 5);
    await assert.rejects(call, { code: 'cancelled' });
    await new Promise((resolve) => setTimeout(resolve, 5));
    assert.ok(aborted);
    assert.equal(client.pending, 0);
  });

  it('refuses values that cannot be cloned, in process too', async () => {
    const { client } = pair();
    const request = { numbers: [1], callback: () => undefined } as unknown as { numbers: number[] };
    await assert.rejects(client.api.sum(request, {}));
  });

  it('delivers events', async () => {
    const { client, served } = pair();
    const events: unknown[] = [];
    client.onEvent((name, value) => events.push([name, value]));
    served.emit('changed', { count: 1 });
    await new Promise((resolve) => setTimeout(resolve, 1));
    assert.deepEqual(events, [['changed', { count: 1 }]]);
  });

  it('rejects what is pending when the process dies, and everything after', async () => {
    const script = join(mkdtempSync(join(tmpdir(), 'lodestone-rpc-')), 'silent.cjs');
    writeFileSync(script, 'process.on("message", () => process.kill(process.pid, "SIGKILL"));');
    const client = connect<Counter>(childChannel(fork(script, { serialization: 'advanced' })));
    await assert.rejects(client.api.sum({ numbers: [1] }, {}), { code: 'engineStopped' });
    await assert.rejects(client.api.sum({ numbers: [1] }, {}), { code: 'engineStopped' });
  });
});
