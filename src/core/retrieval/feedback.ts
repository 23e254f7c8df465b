/** The second pass of the ranking: what the first one expects finds further routines to vote. */
import { type Candidates, COLUMN, coarse, FEATURES, odds, type Target } from './evidence.ts';
import { type FileDigest, TokenClass, token } from './fileDigest.ts';
import { type NeighbourSearch, similarityInFile, type View } from './neighbours.ts';
import type { FamilyIndex } from './retrievalIndex.ts';
import { callsOf, encloses, queryTokens } from './targetTokens.ts';
import type { TokenOdds } from './tokenOdds.ts';

const FEEDBACK_VIEW: View = { weights: [0.5, 0.3, 0.3, 0.2, 0.3, 1, 0, 0], count: 24 };
/** Calls expected after the first pass that take part in the second. */
const FEEDBACK_CALLS = 12;

/**
 * Second pass (pseudo-relevance feedback, Rocchio's idea): routines that make the calls expected so far vote once more.
 * Fills the feedback columns and the odds by expected calls; `scores` are the first pass's probabilities by row.
 */
export function feedBack(
  index: FamilyIndex,
  target: Target,
  search: NeighbourSearch,
  candidates: Candidates,
  scores: Float64Array,
  tokenOdds: TokenOdds,
): void {
  const { digest, routine } = target;
  const { names, values } = candidates;
  const text = (row: number) => index.symbols.text(names[row] as number);
  const likely = [...scores.keys()]
    .filter((row) => (scores[row] as number) >= 0.08)
    .sort((a, b) => (scores[b] as number) - (scores[a] as number) || (text(a) < text(b) ? -1 : 1))
    .slice(0, FEEDBACK_CALLS);
  const expected = likely.map((row) => ({
    token: token(names[row] as number, TokenClass.call),
    weight: coarse(scores[row] as number),
  }));
  tokenOdds.fill(candidates, index, target, expected, 'callOdds', 'callBest');
  const strength = new Map<number, number>();
  for (const { token: value, weight } of expected) strength.set(value, weight);
  // Calls that already stand in the routine are certain.
  for (const value of queryTokens(index, target)) strength.set(value, 1);
  const query = [...strength.keys()];
  const querySet = new Set(query);
  const ownSlot = index.slot(digest.path);
  const voters: { calls: Int32Array; similarity: number }[] = search
    .routines(index, query, FEEDBACK_VIEW, ownSlot, strength)
    .map(({ slot, routine: local, similarity }) => ({
      calls: callsOf(index.fileAt(slot) as FileDigest, local),
      similarity,
    }));
  for (let i = 0; i < digest.routines; i++) {
    if (encloses(digest, routine, i)) continue;
    const similarity = similarityInFile(index, querySet, digest, i, FEEDBACK_VIEW, strength);
    if (similarity > 0) voters.push({ calls: callsOf(digest, i), similarity });
  }
  let total = 0;
  for (const { similarity } of voters) total += similarity * similarity;
  if (total === 0) return;
  const vote = new Map<number, number>();
  const best = new Map<number, number>();
  for (const { calls, similarity } of voters) {
    for (const name of calls) {
      vote.set(name, (vote.get(name) ?? 0) + (similarity * similarity) / total);
      best.set(name, Math.max(best.get(name) ?? 0, similarity));
    }
  }
  for (let row = 0; row < names.length; row++) {
    const at = row * FEATURES.length;
    const name = names[row] as number;
    values[at + COLUMN.feedbackVote] = odds(vote.get(name) ?? 0);
    values[at + COLUMN.feedbackBest] = best.get(name) ?? 0;
  }
}
