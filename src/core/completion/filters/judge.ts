/** Judges a proposal by every filter in turn: kept, or rejected by the first that objects. */
import type { Parser } from '../../ports.ts';
import { imbalance } from '../balance.ts';
import type { Place, Proposal } from '../place.ts';
import { Surroundings } from '../surroundings.ts';
import { isChatter } from './chatter.ts';
import { loopsInComment } from './comments.ts';
import { holdsAvoided, holdsSecret } from './content.ts';
import { type AvoidedPattern, Facts, type Filter, type FilterId } from './filter.ts';
import { breaksIndentation } from './indentation.ts';
import { repeatsNextLines, repeatsPrefix, repeatsSuffix } from './repeats.ts';
import { loops } from './repetition.ts';
import { addsErrors, slipsThroughParser } from './syntaxErrors.ts';

/** In the order in which they are asked: the surest and cheapest first. */
export const FILTERS: readonly Filter[] = [
  {
    id: 'empty',
    explain: 'There was nothing but blanks.',
    rejects: ({ proposal }) => proposal.text.trim() === '',
  },
  {
    id: 'chatter',
    explain: 'It holds a fence, a marker of a model, a file header or an assistant’s talk.',
    rejects: isChatter,
  },
  { id: 'secret', explain: 'It looks as if it held a credential.', rejects: holdsSecret },
  { id: 'antipattern', explain: 'This repository keeps away from what it does.', rejects: holdsAvoided },
  { id: 'repetition', explain: 'It says the same thing again and again.', rejects: loops },
  { id: 'commentLoop', explain: 'Its comments go round in circles.', rejects: loopsInComment },
  { id: 'repeatsSuffix', explain: 'It is what already follows the cursor on its line.', rejects: repeatsSuffix },
  { id: 'repeatsNextLines', explain: 'It is what the next lines already say.', rejects: repeatsNextLines },
  { id: 'repeatsPrefix', explain: 'It writes the lines above once more.', rejects: repeatsPrefix },
  {
    id: 'unbalancedBrackets',
    explain: 'It leaves a bracket or a quote open, or closes one too many.',
    rejects: ({ around, proposal, partial, scan }) =>
      imbalance(around, proposal.text, proposal.replaces, partial, scan) !== undefined,
  },
  {
    id: 'brokenIndentation',
    explain: 'Its indentation does not fit the lines around it.',
    rejects: breaksIndentation,
  },
];

export const SYNTAX_EXPLANATION = 'With it the file has more syntax errors than without it.';

export interface Judging {
  /** The place already read, so that it is read once for all its texts. */
  readonly around?: Surroundings;
  readonly avoided?: readonly AvoidedPattern[];
  /** The text was cut off by a limit of tokens or lines. */
  readonly partial?: boolean;
  /** Filters that are off. */
  readonly off?: ReadonlySet<FilterId>;
}

export type Judgement =
  | { readonly kept: Proposal; readonly rejected?: undefined }
  | { readonly kept?: undefined; readonly rejected: { readonly filter: FilterId; readonly text: string } };

/** Every filter but `syntax`. Never throws. */
export function judge(proposal: Proposal, place: Place, judging: Judging = {}): Judgement {
  const around = judging.around ?? new Surroundings(place);
  const facts = new Facts(around, proposal, judging.avoided ?? [], judging.partial ?? false);
  const filter = FILTERS.find(({ id, rejects }) => !judging.off?.has(id) && rejects(facts, place));
  return filter ? { rejected: { filter: filter.id, text: proposal.text } } : { kept: proposal };
}

/** Every filter, the `syntax` filter last. Throws what the parser throws. */
export async function judgeWithParser(
  proposal: Proposal,
  place: Place,
  parser: Parser,
  judging: Judging = {},
): Promise<Judgement> {
  const around = judging.around ?? new Surroundings(place);
  const judged = judge(proposal, place, { ...judging, around });
  if (judged.rejected || judging.off?.has('syntax')) return judged;
  const partial = judging.partial ?? false;
  const slips = slipsThroughParser(new Facts(around, proposal, [], partial));
  const broken = slips || (await addsErrors(proposal, place, parser, partial));
  return broken ? { rejected: { filter: 'syntax', text: proposal.text } } : judged;
}
