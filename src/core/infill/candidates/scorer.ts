/**
 * The chance that each of several proposals is exactly what belongs into the hole: conditional logit over them and "none of these"
 * (McFadden 1974) on their evidence, then isotonic calibration of the likeliest (Zadrozny and Elkan, KDD 2002).
 */
import { LodestoneError } from '../../../base/errors.ts';
import { lexemesOf } from '../place.ts';
import type { Proposal, ProposalEvidence } from '../proposal.ts';

/** One model for each: a line or a stretch within one, its length known or not. */
export const PLACE_KINDS = ['line', 'lineOfLength', 'inner', 'innerOfLength'] as const;
export type PlaceKind = (typeof PLACE_KINDS)[number];

export function placeKindOf(isLine: boolean, known: number | undefined): PlaceKind {
  if (isLine) return known === undefined ? 'line' : 'lineOfLength';
  return known === undefined ? 'inner' : 'innerOfLength';
}

/** What is weighed of a proposal; what is not known of it counts 0. `…Ahead`: against the best other proposal. */
export const FEATURES = [
  ...(['copy', 'kin', 'ngram', 'denoiser', 'repaired'] as const),
  ...(['left', 'right', 'shorter', 'logLeft', 'logRight', 'logShare', 'share', 'shareAhead'] as const),
  ...(['logSupport', 'certainty', 'logFiles', 'ownFile', 'ownFolder', 'renamed'] as const),
  ...(['bits', 'backBits', 'allBits', 'leastBits', 'joinBits', 'bitsBehind', 'backBitsBehind', 'isLikeliest'] as const),
  ...(['known', 'unknown', 'logLexemes', 'sources'] as const),
  ...(['likeness', 'logLikeness', 'kinLeft', 'kinRight', 'kinShare', 'kinAhead', 'likenessBehind'] as const),
  ...(['namesBefore', 'namesBehind', 'namesNew', 'repeats', 'namesBehindAhead'] as const),
  ...(['pseudo', 'leastPseudo', 'pseudoBehind', 'lengthLog'] as const),
  ...(['breaks', 'breaksBehind', 'breaksWhole'] as const),
  ...(['typedAdds', 'typedAddsBehind', 'adds', 'addsBehind'] as const),
] as const;
export type Feature = (typeof FEATURES)[number];

/** What is weighed of "none of these". */
export const NONE_FEATURES = ['bias', 'bestShare', 'bestBits', 'bestSides', 'logCount'] as const;
export type NoneFeature = (typeof NONE_FEATURES)[number];

export interface PlaceModel {
  readonly weights: Readonly<Partial<Record<Feature, number>>>;
  readonly none: Readonly<Partial<Record<NoneFeature, number>>>;
  /** Rising steps: a raw chance and what it turned out to be. */
  readonly calibration: readonly (readonly [raw: number, calibrated: number])[];
  /** Calibrated chance from which on a proposal is shown. */
  readonly threshold: number;
}

/** src/data/infill/scorer.json. */
export interface ScorerFile {
  readonly version: 1;
  /** What it was fitted on. */
  readonly provenance: string;
  /** By what the repository alone knows. */
  readonly models: PlaceModels;
  /** With what a denoiser thinks of each, and its own proposals; absent: as without. */
  readonly withDenoiser?: PlaceModels;
}

export type PlaceModels = Readonly<Record<PlaceKind, PlaceModel>>;

/** Throws LodestoneError badData for a file of another version, a feature that nobody knows, or numbers that are none. */
export function parseScorer(value: unknown): ScorerFile {
  const file = value as Partial<ScorerFile> | null;
  const isKnown = (names: readonly string[], weights: unknown) =>
    typeof weights === 'object' &&
    weights !== null &&
    Object.entries(weights).every(([name, weight]) => names.includes(name) && Number.isFinite(weight));
  const isModel = (model: Partial<PlaceModel> | undefined) =>
    model !== undefined &&
    isKnown(FEATURES, model.weights) &&
    isKnown(NONE_FEATURES, model.none) &&
    Number.isFinite(model.threshold) &&
    Array.isArray(model.calibration) &&
    model.calibration.every((step: unknown) => Array.isArray(step) && step.length === 2 && step.every(Number.isFinite));
  const areModels = (models: Partial<PlaceModels> | undefined) => PLACE_KINDS.every((kind) => isModel(models?.[kind]));
  if (file?.version !== 1 || !areModels(file.models) || (file.withDenoiser && !areModels(file.withDenoiser)))
    throw new LodestoneError('badData', "The infill scorer's weights are not a file of version 1.", {
      advice: 'Rebuild data/infill/scorer.json with `npm run bench -- infillFit`, or reinstall Lodestone.',
    });
  return file as ScorerFile;
}

export class ProposalScorer {
  constructor(private readonly file: ScorerFile) {}

