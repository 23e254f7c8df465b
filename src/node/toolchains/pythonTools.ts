/** Composes everything that looks at Python: the compiler, ruff, and the project's own type checkers. */
import { join } from 'node:path';
import type { FixRule, NameSource } from '../../core/edits/fixRules.ts';
import type { DataFiles, Processes, Toolchain } from '../../core/ports.ts';
import { PythonToolchain } from './python.ts';
import { type PythonChoice, PythonEnvironment } from './pythonEnvironment.ts';
import { type RuffRules, RuffToolchain } from './ruff.ts';

export interface PythonToolsDeps {
  /** Folder of the shipped assets: `data/toolchains/python_check.py` lies below it. */
  readonly assetsDir: string;
  readonly dataFiles: DataFiles;
  readonly processes: Processes;
  /** `fixRulesFrom(catalog, 'python')`. */
  readonly rules: readonly FixRule[];
  readonly choice?: PythonChoice;
  /** Where the repository declares names, seen from the importing file. */
  readonly names?: (path: string) => NameSource;
}

export interface PythonTools {
  readonly environment: PythonEnvironment;
  readonly toolchains: readonly Toolchain[];
}

/** The toolchains in the order in which they are asked. Nothing is started before the first diagnosis. */
export async function createPythonTools(deps: PythonToolsDeps): Promise<PythonTools> {
  const environment = new PythonEnvironment(deps.processes, deps.choice);
  const ruffRules = JSON.parse(await deps.dataFiles.read('toolchains/ruff.json')) as RuffRules;
  const python = new PythonToolchain({
    environment,
    script: join(deps.assetsDir, 'data', 'toolchains', 'python_check.py'),
    rules: deps.rules,
    ...(deps.names ? { names: deps.names } : {}),
  });
  return { environment, toolchains: [python, new RuffToolchain(environment, deps.processes, ruffRules)] };
}
