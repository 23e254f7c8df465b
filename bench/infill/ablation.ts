/** What was proposed, without somebody's part in it: to be ranked anew. */
import type { Proposal, ProposalEvidence, ProposalSource } from '../../src/core/infill/proposal.ts';

export type Strip = <Any extends Proposal>(proposals: readonly Any[]) => Any[];

/** Nothing is left out. */
export const whole: Strip = (proposals) => [...proposals];

/** What only this source says of a text that others have, too. */
const SAID_BY: Readonly<Partial<Record<ProposalSource, readonly (keyof ProposalEvidence)[]>>> = {
  copy: ['left', 'right', 'support', 'places', 'share', 'files', 'ownFile', 'ownFolder'],
  kin: ['likeness', 'kinLeft', 'kinRight', 'kinShare'],
  ngram: ['beam'],
};
const OPINIONS = ['pseudo', 'leastPseudo', 'length'] as const;
const SYNTAX = ['breaks', 'whole'] as const;
const VERDICTS = ['typedAdds', 'adds'] as const;

/** All that came to a text. */
function sourcesOf({ source, evidence }: Proposal): Set<ProposalSource> {
  const { share, likeness, beam } = evidence;
  const sources = new Set<ProposalSource>();
  if (share !== undefined || source === 'copy') sources.add('copy');
  if (likeness !== undefined || source === 'kin') sources.add('kin');
  if (beam === true || source === 'ngram') sources.add('ngram');
  if (source === 'denoiser' || source === 'repaired') sources.add(source);
  return sources;
}

function stripped<Any extends Proposal>(proposal: Any, names: readonly (keyof ProposalEvidence)[]): Any {
  const evidence = Object.fromEntries(
    Object.entries(proposal.evidence).filter(([name]) => !names.includes(name as keyof ProposalEvidence)),
  );
  return { ...proposal, evidence };
}

/** Neither the texts that nobody else has, nor what the source says of the others'. */
function withoutSource(left: ProposalSource): Strip {
  return (proposals) =>
    proposals.flatMap((proposal) => {
      const others = sourcesOf(proposal);
      others.delete(left);
      return others.size === 0 ? [] : [stripped(proposal, SAID_BY[left] ?? [])];
    });
}

function withoutEvidence(names: readonly (keyof ProposalEvidence)[]): Strip {
  return (proposals) => proposals.map((proposal) => stripped(proposal, names));
}

const withoutSamples = withoutSource('denoiser');
const withoutRepaired = withoutSource('repaired');
const withoutScoring = withoutEvidence(OPINIONS);

/** Neither its texts nor what it thinks of the others'. */
export const withoutDenoiser: Strip = (proposals) => withoutScoring(withoutRepaired(withoutSamples(proposals)));

/** By the arm's name. */
export const ABLATIONS: Readonly<Record<string, Strip>> = {
  withoutCopy: withoutSource('copy'),
  withoutKin: withoutSource('kin'),
  withoutNgram: withoutSource('ngram'),
  withoutSamples,
  withoutRepaired,
  withoutScoring,
  withoutDenoiser,
  withoutSyntax: withoutEvidence(SYNTAX),
  withoutTools: withoutEvidence(VERDICTS),
};
