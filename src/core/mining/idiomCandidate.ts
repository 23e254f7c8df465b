/** A chosen idiom as a candidate for the report: its name, its sites, and what they say. */
import { lowerBound } from '../../base/binarySearch.ts';
import { argumentPlaces } from './argumentPlaces.ts';
import type { AttractorKind } from './attractor.ts';
import type { BackgroundModel } from './background.ts';
import { type Candidate, distinctPaths, type Site } from './candidate.ts';
import type { FileTrees, SiteForest } from './forest.ts';
import { type ChosenIdiom, slackOf } from './idiomLibrary.ts';
import { anchorsBySpecificity, calledNames, idiomName, idiomSummary, type NamedPattern } from './idiomNames.ts';
import type { LabelTable } from './labelTable.ts';
import type { SiteCalls } from './siteCalls.ts';

/** Below this the pattern is what everybody writes (bits of log-odds against the background). */
const SPECIFIC_BITS = 5;
/** Whole statements up to this many lines are sites as they are; longer ones show what matched. */
const WHOLE_LINES = 14;

/** What an idiom's name and weight depend on besides its sites. */
export interface IdiomSetting {
  readonly family: string;
  readonly table: LabelTable;
  readonly model: BackgroundModel;
  readonly calls: SiteCalls;
  /** Functions of the family: what a site is one of. */
  readonly units: number;
}

export type Idiom = Pick<ChosenIdiom, 'embeddings' | 'bits' | 'gain' | 'exclusive'> & {
  readonly pattern: Pick<ChosenIdiom['pattern'], 'labels' | 'depths'>;
};

/** Functions of these files, and one for each file without any. */
export function countUnits(files: readonly FileTrees[]): number {
  return files.reduce((sum, { functionNodes }) => sum + Math.max(1, functionNodes.length), 0);
}

/** Embeddings ascend, and so do the files that they lie in. */
export function idiomCandidate(idiom: Idiom, forest: SiteForest, setting: IdiomSetting): Candidate {
  const { family, table, model, calls, units } = setting;
  const { pattern, embeddings, bits, gain, exclusive } = idiom;
  const labels = Array.from(pattern.labels, (label) => table.name(label));
  const places = argumentPlaces(forest, table, labels, pattern.depths, embeddings);
  const named: NamedPattern = { labels, depths: pattern.depths, family, places };
  const sites = embeddings.map((embedding) => siteOf(forest, named, embedding));
  const files = distinctPaths(sites).length;
  const evidence = calls.at(sites, calledNames(named.labels));
  const shown = { ...named, labels: withMembers(forest, named, embeddings) };
  const name = idiomName(shown, model, evidence);
  const specificity = Math.max(0, bits + Math.log2((sites.length + 0.5) / (units + 1)));
  return {
    kind: kindOf(named, sites, calls),
    family,
    pattern: named.labels.map((label, index) => `${pattern.depths[index]}:${label}`).join('\n'),
    name,
    summary: idiomSummary(shown, name, sites, files, evidence),
    apis: anchorsBySpecificity(named, model).slice(0, 6),
    sites,
    specificity,
    common: specificity < SPECIFIC_BITS || isFrameworkIdiom(named, model),
    ...{ gain, exclusive },
  };
}

/** Leaf references of which a member is read at most sites show that: `ref strings` becomes `ref strings.…`. */
function withMembers(forest: SiteForest, pattern: NamedPattern, embeddings: readonly Int32Array[]): string[] {
  return pattern.labels.map((label, index) => {
    const isLeaf = (pattern.depths[index + 1] ?? 0) <= (pattern.depths[index] as number);
    if (!isLeaf || !label.startsWith('ref ')) return label;
    const read = embeddings.filter((embedding) => {
      const at = embedding[index] as number;
      const size = forest.files[forest.file[at] as number]?.size[forest.node[at] as number] ?? 1;
      return size > 1;
    });
    return read.length >= embeddings.length * 0.7 ? `${label}.…` : label;
  });
}

/** One word of a known framework, or several of frameworks for tests, and nothing else that a repository could have made its own. */
export function isFrameworkIdiom(pattern: Pick<NamedPattern, 'labels'>, model: BackgroundModel): boolean {
  const anchors = anchorsBySpecificity(pattern, model);
  const others = pattern.labels.filter(
    (label) => /^(?:key|kwarg|type|ref) /.test(label) && model.labelBits(label) >= 9,
  );
  if (others.length > 0 || anchors.length === 0) return false;
  const words = anchors.map((anchor) => model.frameworkWord(anchor));
  return words.every((word) => word !== undefined && (word.tests || words.length === 1));
}

function kindOf(pattern: NamedPattern, sites: readonly Site[], calls: SiteCalls): AttractorKind {
  const tests = sites.filter((site) => calls.isTest(site)).length;
  if (tests >= sites.length * 0.8) return 'tests';
  const root = pattern.labels[0] as string;
  const has = (label: string) => pattern.labels.includes(label);
  if (root === 'try' || root === 'throw' || root === 'catch' || throwsSomething(pattern)) return 'errorHandling';
  if (root === 'if' && has('null') && has('return')) return 'errorHandling';
  if (pattern.labels.some((label) => label.startsWith('decorator '))) return 'decorator';
  return 'idiom';
}

/** True where it is shared what is thrown, not only that something is. */
function throwsSomething({ labels, depths }: NamedPattern): boolean {
  return labels.some(
    (label, at) =>
      label === 'throw' &&
      (depths[at + 1] ?? 0) > (depths[at] as number) &&
      /^(?:new|call|chain) /.test(labels[at + 1] as string),
  );
}

function siteOf(forest: SiteForest, pattern: NamedPattern, embedding: Int32Array): Site {
  const root = embedding[0] as number;
  const trees = forest.files[forest.file[root] as number] as FileTrees;
  const node = forest.node[root] as number;
  const lineOf = (at: number) => trees.line[at] as number;
  const endOf = (at: number) => lineOf(at) + (trees.span[at] as number);
  let line = lineOf(node);
  let endLine = endOf(node);
  const rootLabel = pattern.labels[0] as string;
  if (rootLabel === 'block' || endLine - line >= WHOLE_LINES) {
    const matched = Array.from(embedding, (at) => forest.node[at] as number).slice(1);
    const first = matched[0] ?? node;
    if (rootLabel === 'block') line = lineOf(first);
    endLine = line;
    matched.forEach((at, index) => {
      const leaf = (pattern.depths[index + 2] ?? 0) <= (pattern.depths[index + 1] as number);
      endLine = Math.max(endLine, leaf ? endOf(at) : lineOf(at));
    });
  }
  return {
    path: trees.path,
    line,
    endLine,
    unit: unitOf(trees, node),
    slack: slackOf(forest, pattern.depths, embedding),
  };
}

/** First line of the innermost function around a node, or of the node itself outside functions. */
function unitOf(trees: FileTrees, node: number): number {
  const { functionNodes } = trees;
  const behind = lowerBound(0, functionNodes.length, (i) => functionNodes[i] as number, node + 1);
  for (let at = behind - 1; at >= 0 && at > behind - 60; at--) {
    const start = functionNodes[at] as number;
    if (node < start + (trees.size[start] as number)) return trees.line[start] as number;
  }
  return trees.line[node] as number;
}
