/** Sites that break what at least ten others keep: rules are counted, never guessed (after Engler et al., SOSP 2001). */
import type { Deviant, Snippet } from './attractor.ts';
import { compareText, isTestPath, stableId } from './candidate.ts';
import type { FileDigest } from './fileDigest.ts';
import { SnippetCutter } from './snippets.ts';
import { wilsonLowerBound } from './wilson.ts';

export interface RuleSite {
  readonly path: string;
  readonly line: number;
  readonly endLine: number;
}

/** A rule with who keeps and who breaks it. */
export interface Rule {
  readonly id: string;
  readonly text: string;
  /** Confidence from which a breach is news: little for what is specific, much for habits of style. */
  readonly least: number;
  /** Share of breaches up to which several of them are still slips and no second habit; one breach always is. */
  readonly share?: number;
  /** APIs that the rule is about. */
  readonly apis: readonly string[];
  readonly language: FileDigest['language'];
  readonly kept: readonly RuleSite[];
  readonly broken: readonly RuleSite[];
}

const MIN_KEPT = 10;
const MIN_FILES = 3;
const MAX_BROKEN_SHARE = 0.1;
const MOST_SITES = 5;
const MOST = 40;

/** True where the rule is kept well enough for its breaches to be news. */
export function isDeviance(rule: Rule): boolean {
  const total = rule.kept.length + rule.broken.length;
  return (
    rule.kept.length >= MIN_KEPT &&
    rule.broken.length > 0 &&
    rule.broken.length <= total * (rule.broken.length === 1 ? MAX_BROKEN_SHARE : (rule.share ?? MAX_BROKEN_SHARE)) &&
    new Set(rule.kept.map(({ path }) => path)).size >= MIN_FILES &&
    wilsonLowerBound(rule.kept.length, total) >= rule.least
  );
}

/** The best-kept of rules that hold (`isDeviance`), with the sites that break them. */
export async function writeDeviants(
  deviances: readonly Rule[],
  text: (path: string) => Promise<string | undefined>,
): Promise<Deviant[]> {
  const cutter = new SnippetCutter(text);
  const rules = deviances
    .map((rule) => ({ rule, confidence: wilsonLowerBound(rule.kept.length, rule.kept.length + rule.broken.length) }))
    .sort((a, b) => b.confidence - a.confidence || compareText(a.rule.id, b.rule.id))
    .slice(0, MOST);
  const deviants: Deviant[] = [];
  for (const { rule, confidence } of rules) {
    const sites: Snippet[] = [];
    for (const site of [...rule.broken].sort(bySource).slice(0, MOST_SITES)) {
      const snippet = await cutter.cut(site.path, site.line, site.endLine);
      if (snippet && !ABSTRACT.test(snippet.text)) sites.push(snippet);
    }
    const [example] = await cutter.canonical(
      rule.kept.map((site) => ({ ...site, unit: site.line, slack: 0 })),
      1,
    );
    if (sites.length === 0 || example === undefined) continue;
    deviants.push({
      id: stableId(`deviant ${rule.language} ${rule.id}`),
      rule: rule.text,
      apis: rule.apis,
      language: rule.language,
      kept: rule.kept.length,
      broken: rule.broken.length,
      confidence: Math.round(confidence * 1000) / 1000,
      sites,
      example,
    });
  }
  return deviants;
}

/** A class that leaves the rest to those that extend it. */
const ABSTRACT = /^\s*(?:export\s+)?(?:default\s+)?abstract\s/;

function bySource(a: RuleSite, b: RuleSite): number {
  return Number(isTestPath(a.path)) - Number(isTestPath(b.path)) || compareText(a.path, b.path) || a.line - b.line;
}
