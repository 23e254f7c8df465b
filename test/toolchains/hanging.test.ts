/** Tools that hang: the time budget bounds them, what they started ends with them, and healing goes on without them. */
import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadCatalog } from '../../src/core/catalog/catalog.ts';
import { fixRulesFrom } from '../../src/core/catalog/loadedData.ts';
import { heal } from '../../src/core/healing/healFiles.ts';
import { NodeDataFiles } from '../../src/node/dataFiles.ts';
import { NodeProcesses } from '../../src/node/processes.ts';
import { needs } from '../missing.ts';
import { projectRoot } from '../projectRoot.ts';
import { createPythonTools } from './pythonTools.ts';
import { healDeps, temporaryFolder, writeFiles } from './typescriptFixture.ts';

const python = spawnSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).stdout?.trim();
const BUDGET_MS = 4000;

describe('a tool that hangs', () => {
  const folders: string[] = [];
  after(() => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });
  const folder = () => {
    const made = temporaryFolder();
    folders.push(made);
    return made;
  };
  const script = (path: string, text: string) => {
    writeFileSync(path, `#!/bin/sh\n${text}\n`);
    chmodSync(path, 0o755);
  };

  async function healWith(bin: string) {
    const root = folder();
    writeFiles(root, { 'a.py': 'def f(x)\n    return x\n' });
    const dataFiles = new NodeDataFiles(projectRoot, { data: join(projectRoot, 'src/data') });
    const tools = await createPythonTools({
      assetsDir: join(projectRoot, 'src'),
      dataFiles,
      processes: new NodeProcesses(),
      rules: fixRulesFrom(await loadCatalog(dataFiles), 'python'),
      choice: { setting: () => join(bin, 'python3') },
    });
    const began = performance.now();
    const report = await heal(
      { files: ['a.py'], trusted: false, budgetMs: BUDGET_MS },
      healDeps(root, tools.toolchains),
      {},
    );
    const took = performance.now() - began;
    await Promise.all(tools.toolchains.map((toolchain) => toolchain.close()));
    await tools.close();
    assert.ok(took < BUDGET_MS + 3000, `took ${took} ms`);
    return report;
  }

  it('is stopped with what it started, named, and left out of the rest', async function () {
    this.timeout(30_000);
    needs(this, Boolean(python), 'python3');
    const bin = folder();
    symlinkSync(python as string, join(bin, 'python3'));
    script(
      join(bin, 'ruff'),
      `[ "$1" = --version ] && echo ruff 0.1.0 && exit\nsleep 321 &\necho $! > ${bin}/child\nwait`,
    );
    const { files, notes, patch } = await healWith(bin);
    assert.match(
      notes.find(({ tool }) => tool === 'ruff')?.message ?? '',
      /Ruff gave no answer in [\d.]+ s and was stopped/,
    );
    assert.equal(patch?.files[0]?.after, 'def f(x):\n    return x\n', files[0]?.reason);
    const child = Number(readFileSync(join(bin, 'child'), 'utf8'));
    const status = `/proc/${child}/status`;
    // A zombie (state Z) that nobody reaps in this container counts as gone.
    assert.ok(!existsSync(status) || /^State:\s+Z/m.test(readFileSync(status, 'utf8')), 'its child still runs');
  });

  it('even where it is the interpreter that never answers', async function () {
    this.timeout(30_000);
    const bin = folder();
    script(join(bin, 'python3'), 'sleep 322');
    const { notes } = await healWith(bin);
    assert.match(notes.find(({ tool }) => tool === 'python')?.message ?? '', /Python compiler gave no answer/);
  });
});