  /** Calibrated chances, in the order of the proposals. They sum to at most about 1. */
  chances(proposals: readonly Proposal[], kind: PlaceKind): number[] {
    const { calibration } = this.modelOf(kind, wasDenoiserAsked(proposals));
    return this.raw(proposals, kind).map((p) => calibrated(p, calibration));
  }

  /** Before calibration. */
  raw(proposals: readonly Proposal[], kind: PlaceKind): number[] {
    const model = this.modelOf(kind, wasDenoiserAsked(proposals));
    const rows = featuresOf(proposals);
    return softmax(
      rows.map((row) => dot(row, FEATURES, model.weights)),
      dot(noneFeaturesOf(proposals), NONE_FEATURES, model.none),
    );
  }

  threshold(proposals: readonly Proposal[], kind: PlaceKind): number {
    return this.modelOf(kind, wasDenoiserAsked(proposals)).threshold;
  }

  private modelOf(kind: PlaceKind, withDenoiser: boolean): PlaceModel {
    return ((withDenoiser ? this.file.withDenoiser : undefined) ?? this.file.models)[kind];
  }
}

function wasDenoiserAsked(proposals: readonly Proposal[]): boolean {
  return proposals.some(({ evidence }) => evidence.pseudo !== undefined);
}

function dot<T extends string>(row: Float64Array, names: readonly T[], weights: Readonly<Partial<Record<T, number>>>) {
  let sum = 0;
  names.forEach((name, i) => {
    sum += (weights[name] ?? 0) * (row[i] as number);
  });
  return sum;
}

/** Chances of several scores beside the score of "none". */
export function softmax(scores: readonly number[], none: number): number[] {
  const most = Math.max(none, ...scores);
  const powers = scores.map((score) => Math.exp(score - most));
  const total = powers.reduce((sum, power) => sum + power, Math.exp(none - most));
  return powers.map((power) => power / total);
}

/** Between two steps in proportion. */
export function calibrated(raw: number, steps: PlaceModel['calibration']): number {
  const above = steps.findIndex(([at]) => at >= raw);
  if (above < 0) return steps.at(-1)?.[1] ?? raw;
  const [x1, y1] = steps[above] as readonly [number, number];
  const [x0, y0] = steps[above - 1] ?? [0, 0];
  return x1 <= x0 ? y1 : y0 + ((y1 - y0) * (raw - x0)) / (x1 - x0);
}

const log2 = (value: number): number => Math.log2(value);

