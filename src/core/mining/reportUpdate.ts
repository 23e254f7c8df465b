/** Brings a written report up to date for a few changed files: what it knows stays, with its sites as they are now. */
import type { Attractor, Deviant, Snippet } from './attractor.ts';
import type { Candidate } from './candidate.ts';
import type { FileDigest } from './fileDigest.ts';
import { describer, idOf, judgeOf, MOST_SNIPPETS, type WrittenReport } from './reportWriter.ts';
import { SnippetCutter } from './snippets.ts';

export interface ReportChange {
  /** All files, by path. */
  readonly files: readonly FileDigest[];
  /** Known candidates whose sites changed. */
  readonly candidates: readonly Candidate[];
  readonly changed: ReadonlySet<string>;
  readonly text: (path: string) => Promise<string | undefined>;
}

/**
 * Supports, sites and snippets of the attractors. What only a look at all files can tell (new patterns, their order,
 * frameworks, who breaks a rule) stays as it was, its snippets moved to where their text stands now.
 */
export async function updateReport(written: WrittenReport, change: ReportChange): Promise<WrittenReport> {
  const { files, candidates, changed, text } = change;
  const cutter = new SnippetCutter(text, written.cuts, changed);
  const mover = new SnippetMover(cutter, changed);
  const describe = describer(files, judgeOf(files, written.evidence));
  const updated = new Map(candidates.map((candidate) => [idOf(candidate), candidate]));
  const attractors: Attractor[] = [];
  for (const attractor of written.mined.attractors) {
    const candidate = updated.get(attractor.id);
    const snippets = candidate
      ? await cutter.canonical(candidate.sites, MOST_SNIPPETS, candidate.mentions)
      : await mover.all(attractor.snippets);
    if (snippets.length === 0 && attractor.provenance === 'mined') continue;
    const antipatterns = [];
    for (const antipattern of attractor.antipatterns) {
      const { snippet, ...rest } = antipattern;
      const moved = snippet && (await mover.one(snippet));
      if (snippet === undefined || moved) antipatterns.push({ ...rest, ...(moved ? { snippet: moved } : {}) });
    }
    attractors.push({ ...attractor, ...(candidate ? describe(candidate) : {}), snippets, antipatterns });
  }
  const deviants: Deviant[] = [];
  for (const deviant of written.mined.deviants) {
    const sites = await mover.all(deviant.sites);
    const example = await mover.one(deviant.example);
    if (sites.length > 0 && example) deviants.push({ ...deviant, sites, example });
  }
  const mined = { attractors, frameworks: written.mined.frameworks, deviants };
  return { ...written, mined, cuts: new Map([...withoutChanged(written, changed), ...cutter.cuts]) };
}

/** Cuts that still hold. */
function withoutChanged({ cuts }: WrittenReport, changed: ReadonlySet<string>): [string, Snippet | undefined][] {
  return [...cuts].filter(([, snippet]) => snippet !== undefined && !changed.has(snippet.path));
}

/** Finds the text of snippets again in files that changed. */
class SnippetMover {
  constructor(
    private readonly cutter: SnippetCutter,
    private readonly changed: ReadonlySet<string>,
  ) {}

  async all(snippets: readonly Snippet[]): Promise<Snippet[]> {
    const moved: Snippet[] = [];
    for (const snippet of snippets) {
      const found = await this.one(snippet);
      if (found) moved.push(found);
    }
    return moved;
  }

  /** The snippet where its text stands now, nearest to where it stood; undefined if it is gone. */
  async one(snippet: Snippet): Promise<Snippet | undefined> {
    if (!this.changed.has(snippet.path)) return snippet;
    const lines = (await this.cutter.linesOf(snippet.path)) ?? [];
    const wanted = snippet.text.split('\n');
    const height = wanted.length;
    const standsAt = (start: number) =>
      wanted.every((line, index) => {
        const now = lines[start + index];
        return now === line || (index === height - 1 && now === `${line}\r`);
      });
    const before = snippet.line - 1;
    for (let distance = 0; distance < lines.length; distance++)
      for (const start of [before - distance, before + distance])
        if (start >= 0 && start + height <= lines.length && standsAt(start))
          return { ...snippet, line: start + 1, endLine: start + height };
    return undefined;
  }
}
