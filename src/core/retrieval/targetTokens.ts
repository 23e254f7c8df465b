/** Small readings of a digest that both passes of the ranking share. */
import type { Target } from './evidence.ts';
import { type CursorDigest, type FileDigest, TokenClass, token, tokenClassOf } from './fileDigest.ts';
import type { FamilyIndex } from './retrievalIndex.ts';

/** Called names of a routine. */
export function callsOf(digest: FileDigest, routine: number): Int32Array {
  return digest.calls.subarray(digest.callOffsets[routine], digest.callOffsets[routine + 1]);
}

/** True for the routine itself and those nested in it. */
export function encloses(digest: CursorDigest, outer: number, inner: number): boolean {
  if (outer < 0) return false;
  return (
    outer === inner ||
    ((digest.startLines[inner] as number) >= (digest.startLines[outer] as number) &&
      (digest.endLines[inner] as number) <= (digest.endLines[outer] as number))
  );
}

/** Tokens by which routines like the target are sought. */
export function queryTokens(index: FamilyIndex, { digest, routine, lineWords }: Target): number[] {
  if (routine >= 0) {
    return [...digest.tokens.subarray(digest.tokenOffsets[routine], digest.tokenOffsets[routine + 1])];
  }
  const typed = lineWords
    .map((word) => index.symbols.find(word))
    .filter((symbol) => symbol >= 0)
    .map((symbol) => token(symbol, TokenClass.name));
  return [...new Set([...digest.fileTokens].filter((value) => tokenClassOf(value) === TokenClass.path)), ...typed];
}
