/** Packs the built extension into one linux-x64 .vsix and checks what is in it. Usage: node scripts/package.mjs */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureBuild, ensurePackages, installedNode } from './setup.mjs';
import { quietly, root, step } from './steps.mjs';

/** Folders and files a package may hold; anything else fails the packaging. */
const ALLOWED =
  /^(dist\/(?!.*\.map$)|media\/|docs\/images\/|l10n\/|package(\.nls)?\.json$|readme\.md$|changelog\.md$|LICENSE(\.txt|\.md)?$)/i;

/** Content hash of what is packed, so that an unchanged package is not packed again. */
function fingerprint(files) {
  const hash = createHash('sha256');
  for (const path of files)
    hash
      .update(path)
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
  const folder = join(root, 'out');
  mkdirSync(folder, { recursive: true });
  const vsix = join(folder, `lodestone-${target}-${version}.vsix`);
  const { listFiles } = await import('@vscode/vsce');
  const files = (await listFiles({ cwd: root, dependencies: false })).sort();
  const strangers = files.filter((path) => !ALLOWED.test(path));
  if (strangers.length) throw new Error(`These do not belong into the package: ${strangers.slice(0, 10).join(', ')}`);
  const stamp = `${vsix}.stamp`;
  const content = fingerprint(files);
  if (existsSync(vsix) && existsSync(stamp) && readFileSync(stamp, 'utf8') === content) return vsix;
  await step(`Packing ${vsix.slice(root.length + 1)}`, async () => {
    const vsce = join(root, 'node_modules/@vscode/vsce/vsce');
    // The repository may have no remote to rewrite relative links with; the packed README needs none.
    const flags = ['--no-dependencies', '--allow-missing-repository', '--no-rewrite-relative-links', '--skip-license'];
    await quietly('vsce', installedNode, [vsce, 'package', '--target', target, ...flags, '--out', vsix]);
    if (!existsSync(vsix)) throw new Error(`vsce wrote no ${vsix}.`);
  });
  writeFileSync(stamp, content);
  return vsix;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.stdout.write(`${await packageVsix()}\n`);
