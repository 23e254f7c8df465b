/** The product's miners over texts in memory, with every site of every attractor: what the report keeps three of. */

import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { Breather } from '../../src/base/progress.ts';
import { loadCatalog } from '../../src/core/catalog/catalog.ts';
import type { FileAnalysis } from '../../src/core/indexing/contracts.ts';
import type { Family } from '../../src/core/languages.ts';
import type { Attractor } from '../../src/core/mining/attractor.ts';
import { type Candidate, isBuiltPath, type Site } from '../../src/core/mining/candidate.ts';
import { Copies } from '../../src/core/mining/copies.ts';
import { digestFile } from '../../src/core/mining/digestFile.ts';
import { type FamilyFiles, type KnownFamily, mineFamily } from '../../src/core/mining/familyMiner.ts';
import type { FileDigest } from '../../src/core/mining/fileDigest.ts';
import { HabitBook } from '../../src/core/mining/fileHabits.ts';
import { detectFrameworks } from '../../src/core/mining/frameworks.ts';
import { LabelTable } from '../../src/core/mining/labelTable.ts';
import { miningDepsFrom } from '../../src/core/mining/miningData.ts';
import { backgroundModel, type MiningReducerDeps } from '../../src/core/mining/miningReducer.ts';
import { PhraseBook } from '../../src/core/mining/phrases.ts';
import { idOf, writeReport } from '../../src/core/mining/reportWriter.ts';
import type { FileHistory } from '../../src/core/ports.ts';
import { NodeDataFiles } from '../../src/node/dataFiles.ts';
import { FileAnalyser } from '../../src/node/treeSitter/fileAnalyser.ts';
import { TreeSitterRuntime } from '../../src/node/treeSitter/treeSitterRuntime.ts';
import { projectRoot } from '../../test/projectRoot.ts';

/** A state of a repository. */
export interface Snapshot {
  readonly name: string;
  /** Sources by path. */
  readonly texts: ReadonlyMap<string, string>;
  readonly manifests: ReadonlyMap<string, string>;
  readonly history: ReadonlyMap<string, FileHistory>;
  readonly headDate: number | undefined;
}

/** An attractor that was mined here; its candidate has all places where it was found. */
export interface Found {
  readonly attractor: Attractor;
  readonly candidate: Candidate;
}

export interface MinedSnapshot {
  /** The first page: particular to the repository, in the order in which it is read. */
  readonly page: readonly Found[];
  /** Everything mined that is not common, the page first. */
  readonly all: readonly Found[];
  readonly functions: number;
  /** Family and pattern of everything that the report says, what is common included. */
  readonly stated: ReadonlySet<string>;
  /** Sites of the same patterns in a later state, by attractor; what is absent stayed as it was. */
  later(texts: ReadonlyMap<string, string>): Promise<Map<string, readonly Site[]>>;
}

const FAMILIES: readonly Family[] = ['ecmascript', 'go', 'python', 'rust'];
const clock = { now: () => performance.now(), yieldNow: () => Promise.resolve() };

export class BenchMiner {
  private readonly analyses = new Map<string, FileAnalysis | undefined>();

  private constructor(
    private readonly deps: MiningReducerDeps,
    private readonly analyser: FileAnalyser,
  ) {}

  static async open(): Promise<BenchMiner> {
    const grammars = join(projectRoot, 'grammars');
    const data = new NodeDataFiles(projectRoot, { data: join(projectRoot, 'src/data'), grammars });
    const runtime = new TreeSitterRuntime({
      runtimeWasm: join(projectRoot, 'node_modules/web-tree-sitter/web-tree-sitter.wasm'),
      grammars,
    });
    const deps = miningDepsFrom(await loadCatalog(data), await data.read('background/functions.txt'), clock);
    return new BenchMiner(deps, new FileAnalyser(runtime));
  }

  /** Facts and trees; undefined for what is passed over. Kept by content, since states share most files. */
  async analyse(path: string, text: string): Promise<FileAnalysis | undefined> {
    const key = `${path.slice(path.lastIndexOf('.'))} ${createHash('sha1').update(text).digest('hex')}`;
    if (!this.analyses.has(key)) {
      const analysis = await this.analyser.analyse(path, text);
      // The sketch holds every word of the session.
      if ('skipped' in analysis) this.analyses.set(key, undefined);
      else this.analyses.set(key, { language: analysis.language, facts: analysis.facts, trees: analysis.trees });
    }
    return this.analyses.get(key);
  }

  /** Lets go of what was analysed: another repository follows. */
  forget(): void {
    this.analyses.clear();
  }

  async mine(snapshot: Snapshot): Promise<MinedSnapshot> {
    const { deps } = this;
    const labels = new LabelTable();
    const names = new LabelTable();
    const tables = { labels, names, copies: new Copies(), habits: new HabitBook(names) };
    const breather = new Breather(clock, () => undefined);
    const digests = new Map<string, FileDigest>();
    const add = async (path: string, text: string): Promise<void> => {
      const analysis = isBuiltPath(path) ? undefined : await this.analyse(path, text);
      if (analysis) digests.set(path, digestFile(path, analysis, labels, names));
      else digests.delete(path);
    };
    for (const [path, text] of snapshot.texts) await add(path, text);
    const inputOf = (family: Family): FamilyFiles => ({
      ...{ ...tables, family, phrases: new PhraseBook(deps.frameworks, family) },
      model: backgroundModel(deps, family),
      files: ordered(digests).filter((file) => file.family === family),
    });
    const candidates: Candidate[] = [];
    const families = new Map<Family, { input: FamilyFiles; known: KnownFamily }>();
    for (const family of FAMILIES) {
      const input = inputOf(family);
      if (input.files.length === 0) continue;
      const mined = await mineFamily(input, breather);
      candidates.push(...mined.candidates);
      families.set(family, { input, known: mined.known });
    }
    const files = ordered(digests);
    const { mined } = await writeReport({
      ...{ files, candidates, antipatterns: [], deviants: [], curated: [], breather },
      frameworks: await breather.run(detectFrameworks(deps.frameworks, files, snapshot.manifests)),
      context: { ...snapshot, text: async (path) => snapshot.texts.get(path) },
    });
    const byId = new Map(candidates.map((candidate) => [idOf(candidate), candidate]));
    const all = mined.attractors.flatMap((attractor) => {
      const candidate = byId.get(attractor.id);
      return candidate && !attractor.common ? [{ attractor, candidate }] : [];
    });
    return {
      ...{ all, page: all.filter(({ attractor }) => attractor.page) },
      stated: new Set(
        mined.attractors.flatMap(({ id }) => {
          const candidate = byId.get(id);
          return candidate ? [`${candidate.family} ${candidate.pattern}`] : [];
        }),
      ),
      functions: files.reduce((sum, { functions }) => sum + functions.length, 0),
      later: async (texts) => {
        for (const path of new Set([...snapshot.texts.keys(), ...texts.keys()])) {
          const text = texts.get(path);
          if (text === snapshot.texts.get(path)) continue;
          if (text === undefined) digests.delete(path);
          else await add(path, text);
        }
        const sites = new Map<string, readonly Site[]>();
        for (const [family, { input, known }] of families) {
          const members = ordered(digests).filter((file) => file.family === family);
          for (const candidate of known.update({ ...input, files: members }))
            sites.set(idOf(candidate), candidate.sites);
        }
        return sites;
      },
    };
  }
}

function ordered(digests: ReadonlyMap<string, FileDigest>): FileDigest[] {
  return [...digests.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}
