/** After a save: known patterns at once, the report of a cold mine in the background, and who goes first. */
import { strict as assert } from 'node:assert';
import type { MiningReport } from '../../../src/core/mining/attractor.ts';
import { newReducer } from '../mining/mineTexts.ts';
import { comparable, type Opened, TestRepository, useWorkers } from './harness.ts';

const service = (index: number) => `const { vaultClient } = require('./vault');

export async function load${index}(id) {
  const record${index} = await vaultClient.fetchRecord(id, { fresh: true });
  if (!record${index}) throw new GateError('record ${index} is missing');
  return record${index};
}
`;
const other = (index: number) => `export const total${index} = (a) => a.sum${index}(${index});\n`;
const path = (index: number) => `src/part${index}.ts`;
const FILES = 8;

const fetching = ({ attractors }: MiningReport) =>
  attractors.find(({ apis, kind }) => kind !== 'naming' && apis.some((api) => api.includes('fetchRecord')))?.support;

describe('settling', () => {
  useWorkers();
  let repository: TestRepository;
  let opened: Opened;
  const open = async (cache: string) => repository.open(cache, undefined, undefined, await newReducer());
  const save = (index: number, text: string) => {
    repository.put(path(index), text);
    return opened.miner.filesChanged([{ path: path(index), kind: 'changed' }], {});
  };
  const cold = async (cache: string) => {
    const fresh = await open(cache);
    const report = await fresh.miner.mine({});
    fresh.store.close();
    return comparable(report);
  };

  beforeEach(async () => {
    repository = new TestRepository();
    for (let index = 0; index < FILES; index++) repository.put(path(index), service(index));
    opened = await open('cache');
  });
  afterEach(() => {
    opened.store.close();
    repository.dispose();
  });

  it('follows a save that counts the known patterns, and is what a reopened repository is served', async () => {
    const before = await opened.miner.mine({});
    assert.equal(fetching(before), FILES);
    assert.equal(fetching(await save(2, other(2))), FILES - 1);
    assert.equal(fetching(await save(5, other(5))), FILES - 2);
    assert.equal(
      comparable(opened.miner.stored() as MiningReport),
      comparable(before),
      'only what is settled is stored',
    );
    const expected = await cold('cold');
    assert.equal(comparable(await opened.miner.settle({})), expected);
    assert.equal(comparable(opened.miner.stored() as MiningReport), expected);
    assert.equal(fetching(await save(2, service(2))), FILES - 1);
  });

  it('is settled at once where nothing was mined in this process', async () => {
    await opened.miner.mine({});
    opened.store.close();
    opened = await open('cache');
    await opened.miner.mine({});
    const report = await save(1, other(1));
    assert.equal(comparable(report), await cold('cold'));
  });

  it('knows the files of a reopened repository as its first call', async () => {
    await opened.miner.mine({});
    await save(1, other(1));
    opened.store.close();
    opened = await open('cache');
    const expected = await cold('cold');
    assert.equal(comparable(await opened.miner.settle({})), expected);
    assert.equal(comparable(opened.miner.stored() as MiningReport), expected);
  });

  it('lets a save go first, and then begins again', async () => {
    await opened.miner.mine({});
    await save(0, other(0));
    const order: string[] = [];
    const settled = opened.miner.settle({}).then((report) => {
      order.push('settled');
      return report;
    });
    const updated = save(1, other(1)).then((report) => {
      order.push('updated');
      return report;
    });
    assert.equal(fetching(await updated), FILES - 2);
    assert.equal(comparable(await settled), await cold('cold'));
    assert.deepEqual(order, ['updated', 'settled']);
  });

  it('stops when its caller cancels it', async () => {
    await opened.miner.mine({});
    await save(0, other(0));
    const controller = new AbortController();
    const settled = opened.miner.settle({ signal: controller.signal });
    controller.abort();
    await assert.rejects(settled, { code: 'cancelled' });
    assert.equal(comparable(await opened.miner.settle({})), await cold('cold'));
  });
});
