/** After much work the pool's workers go, with their memory; the next file finds new ones. */
import { strict as assert } from 'node:assert';
import { TestRepository, useWorkers, workersAlive } from './harness.ts';

describe('resting workers', () => {
  useWorkers();

  it('ends the workers after many files and starts new ones for the next', async () => {
    const repository = new TestRepository();
    try {
      for (let n = 0; n < 250; n++) repository.put(`m${n}.ts`, `export const value${n} = call(${n});\n`);
      const { miner, store } = repository.open();
      await miner.mine({});
      assert.equal(workersAlive(), 0);
      repository.put('m0.ts', 'export function again() {}\n');
      const report = await miner.filesChanged([{ path: 'm0.ts', kind: 'changed' }], {});
      assert.equal(report.parsed, 250);
      assert.equal(workersAlive(), 1, 'few files leave their worker warm for the next save');
      store.close();
    } finally {
      repository.dispose();
    }
  });
});
