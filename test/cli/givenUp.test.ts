/** Two ask for a context while the index is loaded, and the first gives up: the second is answered as if it had been alone. */
import { strict as assert } from 'node:assert';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isCancelled } from '../../src/base/errors.ts';
import { openRepository } from '../../src/node/composeEngine.ts';
import { projectRoot } from '../projectRoot.ts';

const REQUEST = { path: 'service/src/services/couponService.ts', line: 16 };

describe('a context that is given up', () => {
  let home: string;
  const nothing = () => undefined;
  const log = { debug: nothing, info: nothing, warn: nothing, error: nothing };
  const open = () =>
    openRepository({
      root: join(home, 'repository'),
      cacheDir: join(home, 'cache'),
      assetsDir: join(projectRoot, 'dist'),
      trusted: false,
      log,
      settings: {},
    });

  before(async () => {
    home = mkdtempSync(join(tmpdir(), 'lodestone-given-up-'));
    cpSync(join(projectRoot, 'samples/workspace'), join(home, 'repository'), { recursive: true });
    const engine = await open();
    await engine.mine({}, {});
    await engine.close();
  });
  after(() => rmSync(home, { recursive: true, force: true }));

  it('costs the next one nothing', async () => {
    const alone = await open();
    const expected = await alone.context(REQUEST, {});
    await alone.close();
    let givenUp = 0;
    // At once, where it surely is in time, and in the middle of whatever a busy machine is at by then.
    for (const ms of [undefined, 0, 1, 2, 4, 8, 16]) {
      const engine = await open();
      const controller = new AbortController();
      const first = engine.context(REQUEST, { signal: controller.signal }).catch((error: unknown) => {
        assert.ok(isCancelled(error), String(error));
        givenUp++;
      });
      const second = engine.context(REQUEST, {});
      if (ms === undefined) controller.abort();
      else setTimeout(() => controller.abort(), ms);
      assert.deepEqual(await second, expected);
      await first;
      const changes = [{ path: REQUEST.path, kind: 'changed' }] as const;
      await engine.filesChanged({ changes }, {});
      assert.deepEqual(await engine.context(REQUEST, {}), expected);
      await engine.close();
    }
    assert.ok(givenUp > 0, 'somebody gave up in time');
  });
});
