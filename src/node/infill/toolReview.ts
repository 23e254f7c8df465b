/** The surest proposals shown to the project's real tools before anybody sees one: a text that adds errors is hardly ever what belongs there. */
import type { CallOptions } from '../../base/progress.ts';
import type { Validation } from '../../core/generation/generation.ts';
import type { Proposal } from '../../core/infill/proposal.ts';
import type { LanguageId } from '../../core/languages.ts';
import type { Parsed } from './parsedProposals.ts';

/** So many are shown to the tools; those that are hardly ever right only where all before them add errors. */
const MOST = 4;
const LEAST_CONFIDENCE = 0.03;
/** Who is waited for no longer. The first review of a project may be slow, since all of it is read; where the next one is, too, none follows. */
const SLOW_MS = 8_000;
const PATIENCE = 2;
const KNOWS_TYPES: ReadonlySet<string> = new Set(['typescript', 'mypy', 'pyright', 'go', 'cargo']);

/** By text. */
export type Verdicts = ReadonlyMap<string, Validation>;

export class ToolReview {
  /** Slow reviews one after the other. */
  private readonly slow = new Map<LanguageId, number>();

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** What the tools say of the surest that parse; empty where no tool answers. `likely`: surest first. */
  async verdicts(
    language: LanguageId,
    likely: readonly Parsed[],
    check: (after: string) => Promise<Validation>,
    { onProgress }: CallOptions,
  ): Promise<Verdicts> {
    const verdicts = new Map<string, Validation>();
    const slow = this.slow.get(language) ?? 0;
    if (slow >= PATIENCE) return verdicts;
    const started = this.now();
    const isLate = () => this.now() - started > SLOW_MS;
    const parsing = likely.filter(({ errors }) => errors === 0).slice(0, MOST);
    let [asked, isSomeClean] = [0, false];
    for (const { proposal, confidence, after } of parsing) {
      if (confidence < LEAST_CONFIDENCE && isSomeClean) break;
      onProgress?.({ step: 'Asking the tools', done: verdicts.size, total: parsing.length });
      const verdict = await check(after);
      // From a tool that fails halfway the texts behind would have nothing to fear.
      if (verdict.tools.length === 0 || verdict.tools.length < asked) break;
      asked = verdict.tools.length;
      verdicts.set(proposal.text, verdict);
      isSomeClean ||= verdict.passed;
      if (isLate()) break;
    }
    this.slow.set(language, isLate() ? slow + 1 : 0);
    return verdicts;
  }
}

/** The same proposals, with how many errors each of those adds that were reviewed. */
export function withVerdicts(proposals: readonly Proposal[], verdicts: Verdicts): Proposal[] {
  return proposals.map((proposal) => {
    const verdict = verdicts.get(proposal.text);
    if (!verdict) return proposal;
    const adds = verdict.added.length;
    const isTyped = verdict.tools.some((tool) => KNOWS_TYPES.has(tool));
    return { ...proposal, evidence: { ...proposal.evidence, ...(isTyped ? { typedAdds: adds } : { adds }) } };
  });
}
