/** Places for tests, written as code with the cursor as ▮, or with a proposed text between ⟦ and ⟧. */
import type { Place } from '../../../src/core/completion/place.ts';
import type { LanguageId } from '../../../src/core/languages.ts';

export function cursorIn(language: LanguageId, code: string): Place {
  const at = code.indexOf('▮');
  if (at < 0) throw new Error(`There is no ▮ in: ${code}`);
  return { path: 'src/sample', language, prefix: code.slice(0, at), suffix: code.slice(at + 1) };
}

export function proposedIn(language: LanguageId, code: string): { place: Place; text: string } {
  const from = code.indexOf('⟦');
  const to = code.lastIndexOf('⟧');
  if (from < 0 || to < from) throw new Error(`There is no ⟦…⟧ in: ${code}`);
  return {
    place: cursorIn(language, `${code.slice(0, from)}▮${code.slice(to + 1)}`),
    text: code.slice(from + 1, to),
  };
}
