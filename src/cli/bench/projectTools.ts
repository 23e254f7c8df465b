/** A repository's own compilers, linters and tests, asked about its file with an answer in the place of what was held out. */
import { openCatalog } from '../../core/catalog/catalog.ts';
import { riskModelFrom } from '../../core/catalog/loadedData.ts';
import type { LanguageEntry, LanguageId } from '../../core/languages.ts';
import type { Toolchain } from '../../core/ports.ts';
import type { NodeDataFiles } from '../../node/dataFiles.ts';
import { HealingTools } from '../../node/healingTools.ts';
import type { Task } from './completionTasks.ts';

export interface ProjectToolsOptions {
  readonly root: string;
  readonly assetsDir: string;
  readonly dataFiles: NodeDataFiles;
  readonly languages: readonly LanguageEntry[];
  readonly trusted: boolean;
  readonly runTests: boolean;
  readonly signal: AbortSignal;
}

export class ProjectTools {
  /** Tools that were asked, for the report. */
  readonly asked = new Set<string>();
  /** Diagnostics and failing tests of the repository as it is, by task. */
  private readonly known = new Map<Task, ReadonlySet<string>>();
  private readonly tellingTests = new Map<Task, boolean>();

  private constructor(
    private readonly options: ProjectToolsOptions,
    private readonly tools: HealingTools,
  ) {}

  static async open(options: ProjectToolsOptions): Promise<ProjectTools> {
    const { root, assetsDir, dataFiles, languages } = options;
    const catalog = await openCatalog(dataFiles, []);
    const none = (): never => {
      throw new Error('The benchmark heals nothing.');
    };
    const tools = await HealingTools.create({
      ...{
        root,
        assetsDir,
        dataFiles,
        catalog,
        python: { selected: '', setting: '' },
        riskModel: riskModelFrom(catalog),
      },
      languageOf: (path) => languages.find(({ extensions }) => extensions.some((end) => path.endsWith(end)))?.id,
      ...{ read: none, memory: none, names: async () => () => ({ exporters: () => [] }) },
    });
    return new ProjectTools(options, tools);
  }

  /** Null where no tool applies or none could answer. */
  async newDiagnostics(task: Task, text: string): Promise<number | null> {
    const { whole } = task;
    if (!whole) return null;
    const chains = await this.present(this.tools.toolchains, task);
    if (chains.length === 0) return null;
    let known = this.known.get(task);
    if (!known) this.known.set(task, (known = new Set(await this.messages(chains, task, whole(task.truth ?? '')))));
    const fresh = await this.messages(chains, task, whole(text));
    return fresh.filter((message) => !known.has(message)).length;
  }

  /** Null where tests were not asked for, or pass without the function too. */
  async testsPass(task: Task, text: string): Promise<number | null> {
    const { whole } = task;
    if (!this.options.runTests || !whole || task.kind !== 'body') return null;
    const chains = await this.present(this.tools.tests, task);
    if (chains.length === 0) return null;
    let telling = this.tellingTests.get(task);
    if (telling === undefined) {
      const [right, empty] = [whole(task.truth ?? ''), whole(task.language === 'python' ? 'pass' : '')];
      telling =
        (await this.messages(chains, task, right)).length === 0 &&
        (await this.messages(chains, task, empty)).length > 0;
      this.tellingTests.set(task, telling);
    }
    if (!telling) return null;
    return (await this.messages(chains, task, whole(text))).length === 0 ? 1 : 0;
  }

  async close(): Promise<void> {
    await this.tools.close();
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

  /** What a tool says of the file, without its place, which moves. */
  private async messages(chains: readonly Toolchain[], { path }: Task, text: string): Promise<string[]> {
    const { root, trusted, signal } = this.options;
    const snapshot = { root, overlay: new Map([[path, text]]) };
    const found: string[] = [];
    for (const chain of chains) {
      const { diagnostics } = await chain.diagnose(snapshot, [path], { trusted, signal });
      this.asked.add(chain.title);
      const own = diagnostics.filter((each) => each.path === path || each.category === 'test failure');
      found.push(...own.map(({ tool, code, message }) => `${tool} ${code} ${message}`));
    }
    return found;
  }
}
