/** The mining reducer: keeps every file's digest, and turns all of them into a deterministic report. */

import { throwIfAborted } from '../../base/errors.ts';
import { Breather, type CallOptions } from '../../base/progress.ts';
import type { Clock } from '../ports.ts';
import { type AntipatternFile, findAntipatterns } from './antipatterns.ts';
import { BackgroundModel, type BackgroundTable, EMPTY_BACKGROUND } from './background.ts';
import { type Candidate, compareText, isBuiltPath } from './candidate.ts';
import { mineConventions } from './conventions.ts';
import type { CuratedFile } from './curated.ts';
import { collectRules } from './deviantRules.ts';
import { isDeviance, type Rule, writeDeviants } from './deviants.ts';
import { digestFile } from './digestFile.ts';
import type { Family, FileDigest } from './fileDigest.ts';
import { detectFrameworks, type FrameworkEntry } from './frameworks.ts';
import { mineIdioms } from './idiomMiner.ts';
import { LabelTable } from './labelTable.ts';
import type { Mined, MinedFile, MiningFiles, ReportContext } from './reducerContract.ts';
import { writeReport } from './reportWriter.ts';
import { mineSequences } from './sequenceMiner.ts';
import { SiteCalls } from './siteCalls.ts';

export interface MiningReducerDeps {
  readonly clock: Clock;
  /** src/data/frameworks and src/data/attractors, through the catalog. */
  readonly frameworks: readonly FrameworkEntry[];
  readonly curated: readonly CuratedFile[];
  /** src/data/conventions, through the catalog. */
  readonly antipatterns: readonly AntipatternFile[];
  /** src/data/background/functions.tsv unpacked; without it specificity is guessed from the kind of label. */
  readonly background?: BackgroundTable;
}

interface FamilyResult {
  readonly candidates: readonly Candidate[];
  readonly rules: readonly Rule[];
}

const FAMILIES: readonly Family[] = ['ecmascript', 'go', 'python', 'rust'];

/** Builds the reducer; see `MiningReducer` in core/indexing/contracts.ts for the promises it keeps. */
export function createMiningReducer(deps: MiningReducerDeps): MiningFiles {
  return new Reducer(deps);
}

class Reducer implements MiningFiles {
  private readonly files = new Map<string, FileDigest>();
  /** Numbers in these tables depend on the order of arrival, so no result may: ties are broken by names. */
  private labels = new LabelTable();
  private names = new LabelTable();
  private readonly models = new Map<Family, BackgroundModel>();
  private readonly cache = new Map<Family, { version: number; mined: FamilyResult }>();
  private readonly versions = new Map<Family, number>();

  constructor(private readonly deps: MiningReducerDeps) {}

  set(path: string, analysis: MinedFile): void {
    const digest = digestFile(path, analysis, this.labels, this.names);
    this.touch(this.files.get(path)?.family);
    this.files.set(path, digest);
    this.touch(digest.family);
  }

  delete(path: string): void {
    this.touch(this.files.get(path)?.family);
    this.files.delete(path);
    if (this.files.size === 0) {
      this.labels = new LabelTable();
      this.names = new LabelTable();
    }
  }

  private touch(family: Family | undefined): void {
    if (family !== undefined) this.versions.set(family, (this.versions.get(family) ?? 0) + 1);
  }

  private model(family: Family): BackgroundModel {
    let model = this.models.get(family);
    if (model === undefined) {
      model = new BackgroundModel(
        this.deps.background ?? EMPTY_BACKGROUND,
        family,
        frameworkWords(this.deps.frameworks, family),
      );
      this.models.set(family, model);
    }
    return model;
  }

  async report(context: ReportContext, options: CallOptions): Promise<Mined> {
    const { signal, onProgress } = options;
    const check = () => throwIfAborted(signal);
    const breather = new Breather(this.deps.clock, check);
    const files = [...this.files.values()]
      .filter(({ path }) => !isBuiltPath(path))
      .sort((a, b) => compareText(a.path, b.path));
    const frameworks = detectFrameworks(this.deps.frameworks, files, context.manifests);
    // A file that leaves while this runs may take the tables along.
    const { names, labels } = this;
    const candidates: Candidate[] = [];
    const rules: Rule[] = [];
    for (const [done, family] of FAMILIES.entries()) {
      check();
      onProgress?.({ step: 'Mining', done, total: FAMILIES.length });
      const members = files.filter((file) => file.family === family);
      if (members.length === 0) continue;
      const mined = await this.family(family, members, breather);
      candidates.push(...mined.candidates);
      rules.push(...mined.rules);
    }
    const deviants = await writeDeviants(rules, context.text);
    check();
    return writeReport({
      ...{ files, candidates, frameworks, deviants, context, breather },
      antipatterns: findAntipatterns(
        files,
        names,
        labels,
        this.deps.antipatterns.flatMap(({ antipatterns }) => antipatterns),
      ),
      curated: this.deps.curated,
    });
  }

  /** What one family's files show; mined again only if one of them changed. */
  private async family(family: Family, files: readonly FileDigest[], breather: Breather): Promise<FamilyResult> {
    const version = this.versions.get(family) ?? 0;
    const known = this.cache.get(family);
    if (known?.version === version) return known.mined;
    const { labels, names } = this;
    const model = this.model(family);
    const trees = files.map((file) => file.trees);
    const idioms = await mineIdioms(family, trees, labels, model, new SiteCalls(files, names), breather);
    if (breather.due) await breather.breathe();
    const sequences = mineSequences(family, files, names, model);
    if (breather.due) await breather.breathe();
    const conventions = mineConventions(family, files, names);
    const rules = collectRules(files, labels, names).filter(isDeviance);
    const mined = { candidates: [...idioms, ...sequences, ...conventions], rules };
    this.cache.set(family, { version, mined });
    return mined;
  }
}

/** Bits that a framework's word may have at most: its users write it everywhere. */
const FRAMEWORK_BITS = 7;
const TEST_BITS = 2.5;

function frameworkWords(frameworks: readonly FrameworkEntry[], family: Family): Map<string, number> {
  const words = new Map<string, number>();
  for (const entry of frameworks) {
    if (entry.family !== family) continue;
    for (const word of entry.vocabulary) {
      const last = (word.split(/[.:]+/).pop() ?? word).replace(/!$/, '');
      words.set(last, Math.min(words.get(last) ?? FRAMEWORK_BITS, entry.tests ? TEST_BITS : FRAMEWORK_BITS));
    }
  }
  return words;
}
