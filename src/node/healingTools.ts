/** Everything healing needs in one repository: compilers, linters, fix rules, risk model and memory. */
import { join } from 'node:path';
import type { CallOptions } from '../base/progress.ts';
import type { Catalog } from '../core/catalog/catalog.ts';
import { fixRulesFrom } from '../core/catalog/loadedData.ts';
import { type NameSource, proposeFromRules } from '../core/edits/fixRules.ts';
import { type MutationTable, parseMutations } from '../core/edits/mutations.ts';
import type { Patch } from '../core/edits/patch.ts';
import type { RiskModel } from '../core/edits/risk.ts';
import type { FixSource, HealDeps } from '../core/healing/fixSources.ts';
import { parseEscapes } from '../core/healing/guard.ts';
import type { LanguageId } from '../core/languages.ts';
import type { DataFiles, SourceFile, Toolchain } from '../core/ports.ts';
import type { FileFacts } from '../core/syntax/facts.ts';
import { nodeClock } from './clock.ts';
import { NodeProcesses } from './processes.ts';
import type { StoredRepairMemory } from './store/repairMemory.ts';
import { CargoCheck } from './toolchains/cargoCheck.ts';
import { CargoTestToolchain } from './toolchains/cargoTest.ts';
import { EslintToolchain } from './toolchains/eslint.ts';
import { GoCompiler } from './toolchains/goCompiler.ts';
import { GoTestToolchain } from './toolchains/goTest.ts';
import { MypyToolchain } from './toolchains/mypy.ts';
import { NpmTestToolchain } from './toolchains/npmTest.ts';
import { PyrightToolchain } from './toolchains/pyright.ts';
import { PytestToolchain } from './toolchains/pytest.ts';
import { PythonToolchain } from './toolchains/python.ts';
import { PythonEnvironment } from './toolchains/pythonEnvironment.ts';
import type { TypeCheckerData } from './toolchains/pythonTypeChecker.ts';
import { type RuffRules, RuffToolchain } from './toolchains/ruff.ts';
import { ShadowCopy } from './toolchains/shadowCopy.ts';
import { TypeScriptToolchain } from './toolchains/typescript.ts';
import { TypeScriptCompiler } from './toolchains/typescriptCompiler.ts';
import { UnittestToolchain } from './toolchains/unittest.ts';

export interface HealingToolsOptions {
  readonly root: string;
  readonly assetsDir: string;
  readonly dataFiles: DataFiles;
  readonly catalog: Catalog;
  /** Python interpreters by precedence: the editor's selection, the setting; '' for none. */
  readonly python: { readonly selected: string; readonly setting: string };
  readonly languageOf: (path: string) => LanguageId | undefined;
  readonly read: (path: string) => Promise<SourceFile>;
  /** Where the repository declares names, as seen from a file; called once per heal. */
  readonly names: (options: CallOptions) => Promise<(path: string) => NameSource>;
  readonly memory: () => StoredRepairMemory;
  readonly riskModel: RiskModel;
}

export class HealingTools {
  private constructor(
    private readonly options: HealingToolsOptions,
    /** Compilers, linters and type checkers. */
    readonly toolchains: readonly Toolchain[],
    /** The project's own compiler, which judges the result. */
    readonly judges: readonly Toolchain[],
    /** Compilers of languages that are not healed: they judge code that was generated. */
    readonly compilers: readonly Toolchain[],
    /** The project's own tests. */
    readonly tests: readonly Toolchain[],
    private readonly shadow: ShadowCopy,
    private readonly names: { current: ((path: string) => NameSource) | undefined },
    private readonly escapes: HealDeps['escapes'],
    private readonly mutations: MutationTable,
  ) {}

  static async create(options: HealingToolsOptions): Promise<HealingTools> {
    const { assetsDir, dataFiles, catalog, python } = options;
    const processes = new NodeProcesses();
    const environment = new PythonEnvironment(processes, {
      selected: () => python.selected || undefined,
      setting: () => python.setting,
    });
    const names: HealingTools['names'] = { current: undefined };
    const data = async <T>(name: string) => JSON.parse(await dataFiles.read(`toolchains/${name}.json`)) as T;
    const checkers = await data<Record<'mypy' | 'pyright', TypeCheckerData>>('typecheckers');
    const copy = new ShadowCopy(options.root);
    const shadow = () => copy;
    const toolchains: Toolchain[] = [
      new TypeScriptToolchain({
        libFolder: join(assetsDir, 'typescript'),
        workerPath: join(assetsDir, 'typescriptWorker.js'),
      }),
      new EslintToolchain(processes),
      new PythonToolchain({
        environment,
        script: join(assetsDir, 'data', 'toolchains', 'python_check.py'),
        rules: fixRulesFrom(catalog, 'python'),
        names: (path) => names.current?.(path) ?? { exporters: () => [] },
      }),
      new RuffToolchain(environment, processes, await data<RuffRules>('ruff')),
      new PyrightToolchain({ environment, processes, shadow, data: checkers.pyright }),
      new MypyToolchain({ environment, processes, shadow, data: checkers.mypy }),
    ];
    const tests = [
      new PytestToolchain({ processes, shadow }, environment),
      new UnittestToolchain({ processes, shadow }, environment),
      new NpmTestToolchain({ processes, shadow }),
      new GoTestToolchain({ processes, shadow }),
      new CargoTestToolchain({ processes, shadow }),
    ];
    return new HealingTools(
      options,
      toolchains,
      [new TypeScriptCompiler({ processes, shadow })],
      [new GoCompiler(processes), new CargoCheck({ processes, shadow })],
      tests,
      copy,
      names,
      parseEscapes(await dataFiles.read('healing/escapes.yml')),
      parseMutations(await dataFiles.read('healing/mutations.yml')),
    );
  }

  /** What one heal works with; `facts` reads texts that may never have been saved. */
  async deps(
    facts: (path: string, text: string) => Promise<FileFacts | undefined>,
    options: CallOptions,
  ): Promise<HealDeps> {
    this.names.current = await this.options.names(options);
    const { root, languageOf, read, riskModel, memory } = this.options;
    return {
      root,
      toolchains: this.toolchains,
      judges: this.judges,
      tests: this.tests,
      sources: [this.ruleSource()],
      clock: nodeClock,
      languageOf,
      read,
      facts,
      escapes: this.escapes,
      mutations: this.mutations,
      riskModel,
      memory: memory(),
    };
  }

  /** Keeps what the last heal learned. */
  remember(): void {
    this.options.memory().flush();
  }

  /** The user took a patch: its fixes are what this repository wants. */
  applied({ fixes = [] }: Patch): void {
    const memory = this.options.memory();
    for (const key of fixes) memory.record(key, 'kept');
    memory.flush();
  }

  async close(): Promise<void> {
    await Promise.all(
      [...this.toolchains, ...this.judges, ...this.compilers, ...this.tests].map((toolchain) => toolchain.close()),
    );
    await this.shadow.close();
  }

  /** Fix rules for languages whose toolchain does not apply them by itself (Python's does). */
  private ruleSource(): FixSource {
    const rules = fixRulesFrom(this.options.catalog, 'ecmascript');
    return {
      id: 'rules',
      propose: async ({ path, text, language, diagnostics, proceed }) =>
        language === 'typescript' || language === 'tsx' || language === 'javascript'
          ? proposeFromRules(rules, { path, family: 'ecmascript', text, diagnostics }, proceed)
          : [],
    };
  }
}
