/** Merges near-duplicates by the places in which they occur: what shares its sites is one habit, shown once. */
import { type Candidate, compareText } from './candidate.ts';

/** Share of common units from which two candidates are one, and from which one lies inside the other. */
const SAME = 0.5;
const INSIDE = 0.8;

/** A kept candidate; `nested` ones lie inside one that is kept before them. */
export interface Merged {
  readonly candidate: Candidate;
  readonly nested: boolean;
  readonly units: ReadonlySet<string>;
}

/**
 * Walks candidates from the most telling down. Jaccard ≥ 0.5 with a kept one drops the candidate; containment ≥ 0.8 in one
 * keeps it as nested. Conventions about names and imports speak of other things than code does and are compared among themselves.
 * A step a candidate.
 */
export function* mergeCandidates(candidates: readonly Candidate[]): Generator<undefined, Merged[]> {
  const ordered = widestPerApis(candidates).sort(
    (a, b) =>
      Number(a.common) - Number(b.common) ||
      b.gain - a.gain ||
      compareText(a.kind, b.kind) ||
      compareText(a.pattern, b.pattern),
  );
  const kept: Merged[] = [];
  const byUnit = new Map<string, number[]>();
  for (const candidate of ordered) {
    yield;
    const units = unitsOf(candidate);
    const shared = new Map<number, number>();
    for (const unit of units)
      for (const index of byUnit.get(unit) ?? []) shared.set(index, (shared.get(index) ?? 0) + 1);
    let merged = false;
    let nested = false;
    for (const [index, count] of shared) {
      const other = kept[index] as (typeof kept)[number];
      const common = count / (units.size + other.units.size - count);
      if (common >= SAME && other.candidate.common === candidate.common) merged = true;
      else if (count >= units.size * INSIDE) nested = true;
    }
    if (merged) continue;
    for (const unit of units) {
      const list = byUnit.get(unit);
      if (list) list.push(kept.length);
      else byUnit.set(unit, [kept.length]);
    }
    kept.push({ candidate, nested, units });
  }
  return kept;
}

/** The functions that a candidate's places lie in; conventions about names and imports have units of their own. */
export function unitsOf({ kind, sites }: Candidate): Set<string> {
  const layer = kind === 'naming' || kind === 'imports' ? kind : 'code';
  return new Set(sites.map(({ path, unit }) => `${layer} ${path}:${unit}`));
}

/** Common share of two sets. */
export function jaccard(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const [small, large] = a.size < b.size ? [a, b] : [b, a];
  let common = 0;
  for (const unit of small) if (large.has(unit)) common++;
  return common / Math.max(1, a.size + b.size - common);
}

/** Of the variants with the same APIs the one with most sites stands for all, at the rank of the best. */
function widestPerApis(candidates: readonly Candidate[]): Candidate[] {
  const groups = Map.groupBy(candidates, ({ apis, family, kind, pattern, common }) => {
    const layer = kind === 'naming' || kind === 'imports' || apis.length === 0 ? `${kind} ${pattern}` : '';
    return `${family} ${common} ${layer} ${[...apis].sort(compareText).join(' ')}`;
  });
  return [...groups.values()].map((group) => {
    const [widest] = group.toSorted(
      (a, b) => b.sites.length - a.sites.length || b.gain - a.gain || compareText(a.pattern, b.pattern),
    );
    return { ...(widest as Candidate), gain: Math.max(...group.map(({ gain }) => gain)) };
  });
}
