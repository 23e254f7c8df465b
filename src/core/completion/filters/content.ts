/** Secrets and this repository's anti-patterns in a text. */
import { looksSecret } from '../../retrieval/hygiene.ts';
import type { AvoidedPattern, Facts } from './filter.ts';

/** A line of the text, with what the cursor's line holds before it, has the shape of a credential that was not there before. */
export function holdsSecret({ around, wholeLines }: Facts): boolean {
  return wholeLines.some(
    (line, i) => looksSecret(line.slice(0, 4_000)) && !(i === 0 && looksSecret(around.linePrefix)),
  );
}

export function holdsAvoided({ around, avoided, wholeLines }: Facts): boolean {
  if (avoided.length === 0) return false;
  const code = wholeLines.join('\n');
  return avoided.some((pattern) => pattern.test(code) && !pattern.test(around.linePrefix));
}

/** An anti-pattern given by the dotted names that code which has it calls or uses. */
export function avoidedNames(id: string, summary: string, names: readonly string[]): AvoidedPattern {
  const escaped = names.map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}_$.])(?:${escaped.join('|')})(?![\\p{L}\\p{N}_$])`, 'u');
  return { id, summary, test: (code) => names.length > 0 && pattern.test(code) };
}
