/**
 * Builds the real Ollama server that tests and benches talk to, once per machine, from the Go module proxy.
 * Usage: node scripts/ollama.mjs [--find]   builds it where it is missing (with --find: ends with 1) and prints its path.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureSystemPackages, onPath } from './setup.mjs';
import { MissingError, quietly, root, step } from './steps.mjs';

const VERSION = '0.17.4';
/** One header of this module is all that is needed of it; the version is the one that Ollama vendors. */
const MINIAUDIO = 'github.com/gen2brain/malgo@v0.11.24';
/** Header-only libraries that Ollama keeps in its vendor folder, which a module's zip leaves out. */
const HEADERS = {
  '/usr/include/nlohmann/json.hpp': 'nlohmann-json3-dev',
  '/usr/include/stb/stb_image.h': 'libstb-dev',
};

/** What this processor can do: the program is compiled for it, so that a cache which moves to another one is not used. */
function processor() {
  const info = '/proc/cpuinfo';
  const flags = existsSync(info) ? /^(flags|Features)\s*:.*$/m.exec(readFileSync(info, 'utf8'))?.[0] : undefined;
  return createHash('sha256')
    .update(flags ?? cpus()[0]?.model ?? process.arch)
    .digest('hex')
    .slice(0, 8);
}

const folder = join(root, '.vscode-test/ollama');
/** Where the program is after ensureOllama(). */
const ollamaProgram = join(folder, `${VERSION}-${processor()}`, 'ollama');

function findGo() {
  // `go --version` is not an option that Go knows, so that onPath's question does not do.
  const candidates = [...(process.env.PATH ?? '').split(':'), '/usr/local/go/bin', '/usr/lib/go/bin'];
  return candidates
    .map((path) => join(path, 'go'))
    .find((go) => existsSync(go) && spawnSync(go, ['version']).status === 0);
}

/** Builds the program unless it is there, and returns its path; throws MissingError where this machine cannot. */
export async function ensureOllama() {
  if (existsSync(ollamaProgram)) return ollamaProgram;
  if (process.platform !== 'linux') throw new MissingError('The tests of the model server build Ollama on Linux only.');
  const go = findGo();
  if (!go)
    throw new MissingError(
      'Go, which builds the Ollama server for the tests, is missing.',
      'install Go 1.24 or later (https://go.dev/dl) and put it on PATH',
    );
  const packages = Object.entries(HEADERS).flatMap(([header, name]) => (existsSync(header) ? [] : [name]));
  if (!onPath(['g++'])) packages.push('g++');
  if (packages.length) await ensureSystemPackages('What the Ollama server is compiled with', packages);
  await step('Building an Ollama server for the tests (about five minutes, once)', () => build(go));
  return ollamaProgram;
}

async function build(go) {
  mkdirSync(folder, { recursive: true });
  // Its own folder, renamed at the end: a build that was stopped leaves nothing that looks finished.
  const work = mkdtempSync(join(folder, 'building-'));
  try {
    const module = spawnSync(go, ['mod', 'download', '-json', MINIAUDIO], { cwd: work, encoding: 'utf8' });
    if (module.status !== 0) throw new Error(`Go could not download ${MINIAUDIO}: ${module.stderr || module.stdout}`);
    mkdirSync(join(work, 'include/miniaudio'), { recursive: true });
    copyFileSync(join(JSON.parse(module.stdout).Dir, 'miniaudio.h'), join(work, 'include/miniaudio/miniaudio.h'));
    const flags = `-O3 -march=native -I${join(work, 'include')}`;
    const env = { ...process.env, CGO_ENABLED: '1', CGO_CFLAGS: flags, CGO_CXXFLAGS: flags, GOBIN: join(work, 'bin') };
    await quietly('ollama', go, ['install', `github.com/ollama/ollama@v${VERSION}`], { cwd: work, env });
    const target = join(ollamaProgram, '..');
    if (!existsSync(target)) renameSync(join(work, 'bin'), target);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (!process.argv.includes('--find')) await ensureOllama();
  if (existsSync(ollamaProgram)) process.stdout.write(`${ollamaProgram}\n`);
  else process.exitCode = 1;
}
