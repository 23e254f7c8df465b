/** The copy that project tools run in: in step with the repository, and never the same to a tool that caches. */
import { strict as assert } from 'node:assert';
import { readFileSync, rmSync, statSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { ShadowCopy } from '../../src/node/toolchains/shadowCopy.ts';
import { snapshotOf, temporaryFolder, writeFiles } from './typescriptFixture.ts';

describe('the shadow copy', () => {
  let root: string;
  let copy: ShadowCopy;
  beforeEach(() => {
    root = temporaryFolder();
    copy = new ShadowCopy(root);
  });
  afterEach(async () => {
    await copy.close();
    rmSync(root, { recursive: true, force: true });
  });
  const text = (overlay: Record<string, string> = {}) =>
    copy.use(snapshotOf(root, overlay), async (folder) => {
      const path = join(folder, 'a.py');
      return statSync(path, { throwIfNoEntry: false }) ? readFileSync(path, 'utf8') : undefined;
    });

  it('follows a file that is saved, overlaid, and deleted, however fast', async () => {
    writeFiles(root, { 'a.py': 'a = 1\n' });
    assert.equal(await text(), 'a = 1\n');
    writeFiles(root, { 'a.py': 'a = 2\n' });
    assert.equal(await text(), 'a = 2\n');
    assert.equal(await text({ 'a.py': 'a = 3\n' }), 'a = 3\n');
    assert.equal(await text(), 'a = 2\n');
    unlinkSync(join(root, 'a.py'));
    assert.equal(await text(), undefined);
  });

  it('gives each state of a file a second of its own, since mypy knows a file by size and second', async () => {
    writeFiles(root, { 'a.py': 'a = 1\n' });
    const seconds = new Set<number>();
    for (const value of [1, 2, 3]) {
      await copy.use(snapshotOf(root, { 'a.py': `a = ${value}\n` }), async (folder) => {
        seconds.add(Math.floor(statSync(join(folder, 'a.py')).mtimeMs / 1000));
      });
    }
    assert.equal(seconds.size, 3);
  });
});
