/** The sources of the ranking and the features they feed, for ablation. */
import type { RetrievalWeights } from '../../src/core/retrieval/model.ts';

export const SOURCES: Readonly<Record<string, readonly string[]>> = {
  'similar names': ['nameVote', 'nameBest', 'sameName'],
  'similar signatures': ['signatureVote', 'signatureBest'],
  'similar overall': ['mixedVote', 'mixedBest', 'mixedCount'],
  'second pass': ['feedbackVote', 'feedbackBest'],
  'same file': ['fileCount', 'fileShare', 'near', 'containerShare', 'unseenHere'],
  directory: ['directoryShare', 'directoryCount', 'declaredInDirectory'],
  'similar files': ['fileVote', 'fileBest'],
  imports: ['imported', 'moduleShare', 'declaredInImported'],
  receivers: ['receiver', 'receiverCount', 'typeReceiver'],
  'words of names': ['wordOverlap', 'wordShare', 'contextOverlap', 'docOverlap', 'inSignature'],
  analogy: ['analogy', 'analogyBest', 'isTargetName'],
  popularity: ['popularity', 'popularShare', 'routineShare'],
  'public code': ['background', 'backgroundLift'],
  'vectors of public code': ['affinity'],
  'odds by words': ['tokenOdds', 'tokenBest'],
  'odds by expected calls': ['callOdds', 'callBest'],
};

/** The weights without a source's features, in both passes. */
export function without(weights: RetrievalWeights, source: string): RetrievalWeights {
  const gone = new Set(SOURCES[source]);
  const keep = (table: Readonly<Record<string, number>>) =>
    Object.fromEntries(Object.entries(table).filter(([name]) => !name.split('*').some((part) => gone.has(part))));
  return {
    ...weights,
    weights: keep(weights.weights),
    products: keep(weights.products ?? {}),
    first: { bias: weights.first.bias, weights: keep(weights.first.weights) },
  };
}
