/** Small readings of a digest that both passes of the ranking share. */
import type { PlaceWords } from './callEmbedding.ts';
import type { Target } from './evidence.ts';
import { type CursorDigest, type FileDigest, TOKEN_CLASSES, TokenClass, token, tokenClassOf } from './fileDigest.ts';
import type { FamilyIndex } from './retrievalIndex.ts';
import type { SymbolTable } from './symbols.ts';

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

/** What a routine's header and file say of it, in words. */
export function placeOf(symbols: SymbolTable, { digest, routine, language }: Target): PlaceWords {
  const texts = (tokens: Iterable<number>, tokenClass: number): string[] => {
    const found: string[] = [];
    for (const value of tokens) {
      if (tokenClassOf(value) === tokenClass) found.push(symbols.text((value - tokenClass) / TOKEN_CLASSES));
    }
    return found;
  };
  const own = routine < 0 ? [] : digest.tokens.subarray(digest.tokenOffsets[routine], digest.tokenOffsets[routine + 1]);
  return {
    language,
    name: texts(own, TokenClass.name),
    container: texts(own, TokenClass.container),
    path: texts(digest.fileTokens, TokenClass.path),
    doc: texts(own, TokenClass.doc),
    types: texts(own, TokenClass.type),
    parameters: texts(own, TokenClass.parameter),
    imports: texts(digest.fileTokens, TokenClass.import),
  };
}
