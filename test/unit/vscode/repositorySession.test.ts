/** What a folder's session does with work that waits behind a call. */
import { strict as assert } from 'node:assert';
import { LodestoneError } from '../../../src/base/errors.ts';
import type { RepositoryEngine } from '../../../src/core/engine.ts';
import { RepositorySession } from '../../../src/vscode/mining/repositorySession.ts';

describe('RepositorySession', () => {
  it('does what waited behind a call that failed, and tells of the failure', async () => {
    const asked: string[] = [];
    const engine = {
      mine: async () => {
        asked.push('mine');
        if (asked.length === 1) throw new LodestoneError('storeBusy', 'held');
        return { attractors: [] };
      },
      filesChanged: async () => {
        asked.push('filesChanged');
        throw new LodestoneError('storeFull', 'full');
      },
      settle: async () => ({ attractors: [] }),
    } as unknown as RepositoryEngine;
    const session = new RepositorySession('/r', 'r', engine);
    const first = session.mine();
    await session.mine();
    await assert.rejects(first, { code: 'storeBusy' });
    assert.deepEqual([asked, session.state], [['mine', 'mine'], 'ready']);

    const changed = session.filesChanged([{ path: 'a.ts', kind: 'changed' }]);
    await session.mine();
    await assert.rejects(changed, { code: 'storeFull' });
    assert.deepEqual([asked.slice(2), session.state, session.error], [['filesChanged', 'mine'], 'ready', undefined]);
  });
});
