/** The ESLint toolchain against the real ESLint: flat configuration, fixes, trust, crashes and hanging. */
import { strict as assert } from 'node:assert';
import { existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { LodestoneError } from '../../src/base/errors.ts';
import { heal } from '../../src/core/healing/healFiles.ts';
import { NodeProcesses } from '../../src/node/processes.ts';
import { EslintToolchain } from '../../src/node/toolchains/eslint.ts';
import { projectRoot } from '../projectRoot.ts';
import { healDeps, snapshotOf, temporaryFolder, writeFiles } from './typescriptFixture.ts';

const trusted = { trusted: true };

describe('the ESLint toolchain', () => {
  const folders: string[] = [];
  after(() => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });
  const repository = (files: Readonly<Record<string, string>>, withEslint = true): string => {
    const root = temporaryFolder();
    folders.push(root);
    writeFiles(root, files);
    if (withEslint) {
      mkdirSync(join(root, 'node_modules'), { recursive: true });
      symlinkSync(join(projectRoot, 'node_modules/eslint'), join(root, 'node_modules/eslint'));
    }
    return root;
  };
  const config = (rules: object) => `export default [{ rules: ${JSON.stringify(rules)} }];\n`;
  const eslint = () => new EslintToolchain(new NodeProcesses());

  it('reports errors and warnings with their places, from the overlay', async () => {
    const root = repository({
      'eslint.config.mjs': config({ eqeqeq: 'error', 'prefer-const': 'warn' }),
      'a.js': 'export {};\n',
    });
    const { diagnostics } = await eslint().diagnose(
      snapshotOf(root, { 'a.js': 'let a = "😀" == 1;\nexport { a };\n' }),
      ['a.js'],
      trusted,
    );
    assert.deepEqual(
      diagnostics.map(({ line, column, code, severity, category }) => [line, column, code, severity, category]),
      [
        [1, 5, 'prefer-const', 'warning', 'lint'],
        [1, 14, 'eqeqeq', 'error', 'lint'],
      ],
    );
  });

  it('heals with ESLint’s own fixes and leaves the file itself alone', async () => {
    const root = repository({
      'eslint.config.mjs': config({ 'prefer-const': 'error', 'no-extra-boolean-cast': 'error' }),
      'a.js': 'let a = 1;\nexport const b = !!a ? 1 : 2;\n',
    });
    const report = await heal({ files: ['a.js'], trusted: true }, healDeps(root, [eslint()]), {});
    assert.equal(report.patch?.files[0]?.after, 'const a = 1;\nexport const b = a ? 1 : 2;\n');
    assert.deepEqual(report.patch?.validatedBy, ['eslint']);
    assert.equal(report.files[0]?.attempts, 1);
  });

  it('asks again in another session: its configuration may have changed', async () => {
    const root = repository({ 'eslint.config.mjs': config({ eqeqeq: 'error' }), 'a.js': 'export const a = 1 == 1;\n' });
    const toolchain = eslint();
    const seen = async (session: symbol) =>
      (await toolchain.diagnose(snapshotOf(root), ['a.js'], { ...trusted, session })).diagnostics.length;
    const session = Symbol('first');
    assert.equal(await seen(session), 1);
    writeFiles(root, { 'eslint.config.mjs': config({}) });
    assert.equal(await seen(session), 1);
    assert.equal(await seen(Symbol('second')), 0);
  });

  it('runs nothing of an untrusted repository', async () => {
    const root = repository({
      'eslint.config.mjs':
        'import { writeFileSync } from "node:fs";\nwriteFileSync(new URL("ran", import.meta.url), "");\nexport default [];\n',
      'a.js': 'let a = 1;\n',
    });
    const toolchain = eslint();
    const deps = healDeps(root, [toolchain]);
    await heal({ files: ['a.js'], trusted: false }, deps, {});
    assert.deepEqual((await toolchain.diagnose(snapshotOf(root), ['a.js'], { trusted: false })).diagnostics, []);
    assert.equal(existsSync(join(root, 'ran')), false);
    await heal({ files: ['a.js'], trusted: true }, deps, {});
    assert.equal(existsSync(join(root, 'ran')), true, 'in a trusted one it does run');
  });

  it('says what is wrong with a broken configuration, and healing goes on', async () => {
    const root = repository({ 'eslint.config.mjs': 'throw new Error("no config today");\n', 'a.js': 'let a = 1;\n' });
    const report = await heal({ files: ['a.js'], trusted: true }, healDeps(root, [eslint()]), {});
    assert.equal(report.notes[0]?.tool, 'eslint');
    assert.match(report.notes[0]?.message ?? '', /ESLint failed .*no config today/);
    assert.match(report.files[0]?.reason ?? '', /tools that check this file failed/);
  });

  it('stops an ESLint that hangs', async () => {
    const root = repository({
      'eslint.config.mjs': 'await new Promise((r) => setTimeout(r, 60000));\nexport default [];\n',
      'a.js': '',
    });
    const toolchain = new EslintToolchain(new NodeProcesses(), { timeoutMs: 1500 });
    await assert.rejects(
      toolchain.diagnose(snapshotOf(root), ['a.js'], trusted),
      (error) => error instanceof LodestoneError && error.code === 'toolTimedOut' && error.advice !== undefined,
    );
  });

  it('tells a repository without ESLint from one where it is not installed', async () => {
    assert.equal((await eslint().probe(repository({}, false), true)).status, 'notNeeded');
    const missing = await eslint().probe(repository({ 'eslint.config.mjs': config({}) }, false), true);
    assert.equal(missing.status, 'missing');
    assert.match(missing.advice, /npm install/);
    const found = await eslint().probe(repository({ 'eslint.config.mjs': config({}) }), true);
    assert.equal(found.status, 'ok');
    assert.match(found.version, /^\d+\./);
  });

  it("finds the configuration of a file's own package, with ESLint installed at the root", async () => {
    const root = repository({
      'packages/a/eslint.config.mjs': config({ eqeqeq: 'error' }),
      'packages/a/src/a.js': 'export const same = (x) => x == 1;\n',
      'packages/b/b.js': 'export const same = (x) => x == 1;\n',
    });
    assert.equal((await eslint().probe(root, true)).status, 'notNeeded');
    const files = ['packages/a/src/a.js', 'packages/b/b.js'];
    const report = await heal({ files, trusted: true }, healDeps(root, [eslint()]), {});
    assert.deepEqual(
      report.files.map(({ before }) => before.map(({ code }) => code)),
      [['eqeqeq'], []],
    );
  });
});
