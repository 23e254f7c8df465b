/** The healer's surroundings for the benchmark: real toolchains over a folder, without store or index. */
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { LodestoneError } from '../src/base/errors.ts';
import type { HealDeps } from '../src/core/healing/fixSources.ts';
import { parseEscapes } from '../src/core/healing/guard.ts';
import type { LanguageId } from '../src/core/languages.ts';
import { TypeScriptToolchain } from '../src/node/toolchains/typescript.ts';
import { projectRoot } from '../test/projectRoot.ts';

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

const typescript = new TypeScriptToolchain({
  libFolder: join(projectRoot, 'node_modules/typescript/lib'),
  workerPath: process.env.LODESTONE_TYPESCRIPT_WORKER ?? join(projectRoot, 'dist/typescriptWorker.js'),
});

export async function caseDeps(root: string): Promise<HealDeps> {
  const data = (path: string) => readFileSync(join(projectRoot, 'src/data', path), 'utf8');
  const risk = JSON.parse(data('risk/weights.json')) as Pick<HealDeps['riskModel'], 'bias' | 'weights'>;
  return {
    root,
    toolchains: [typescript],
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
    riskModel: { ...risk, smells: [] },
  };
}

export async function closeDeps(): Promise<void> {
  await typescript.close();
}
