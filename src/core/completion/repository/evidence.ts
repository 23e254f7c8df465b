/** What is known of a candidate, as numbers for the scorer. */
import type { LanguageId } from '../../languages.ts';
import type { PathNode } from './continuations.ts';
import type { CursorTokens } from './place.ts';

/** Columns of a candidate's evidence; the names stand in the weights file. */
export const FEATURES = [
  'weightOdds',
  'hitOdds',
  'topOdds',
  'localOdds',
  'folderOdds',
  'hasLocal',
  'hasFolder',
  'hits',
  'files',
  'topHits',
  'exact2',
  'exact3',
  'exact4',
  'exact6',
  'exact10',
  'shape4',
  'shape6',
  'shape8',
  'shape12',
  'shape20',
  'shapeGap',
  'exactGap',
  'depth',
  'depthByOdds',
  'depthByTop',
  'characters',
  'lineEnd',
  'lineEndOdds',
  'below',
  'belowWhole',
  'belowOther',
  'unknown',
  'renamed',
  'renamedAny',
  'inText',
  'lineStart',
  'lineStartByOdds',
  'column',
  'repeatsAbove',
  'repeatsBelow',
  'wordLast',
  'python',
  'rust',
  'go',
  'topByShape',
  'oddsByShape',
  'oddsByExact',
  'single',
  'singleTop',
  'chance',
  'leastChance',
  'chanceShare',
  'endChance',
  'rolled',
  'onlyRolled',
  'noHits',
  'chanceByOdds',
  'likelyAll',
] as const;

export type FeatureName = (typeof FEATURES)[number];
export const FEATURE_COUNT = FEATURES.length;

/** Where a candidate stands, apart from its path. */
export interface Situation {
  readonly tokens: CursorTokens;
  readonly language: LanguageId;
  readonly root: PathNode;
}

const odds = (part: number, all: number): number => Math.log((part + 0.2) / (all - part + 0.5));
const atLeast = (value: number, least: number): number => (value >= least ? 1 : 0);

/** The evidence for what a path proposes. */
export function evidenceOf(
  { tokens, language, root }: Situation,
  path: PathNode,
  characters: number,
  repeats: { readonly above: boolean; readonly below: boolean },
  into: Float64Array,
): void {
  const t = path;
  const whole = path.end !== undefined;
  const effective = Math.min(root.hits, 20);
  const weightOdds = odds(root.hits > 0 ? (t.weight / root.weight) * effective : 0, effective);
  const topOdds = odds(t.top, root.top);
  const shape = Math.min(1, t.shape / 16);
  const exact = Math.min(1, t.exact / 8);
  const depth = Math.log2(1 + path.depth);
  const lineStart = tokens.column === 0 ? 1 : 0;
  const values: Record<FeatureName, number> = {
    weightOdds,
    hitOdds: odds(t.hits, root.hits),
    topOdds,
    localOdds: root.local > 0 ? odds(t.local, root.local) : 0,
    folderOdds: root.folder > 0 ? odds(t.folder, root.folder) : 0,
    hasLocal: atLeast(t.local, 1),
    hasFolder: atLeast(t.folder, 1),
    hits: Math.log2(1 + t.hits),
    files: Math.log2(1 + t.files),
    topHits: Math.log2(1 + t.top),
    exact2: atLeast(t.exact, 2),
    exact3: atLeast(t.exact, 3),
    exact4: atLeast(t.exact, 4),
    exact6: atLeast(t.exact, 6),
    exact10: atLeast(t.exact, 10),
    shape4: atLeast(t.shape, 4),
    shape6: atLeast(t.shape, 6),
    shape8: atLeast(t.shape, 8),
    shape12: atLeast(t.shape, 12),
    shape20: atLeast(t.shape, 20),
    shapeGap: Math.log2(1 + root.shape - t.shape),
    exactGap: Math.log2(1 + root.exact - t.exact),
    depth,
    depthByOdds: depth * weightOdds,
    depthByTop: depth * topOdds,
    characters: Math.log2(1 + characters),
    lineEnd: whole ? 1 : 0,
    lineEndOdds: path.end ? odds(5 * (path.end.weight / path.weight), 5) : 0,
    below: Math.max(0, path.below),
    belowWhole: path.below === 1 ? 1 : 0,
    belowOther: path.below >= 0 && path.below < 0.3 ? 1 : 0,
    unknown: Math.min(3, path.unknown),
    renamed: Math.min(3, path.renamed),
    renamedAny: path.renamed > 0 ? 1 : 0,
    inText: tokens.inText ? 1 : 0,
    lineStart,
    lineStartByOdds: lineStart * weightOdds,
    column: Math.log2(1 + tokens.column),
    repeatsAbove: repeats.above ? 1 : 0,
    repeatsBelow: repeats.below ? 1 : 0,
    wordLast: /[\p{L}\p{N}_]$/u.test(tokens.vocabulary.text(path.cell >>> 2)) ? 1 : 0,
    python: language === 'python' ? 1 : 0,
    rust: language === 'rust' ? 1 : 0,
    go: language === 'go' ? 1 : 0,
    topByShape: topOdds * shape,
    oddsByShape: weightOdds * shape,
    oddsByExact: weightOdds * exact,
    single: t.hits === 1 ? 1 : 0,
    singleTop: root.top === 1 ? t.top : 0,
    chance: Math.max(-10, t.chance),
    leastChance: t.leastChance,
    chanceShare: Math.exp(t.chance),
    endChance: t.endChance,
    rolled: t.rolled ? 1 : 0,
    onlyRolled: t.hits === 0 ? 1 : 0,
    noHits: root.hits === 0 ? 1 : 0,
    chanceByOdds: (Math.max(-10, t.chance) / 10) * weightOdds,
    likelyAll: t.chance > -0.7 ? 1 : 0,
  };
  for (let i = 0; i < FEATURE_COUNT; i++) into[i] = values[FEATURES[i] as FeatureName];
}
