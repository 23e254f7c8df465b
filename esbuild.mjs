/** Builds every bundle of the product into dist/ and copies its assets beside them. Usage: node esbuild.mjs [--watch] */
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
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
  // Native and optional: found at run time in node_modules beside or above dist/.
  { entry: 'src/modelProcess.ts', external: ['onnxruntime-node'] },
  { entry: 'src/cli.ts' },
  { entry: 'src/node/workers/syntaxWorker.ts' },
  { entry: 'src/node/workers/typescriptWorker.ts' },
].filter(({ entry }) => existsSync(join(root, entry)));

function copyAssets() {
  const modules = join(root, 'node_modules');
  cpSync(join(modules, 'web-tree-sitter/web-tree-sitter.wasm'), join(dist, 'web-tree-sitter.wasm'));
  cpSync(join(root, 'grammars'), join(dist, 'grammars'), { recursive: true });
  cpSync(join(root, 'src/data'), join(dist, 'data'), { recursive: true });
  cpSync(join(root, 'models'), join(dist, 'models'), { recursive: true });
  // The TypeScript language service is loaded at run time, with the lib files it reads beside it.
  const lib = join(modules, 'typescript/lib');
  mkdirSync(join(dist, 'typescript'), { recursive: true });
  for (const file of readdirSync(lib)) {
    if (file === 'typescript.js' || /^lib.*\.d\.ts$/.test(file))
      cpSync(join(lib, file), join(dist, 'typescript', file));
  }
  cpSync(join(modules, 'typescript/LICENSE.txt'), join(dist, 'typescript/LICENSE.txt'));
}

/** Checks and parses the product's own data once, here, so that nobody waits for it later; a broken file fails the build. */
async function compileCatalog() {
  const outfile = join(dist, 'catalog.cjs');
  const contents =
    "export { COMPILED_CATALOG, loadCatalog } from './src/core/catalog/catalog.ts';" +
    "export { NodeDataFiles } from './src/node/dataFiles.ts';";
  await esbuild.build({ ...common, stdin: { contents, resolveDir: root }, outfile, sourcemap: false });
  const { COMPILED_CATALOG, loadCatalog, NodeDataFiles } = createRequire(import.meta.url)(outfile);
  const { entries, problems } = await loadCatalog(new NodeDataFiles(dist));
  rmSync(outfile);
  for (const { path, line, message, advice } of problems)
    console.error(`src/data/${path}:${line}: ${message} ${advice}`);
  if (problems.length) throw new Error('The data files above are broken.');
  writeFileSync(join(dist, 'data', COMPILED_CATALOG), JSON.stringify(entries));
}

/** SHA-256 (hex, 16 digits) over files and over all files below folders, in a fixed order. */
function fingerprint(...names) {
  const hash = createHash('sha256');
  for (const name of names) {
    const below = name.includes('.') ? [''] : readdirSync(join(dist, name), { recursive: true }).map(String).sort();
    for (const path of below.map((file) => join(name, file))) {
      if (statSync(join(dist, path)).isFile()) hash.update(`${path}\0`).update(readFileSync(join(dist, path)));
    }
  }
  return hash.digest('hex').slice(0, 16);
}

/** What stored analyses and reports depend on; a store written under other versions is rebuilt. */
function writeVersions() {
  const versions = {
    extractor: fingerprint('syntaxWorker.js', 'grammars'),
    miner: fingerprint('engineProcess.js', 'data'),
  };
  writeFileSync(join(dist, 'versions.json'), JSON.stringify(versions));
}

export async function buildAll({ watch = false } = {}) {
  if (!watch) rmSync(dist, { recursive: true, force: true });
  mkdirSync(dist, { recursive: true });
  copyAssets();
  await compileCatalog();
  for (const { entry, external = [] } of bundles) {
    // Without blanks a worker thread and the command line start 5 ms earlier.
    const options = { ...common, entryPoints: [entry], outdir: dist, external, minifyWhitespace: !watch };
    if (watch) await (await esbuild.context(options)).watch();
    else await esbuild.build(options);
  }
  if (!watch) writeVersions();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildAll({ watch: process.argv.includes('--watch') });
