/** Secrets and this repository's anti-patterns in a text. */
import { looksSecret } from '../../retrieval/hygiene.ts';
import type { AvoidedPattern, Facts } from './filter.ts';

/** Shapes that are credentials and nothing else. */
const KNOWN =
  /-----BEGIN [A-Z ]*PRIVATE KEY|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|\b(?:ghp|gho|ghu|ghs|ghr|github_pat|glpat|xox[abprs]|sk|pk|rk|npm|pypi|hf)[-_](?=[A-Za-z_-]*\d)[A-Za-z0-9_-]{16,}|\bAIza[A-Za-z0-9_-]{30,}|\beyJ[A-Za-z0-9_-]{12,}\.[A-Za-z0-9_-]{8,}/;
const NAMED =
  /(?:password|passwd|secret|token|api[_-]?key|private[_-]?key|credential|auth)\w*['"]?\s*(?::\s*\w+\s*)?(?::=|[:=])\s*\w?['"`]([^'"`\s]{12,})['"`]/i;
const QUOTED = /['"`]([A-Za-z0-9+/_=-]{32,})['"`]/g;

/**
 * What a prompt leaves out on suspicion (`looksSecret`) is code all the same where it is a word: "password", the name of
 * a header. A text is rejected for a credential's own shape, or for characters as mixed as only drawn ones are.
 */
export function isCredential(line: string): boolean {
  // Go's `:=` is no assignment to `looksSecret`.
  if (!looksSecret(line) && !NAMED.test(line)) return false;
  if (KNOWN.test(line)) return true;
  const named = NAMED.exec(line)?.[1];
  if (named !== undefined && /\d/.test(named) && /[A-Za-z]/.test(named) && entropy(named) >= 3) return true;
  return [...line.matchAll(QUOTED)].some(([, value]) => {
    const text = value as string;
    return /\d/.test(text) && /[a-z]/.test(text) && /[A-Z]/.test(text) && entropy(text) >= 3.8;
  });
}

/** Bits a character (Shannon), over the text's own characters. */
function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const char of text) counts.set(char, (counts.get(char) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => sum - (count / text.length) * Math.log2(count / text.length), 0);
}

/** A line of the text, with what the cursor's line holds before it, has the shape of a credential that was not there before. */
export function holdsSecret({ around, wholeLines }: Facts): boolean {
  return wholeLines.some(
    (line, i) => isCredential(line.slice(0, 4_000)) && !(i === 0 && isCredential(around.linePrefix)),
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
