/** From candidates to the report: near-duplicates merged, evidence weighed, snippets cut, the first page composed. */
import type { Breather } from '../../base/progress.ts';
import type { LanguageId } from '../languages.ts';
import type { AntipatternSite } from './antipatterns.ts';
import type { AntiPattern, Attractor, Deviant, Framework } from './attractor.ts';
import { type Candidate, compareText, distinctPaths, isTestPath, stableId } from './candidate.ts';
import { type Contrast, contrast } from './contrasts.ts';
import { type CuratedFile, curatedAttractors } from './curated.ts';
import type { FileDigest } from './fileDigest.ts';
import { mergeCandidates } from './mergeCandidates.ts';
import { composePage, PAGE } from './page.ts';
import type { Mined, ReportContext } from './reducerContract.ts';
import { ResonanceScale } from './resonance.ts';
import { type Cuts, SnippetCutter } from './snippets.ts';
import { worthOf } from './worth.ts';

export interface ReportInput {
  /** Sorted by path. */
  readonly files: readonly FileDigest[];
  readonly candidates: readonly Candidate[];
  readonly antipatterns: readonly AntipatternSite[];
  readonly frameworks: readonly Framework[];
  readonly deviants: readonly Deviant[];
  readonly curated: readonly CuratedFile[];
  readonly context: ReportContext;
  readonly breather: Breather;
}

const MOST_ATTRACTORS = 120;
export const MOST_SNIPPETS = 3;

/** A report with what it takes to bring it up to date. */
export interface WrittenReport {
  readonly mined: Mined;
  readonly evidence: Evidence;
  /** Snippets as they were cut, to be cut again only in files that changed. */
  readonly cuts: Cuts;
}

export type Evidence = Pick<ReportContext, 'history' | 'headDate'>;

export async function writeReport(input: ReportInput): Promise<WrittenReport> {
  const { files, context, breather } = input;
  const { history, headDate } = context;
  const cutter = new SnippetCutter(context.text);
  const judge = judgeOf(files, { history, headDate });
  const describe = describer(files, judge);
  const chance = (candidate: Candidate) => judge(candidate).resonance;
  const worth = (candidate: Candidate) => worthOf(candidate, chance(candidate));
  const merged = await breather.run(mergeCandidates(input.candidates));
  if (breather.due) await breather.breathe();
  const repository = { familySizes: sizesOf(files), testShare: testShareOf(files) };
  const composed = composePage(merged, repository, { worth, chance });
  // Conventions of style are few and stand at the end: a long list of idioms does not cost them.
  const ordered = [...composed.page, ...composed.rest, ...composed.common].filter(
    ({ common, judged }, at) => at < MOST_ATTRACTORS || (common && judged),
  );
  const onPage = new Set(composed.page);
  const contrasts = contrast(ordered, input.antipatterns, input.deviants);
  const shown = [
    ...ordered.map((candidate, order) => ({ candidate, contrasts: contrasts.of.get(order) ?? [] })),
    ...contrasts.own,
  ];
  const attractors: Attractor[] = [];
  const ids = new Set<string>();
  for (const { candidate, contrasts: against } of shown) {
    if (breather.due) await breather.breathe();
    const snippets = await cutter.canonical(candidate.sites, MOST_SNIPPETS, candidate.mentions);
    const id = idOf(candidate);
    if (snippets.length === 0 || ids.has(id)) continue;
    ids.add(id);
    const { name, summary, language, apis, ...counts } = describe(candidate);
    attractors.push({
      ...{ id, name, summary, language, kind: candidate.kind, apis, snippets },
      antipatterns: await cutContrasts(against, cutter),
      ...counts,
      ...{ common: candidate.common, page: onPage.has(candidate), provenance: 'mined' },
    });
  }
  const own = attractors.filter(({ kind }) => kind === 'antipattern');
  const page = attractors.filter((attractor) => attractor.page);
  const rest = attractors.filter((attractor) => !attractor.page && !attractor.common && !own.includes(attractor));
  const languages = new Set(files.map(({ language }) => language));
  const curated = curatedAttractors(input.curated, input.frameworks, languages, [...page, ...rest]);
  let seats = PAGE - page.length;
  const seated = (attractor: Attractor) => ({ ...attractor, page: seats-- > 0 });
  const mined = {
    // What is done wrong comes after what says how things are done, and what is done elsewhere last.
    attractors: [
      ...page,
      ...own.map(seated),
      ...rest,
      ...curated.map(seated),
      ...attractors.filter(({ common }) => common),
    ],
    frameworks: input.frameworks,
    deviants: input.deviants,
  };
  return { mined, evidence: { history, headDate }, cuts: cutter.cuts };
}

/** Stable while kind, family and pattern are. */
export function idOf({ kind, family, pattern }: Candidate): string {
  return stableId(`${kind} ${family} ${pattern}`);
}

type Description = Pick<
  Attractor,
  'name' | 'summary' | 'language' | 'apis' | 'support' | 'files' | 'resonance' | 'components'
>;

/** What a candidate's sites say of it. */
export function describer(files: readonly FileDigest[], judge: Judge): (candidate: Candidate) => Description {
  const languageOf = new Map(files.map(({ path, language }) => [path, language]));
  return (candidate) => ({
    name: candidate.name,
    summary: candidate.summary,
    language: mainLanguage(candidate, languageOf),
    apis: candidate.apis,
    support: candidate.sites.length,
    files: distinctPaths(candidate.sites).length,
    ...judge(candidate),
  });
}

/** How likely a candidate is to recur, and why. */
type Judge = (candidate: Candidate) => Pick<Attractor, 'resonance' | 'components'>;

export function judgeOf(files: readonly FileDigest[], { history, headDate }: Evidence): Judge {
  const paths = files.map(({ path }) => path);
  const scale = new ResonanceScale(paths, history, headDate);
  const sizes = sizesOf(files);
  return (candidate) => scale.of(candidate, sizes.get(candidate.family) ?? 0);
}

function sizesOf(files: readonly FileDigest[]): Map<string, number> {
  const sizes = new Map<string, number>();
  for (const { family } of files) sizes.set(family, (sizes.get(family) ?? 0) + 1);
  return sizes;
}

/** Share of the functions that lie in files of tests. */
function testShareOf(files: readonly FileDigest[]): number {
  let [tests, all] = [0, 0];
  for (const { path, functions } of files) {
    all += functions.length;
    if (isTestPath(path)) tests += functions.length;
  }
  return all === 0 ? 0 : tests / all;
}

/** The language in which most sites lie; ties by name. */
function mainLanguage(candidate: Candidate, languageOf: ReadonlyMap<string, LanguageId>): LanguageId {
  const counts = new Map<LanguageId, number>();
  for (const { path } of candidate.sites) {
    const language = languageOf.get(path);
    if (language !== undefined) counts.set(language, (counts.get(language) ?? 0) + 1);
  }
  const [best] = [...counts.entries()].sort((a, b) => b[1] - a[1] || compareText(a[0], b[0]));
  return best?.[0] ?? 'typescript';
}

async function cutContrasts(found: readonly Contrast[], cutter: SnippetCutter): Promise<AntiPattern[]> {
  const result: AntiPattern[] = [];
  for (const { id, summary, path, line, endLine } of found) {
    const snippet = await cutter.cut(path, line, endLine);
    result.push({ id, summary, ...(snippet ? { snippet } : {}) });
  }
  return result;
}
