/** BD12: a patch is applied, the tools look again at what then stands on disk, and what regressed there is rolled back. */
import { strict as assert } from 'node:assert';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { RepositoryEngine } from '../../src/core/engine.ts';
import { openRepository } from '../../src/node/composeEngine.ts';
import { projectRoot } from '../projectRoot.ts';

const BROKEN = "import { price } from './price.ts';\n\nexport const total: number = price('a') + 'b'.lenght;\n";
const HEALED = BROKEN.replace('lenght', 'length');

describe('a patch on disk', () => {
  let root: string;
  let engine: RepositoryEngine;
  const text = (path: string) => readFileSync(join(root, path), 'utf8');
  const write = (path: string, content: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  };

  beforeEach(async () => {
    const home = mkdtempSync(join(tmpdir(), 'lodestone-rollback-'));
    root = join(home, 'repository');
    const compilerOptions = { strict: true, allowImportingTsExtensions: true, noEmit: true };
    write('tsconfig.json', JSON.stringify({ compilerOptions }));
    write('price.ts', 'export function price(name: string): number {\n  return name.length;\n}\n');
    write('total.ts', BROKEN);
    const nothing = () => undefined;
    const log = { debug: nothing, info: nothing, warn: nothing, error: nothing };
    const places = { root, cacheDir: join(home, 'cache'), assetsDir: join(projectRoot, 'dist') };
    engine = await openRepository({ ...places, trusted: false, log, settings: {} });
  });
  afterEach(async () => {
    await engine.close();
    rmSync(dirname(root), { recursive: true, force: true });
  });

  const heal = async () => {
    const { patch, files } = await engine.heal({ files: ['total.ts'], trusted: false }, {});
    assert.ok(patch);
    return { patch, files, trusted: false };
  };

  it('stays where the tools see what the heal promised', async () => {
    const { undone, regression } = await engine.applyPatch(await heal(), {});
    assert.deepEqual([undone, regression], [false, undefined]);
    assert.equal(text('total.ts'), HEALED);
  });

  it('is taken back where another file has changed under it', async () => {
    const healed = await heal();
    write('price.ts', 'export function price(id: number): number {\n  return id;\n}\n');
    const { undone, regression } = await engine.applyPatch(healed, {});
    assert.ok(undone);
    assert.deepEqual(
      regression?.errors.map(({ path, line, code }) => [path, line, code]),
      [['total.ts', 3, 'TS2345']],
    );
    assert.equal(text('total.ts'), BROKEN);
    assert.equal(await engine.undoLast({ write: true }, {}), undefined, 'nothing is left to undo');
  });

  it('is taken back where the second look is cancelled', async () => {
    const controller = new AbortController();
    const healed = await heal();
    controller.abort();
    await assert.rejects(engine.applyPatch(healed, { signal: controller.signal }), { code: 'cancelled' });
    assert.equal(text('total.ts'), BROKEN);
  });
});
