/** Orders attractors so that the first twenty make a page: varied in kind and language, production code before tests, the commonplace last. */
import type { AttractorKind } from './attractor.ts';
import { type Candidate, isTestPath } from './candidate.ts';
import { jaccard, type Merged } from './mergeCandidates.ts';

/** Attractors that are read first. */
export const PAGE = 20;

/** Most of a kind on the page; idioms fill the rest. */
const MOST: Readonly<Partial<Record<AttractorKind, number>>> = {
  naming: 3,
  imports: 2,
  tests: 4,
  apiSequence: 3,
  async: 1,
};

/** Variants of one habit: calls of one receiver or package, and names that say the same of the same first word. */
const MOST_RECEIVER = 1;
const MOST_ALIKE = 2;
/** Literals of records say what data looks like, not what is done with it. */
const MOST_LITERALS = 2;

/** Common places from which two entries tell nearly the same. */
const MOST_COMMON = 0.3;

/** Whatever its kind: what only tests do, and what only migrations and other scripts that run once do. */
const MOST_TESTS = 4;
const MOST_ONCE = 2;
/** Markup repeats itself more than other code. */
const MOST_MARKUP = 8;

/** First the page (best by `worth` within the quotas), then the rest, then what nests in others, then the common. */
export function composePage(
  all: readonly Merged[],
  familySizes: ReadonlyMap<string, number>,
  worth: (candidate: Candidate) => number,
): Candidate[] {
  const worths = new Map(all.map(({ candidate }) => [candidate, worth(candidate)]));
  // What is worth the same stays in the order of its gain.
  const merged = all.toSorted((a, b) => (worths.get(b.candidate) as number) - (worths.get(a.candidate) as number));
  const total = [...familySizes.values()].reduce((sum, size) => sum + size, 0);
  const free = merged.filter(({ nested, candidate }) => !nested && !candidate.common);
  const nested = merged.filter((entry) => entry.nested && !entry.candidate.common);
  const common = merged.filter(({ candidate }) => candidate.common).map(({ candidate }) => candidate);
  const kinds = new Map<string, number>();
  const families = new Map<string, number>();
  const count = (group: string) => families.get(group) ?? 0;
  const page: Candidate[] = [];
  const shownUnits: ReadonlySet<string>[] = [];
  const rest: Candidate[] = [];
  // What nests in others takes the seats that nothing else wants.
  for (const { candidate, units } of [...free, ...nested]) {
    const kind = kinds.get(candidate.kind) ?? 0;
    const family = families.get(candidate.family) ?? 0;
    const share = (familySizes.get(candidate.family) ?? 0) / Math.max(1, total);
    // A language may not fill the page beyond its part of the repository, with room for the small ones.
    const quota = Math.max(4, Math.ceil(PAGE * Math.min(1, share * 1.25)));
    const markup = /^\d+:(?:jsx |block\n1:return\n2:jsx )/.test(candidate.pattern);
    const receiver = receiverOf(candidate);
    const alike = alikeOf(candidate);
    const literal = /^\d+:(?:unary &\n\d+:)?new /.test(candidate.pattern) && candidate.name.startsWith('Build');
    const inTests = isAboutTests(candidate);
    const once = candidate.sites.filter(({ path }) => RUNS_ONCE.test(path)).length >= candidate.sites.length * 0.8;
    const tests = families.get('tests') ?? 0;
    const ran = families.get('once') ?? 0;
    const shown = families.get('markup') ?? 0;
    if (
      page.length < PAGE &&
      (!markup || shown < MOST_MARKUP) &&
      (receiver === '' || count(receiver) < MOST_RECEIVER) &&
      (alike === '' || count(alike) < MOST_ALIKE) &&
      (!literal || count('literals') < MOST_LITERALS) &&
      (!inTests || tests < MOST_TESTS) &&
      (!once || ran < MOST_ONCE) &&
      kind < (MOST[candidate.kind] ?? PAGE) &&
      family < quota &&
      addsPlaces(units, shownUnits)
    ) {
      page.push(candidate);
      shownUnits.push(units);
      kinds.set(candidate.kind, kind + 1);
      families.set(candidate.family, family + 1);
      if (inTests) families.set('tests', tests + 1);
      if (once) families.set('once', ran + 1);
      if (markup) families.set('markup', shown + 1);
      for (const group of [receiver, alike, literal ? 'literals' : ''])
        if (group !== '') families.set(group, count(group) + 1);
    } else rest.push(candidate);
  }
  const production = page.filter((candidate) => !isAboutTests(candidate));
  return [...production, ...page.filter(isAboutTests), ...rest, ...common];
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

/** False where an entry of the page tells nearly the same. */
function addsPlaces(own: ReadonlySet<string>, shown: readonly ReadonlySet<string>[]): boolean {
  return !shown.some((other) => jaccard(own, other) > MOST_COMMON);
}

/** Migrations, seeds and examples: their ways are not those of the product. */
const RUNS_ONCE = /(?:^|\/)(?:migrations?|seeds?|seeders|examples?|benches|docs)\//;

/** True for what tests do: by their folder, or, in Rust, by the attribute of the function. */
function isAboutTests({ kind, pattern, sites }: Candidate): boolean {
  return (
    kind === 'tests' ||
    /^\d+:decorator (?:[\w:]+::)?test$/m.test(pattern) ||
    /^\d+:macro assert(?:_eq|_ne)?!$/m.test(pattern) ||
    sites.filter(({ path }) => isTestPath(path)).length >= sites.length * 0.7
  );
}