/** One row of FEATURES for each proposal of one place. */
export function featuresOf(proposals: readonly Proposal[]): Float64Array[] {
  const tokens = proposals.map(({ text }) => lexemesOf(text).length);
  const total = (bits: number | undefined, i: number) =>
    bits === undefined ? undefined : bits * (tokens[i] as number);
  const best = (values: readonly (number | undefined)[]) =>
    Math.min(...values.map((v) => v ?? Number.POSITIVE_INFINITY));
  const forth = proposals.map(({ evidence }, i) => total(evidence.bits, i));
  const back = proposals.map(({ evidence }, i) => total(evidence.backBits, i));
  const both = proposals.map((_, i) =>
    forth[i] === undefined || back[i] === undefined ? undefined : (forth[i] as number) + (back[i] as number),
  );
  const [leastForth, leastBack, leastBoth] = [best(forth), best(back), best(both)];
  const pseudos = proposals.flatMap(({ evidence: { pseudo } }) => pseudo ?? []);
  const mostPseudo = Math.max(...pseudos);
  // Those that the denoiser was not asked about are the least sure ones: they stand with the least likely of those that it was.
  const leastOf = (of: (evidence: ProposalEvidence) => number | undefined) =>
    Math.min(0, ...proposals.flatMap(({ evidence }) => of(evidence) ?? []));
  const unasked: ProposalEvidence =
    pseudos.length === 0
      ? {}
      : {
          pseudo: leastOf(({ pseudo }) => pseudo),
          leastPseudo: leastOf(({ leastPseudo }) => leastPseudo),
          length: leastOf(({ length }) => length),
        };
  const shareBeside = besides(proposals.map(({ evidence }) => evidence.share ?? 0));
  const kinShareBeside = besides(proposals.map(({ evidence }) => evidence.kinShare ?? 0));
  const mostLike = Math.max(...proposals.map(({ evidence }) => evidence.likeness ?? 0));
  const mostBehind = Math.max(...proposals.map(({ evidence }) => evidence.namesBehind ?? 0));
  const leastBreaks = best(proposals.map(({ evidence }) => evidence.breaks));
  const isSomeWhole = proposals.some(({ evidence }) => evidence.whole);
  const leastTyped = best(proposals.map(({ evidence }) => evidence.typedAdds));
  const leastAdds = best(proposals.map(({ evidence }) => evidence.adds));
  return proposals.map(({ source, evidence }, i) => {
    const e: ProposalEvidence = evidence.pseudo === undefined ? { ...evidence, ...unasked } : evidence;
    const [left, right] = [Math.min(16, e.left ?? 0), Math.min(16, e.right ?? 0)];
    const isCopy = e.share !== undefined;
    const isKin = e.likeness !== undefined;
    const values: Record<Feature, number> = {
      copy: Number(isCopy),
      kin: Number(isKin),
      ngram: Number(source === 'ngram' || e.beam === true),
      denoiser: Number(source === 'denoiser'),
      repaired: Number(source === 'repaired'),
      left,
      right,
      shorter: Math.min(left, right),
      logLeft: log2(1 + left),
      logRight: log2(1 + right),
      logShare: isCopy ? log2((e.share ?? 0) + 0.001) : 0,
      share: e.share ?? 0,
      shareAhead: isCopy ? (e.share ?? 0) - shareBeside(e.share ?? 0) : 0,
      logSupport: log2(1 + (e.support ?? 0)),
      certainty: isCopy ? ((e.support ?? 0) + 0.25) / ((e.places ?? 0) + 1) : 0,
      logFiles: log2(1 + (e.files ?? 0)),
      ownFile: Number(e.ownFile ?? false),
      ownFolder: Number(e.ownFolder ?? false),
      renamed: e.renamed ?? 0,
      bits: e.bits ?? 0,
      backBits: e.backBits ?? 0,
      allBits: (both[i] ?? 0) / 10,
      leastBits: e.leastBits ?? 0,
      joinBits: e.joinBits ?? 0,
      bitsBehind: forth[i] === undefined ? 0 : Math.min(40, (forth[i] as number) - leastForth),
      backBitsBehind: back[i] === undefined ? 0 : Math.min(40, (back[i] as number) - leastBack),
      isLikeliest: Number(both[i] !== undefined && both[i] === leastBoth),
      known: e.known ?? 0,
      unknown: Number(e.known !== undefined && e.known < 1),
      logLexemes: log2(1 + (tokens[i] as number)),
      sources: Number(isCopy) + Number(isKin) + Number(source === 'ngram' || e.beam === true),
      likeness: e.likeness ?? 0,
      logLikeness: isKin ? log2((e.likeness ?? 0) + 0.05) : 0,
      kinLeft: log2(1 + (e.kinLeft ?? 0)),
      kinRight: log2(1 + (e.kinRight ?? 0)),
      kinShare: e.kinShare ?? 0,
      kinAhead: isKin ? (e.kinShare ?? 0) - kinShareBeside(e.kinShare ?? 0) : 0,
      likenessBehind: isKin ? mostLike - (e.likeness ?? 0) : 0,
      namesBefore: e.namesBefore ?? 0,
      namesBehind: e.namesBehind ?? 0,
      namesNew: e.namesNew ?? 0,
      repeats: Number(e.repeats ?? false),
      namesBehindAhead: (e.namesBehind ?? 0) - mostBehind,
      pseudo: e.pseudo ?? 0,
      leastPseudo: e.leastPseudo ?? 0,
      pseudoBehind: e.pseudo === undefined ? 0 : e.pseudo - mostPseudo,
      lengthLog: e.length ?? 0,
      breaks: Number((e.breaks ?? 0) > 0),
      breaksBehind: Number((e.breaks ?? 0) > 0 && leastBreaks === 0),
      // Of a file that is broken elsewhere, too, a parser says less.
      breaksWhole: Number((e.breaks ?? 0) > 0 && isSomeWhole),
      typedAdds: Number((e.typedAdds ?? 0) > 0),
      typedAddsBehind: Number(e.typedAdds !== undefined && e.typedAdds > leastTyped),
      adds: Number((e.adds ?? 0) > 0),
      addsBehind: Number(e.adds !== undefined && e.adds > leastAdds),
    };
    return Float64Array.from(FEATURES, (name) => values[name]);
  });
}

/** The greatest of the others beside one of the values. */
function besides(values: readonly number[]): (value: number) => number {
  const [first = 0, second = 0] = values.toSorted((a, b) => b - a);
  return (value) => (value === first ? second : first);
}

export function noneFeaturesOf(proposals: readonly Proposal[]): Float64Array {
  const most = (of: (evidence: ProposalEvidence) => number) =>
    Math.max(0, ...proposals.map(({ evidence }) => of(evidence)));
  const bits = Math.min(
    12,
    ...proposals.map(({ evidence }) => (evidence.bits ?? 12) / 2 + (evidence.backBits ?? 12) / 2),
  );
  return Float64Array.of(
    1,
    most(({ share = 0 }) => share),
    bits,
    most(({ left = 0, right = 0 }) => Math.min(16, left) + Math.min(16, right)),
    Math.log2(1 + proposals.length),
  );
}
