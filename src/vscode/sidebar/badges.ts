/** Why an attractor is on the page, in plain code: particular to this repository, still in use, broken somewhere. */
import { familyOf } from '../../core/languages.ts';
import type { Attractor, Deviant, ResonanceComponent } from '../../core/mining/attractor.ts';

export interface Badges {
  /** Far more frequent here than in public code, and no framework's or language's idiom. */
  readonly specific: boolean;
  /** More likely than not to be written again, by git's history; false where nothing is known of it. */
  readonly recurs: boolean;
  /** The report's deviants about one of its APIs. */
  readonly deviants: readonly Deviant[];
}

/** 12 of the 16 bits at which specificity is full: some 4,000 times as frequent here as in public code. */
const SPECIFIC_FROM = 0.75;
/** Resonance is the chance that a pattern recurs. */
const RECURS_FROM = 0.5;

export function badgesOf(attractor: Attractor, deviants: readonly Deviant[]): Badges {
  const value = (name: ResonanceComponent['name']) =>
    attractor.components.find((component) => component.name === name)?.value ?? 0;
  const family = familyOf(attractor.language);
  return {
    specific: !attractor.common && value('specificity') >= SPECIFIC_FROM,
    // Without a history, or with one of a single commit, nothing has survived yet.
    recurs: value('survival') > 0 && attractor.resonance >= RECURS_FROM,
    deviants: deviants.filter(
      ({ language, apis }) =>
        familyOf(language) === family && apis.some((api) => attractor.apis.some((used) => isSameApi(api, used))),
    ),
  };
}

/** Places that break what the deviants' rules say. */
export function placesOf(deviants: readonly Deviant[]): number {
  return deviants.reduce((sum, { broken }) => sum + broken, 0);
}

/** Equal, or one is the other with its receiver or module: `datasette.allowed` and `allowed`. */
function isSameApi(a: string, b: string): boolean {
  return a === b || isTailOf(a, b) || isTailOf(b, a);
}

function isTailOf(tail: string, whole: string): boolean {
  return whole.endsWith(`.${tail}`) || whole.endsWith(`::${tail}`);
}
