/** What the denoiser writes for a hole, and what it thinks of what others propose there. */
import { createHash } from 'node:crypto';
import { toLodestoneError } from '../../base/errors.ts';
import type { CallOptions } from '../../base/progress.ts';
import { considerOf, intentOf, lengthKindOf } from '../../core/infill/conditioning.ts';
import type { DenoiserModel, DenoiserPlace, FillRequest, TextScore } from '../../core/infill/denoiser.ts';
import type { InfillReport, InfillRequest } from '../../core/infill/infill.ts';
import { withLineEnds } from '../../core/infill/place.ts';
import type { InfillPart, Proposal, ProposalEvidence } from '../../core/infill/proposal.ts';
import { merged } from '../../core/infill/ranking.ts';
import type { ResolvedSampling } from '../../core/infill/resolveSampling.ts';
import type { Denoiser } from '../../core/ports.ts';
import type { InfillSources, SoughtHole } from './sources.ts';

export interface DenoiserAnswer {
  readonly proposals: readonly Proposal[];
  /** Samples that were left out since they did not parse. */
  readonly dropped: number;
  /** null where it could not be asked. */
  readonly model: DenoiserModel | null;
  /** SHA-256 (hex) of what it was told; '' without. */
  readonly promptHash: string;
  readonly msModel: number;
  readonly msOwn: number;
  readonly evidence: (proposal: Proposal) => ProposalEvidence;
  readonly notice?: InfillReport['notices'][number];
}

/** A copy's tokens that are less likely than this are written anew, if no more than half of them are. */
const DOUBT = 0.02;
/** Times that a region that does not parse is written anew. */
const REPAIRS = 2;

/** What the repository proposes, as far as the denoiser is asked about it. */
export interface OwnProposals {
  /** To be held against one another: how likely is each? */
  readonly scored: readonly Proposal[];
  /** What is mended where the denoiser doubts it. */
  readonly draft: Proposal | undefined;
}

/** Throws what the denoiser throws, but that it is not there: that is a notice. */
export async function askDenoiser(
  denoiser: Denoiser,
  { request, hole, sampling }: { request: InfillRequest; hole: SoughtHole; sampling: ResolvedSampling },
  sources: InfillSources,
  { scored, draft }: OwnProposals,
  options: CallOptions,
): Promise<DenoiserAnswer> {
  const isWanted = (part: InfillPart) => !request.leaveOut?.includes(part);
  const state = await denoiser.state(options);
  if (!state.available) return unasked(state);
  const place = await placeOf(hole, request, sources, options);
  const fill: FillRequest = {
    ...{ place, length: request.length ?? 'predict', lengths: sampling.values.lengths },
    ...{ sampling: sampling.sampling, automaton: true, repairs: REPAIRS },
  };
  const spent = { msModel: 0, msOwn: 0 };
  const add = (ms: { readonly msModel: number; readonly msOwn: number }) => {
    spent.msModel += ms.msModel;
    spent.msOwn += ms.msOwn;
  };
  try {
    const proposals: Proposal[] = [];
    let dropped = 0;
    const sampled = async (wanted: FillRequest, source: Proposal['source'], from: string): Promise<Proposal[]> => {
      const filled = await denoiser.fill(wanted, options);
      add(filled);
      dropped += filled.dropped;
      const texts = filled.samples.map(({ text }) => withLineEnds(text, place));
      return texts.map((text) => ({ text, source, from, evidence: {} }));
    };
    const scores = new Map<string, TextScore>();
    const score = async (wanted: readonly Proposal[]): Promise<void> => {
      const texts = wanted.map(({ text }) => text).filter((text) => !scores.has(text));
      if (!isWanted('scoring') || texts.length === 0) return;
      const answer = await denoiser.score({ place, texts }, options);
      add(answer);
      for (const [i, text] of texts.entries()) scores.set(text, answer.scores[i] ?? null);
    };
    if (isWanted('denoiser')) proposals.push(...(await sampled(fill, 'denoiser', state.model.name)));
    await score(merged([...(draft ? [draft] : []), ...scored, ...proposals]));
    const doubted = draft && scores.get(draft.text);
    if (draft && doubted && isWanted('repaired') && isDoubtful(doubted)) {
      const known = { text: draft.text, doubt: DOUBT, score: doubted };
      const repaired = await sampled({ ...fill, draft: known }, 'repaired', draft.from);
      const fresh = repaired.filter(({ text }) => !scores.has(text));
      proposals.push(...fresh);
      await score(fresh);
    }
    return {
      ...{ proposals, dropped, model: state.model, ...spent },
      promptHash: createHash('sha256').update(JSON.stringify(place)).digest('hex'),
      evidence: ({ text }) => evidenceOf(scores.get(text), typeof request.length === 'number'),
    };
  } catch (error) {
    const { code, message, advice } = toLodestoneError(error);
    // A hole that is longer than its row is for the others to fill.
    if (code !== 'denoiserUnavailable' && code !== 'engineStopped' && code !== 'badArguments') throw error;
    return unasked({ reason: message, advice: advice ?? '' });
  }
}

function isDoubtful({ logs }: NonNullable<TextScore>): boolean {
  const doubtful = logs.filter((log) => Math.exp(log) < DOUBT).length;
  return doubtful > 0 && doubtful <= logs.length / 2;
}

function evidenceOf(score: TextScore | undefined, isLengthGiven: boolean): ProposalEvidence {
  if (!score || score.logs.length === 0) return {};
  const { logs, lengthLog } = score;
  const pseudo = logs.reduce((sum, log) => sum + log, 0) / logs.length;
  const length = isLengthGiven || lengthLog === undefined ? {} : { length: lengthLog };
  return { pseudo, leastPseudo: Math.min(...logs), ...length };
}

function unasked({ reason, advice }: { readonly reason: string; readonly advice: string }): DenoiserAnswer {
  return {
    ...{ proposals: [], dropped: 0, model: null, promptHash: '', msModel: 0, msOwn: 0, evidence: () => ({}) },
    notice: { code: 'denoiserUnavailable', message: reason, advice },
  };
}

/** The hole as the denoiser is told of it: intent, consider-block and nearest body as it was trained with them. */
async function placeOf(
  hole: SoughtHole,
  { intent, context }: InfillRequest,
  sources: InfillSources,
  options: CallOptions,
): Promise<DenoiserPlace> {
  const { place, routine, text, facts } = hole;
  const { language, prefix, suffix, unit, nodeType } = place;
  const near = (await sources.near(hole, options))?.text ?? '';
  const visible = routine
    ? `${prefix.slice(routine.start)}\n${suffix.slice(0, Math.max(0, routine.end - (text.length - suffix.length)))}`
    : '';
  const signature = (name: string) => sources.signature(name);
  const consider = considerOf({ text, facts, routine, visible, near, signature });
  return {
    ...{ language, prefix, suffix, near },
    intent: intent ?? (routine ? intentOf(routine) : ''),
    consider: [context ?? '', consider].filter(Boolean).join('\n'),
    nodeType: lengthKindOf(unit, nodeType, prefix, suffix),
  };
}
