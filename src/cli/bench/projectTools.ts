/** A repository's own compilers, linters and tests, asked about its file with an answer in the place of what was held out. */
import { isCancelled, toLodestoneError } from '../../base/errors.ts';
import { openCatalog } from '../../core/catalog/catalog.ts';
import { riskModelFrom } from '../../core/catalog/loadedData.ts';
import type { Diagnostic } from '../../core/healing/diagnostic.ts';
import type { LanguageEntry, LanguageId } from '../../core/languages.ts';
import type { Toolchain } from '../../core/ports.ts';
import type { NodeDataFiles } from '../../node/dataFiles.ts';
import { HealingTools } from '../../node/healingTools.ts';
import type { Task } from './completionTasks.ts';
import { ExecutedTests, placeholder } from './executedTests.ts';

export interface ProjectToolsOptions {
  readonly root: string;
  readonly assetsDir: string;
  readonly dataFiles: NodeDataFiles;
  readonly languages: readonly LanguageEntry[];
  readonly trusted: boolean;
  /** Compilers and linters are asked. */
  readonly check: boolean;
  /** The project's tests are run; only where it is trusted. */
  readonly runTests: boolean;
  readonly warn: (message: string) => void;
  readonly signal: AbortSignal;
}

/** Of an answer; null where no such tool is there or one failed. */
export interface Checked {
  /** 1: no compiler or type checker has an error that it has not with the true text. */
  readonly compiles: 0 | 1 | null;
  /** What linters find that they find neither with the true text nor without any: an import that nobody uses was held out with its use. */
  readonly lintHits: number | null;
}

/** What the tools say of the true text, and which of them said it. */
interface Reference {
  readonly chains: readonly Toolchain[];
  readonly known: ReadonlyMap<string, number>;
  readonly checked: Map<string, Checked>;
}

const LINTERS: ReadonlySet<string> = new Set(['ruff', 'eslint']);
export const UNCHECKED: Checked = { compiles: null, lintHits: null };

export class ProjectTools {
  /** Tools that were asked, for the report. */
  readonly asked = new Set<string>();
  readonly tests: ExecutedTests | undefined;
  private readonly references = new Map<Task, Reference>();
  private readonly failed = new Set<Toolchain>();

  private constructor(
    private readonly options: ProjectToolsOptions,
    private readonly tools: HealingTools,
  ) {
    const { root, runTests, trusted, warn, signal } = options;
    if (runTests && trusted)
      this.tests = new ExecutedTests({
        ...{ root, warn, signal },
        runners: (task) => this.present(tools.tests, task),
        onAsked: ({ title }) => this.asked.add(title),
      });
  }

  static async open(options: ProjectToolsOptions): Promise<ProjectTools> {
    const { root, assetsDir, dataFiles, languages } = options;
    const catalog = await openCatalog(dataFiles, []);
    const none = (): never => {
      throw new Error('The benchmark heals nothing.');
    };
    const tools = await HealingTools.create({
      ...{ root, assetsDir, dataFiles, catalog, python: { selected: '', setting: '' } },
      riskModel: riskModelFrom(catalog),
      languageOf: (path) => languages.find(({ extensions }) => extensions.some((end) => path.endsWith(end)))?.id,
      ...{ read: none, memory: none, names: async () => () => ({ exporters: () => [] }) },
    });
    return new ProjectTools(options, tools);
  }

  async check(task: Task, text: string): Promise<Checked> {
    if (!this.options.check) return UNCHECKED;
    let reference = this.references.get(task);
    if (!reference) this.references.set(task, (reference = await this.referenceOf(task)));
    const { chains, known, checked } = reference;
    let result = checked.get(text);
    if (!result) checked.set(text, (result = await this.compare(task, text, chains, known)));
    return result;
  }

  async close(): Promise<void> {
    await this.tools.close();
  }

  private async compare(
    task: Task,
    text: string,
    chains: readonly Toolchain[],
    known: Reference['known'],
  ): Promise<Checked> {
    const found: Diagnostic[] = [];
    for (const chain of chains) {
      const own = await this.diagnose(chain, task, text);
      if (!own) return UNCHECKED;
      found.push(...own);
    }
    const counts = countsOf(found);
    let [errors, hits] = [0, 0];
    for (const [key, count] of counts) {
      const fresh = Math.max(0, count - (known.get(key) ?? 0));
      if (key.startsWith(ERROR)) errors += fresh;
      else hits += fresh;
    }
    return {
      compiles: chains.every(({ id }) => LINTERS.has(id)) ? null : errors === 0 ? 1 : 0,
      lintHits: chains.some(({ id }) => LINTERS.has(id)) ? hits : null,
    };
  }

  private async referenceOf(task: Task): Promise<Reference> {
    const chains: Toolchain[] = [];
    const known = new Map<string, number>();
    for (const chain of await this.present(this.tools.toolchains, task)) {
      const own = await this.diagnose(chain, task, task.truth ?? '');
      const without = await this.diagnose(chain, task, placeholder(task));
      if (!own || !without) continue;
      chains.push(chain);
      for (const [key, count] of countsOf(own)) known.set(key, count);
      for (const [key, count] of countsOf(without))
        if (!key.startsWith(ERROR)) known.set(key, Math.max(count, known.get(key) ?? 0));
    }
    return { chains, known, checked: new Map() };
  }

  private async present(chains: readonly Toolchain[], { path, language }: Task): Promise<Toolchain[]> {
    const { root, trusted, signal } = this.options;
    const found: Toolchain[] = [];
    for (const chain of chains) {
      if (!(chain.languages as readonly LanguageId[]).includes(language) || (chain.needsTrust && !trusted)) continue;
      if ((await chain.probe(root, trusted, { path, signal })).status === 'ok') found.push(chain);
    }
    return found;
  }

  /** What a tool says of the file with a text in its place; undefined where it failed, which is told once. */
  private async diagnose(chain: Toolchain, { path, whole }: Task, text: string): Promise<Diagnostic[] | undefined> {
    const { root, trusted, signal, warn } = this.options;
    try {
      const snapshot = { root, overlay: new Map([[path, whole(text)]]) };
      const { diagnostics } = await chain.diagnose(snapshot, [path], { trusted, signal });
      this.asked.add(chain.title);
      return diagnostics.filter((each) => each.path === path);
    } catch (error) {
      if (isCancelled(error)) throw error;
      if (!this.failed.has(chain)) warn(`${chain.title} failed: ${toLodestoneError(error).message}`);
      this.failed.add(chain);
      return undefined;
    }
  }
}

const ERROR = 'error ';

/** How often each thing is said, without its place, which moves; what keeps code from compiling begins with ERROR. */
function countsOf(diagnostics: readonly Diagnostic[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { tool, code, message, severity, category } of diagnostics) {
    const key = `${severity === 'error' && category !== 'lint' ? ERROR : ''}${tool} ${code} ${message}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}
