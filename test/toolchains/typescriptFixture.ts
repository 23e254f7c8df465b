/** Repositories in temporary folders and a healer over real tools, for tests of healing TypeScript. */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as esbuild from 'esbuild';
import { LodestoneError } from '../../src/base/errors.ts';
import type { HealDeps } from '../../src/core/healing/fixSources.ts';
import { parseEscapes } from '../../src/core/healing/guard.ts';
import type { LanguageId } from '../../src/core/languages.ts';
import type { Snapshot, Toolchain } from '../../src/core/ports.ts';
import { TypeScriptToolchain } from '../../src/node/toolchains/typescript.ts';
import { projectRoot } from '../projectRoot.ts';

const LANGUAGES: Readonly<Record<string, LanguageId>> = {
  ts: 'typescript',
  mts: 'typescript',
  cts: 'typescript',
  tsx: 'tsx',
  js: 'javascript',
  jsx: 'javascript',
  mjs: 'javascript',
  cjs: 'javascript',
  py: 'python',
};

export const libFolder = join(projectRoot, 'node_modules/typescript/lib');

const strict = {
  strict: true,
  target: 'es2022',
  module: 'esnext',
  moduleResolution: 'bundler',
  noEmit: true,
  types: [],
};
export const STRICT = JSON.stringify({ compilerOptions: strict });
export const STRICT_WITH_SCRIPTS = JSON.stringify({ compilerOptions: { ...strict, allowJs: true, checkJs: true } });

/**
 * A toolchain for the tests of the describe block that calls this, and folders that go with them. Its worker is bundled
 * before they run, so that they need no built product.
 */
export function useTypeScript() {
  const home = join(tmpdir(), `lodestone-worker-${process.pid}-${performance.now()}`);
  const workerPath = join(home, 'typescriptWorker.js');
  const toolchain = typescriptToolchain(workerPath);
  const folders = [home];
  before(() =>
    esbuild.build({
      entryPoints: [join(projectRoot, 'src/node/workers/typescriptWorker.ts')],
      bundle: true,
      platform: 'node',
      format: 'cjs',
      outfile: workerPath,
      logLevel: 'error',
    }),
  );
  after(async () => {
    await toolchain.close();
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });
  const repository = (files: Readonly<Record<string, string>>): string => {
    const root = temporaryFolder();
    folders.push(root);
    writeFiles(root, files);
    return root;
  };
  return { toolchain, workerPath, repository };
}

export function typescriptToolchain(workerPath: string, timeoutMs?: number): TypeScriptToolchain {
  return new TypeScriptToolchain({ libFolder, workerPath, ...(timeoutMs ? { timeoutMs } : {}) });
}

export function temporaryFolder(): string {
  return realpathSync(mkdtempSync(join(tmpdir(), 'lodestone-test-')));
}

export function writeFiles(root: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

export function snapshotOf(root: string, overlay: Readonly<Record<string, string>> = {}): Snapshot {
  return { root, overlay: new Map(Object.entries(overlay)) };
}

/** Real toolchains, guard and risk model; no fix source beside the toolchains' own. */
export function healDeps(root: string, toolchains: readonly Toolchain[], more: Partial<HealDeps> = {}): HealDeps {
  const data = (path: string) => readFileSync(join(projectRoot, 'src/data', path), 'utf8');
  const { bias, weights } = JSON.parse(data('risk/weights.json')) as HealDeps['riskModel'];
  return {
    root,
    toolchains,
    sources: [],
    clock: { now: () => performance.now(), yieldNow: () => new Promise((resolve) => setImmediate(resolve)) },
    languageOf: (path) => LANGUAGES[path.slice(path.lastIndexOf('.') + 1)],
    read: async (path) => {
      const file = join(root, path);
      const stat = statSync(file, { throwIfNoEntry: false });
      if (!stat) throw new LodestoneError('notFound', `${path} does not exist.`);
      const bytes = readFileSync(file);
      return {
        text: bytes.toString('utf8'),
        encoding: 'utf8',
        bom: false,
        lossy: false,
        hash: createHash('sha256').update(bytes).digest('hex'),
        stat: { size: stat.size, mtimeMs: stat.mtimeMs, ino: stat.ino },
      };
    },
    facts: async () => undefined,
    escapes: parseEscapes(data('healing/escapes.yml')),
    riskModel: { bias, weights, smells: [] },
    ...more,
  };
}
