/** Builds every bundle of the product into dist/ and copies its assets beside them. Usage: node esbuild.mjs [--watch] */
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';

const root = dirname(fileURLToPath(import.meta.url));
const dist = join(root, 'dist');

/** Options shared by every bundle: CommonJS for Node, with inline-free source maps. */
export const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node22.13',
  sourcemap: true,
  logLevel: 'warning',
  loader: { '.json': 'json' },
};

/** Only the extension may import `vscode`: in every other bundle a leak fails the build. */
export const bundles = [
  { entry: 'src/extension.ts', external: ['vscode'] },
  { entry: 'src/engineProcess.ts' },
  { entry: 'src/cli.ts' },
  { entry: 'src/node/workers/syntaxWorker.ts' },
  { entry: 'src/node/workers/typescriptWorker.ts' },
].filter(({ entry }) => existsSync(join(root, entry)));

function copyAssets() {
  const modules = join(root, 'node_modules');
  cpSync(join(modules, 'web-tree-sitter/web-tree-sitter.wasm'), join(dist, 'web-tree-sitter.wasm'));
  cpSync(join(root, 'grammars'), join(dist, 'grammars'), { recursive: true });
  cpSync(join(root, 'src/data'), join(dist, 'data'), { recursive: true });
  // The TypeScript language service is loaded at run time, with the lib files it reads beside it.
  const lib = join(modules, 'typescript/lib');
  mkdirSync(join(dist, 'typescript'), { recursive: true });
  for (const file of readdirSync(lib)) {
    if (file === 'typescript.js' || /^lib.*\.d\.ts$/.test(file))
      cpSync(join(lib, file), join(dist, 'typescript', file));
  }
  cpSync(join(modules, 'typescript/LICENSE.txt'), join(dist, 'typescript/LICENSE.txt'));
}

export async function buildAll({ watch = false } = {}) {
  if (!watch) rmSync(dist, { recursive: true, force: true });
  mkdirSync(dist, { recursive: true });
  copyAssets();
  for (const { entry, external = [] } of bundles) {
    const options = { ...common, entryPoints: [entry], outdir: dist, external };
    if (watch) await (await esbuild.context(options)).watch();
    else await esbuild.build(options);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildAll({ watch: process.argv.includes('--watch') });
