/** Orders attractors so that the first twenty make a page: likely to go on, varied in kind and language, production code before tests, the commonplace last. */
import type { AttractorKind } from './attractor.ts';
import { type Candidate, distinctPaths, foldersOf, isTestPath } from './candidate.ts';
import { jaccard, type Merged } from './mergeCandidates.ts';

/** Attractors that are read first. */
export const PAGE = 20;

/** Most of a kind on the page; idioms fill the rest. */
const MOST: Readonly<Partial<Record<AttractorKind, number>>> = {
  naming: 3,
  imports: 2,
  apiSequence: 4,
  async: 1,
};

/** Resonance from which a pattern is likelier to be written again than not. */
const LIKELY = 0.5;
/** Entries that a page has however unlikely they are. */
const LEAST = 12;

/** Variants of one habit: calls of one receiver or package, and names that say the same of the same first word. */
const MOST_RECEIVER = 2;
const MOST_ALIKE = 2;
/** Literals of records say what data looks like, not what is done with it. */
const MOST_LITERALS = 2;

/** Seats that small idioms in words of the repository's own may take from what is found in more places. */
const MOST_OWN = 14;
/** More places than this speak for themselves. */
const OWN_SITES = 20;
/** What makes them: names that hardly occur elsewhere, unheard of in public code, in that many files and directories. */
const OWN_SHARE = 0.7;
const OWN_BITS = 28;
const OWN_FILES = 4;
const OWN_FOLDERS = 2;

/** Common places from which two entries tell nearly the same. */
const MOST_COMMON = 0.3;

/** Whatever its kind: tests have their share of the page, within bounds. */
const LEAST_TESTS = 4;
const MOST_TESTS = 8;
/** What only migrations and other scripts that run once do. */
const MOST_ONCE = 2;
/** Markup repeats itself more than other code. */
const MOST_MARKUP = 8;

/** What the page should be in proportion to. */
export interface Repository {
  /** Files by language family. */
  readonly familySizes: ReadonlyMap<string, number>;
  /** Share of the functions that are tests'. */
  readonly testShare: number;
}

/** Judges candidates: `worth` orders them, `chance` is their resonance. */
export interface Judgement {
  worth(candidate: Candidate): number;
  chance(candidate: Candidate): number;
}

/** What was mined, in the order in which it is read. */
export interface Composed {
  readonly page: readonly Candidate[];
  readonly rest: readonly Candidate[];
  readonly common: readonly Candidate[];
}

/**
 * The page: small idioms in own words, then the best by `worth` of what is likely to go on, within the quotas; where these are few,
 * the surest of the others, beyond the quotas if need be. No two entries of it lie in the same places.
 */
export function composePage(all: readonly Merged[], repository: Repository, { worth, chance }: Judgement): Composed {
  const worths = new Map(all.map(({ candidate }) => [candidate, worth(candidate)]));
  const worthOf = ({ candidate }: Merged) => worths.get(candidate) as number;
  // What nests in others takes the seats that nothing else wants; what is worth the same stays as it came.
  const merged = all
    .toSorted((a, b) => Number(a.nested) - Number(b.nested) || worthOf(b) - worthOf(a))
    .map(({ candidate }) => candidate);
  const ranked = merged.filter(({ common }) => !common);
  const likely = ranked.filter((candidate) => chance(candidate) >= LIKELY);
  const quotas = new Quotas(repository);
  const page = new Page();
  addOwnIdioms(ranked, page, quotas);
  const fill = (candidates: readonly Candidate[], most: number, within: (candidate: Candidate) => boolean): void => {
    for (const candidate of candidates)
      if (page.size < most && within(candidate) && page.add(candidate)) quotas.count(candidate);
  };
  const allowed = (candidate: Candidate) => quotas.allow(candidate);
  fill(likely, PAGE, allowed);
  const surest = ranked.toSorted((a, b) => chance(b) - chance(a));
  fill(surest, LEAST, allowed);
  const varied = ranked.filter((candidate) => page.has(candidate));
  fill(surest, LEAST, () => true);
  const more = ranked.filter((candidate) => page.has(candidate) && !varied.includes(candidate));
  const entries = [...varied, ...more];
  return {
    page: [...entries.filter((candidate) => !isAboutTests(candidate)), ...entries.filter(isAboutTests)],
    rest: ranked.filter((candidate) => !page.has(candidate)),
    common: merged.filter(({ common }) => common),
  };
}

function addOwnIdioms(ranked: readonly Candidate[], page: Page, quotas: Quotas): void {
  for (const candidate of ranked.filter(isOwnIdiom).sort((a, b) => b.gain - a.gain))
    if (page.size < MOST_OWN && page.add(candidate)) quotas.count(candidate);
}

/**
 * True for what a few places do in words that nobody else has: popularity says little of it, and yet a reader could not guess it.
 * Its names predict each other (pointwise mutual information near its maximum), so that chance is no explanation. Elements of a
 * library that belong inside each other do so everywhere.
 */
function isOwnIdiom(candidate: Candidate): boolean {
  const { exclusive = 0, specificity, sites } = candidate;
  if (exclusive < OWN_SHARE || specificity < OWN_BITS || sites.length > OWN_SITES) return false;
  if (isAboutTests(candidate) || isMarkup(candidate)) return false;
  const paths = distinctPaths(sites);
  return paths.length >= OWN_FILES && foldersOf(paths) >= OWN_FOLDERS;
}

