/** The healer's surroundings for the benchmark: real toolchains over a folder, without store or index. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { LodestoneError } from '../src/base/errors.ts';
import { type FixRuleFile, proposeFromRules } from '../src/core/edits/fixRules.ts';
import type { HealDeps } from '../src/core/healing/fixSources.ts';
import { parseEscapes } from '../src/core/healing/guard.ts';
import type { LanguageId } from '../src/core/languages.ts';
import { NodeProcesses } from '../src/node/processes.ts';
import { PythonToolchain } from '../src/node/toolchains/python.ts';
import { PythonEnvironment } from '../src/node/toolchains/pythonEnvironment.ts';
import { type RuffRules, RuffToolchain } from '../src/node/toolchains/ruff.ts';
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

const data = (path: string) => readFileSync(join(projectRoot, 'src/data', path), 'utf8');

function rules(language: string): FixRuleFile['rules'] {
  const folder = `fix-rules/${language}`;
  return readdirSync(join(projectRoot, 'src/data', folder))
    .sort()
    .flatMap((name) => (parse(data(`${folder}/${name}`)) as FixRuleFile).rules);
}

const processes = new NodeProcesses();
const environment = new PythonEnvironment(processes, { selected: () => undefined, setting: () => '' });
const toolchains = [
  new TypeScriptToolchain({
    libFolder: join(projectRoot, 'node_modules/typescript/lib'),
    workerPath: process.env.LODESTONE_TYPESCRIPT_WORKER ?? join(projectRoot, 'dist/typescriptWorker.js'),
  }),
  new PythonToolchain({
    environment,
    script: join(projectRoot, 'src/data/toolchains/python_check.py'),
    rules: rules('python'),
  }),
  new RuffToolchain(environment, processes, JSON.parse(data('toolchains/ruff.json')) as RuffRules),
];
const ecmascript = rules('typescript');

export async function caseDeps(root: string): Promise<HealDeps> {
  const risk = JSON.parse(data('risk/weights.json')) as Pick<HealDeps['riskModel'], 'bias' | 'weights'>;
  return {
    root,
    toolchains,
    sources: [
      {
        id: 'rules',
        propose: async ({ path, text, language, diagnostics }) =>
          language === 'python' ? [] : proposeFromRules(ecmascript, { path, family: 'ecmascript', text, diagnostics }),
      },
    ],
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
  await Promise.all(toolchains.map((toolchain) => toolchain.close()));
}
