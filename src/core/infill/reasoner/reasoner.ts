/** The reasoner (BD13): an issue's text to plans, the likeliest targets first, each with the reasons why it is meant. */
import { LodestoneError } from '../../../base/errors.ts';
import type { LanguageId } from '../../languages.ts';
import type { Attractor, Deviant } from '../../mining/attractor.ts';
import type { Plan } from '../builder/plan.ts';
import type { FileDigest } from './digest.ts';
import { type Issue, readIssue, wordsOf } from './issue.ts';
import { type Hint, type RankedTarget, rankTargets } from './ranking.ts';

export interface PlanRequest {
  readonly issue: string;
  /** Most plans; default 5. */
  readonly limit?: number;
}

/** A plan as the Builder takes it, and why it was made. */
export interface IssuePlan extends Plan {
  readonly title: string;
  readonly target: { readonly path: string; readonly symbol: string; readonly line: number };
  /** Why this target, in words. */
  readonly rationale: string;
  /** In [0, 1), rising with the evidence; no probability. */
  readonly score: number;
}

export interface PlanReport {
  readonly plans: readonly IssuePlan[];
  /** Files that were looked through. */
  readonly files: number;
}

const PLANS = 5;
/** Other files that the compressor is pointed at. */
const RELEVANT = 3;
/** Evidence at which the score is a half: a name that few functions have, and a few words. */
const HALF = 25;
const LONGEST_TITLE = 100;
const LONGEST_CONDITION = 2000;
/** Attractors that share less with the issue say nothing. */
const SHARED = 2;

/** Throws badArguments for an empty issue. */
export function planIssue(
  { issue: text, limit = PLANS }: PlanRequest,
  files: readonly FileDigest[],
  known: { readonly attractors: readonly Attractor[]; readonly deviants: readonly Deviant[] },
  languageOf: (path: string) => LanguageId | undefined,
): PlanReport {
  const issue = readIssue(text);
  if (issue.terms.size === 0 && issue.places.length === 0)
    throw new LodestoneError('badArguments', 'The issue says nothing that could be looked for.', {
      advice: 'Describe what goes wrong: names, messages, files or the words of the feature.',
    });
  const ranked = rankTargets(issue, files, hintsOf(issue, known.attractors, known.deviants));
  const chosen = ranked.targets.slice(0, limit);
  const plans = chosen.map((target, at): IssuePlan => {
    const { path, symbol, line, score } = target;
    const language = languageOf(path);
    const others = ranked.files.map((file) => file.path).filter((other) => other !== path);
    const rest = issue.text.slice(issue.text.indexOf(issue.title) + issue.title.length).trim();
    return {
      title: shortened(`${symbol} in ${path}: ${issue.title}`, LONGEST_TITLE),
      target: { path, symbol, line },
      rationale: rationaleOf(target),
      priority: chosen.length - at,
      score: Math.round((score / (score + HALF)) * 1000) / 1000,
      ...{ filePath: path, editTargets: [{ name: symbol, line }], intent: shortened(issue.title, LONGEST_TITLE * 2) },
      ...(rest === '' ? {} : { condition: shortened(rest, LONGEST_CONDITION) }),
      context: { relevantFiles: others.slice(0, RELEVANT), dependencies: [...issue.names] },
      ...(language ? { language } : {}),
    };
  });
  return { plans, files: files.length };
}

/** Places that mining knows of: where something is done that the issue speaks of, and where it is done unlike elsewhere. */
function hintsOf(issue: Issue, attractors: readonly Attractor[], deviants: readonly Deviant[]): Hint[] {
  const shared = (text: string) => [...new Set(wordsOf(text).filter((word) => issue.terms.has(word)))];
  const ofAttractors = attractors.flatMap(({ name, apis, snippets, kind }) => {
    const terms = shared(`${name} ${apis.join(' ')}`);
    if (terms.length < SHARED || kind === 'style' || kind === 'naming') return [];
    return snippets.map(({ path, line }) => ({ path, line, terms, reason: `this repository does "${name}" there` }));
  });
  const ofDeviants = deviants.flatMap(({ rule, apis, kept, sites }) => {
    const terms = shared(`${rule} ${apis.join(' ')}`);
    if (terms.length === 0) return [];
    return sites.map(({ path, line }) => ({
      path,
      line,
      terms,
      reason: `it breaks "${rule}", which ${kept} others keep`,
    }));
  });
  return [...ofAttractors, ...ofDeviants];
}

function rationaleOf({ reasons }: RankedTarget): string {
  const all = reasons.join('; ');
  return all === '' ? 'It shares words with the issue.' : `${all.slice(0, 1).toUpperCase()}${all.slice(1)}.`;
}

function shortened(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}