/** Entries that lie in places of their own. */
class Page {
  private readonly shown = new Map<Candidate, Places>();

  get size(): number {
    return this.shown.size;
  }

  get isFull(): boolean {
    return this.size >= PAGE;
  }

  has(candidate: Candidate): boolean {
    return this.shown.has(candidate);
  }

  /** False where the page is full, or an entry of it tells nearly the same. */
  add(candidate: Candidate): boolean {
    if (this.isFull || this.has(candidate)) return false;
    const own = placesOf(candidate);
    for (const other of this.shown.values()) if (overlap(own, other) > MOST_COMMON) return false;
    this.shown.set(candidate, own);
    return true;
  }
}

interface Places {
  readonly functions: ReadonlySet<string>;
  readonly spans: ReadonlySet<string>;
}

/** Where a candidate was found: as functions, whatever its kind, and as spans. */
export function placesOf({ sites }: Candidate): Places {
  return {
    functions: new Set(sites.map(({ path, unit }) => `${path}:${unit}`)),
    spans: new Set(sites.map(({ path, line, endLine }) => `${path}:${line}-${endLine}`)),
  };
}

/** The higher of the common shares of functions and of spans. */
export function overlap(a: Places, b: Places): number {
  return Math.max(jaccard(a.functions, b.functions), jaccard(a.spans, b.spans));
}

/** How much of the page one sort of entry may take. */
class Quotas {
  private readonly counts = new Map<string, number>();
  private readonly total: number;

  constructor(private readonly repository: Repository) {
    this.total = [...repository.familySizes.values()].reduce((sum, size) => sum + size, 0);
  }

  allow(candidate: Candidate): boolean {
    return this.groups(candidate).every(([group, most]) => (this.counts.get(group) ?? 0) < most);
  }

  count(candidate: Candidate): void {
    for (const [group] of this.groups(candidate)) this.counts.set(group, (this.counts.get(group) ?? 0) + 1);
  }

  /** The sorts that a candidate is of, each with its most entries. */
  private groups(candidate: Candidate): [string, number][] {
    const { kind, family, pattern, name, sites } = candidate;
    const share = (this.repository.familySizes.get(family) ?? 0) / Math.max(1, this.total);
    const groups: [string, number][] = [
      [`kind ${kind}`, MOST[kind] ?? PAGE],
      // A language may not fill the page beyond its part of the repository, with room for the small ones.
      [`family ${family}`, Math.max(4, Math.ceil(PAGE * Math.min(1, share * 1.25)))],
    ];
    const receiver = receiverOf(candidate);
    if (receiver !== '') groups.push([`receiver ${receiver}`, MOST_RECEIVER]);
    const alike = alikeOf(candidate);
    if (alike !== '') groups.push([`alike ${alike}`, MOST_ALIKE]);
    if (isMarkup(candidate)) groups.push(['markup', MOST_MARKUP]);
    if (/^\d+:(?:unary &\n\d+:)?new /.test(pattern) && name.startsWith('Build'))
      groups.push(['literals', MOST_LITERALS]);
    if (isAboutTests(candidate)) {
      const most = Math.round(PAGE * this.repository.testShare);
      groups.push(['tests', Math.max(LEAST_TESTS, Math.min(MOST_TESTS, most))]);
    }
    if (sites.filter(({ path }) => RUNS_ONCE.test(path)).length >= sites.length * 0.8) groups.push(['once', MOST_ONCE]);
    return groups;
  }
}

/** What the first call in a name is called on: `slog` of `slog.Warn(…)`, `$` of `$(…).on`; '' for plain functions and elements. */
function receiverOf({ name, kind, family }: Candidate): string {
  if (kind === 'naming' || kind === 'imports') return '';
  const [, path] = /`(?:this\.|self\.)?([\w$.:]+?)(?:\(…?\))?(?:\.|::)[\w$]+[^\w$.:]/.exec(name) ?? [];
  return path === undefined ? '' : `${family} ${path}`;
}

/** A name with its quoted words cut to their first part: `Return HttpResponse… early`. */
function alikeOf({ name, kind, family }: Candidate): string {
  if (kind === 'naming' || kind === 'imports') return '';
  const [, verb = '', , word = ''] = /^(\w+)( `[^`]+` from)? `([A-Z]?[a-z]+)[A-Z_]/.exec(name) ?? [];
  return verb === '' || word === '' ? '' : `${family} ${verb} ${word}`;
}

/** Migrations, seeds and examples: their ways are not those of the product. */
const RUNS_ONCE = /(?:^|\/)(?:migrations?|seeds?|seeders|examples?|benches|docs)\//;

function isMarkup({ pattern }: Candidate): boolean {
  return /^(?:\d+:(?:block|return)\n)*\d+:jsx /.test(pattern);
}

/** True for what tests do: by their folder, or, in Rust, by the attribute of the function. */
function isAboutTests({ kind, pattern, sites }: Candidate): boolean {
  return (
    kind === 'tests' ||
    /^\d+:decorator (?:[\w:]+::)?test$/m.test(pattern) ||
    /^\d+:macro assert(?:_eq|_ne)?!$/m.test(pattern) ||
    sites.filter(({ path }) => isTestPath(path)).length >= sites.length * 0.7
  );
}
