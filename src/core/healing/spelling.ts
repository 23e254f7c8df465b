/** Widens a corrected spelling: a name misspelt in one place is usually misspelt wherever it stands in the file. */
import { tokenize } from '../edits/codeTokens.ts';
import type { FixCandidate } from './heal.ts';

const NAME = /^[\p{L}_$][\p{L}\p{N}_$]*$/u;

/** For every candidate that only replaces one name by another: the candidate that does so everywhere in the file. */
export function spreadSpellings(path: string, text: string, candidates: readonly FixCandidate[]): FixCandidate[] {
  const family = /\.pyi?$/.test(path) ? 'python' : 'ecmascript';
  let words: Map<string, number[]> | undefined;
  const spread: FixCandidate[] = [];
  for (const candidate of candidates) {
    const edits = candidate.edits[path];
    const edit = edits?.[0];
    if (!edit || edits.length !== 1 || Object.keys(candidate.edits).length !== 1) continue;
    const old = text.slice(edit.start, edit.end);
    if (old === edit.newText || !NAME.test(old) || !NAME.test(edit.newText)) continue;
    if (!words) {
      words = new Map();
      for (const token of tokenize(text, family)) {
        if (token.kind !== 'word') continue;
        const places = words.get(token.text);
        if (places) places.push(token.start);
        else words.set(token.text, [token.start]);
      }
    }
    const places = words.get(old) ?? [];
    if (places.length < 2) continue;
    spread.push({
      ...candidate,
      id: `${candidate.id}/everywhere`,
      title: `Change '${old}' to '${edit.newText}' everywhere in the file`,
      edits: { [path]: places.map((start) => ({ start, end: start + old.length, newText: edit.newText })) },
      confidence: candidate.confidence * 0.8,
      fromTool: false,
      wholeFile: false,
    });
  }
  return spread;
}
