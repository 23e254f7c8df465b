/** An answer that somebody proposes for a hole, and the evidence for it: what the scorer decides by. */

/**
 * `copy`: what stands between the same neighbours elsewhere. `kin`: from the body of an alike function, bound to the names here.
 * `ngram`: the nested-cache n-gram's beam. `denoiser`: sampled at a likely length. `repaired`: a copy with what the denoiser doubted
 * written anew. `model`: a language model's. `nearest`: the repository's nearest function body, when nothing else will do.
 */
export const PROPOSAL_SOURCES = ['copy', 'kin', 'ngram', 'denoiser', 'repaired', 'model', 'nearest'] as const;
export type ProposalSource = (typeof PROPOSAL_SOURCES)[number];

/** What a request can do without, for ablations: a source, what the denoiser thinks of the others' proposals, what the project's tools say. */
export const INFILL_PARTS = ['copy', 'kin', 'ngram', 'denoiser', 'repaired', 'scoring', 'tools'] as const;
export type InfillPart = (typeof INFILL_PARTS)[number];

export interface Proposal {
  /** What stands in the hole, as it is written into the file. */
  readonly text: string;
  readonly source: ProposalSource;
  /** Where it is from: "src/a.ts:12", "lodestone-denoiser-6m". */
  readonly from: string;
  readonly evidence: ProposalEvidence;
  /** Every source that proposed the same lexemes. */
  readonly also?: readonly ProposalSource[];
}

/** What is not known of a proposal is absent, and contributes nothing. */
export interface ProposalEvidence {
  /** Lexemes that agree before and after the hole at the best place it was copied from. */
  readonly left?: number;
  readonly right?: number;
  /** Places that have just this text between these neighbours, and all places that were looked at there. */
  readonly support?: number;
  readonly places?: number;
  /** Share of the votes of all places that were looked at, the more alike ones correcting the less alike ones; in [0, 1]. */
  readonly share?: number;
  /** Names that are other ones at the best place and were bound to those here. */
  readonly renamed?: number;
  /** Files among the supporting places; the place's own file and folder among them. */
  readonly files?: number;
  readonly ownFile?: boolean;
  readonly ownFolder?: boolean;
  /** Of a kin function, in [0, 1]; how alike the lines before and after the hole are to those there; share of the kin that say this. */
  readonly likeness?: number;
  readonly kinLeft?: number;
  readonly kinRight?: number;
  readonly kinShare?: number;
  /** Of a whole body: the calibrated chance that it is the right one, and how like it that will be (candidates/bodyChance.ts). */
  readonly bodyChance?: number;
  readonly bodyLikeness?: number;
  /** Of several lines where nobody knows how many there are: the chance that they are the right ones (candidates/linesChance.ts). */
  readonly linesChance?: number;
  /** Share of its names that mean nothing here. */
  readonly unresolved?: number;
  /** How alike functions that stand to one another as the kin to this one are, in [0, 1]. */
  readonly agreement?: number;
  /** The n-gram's beam came to it. */
  readonly beam?: boolean;
  /** Of the nested-cache n-gram: bits a token of the text and of the first ones behind it; read backwards, of those before it. */
  readonly bits?: number;
  readonly backBits?: number;
  /** Of its least likely token; and of the tokens on both sides of the hole, given the text. */
  readonly leastBits?: number;
  readonly joinBits?: number;
  /** Of the denoiser: mean natural logarithm of the chance of each token given the others' half, and the least of them. */
  readonly pseudo?: number;
  readonly leastPseudo?: number;
  /** Natural logarithm of the chance that it is as long as it is. */
  readonly length?: number;
  /** Share of its names that the file or the repository knows. */
  readonly known?: number;
  /** Share of its names that stand shortly before the hole, shortly behind it, and nowhere in the file. */
  readonly namesBefore?: number;
  readonly namesBehind?: number;
  readonly namesNew?: number;
  /** Stands near the hole once already. */
  readonly repeats?: boolean;
  /** Syntax errors that the file has with it and not without; absent where it was not parsed. */
  readonly breaks?: number;
  /** It has none at all with it. */
  readonly whole?: boolean;
  /** Errors that the tools report with it and not without: where one of them knows types, and where none does; absent where none was asked. */
  readonly typedAdds?: number;
  readonly adds?: number;
}
