/** Composes everything that looks at Python for tests, as the product composes it. */
import { join } from 'node:path';
import type { FixRule, NameSource } from '../../src/core/edits/fixRules.ts';
import type { DataFiles, Processes, Toolchain } from '../../src/core/ports.ts';
import { MypyToolchain } from '../../src/node/toolchains/mypy.ts';
import { NpmTestToolchain } from '../../src/node/toolchains/npmTest.ts';
import { PyrightToolchain } from '../../src/node/toolchains/pyright.ts';
import { PytestToolchain } from '../../src/node/toolchains/pytest.ts';
import { PythonToolchain } from '../../src/node/toolchains/python.ts';
import { type PythonChoice, PythonEnvironment } from '../../src/node/toolchains/pythonEnvironment.ts';
import type { TypeCheckerData } from '../../src/node/toolchains/pythonTypeChecker.ts';
import { type RuffRules, RuffToolchain } from '../../src/node/toolchains/ruff.ts';
import { ShadowCopy } from '../../src/node/toolchains/shadowCopy.ts';

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
  /** Compiler, ruff, mypy, pyright: what diagnoses and verifies. */
  readonly toolchains: readonly Toolchain[];
  /** The project's tests, for `HealDeps.judges`: only to be passed where the request asks for tests. */
  readonly judges: readonly Toolchain[];
  /** Removes the shadow copies; the toolchains are closed by their owner. */
  close(): Promise<void>;
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
  const data = JSON.parse(await deps.dataFiles.read('toolchains/typecheckers.json')) as Record<
    'mypy' | 'pyright',
    TypeCheckerData
  >;
  const copies = new Map<string, ShadowCopy>();
  const shadow = (root: string) => {
    const copy = copies.get(root) ?? new ShadowCopy(root);
    copies.set(root, copy);
    return copy;
  };
  const { processes } = deps;
  return {
    environment,
    toolchains: [
      python,
      new RuffToolchain(environment, processes, ruffRules),
      new MypyToolchain({ environment, processes, shadow, data: data.mypy }),
      new PyrightToolchain({ environment, processes, shadow, data: data.pyright }),
    ],
    judges: [new PytestToolchain({ processes, shadow }, environment), new NpmTestToolchain({ processes, shadow })],
    close: async () => {
      await Promise.all([...copies.values()].map((copy) => copy.close()));
    },
  };
}
