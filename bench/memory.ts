/**
 * Peak resident memory of `mine` on a repository, and with a warm TypeScript service beside it (a file healed in the same process).
 * Usage: npm run bench -- memory DIR FILE.ts   FILE is healed with one misspelt word in its unsaved text; nothing is written.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { openRepository } from '../src/node/composeEngine.ts';
import { projectRoot } from '../test/projectRoot.ts';

const DIST = process.env['LODESTONE_DIST'] ?? join(projectRoot, 'dist');
const LIMIT_MB = 700;

interface Peaks {
  readonly files: number;
  /** VmHWM in MB after mining, and after the heal; 0 without one. */
  readonly mined: number;
  readonly healed: number;
  /** Errors before and after the heal: the service was really asked. */
  readonly errors: readonly [number, number];
}

const peakMegabytes = () =>
  Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? Number.NaN) / 1024;

async function measure(root: string, path: string, cacheDir: string): Promise<Peaks> {
  const warn = (message: string) => void process.stderr.write(`${message}\n`);
  const log = { debug: () => undefined, info: () => undefined, warn, error: warn };
  const engine = await openRepository({ root, cacheDir, assetsDir: DIST, trusted: true, log, settings: {} });
  const { parsed } = await engine.mine({}, {});
  const mined = peakMegabytes();
  const text = `${readFileSync(join(root, path), 'utf8')}\nexport const lodestoneBench = 'a'.lenght;\n`;
  const { files } = await engine.heal({ files: [path], overlays: { [path]: text }, trusted: false }, {});
  const healed = peakMegabytes();
  await engine.close();
  return { files: parsed, mined, healed, errors: [files[0]?.before.length ?? 0, files[0]?.after.length ?? 0] };
}

async function main(): Promise<void> {
  const [dir, path = '', cacheDir] = process.argv.slice(2);
  if (!dir || !path) throw new Error('Usage: npm run bench -- memory DIR FILE.ts');
  const root = resolve(dir);
  if (cacheDir) {
    process.stdout.write(JSON.stringify(await measure(root, path, cacheDir)));
    return;
  }
  const scratch = mkdtempSync(join(tmpdir(), 'lodestone-memory-'));
  try {
    // A process of its own: the peak is that of its whole life.
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      [process.argv[1] as string, root, path, join(scratch, 'cache')],
      { encoding: 'utf8' },
    );
    if (status !== 0) throw new Error(stderr);
    const { files, mined, healed, errors } = JSON.parse(stdout) as Peaks;
    const share = (megabytes: number) =>
      `${megabytes.toFixed(0)} MB = ${(megabytes / LIMIT_MB).toFixed(2)} × ${LIMIT_MB}`;
    process.stdout.write(
      `${files} files mined: ${share(mined)}\nand a warm TypeScript service: ${share(healed)} (errors ${errors.join(' → ')})\n`,
    );
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

void main();
