/** The healer's surroundings for the benchmark: real toolchains over a folder, without store or index. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type FixRuleFile, proposeFromRules } from '../src/core/edits/fixRules.ts';
import type { HealDeps } from '../src/core/healing/fixSources.ts';
import { NodeProcesses } from '../src/node/processes.ts';
import { PythonToolchain } from '../src/node/toolchains/python.ts';
import { PythonEnvironment } from '../src/node/toolchains/pythonEnvironment.ts';
import { type RuffRules, RuffToolchain } from '../src/node/toolchains/ruff.ts';
import { TypeScriptToolchain } from '../src/node/toolchains/typescript.ts';
import { projectRoot } from '../test/projectRoot.ts';
import { healDeps, libFolder } from '../test/toolchains/typescriptFixture.ts';

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
    libFolder,
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

export function caseDeps(root: string): HealDeps {
  return healDeps(root, toolchains, {
    sources: [
      {
        id: 'rules',
        propose: async ({ path, text, language, diagnostics }) =>
          language === 'python' ? [] : proposeFromRules(ecmascript, { path, family: 'ecmascript', text, diagnostics }),
      },
    ],
  });
}

export async function closeDeps(): Promise<void> {
  await Promise.all(toolchains.map((toolchain) => toolchain.close()));
}
