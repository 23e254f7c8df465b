/** What an entry is worth to the page: how sure it is to go on, before how much of the code it explains. */
import type { Candidate } from './candidate.ts';

/** Powers of the parts, chosen by recurrence of the page (`npm run bench -- mining --only recurs`). */
const GAIN = 0.3;
const RESONANCE = 3;
/** Specificity (bits) from which a pattern counts as the repository's own: below it, it is also the language's. */
const OWN_BITS = 16;

export function worthOf({ gain, specificity }: Candidate, resonance: number): number {
  return gain ** GAIN * resonance ** RESONANCE * Math.min(1, Math.max(0, specificity) / OWN_BITS);
}
