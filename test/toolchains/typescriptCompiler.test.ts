/** The project's own tsc as a judge, on a project that says it uses TypeScript 7 (its tsc here is the real one of version 6). */
import { strict as assert } from 'node:assert';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { LodestoneError } from '../../src/base/errors.ts';
import { heal } from '../../src/core/healing/healFiles.ts';
import { NodeProcesses } from '../../src/node/processes.ts';
import { ShadowCopy } from '../../src/node/toolchains/shadowCopy.ts';
import { TypeScriptCompiler } from '../../src/node/toolchains/typescriptCompiler.ts';
import {
  healDeps,
  libFolder,
  STRICT,
  snapshotOf,
  temporaryFolder,
  useTypeScript,
  writeFiles,
} from './typescriptFixture.ts';

const REAL_TSC = `import(${JSON.stringify(join(libFolder, '../bin/tsc'))});\n`;

describe('the TypeScript compiler as a judge', () => {
  const root = temporaryFolder();
  const shadow = new ShadowCopy(root);
  const compiler = new TypeScriptCompiler({ processes: new NodeProcesses(), shadow: () => shadow });
  const { toolchain: service } = useTypeScript();
  before(() => {
    writeFiles(root, {
      'tsconfig.json': STRICT,
      'package.json': '{"type": "module"}',
      'node_modules/typescript/package.json': '{"name": "typescript", "version": "7.0.2", "type": "commonjs"}',
      'node_modules/typescript/bin/tsc': REAL_TSC,
      'a.ts': 'export const n: number = [1].lenght;\n',
      'lib/b.ts': 'import { n } from "../a";\nexport const m: string = n;\n',
    });
  });
  after(async () => {
    await shadow.close();
    rmSync(root, { recursive: true, force: true });
  });

  it('reports the whole project, over the overlay, and writes nothing into it', async () => {
    assert.equal((await compiler.probe(root, true)).status, 'ok');
    const { diagnostics } = await compiler.diagnose(
      snapshotOf(root, { 'a.ts': 'export const n: number = "x";\n' }),
      ['a.ts'],
      { trusted: true },
    );
    assert.deepEqual(
      diagnostics.map(({ path, line, column, code, category }) => [path, line, column, code, category]),
      [
        ['a.ts', 1, 14, 'TS2322', 'type mismatch'],
        ['lib/b.ts', 2, 14, 'TS2322', 'type mismatch'],
      ],
    );
    assert.deepEqual(readdirSync(root).sort(), ['a.ts', 'lib', 'node_modules', 'package.json', 'tsconfig.json']);
  });

  it('confirms a heal in a trusted workspace only', async () => {
    const deps = healDeps(root, [service], { judges: [compiler] });
    const trusted = await heal({ files: ['a.ts'], trusted: true }, deps, {});
    assert.deepEqual(trusted.patch?.validatedBy, ['typescript', 'tsc']);
    const untrusted = await heal({ files: ['a.ts'], trusted: false }, deps, {});
    assert.deepEqual(untrusted.patch?.validatedBy, ['typescript']);
    await assert.rejects(
      compiler.diagnose(snapshotOf(root), ['a.ts'], { trusted: false }),
      (error) => error instanceof LodestoneError && error.code === 'untrusted',
    );
  });

  it('is not asked where the language service speaks for the version', async () => {
    const other = temporaryFolder();
    assert.equal((await compiler.probe(other, true)).status, 'notNeeded');
    rmSync(other, { recursive: true, force: true });
  });
});
