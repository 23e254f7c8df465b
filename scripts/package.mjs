/**
 * Packs the built extension into one linux-x64 .vsix. What belongs into it is copied to out/package first: vsce would
 * walk the whole clone, caches included, to find it. Usage: node scripts/package.mjs
 */
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureBuild, ensurePackages, installedNode } from './setup.mjs';
import { quietly, root, step } from './steps.mjs';

/** Folders and files of the package; .vscodeignore says the same to those who call vsce themselves. */
const PACKED = [
  ...['dist', 'media', 'docs/images', 'l10n', 'package.json', 'package.nls.json'],
  ...['README.md', 'CHANGELOG.md', 'LICENSE', 'THIRD_PARTY.md', '.vscodeignore'],
];

/** Paths of everything that is packed, sorted; source maps stay behind. */
function packedFiles() {
  const files = [];
  const add = (path) => {
    const full = join(root, path);
    if (!existsSync(full) || path.endsWith('.map')) return;
    if (statSync(full).isDirectory()) for (const name of readdirSync(full)) add(`${path}/${name}`);
    else files.push(path);
  };
  for (const path of PACKED) add(path);
  return files.sort();
}

/** Platforms that the denoiser's native runtime has files for; elsewhere Lodestone says that there is no denoiser. */
const RUNTIME_TARGETS = ['linux-x64', 'linux-arm64', 'darwin-arm64', 'win32-x64', 'win32-arm64'];
/** What is left out of it: DirectX (the processor is faster for int8) and a second copy of the same library. */
const LEFT_OUT = /(?:DirectML|dxcompiler|dxil)\.dll$|libonnxruntime\.\d+\.\d+\.\d+\.dylib$|\.map$|\.d\.ts$/;

/**
 * Files of onnxruntime-node that a platform needs to run a model, as [path here, path in the package]: its processor's library alone,
 * beside the bundle that loads it.
 */
function runtimeFiles(target) {
  if (!RUNTIME_TARGETS.includes(target)) return [];
  const folders = {
    'onnxruntime-node': ['package.json', 'dist', `bin/napi-v6/${target.replace('-', '/')}`],
    'onnxruntime-common': ['package.json', 'dist/cjs'],
  };
  const files = [];
  const add = (path) => {
    const full = join(root, path);
    if (!existsSync(full) || LEFT_OUT.test(path)) return;
    if (statSync(full).isDirectory()) for (const name of readdirSync(full)) add(`${path}/${name}`);
    else files.push([path, `dist/${path}`]);
  };
  for (const [name, parts] of Object.entries(folders)) for (const part of parts) add(`node_modules/${name}/${part}`);
  return files;
}

/** Content hash of what is packed, so that an unchanged package is not packed again. */
function fingerprint(files) {
  const hash = createHash('sha256');
  for (const [path, packed] of files)
    hash
      .update(packed)
      .update('\0')
      .update(readFileSync(join(root, path)))
      .update('\0');
  return hash.digest('hex');
}

/** Builds if needed and packs; returns the path of the .vsix. */
export async function packageVsix({ target = 'linux-x64', build = true } = {}) {
  await ensurePackages();
  if (build) await ensureBuild();
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const vsix = join(root, 'out', `lodestone-${target}-${version}.vsix`);
  const stamp = `${vsix}.stamp`;
  const files = [...packedFiles().map((path) => [path, path]), ...runtimeFiles(target)];
  const content = fingerprint(files);
  if (existsSync(vsix) && existsSync(stamp) && readFileSync(stamp, 'utf8') === content) return vsix;
  await step(`Packing ${vsix.slice(root.length + 1)}`, async () => {
    const stage = join(root, 'out/package');
    rmSync(stage, { recursive: true, force: true });
    for (const [path, packed] of files) {
      mkdirSync(dirname(join(stage, packed)), { recursive: true });
      cpSync(join(root, path), join(stage, packed));
    }
    const vsce = join(root, 'node_modules/@vscode/vsce/vsce');
    // The repository may have no remote to rewrite relative links with; the packed README needs none.
    const flags = ['--no-dependencies', '--allow-missing-repository', '--no-rewrite-relative-links', '--skip-license'];
    await quietly('vsce', installedNode, [vsce, 'package', '--target', target, ...flags, '--out', vsix], {
      cwd: stage,
    });
    if (!existsSync(vsix)) throw new Error(`vsce wrote no ${vsix}.`);
    rmSync(stage, { recursive: true, force: true });
  });
  writeFileSync(stamp, content);
  return vsix;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.stdout.write(`${await packageVsix()}\n`);
