/** Which anti-patterns contrast with which attractor, and candidates of their own for those that no attractor is about. */
import { familyOf } from '../languages.ts';
import type { AntipatternSite } from './antipatterns.ts';
import type { Deviant } from './attractor.ts';
import { type Candidate, compareText, distinctPaths } from './candidate.ts';

/** One anti-pattern under an attractor. */
export interface Contrast {
  readonly id: string;
  readonly summary: string;
  readonly path: string;
  readonly line: number;
  readonly endLine: number;
}

export interface Contrasts {
  /** By the candidate's index. */
  readonly of: ReadonlyMap<number, readonly Contrast[]>;
  /** One per kind of anti-pattern and family, the most frequent first, each with its contrasts. */
  readonly own: readonly { readonly candidate: Candidate; readonly contrasts: readonly Contrast[] }[];
}

const MOST = 3;

/**
 * An anti-pattern belongs to a candidate that speaks of the same: one that calls the same API, that handles caught errors where
 * one is dropped, that awaits what is not awaited here. A deviant belongs to the candidate that it breaks.
 */
export function contrast(
  candidates: readonly Candidate[],
  found: readonly AntipatternSite[],
  deviants: readonly Deviant[],
): Contrasts {
  const of = new Map<number, Contrast[]>();
  const attach = (index: number, entry: Contrast) => {
    const list = of.get(index) ?? [];
    of.set(index, list);
    if (list.length < MOST) list.push(entry);
  };
  for (const deviant of deviants) {
    const index = candidates.findIndex((candidate) => isBrokenBy(candidate, deviant));
    if (index === -1) continue;
    for (const { path, line, endLine } of deviant.sites)
      attach(index, {
        id: 'deviant',
        summary: `Breaks what ${deviant.kept} others keep: ${deviant.rule}.`,
        path,
        line,
        endLine,
      });
  }
  const alone = new Map<string, AntipatternSite[]>();
  const homes = new Map<string, number>();
  for (const site of found) {
    const key = `${site.family} ${site.id} ${site.name}`;
    const about = `${key} ${site.api ?? ''}`;
    const index = homes.get(about) ?? candidates.findIndex((candidate) => speaksOf(candidate, site));
    homes.set(about, index);
    if (index !== -1) attach(index, site);
    else alone.set(key, [...(alone.get(key) ?? []), site]);
  }
  const own = [...alone.values()]
    .sort((a, b) => b.length - a.length || compareText((a[0] as AntipatternSite).id, (b[0] as AntipatternSite).id))
    .map((sites) => ({ candidate: ownCandidate(sites), contrasts: sites.slice(0, MOST) }));
  return { of, own };
}

/** The candidate is about the handler itself. */
const CATCHES = /^\d+:(?:catch|try)(?:\n|$)/;
const AWAITS = /^\d+:await$/m;

function speaksOf(candidate: Candidate, { id, family, api }: AntipatternSite): boolean {
  if (candidate.family !== family || candidate.kind === 'naming' || candidate.kind === 'imports') return false;
  if (api === undefined) return !candidate.common && CATCHES.test(candidate.pattern);
  const same = candidate.apis.some((name) => name === api || name.endsWith(`.${api}`) || name.endsWith(`::${api}`));
  return same && (!/^(?:missing-await|floating-promise)$/.test(id) || AWAITS.test(candidate.pattern));
}

/** The candidate calls the deviant's API in the way that the deviant does not. */
function isBrokenBy(candidate: Candidate, deviant: Deviant): boolean {
  if (candidate.common || candidate.family !== familyOf(deviant.language)) return false;
  if (!deviant.apis.every((api) => candidate.apis.includes(api))) return false;
  if (deviant.rule.endsWith(' is awaited')) return AWAITS.test(candidate.pattern);
  const [, given] = / is given `([^`]+)`$/.exec(deviant.rule) ?? [];
  if (given === undefined) return false;
  const lines = candidate.pattern.split('\n').map((line) => line.replace(/^\d+:/, ''));
  return lines.includes(`key ${given}`) || lines.includes(`kwarg ${given}`);
}

function ownCandidate(sites: readonly AntipatternSite[]): Candidate {
  const [first] = sites as readonly [AntipatternSite, ...AntipatternSite[]];
  const places = sites.map(({ path, line, endLine }) => ({ path, line, endLine, unit: line, slack: 0 }));
  const files = distinctPaths(places).length;
  const where =
    sites.length === 1 ? 'One place' : `${sites.length} places in ${files === 1 ? 'one file' : `${files} files`}`;
  return {
    kind: 'antipattern',
    family: first.family,
    pattern: `${first.id} ${first.name}`,
    name: first.name,
    summary: `${where} to look at. ${first.summary}`,
    apis: [],
    sites: places,
    specificity: 0,
    judged: true,
    common: false,
    gain: 0,
  };
}
