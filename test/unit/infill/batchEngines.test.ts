/** A batch's engines: one for each repository, asked once whether a model is there, and no more open than a machine can hold. */
import { strict as assert } from 'node:assert';
import { tmpdir } from 'node:os';
import type { Invocation } from '../../../src/cli/command.ts';
import { BatchEngines } from '../../../src/cli/infill/batchEngines.ts';
import type { RepositoryEngine } from '../../../src/core/engine.ts';

/** The engine is another test's matter: this one counts who is open. */
function counted(mine = async (_root: string): Promise<void> => undefined) {
  const open: string[] = [];
  const told: string[] = [];
  const invocation = {
    options: {},
    call: {},
    assetsDir: tmpdir(),
    terminal: { log: undefined },
    open: async ({ root }: { root: string }) => {
      open.push(root);
      told.push(root);
      return {
        mine: () => mine(root),
        modelStatus: async () => ({ ready: false }),
        close: async () => void open.splice(open.indexOf(root), 1),
      } as unknown as RepositoryEngine;
    },
  } as unknown as Invocation;
  return { open, told, invocation };
}

describe('the engines of a batch', () => {
  it('stay open for the repositories that were asked last', async () => {
    const { open, told, invocation } = counted();
    const engines = new BatchEngines(invocation, true);
    for (const root of ['/a', '/b', '/c', '/d', '/a', '/e', '/a', '/f']) await engines.of(root);
    assert.deepEqual(told, ['/a', '/b', '/c', '/d', '/e', '/f'], 'each opened once');
    assert.deepEqual([...open].sort(), ['/a', '/d', '/e', '/f']);
    await engines.of('/b');
    assert.equal(open.length, 4);
    await engines.close();
    assert.deepEqual(open, []);
  });

  it('are asked for no model where there is none, and closed where they cannot be mined', async () => {
    const { open, invocation } = counted(async (root) => {
      if (root === '/broken') throw new Error('no');
    });
    const engines = new BatchEngines(invocation, true);
    assert.deepEqual((await engines.of('/a')).model, { model: null });
    assert.deepEqual((await new BatchEngines(invocation, false).of('/b')).model, {});
    await assert.rejects(engines.of('/broken'), /no/);
    assert.deepEqual(open, ['/a', '/b']);
  });
});
