/**
 * Brings a fresh clone to where it runs: packages, bundles, and the tools that tests and the sample need.
 * Every function does nothing when its result is already there. Plain JavaScript for Node 20, no packages.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { MissingError, quietly, root, step } from './steps.mjs';

/** The Node that runs Lodestone, installed from the registry. */
export const installedNode = join(root, 'node_modules/node/bin/node');
/** Python with the linters that tests and the sample use. */
export const pythonFolder = join(root, '.vscode-test/python');
const pythonTools = join(root, 'scripts/python-tools.txt');
/** Python with PyTorch and what else training/ needs: 6 GB, so apart from the tools above. */
const trainingFolder = join(root, '.vscode-test/training');
const trainingPackages = join(root, 'training/requirements.txt');

/** Throws MissingError if this Node cannot even install. */
export function checkNode() {
  if (Number(process.versions.node.split('.')[0]) < 20)
    throw new MissingError(`Node 20 or later is needed to set up; this is ${process.versions.node}.`);
}

/** Whether node_modules holds exactly the versions of package-lock.json and its install scripts ran. */
function packagesAreCurrent() {
  const hidden = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(hidden) || !existsSync(installedNode)) return false;
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const found = JSON.parse(readFileSync(hidden, 'utf8')).packages;
  return Object.entries(wanted).every(
    ([path, { version, optional }]) => path === '' || found[path]?.version === version || (optional && !found[path]),
  );
}

export async function ensurePackages() {
  checkNode();
  if (packagesAreCurrent()) return;
  const npm = process.env.npm_execpath;
  const [command, args] = npm ? [process.execPath, [npm]] : ['npm', []];
  await step('Installing packages (about a minute)', () =>
    quietly('npm-ci', command, [...args, 'ci', '--include=dev', '--no-audit', '--no-fund']),
  );
}

/** Content hash of everything the bundles are made from. */
function buildHash() {
  const hash = createHash('sha256');
  const add = (path) => {
    if (statSync(path).isDirectory()) for (const name of readdirSync(path).sort()) add(join(path, name));
    else hash.update(path.slice(root.length)).update('\0').update(readFileSync(path)).update('\0');
  };
  for (const name of ['src', 'grammars', 'models', 'esbuild.mjs', 'package.json', 'package-lock.json'])
    add(join(root, name));
  return hash.digest('hex');
}

export async function ensureBuild() {
  const stamp = join(root, 'out/build-hash');
  const hash = buildHash();
  const built = ['cli.js', 'extension.js', 'engineProcess.js', 'modelProcess.js'].every((name) =>
    existsSync(join(root, 'dist', name)),
  );
  if (built && existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return;
  await step('Building', () => quietly('build', process.execPath, ['esbuild.mjs']));
  chmodSync(join(root, 'dist/cli.js'), 0o755);
  mkdirSync(join(root, 'out'), { recursive: true });
  writeFileSync(stamp, hash);
}

/** The first of `names` on PATH that runs, or undefined. */
export function onPath(names, path = process.env.PATH ?? '') {
  for (const name of names)
    for (const folder of path.split(delimiter))
      if (folder && existsSync(join(folder, name)) && spawnSync(join(folder, name), ['--version']).status === 0)
        return join(folder, name);
  return undefined;
}

/** Installs Debian packages when root on Debian; otherwise throws MissingError with the exact command. */
export async function ensureSystemPackages(what, packages) {
  const command = `apt-get install -y --no-install-recommends ${packages.join(' ')}`;
  if (!existsSync('/etc/debian_version'))
    throw new MissingError(`${what} is missing.`, `install ${packages.join(', ')}`);
  if (process.getuid?.() !== 0) throw new MissingError(`${what} is missing.`, `sudo ${command}`);
  await step(`Installing ${packages.join(', ')}`, async () => {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    await quietly('apt-update', 'apt-get', ['update'], { env });
    await quietly('apt-install', 'apt-get', command.split(' ').slice(1), { env });
  });
}

/** A virtual environment in `folder` with the packages that the file `packages` names; throws MissingError. */
async function ensurePythonPackages(what, folder, packages, afterwards) {
  const bin = join(folder, 'bin');
  const stamp = join(folder, '.lodestone-tools');
  const wanted = readFileSync(packages, 'utf8');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted && onPath(['python'], bin)) return;
  const canMakeEnvironments = (python) => python && spawnSync(python, ['-c', 'import ensurepip, venv']).status === 0;
  if (!canMakeEnvironments(onPath(['python3'])))
    await ensureSystemPackages('Python 3 with venv', ['python3', 'python3-venv']);
  const python = onPath(['python3']);
  await step(`Installing ${what}`, async () => {
    rmSync(folder, { recursive: true, force: true });
    await quietly('python-venv', python, ['-m', 'venv', folder]);
    const pip = ['-m', 'pip', 'install', '--disable-pip-version-check', '--no-cache-dir', '-r', packages];
    await quietly('python-packages', join(bin, 'python'), pip);
    await afterwards?.(bin);
  });
  writeFileSync(stamp, wanted);
}

/** A virtual environment with ruff, pyright, mypy and pytest in .vscode-test/python; throws MissingError. */
export async function ensurePythonTools() {
  // The PyPI package of pyright fetches its program at the first run.
  const fetchPyright = (bin) => quietly('pyright', join(bin, 'pyright'), ['--version']);
  await ensurePythonPackages('the Python tools', pythonFolder, pythonTools, fetchPyright);
}

/** A virtual environment with what `python -m training` needs in .vscode-test/training; throws MissingError. */
export async function ensureTraining() {
  if (process.env.LODESTONE_TRAINING_PYTHON) return;
  await ensurePythonPackages('PyTorch for training (6 GB, minutes)', trainingFolder, trainingPackages);
}

/** The environment in which Lodestone runs here: the user's own tools first, then those installed above. */
export function toolEnvironment() {
  return { ...process.env, PATH: [process.env.PATH, join(pythonFolder, 'bin')].filter(Boolean).join(delimiter) };
}
