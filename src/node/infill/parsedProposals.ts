/** The surest proposals parsed where they would stand: a text with which the file has errors that it has not with another is hardly ever what belongs there. */
import { fileErrors } from '../../core/completion/filters/syntaxErrors.ts';
import type { InfillPlace } from '../../core/infill/place.ts';
import type { Proposal } from '../../core/infill/proposal.ts';
import type { Ranked } from '../../core/infill/ranking.ts';
import { SyntaxReview } from '../../core/infill/repair.ts';
import type { Parser } from '../../core/ports.ts';

/** The file with a proposal in the hole, and how many more syntax errors it has than it had. */
export interface Parsed extends Ranked {
  readonly after: string;
  readonly errors: number;
  /** It has none at all. */
  readonly isWhole: boolean;
}

/** Until so many parse, of at most so many. */
const PARSING = 8;
const MOST = 16;

/**
 * `all`: surest first; `least` of them are parsed in any case. `before`: the file as it is, with what stands in the hole now. Throws `cancelled`,
 * and what the parser throws.
 */
export async function parsedProposals(
  parser: Parser,
  place: InfillPlace,
  before: string,
  all: readonly Ranked[],
  least: number,
  signal: AbortSignal | undefined,
): Promise<Parsed[]> {
  const { language, prefix, suffix } = place;
  const errorsOf = (text: string) => fileErrors(parser, language, text, before);
  const own = await errorsOf(before);
  const review = await SyntaxReview.open(parser, place, {
    now: () => performance.now(),
    ...(signal ? { signal } : {}),
  });
  const parsed: Parsed[] = [];
  let parsing = 0;
  for (const each of all.slice(0, Math.max(MOST, least))) {
    if (parsing >= PARSING && parsed.length >= least) break;
    const { text } = each.proposal;
    const after = prefix + text + suffix;
    const there = await errorsOf(after);
    // Grammars of editors are lenient where compilers are not. But the stretch that the verdict looks at may end too early for what a text opens.
    const isSound = async () =>
      (await review.verdict(text)).parses || (there === 0 && (await review.isWholeSound(text)));
    const errors = there > own ? there - own : (await isSound()) ? 0 : 1;
    parsed.push({ ...each, after, errors, isWhole: there + errors === 0 });
    if (errors === 0) parsing++;
  }
  return parsed;
}

/** The same proposals, with how many errors each of those adds that were parsed. */
export function withErrors(proposals: readonly Proposal[], parsed: readonly Parsed[]): Proposal[] {
  const known = new Map(parsed.map((each) => [each.proposal.text, each]));
  return proposals.map((proposal) => {
    const found = known.get(proposal.text);
    if (!found) return proposal;
    return { ...proposal, evidence: { ...proposal.evidence, breaks: found.errors, whole: found.isWhole } };
  });
}
