/**
 * Bundles the named test files (or folders) with esbuild and runs them with mocha under the project's Node.
 * Usage: node scripts/mocha.mjs [--grep TEXT] test/unit test/golden/x.test.ts …   (dist/ must be built)
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';
import { common } from '../esbuild.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');

/** Every *.test.ts below the given files and folders. */
export function findTests(paths) {
  return paths.flatMap((path) => {
    if (statSync(path).isFile()) return [path];
    return readdirSync(path, { recursive: true })
      .map((name) => join(path, String(name)))
      .filter((name) => name.endsWith('.test.ts'))
      .sort();
  });
}

/** Bundles test files into out/<folder>/, keeping their paths, and returns the outputs. */
export async function bundleTests(files, folder = `tests-${process.pid}`, external = []) {
  const outdir = join(root, 'out', folder);
  await esbuild.build({
    ...common,
    entryPoints: files,
    outbase: root,
    outdir,
    packages: 'external',
    external,
    define: { __PROJECT_ROOT__: JSON.stringify(root) },
  });
  return files.map((file) => join(outdir, relative(root, resolve(file)).replace(/\.ts$/, '.js')));
}

export function nodeBinary() {
  return join(root, 'node_modules/node/bin/node');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const args = process.argv.slice(2);
  const grep = args.indexOf('--grep');
  const mochaArgs = grep === -1 ? [] : args.splice(grep, 2);
  const folder = `tests-${process.pid}`;
  const outputs = await bundleTests(findTests(args.length ? args : [join(root, 'test/unit')]), folder);
  const result = spawnSync(
    nodeBinary(),
    [
      '--enable-source-maps',
      join(root, 'node_modules/mocha/bin/mocha.js'),
      '--timeout',
      '60000',
      ...mochaArgs,
      ...outputs,
    ],
    { stdio: 'inherit', cwd: root },
  );
  rmSync(join(root, 'out', folder), { recursive: true, force: true });
  process.exit(result.status ?? 1);
}
