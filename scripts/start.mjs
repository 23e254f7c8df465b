/**
 * `npm start [-- DIR]`: sets up, builds, and opens VS Code with Lodestone on DIR (default: the bundled sample).
 * `npm start -- --headless [DIR [FILE…]]`: the same main job on the terminal: mines, prints the attractors, heals FILE
 * (in the sample: the broken files), prints diffs, risk and what verified them. Writes no file of yours.
 */
import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { brokenFiles, prepareSample } from './sample.mjs';
import { ensureBuild, ensurePackages, ensurePythonTools, installedNode, toolEnvironment } from './setup.mjs';
import { MissingError, root, visibly } from './steps.mjs';

const USAGE = 'Usage: npm start [-- DIR], or npm start -- --headless [DIR [FILE…]]';

/** npm runs scripts in the package's folder; INIT_CWD is where the user stands. */
const userCwd = process.env.INIT_CWD ?? process.cwd();

class WrongUse extends Error {}

function parse(argv) {
  const headless = argv.includes('--headless');
  const rest = argv.filter((word) => word !== '--headless');
  const unknown = rest.find((word) => word.startsWith('--'));
  if (unknown) throw new WrongUse(`There is no option ${unknown}. ${USAGE}`);
  if (!headless && rest.length > 1) throw new WrongUse(USAGE);
  const [folder, ...files] = rest.map((word) => resolve(userCwd, word));
  if (folder && !(existsSync(folder) && statSync(folder).isDirectory()))
    throw new WrongUse(`"${folder}" is not a folder. ${USAGE}`);
  // FILE may be given from where the user stands or from DIR.
  const located = files.map((file, index) => (existsSync(file) ? file : resolve(folder, rest[index + 1])));
  return { headless, folder, files: located };
}

/** Without Python its files are mined but not healed; everything else works. */
async function tryPythonTools() {
  try {
    await ensurePythonTools();
  } catch (error) {
    process.stderr.write(`Python files will not be healed fully: ${error.message.split('\n')[0]}\n`);
    if (error instanceof MissingError && error.command) process.stderr.write(`  Run: ${error.command}\n`);
  }
}

async function lodestone(...args) {
  process.stderr.write(`\n$ lodestone ${args.join(' ')}\n`);
  return await visibly(installedNode, [join(root, 'dist/cli.js'), ...args], { env: toolEnvironment(), cwd: userCwd });
}

async function headless(folder, files) {
  const sample = folder === undefined;
  const target = folder ?? prepareSample('sample-headless', { fresh: true });
  // The sample is ours: its own configuration may run. Anybody else's repository is trusted by its user only.
  const trust = sample ? ['--trust'] : [];
  const mined = await lodestone('mine', target, ...trust);
  if (mined !== 0) return mined;
  const broken = sample ? brokenFiles().map(({ path }) => join(target, path)) : files;
  if (!broken.length) {
    process.stdout.write('\nName a FILE after DIR to have it healed.\n');
    return 0;
  }
  const healed = await lodestone('heal', ...broken, ...trust);
  // Exit code 1 says that there are findings: here they were the purpose.
  return healed === 1 ? 0 : healed;
}

async function main() {
  const { headless: withoutWindow, folder, files } = parse(process.argv.slice(2));
  await ensurePackages();
  await ensureBuild();
  await tryPythonTools();
  if (withoutWindow) return await headless(folder, files);
  const { openWindow } = await import('./window.mjs');
  return (await openWindow(folder ?? prepareSample('sample'))) ?? 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  const expected = error instanceof WrongUse || error instanceof MissingError;
  process.stderr.write(`${expected ? error.message : (error.stack ?? error)}\n`);
  process.exitCode = error instanceof WrongUse ? 2 : 3;
}
