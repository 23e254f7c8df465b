/** From candidates to the report: near-duplicates merged, evidence weighed, snippets cut, the first page composed. */
import type { Breather } from '../../base/progress.ts';
import type { LanguageId } from '../languages.ts';
import type { AntipatternSite } from './antipatterns.ts';
import type { AntiPattern, Attractor, Deviant, Framework, MiningReport } from './attractor.ts';
import { type Candidate, compareText, distinctPaths, stableId } from './candidate.ts';
import { type CuratedFile, curatedAttractors } from './curated.ts';
import type { FileDigest } from './fileDigest.ts';
import { mergeCandidates } from './mergeCandidates.ts';
import { composePage } from './page.ts';
import type { ReportContext } from './reducerContract.ts';
import { resonanceOf } from './resonance.ts';
import { SnippetCutter } from './snippets.ts';

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
const MOST_SNIPPETS = 3;
const MOST_ANTIPATTERNS = 3;

export async function writeReport(
  input: ReportInput,
): Promise<Pick<MiningReport, 'attractors' | 'frameworks' | 'deviants'>> {
  const { files, context, breather } = input;
  const cutter = new SnippetCutter(context.text);
  const languageOf = new Map(files.map(({ path, language }) => [path, language]));
  const familySizes = new Map<string, number>();
  for (const { family } of files) familySizes.set(family, (familySizes.get(family) ?? 0) + 1);
  const merged = mergeCandidates(input.candidates);
  if (breather.due) await breather.breathe();
  const ordered = composePage(merged, familySizes).slice(0, MOST_ATTRACTORS);
  const antipatterns = assignAntipatterns(ordered, input.antipatterns);
  const attractors: Attractor[] = [];
  const ids = new Set<string>();
  for (const [order, candidate] of ordered.entries()) {
    if (breather.due) await breather.breathe();
    const snippets = await cutter.canonical(candidate.sites, MOST_SNIPPETS);
    const id = stableId(`${candidate.kind} ${candidate.family} ${candidate.pattern}`);
    if (snippets.length === 0 || ids.has(id)) continue;
    ids.add(id);
    const familyFiles = familySizes.get(candidate.family) ?? 0;
    attractors.push({
      id,
      name: candidate.name,
      summary: candidate.summary,
      language: mainLanguage(candidate, languageOf),
      kind: candidate.kind,
      apis: candidate.apis,
      snippets,
      antipatterns: await cutAntipatterns(antipatterns.get(order) ?? [], cutter),
      support: candidate.sites.length,
      files: distinctPaths(candidate.sites).length,
      ...resonanceOf(candidate, { history: context.history, headDate: context.headDate, familyFiles }),
      common: candidate.common,
      provenance: 'mined',
    });
  }
  const specific = attractors.filter(({ common }) => !common);
  const curated = curatedAttractors(
    input.curated,
    input.frameworks,
    new Set(files.map(({ language }) => language)),
    specific,
  );
  return {
    attractors: [...specific, ...curated, ...attractors.filter(({ common }) => common)],
    frameworks: input.frameworks,
    deviants: input.deviants,
  };
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

/** Each anti-pattern goes to the first attractor whose sites share a file with it, else to the family's first. */
function assignAntipatterns(
  ordered: readonly Candidate[],
  found: readonly AntipatternSite[],
): Map<number, AntipatternSite[]> {
  const byPath = new Map<string, number>();
  const byFamily = new Map<string, number>();
  ordered.forEach((candidate, order) => {
    if (candidate.common) return;
    if (!byFamily.has(candidate.family)) byFamily.set(candidate.family, order);
    for (const { path } of candidate.sites) if (!byPath.has(path)) byPath.set(path, order);
  });
  const assigned = new Map<number, AntipatternSite[]>();
  for (const entry of found) {
    const order = byPath.get(entry.path) ?? byFamily.get(entry.family);
    if (order === undefined) continue;
    const list = assigned.get(order) ?? [];
    assigned.set(order, list);
    if (list.length < MOST_ANTIPATTERNS && !list.some(({ id }) => id === entry.id)) list.push(entry);
  }
  return assigned;
}

async function cutAntipatterns(found: readonly AntipatternSite[], cutter: SnippetCutter): Promise<AntiPattern[]> {
  const result: AntiPattern[] = [];
  for (const { id, summary, path, line, endLine } of found) {
    const snippet = await cutter.cut(path, line, endLine);
    result.push({ id, summary, ...(snippet ? { snippet } : {}) });
  }
  return result;
}
