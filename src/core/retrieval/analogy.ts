/** Names by analogy: where `deleteUser` calls `removeUserRow`, `deleteOrder` is expected to call `removeOrderRow`. */
import type { FileDigest } from './fileDigest.ts';
import type { FamilyIndex } from './retrievalIndex.ts';
import { subwords } from './subwords.ts';

/** A change of words that turns a sibling's name (or class, or file) into the target's. */
interface Substitution {
  readonly from: readonly number[];
  readonly to: readonly number[];
}

/** The words between the longest common prefix and suffix; undefined unless both sides have some and something is shared. */
function difference(a: readonly number[], b: readonly number[], needsShared: boolean): Substitution | undefined {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  if (needsShared && start + end === 0) return undefined;
  const from = a.slice(start, a.length - end);
  const to = b.slice(start, b.length - end);
  return from.length > 0 && to.length > 0 ? { from, to } : undefined;
}

/** Replaces the first run of `from` in `words`; undefined where there is none. */
function substitute(words: readonly number[], { from, to }: Substitution): number[] | undefined {
  for (let at = 0; at + from.length <= words.length; at++) {
    if (from.every((word, i) => words[at + i] === word)) {
      return [...words.slice(0, at), ...to, ...words.slice(at + from.length)];
    }
  }
  return undefined;
}

interface Place {
  readonly digest: FileDigest;
  readonly routine: number;
}

function baseWords(index: FamilyIndex, path: string): number[] {
  const words = subwords(path.slice(path.lastIndexOf('/') + 1).replace(/\.[a-z]+$/i, ''));
  return words.map((word) => index.symbols.find(word));
}

function wordsOrNone(index: FamilyIndex, symbol: number): readonly number[] {
  return symbol < 0 ? [] : index.wordIds(symbol);
}

/** Names that the sibling's calls turn into when its words are replaced by the target's. */
export function analogousCalls(index: FamilyIndex, target: Place, sibling: Place): number[] {
  const nameOf = ({ digest, routine }: Place) => wordsOrNone(index, digest.names[routine] as number);
  const containerOf = ({ digest, routine }: Place) => wordsOrNone(index, digest.containers[routine] as number);
  const substitutions = [
    difference(nameOf(sibling), nameOf(target), true),
    difference(containerOf(sibling), containerOf(target), false),
    sibling.digest.path === target.digest.path
      ? undefined
      : difference(baseWords(index, sibling.digest.path), baseWords(index, target.digest.path), false),
  ].filter((entry) => entry !== undefined);
  if (substitutions.length === 0) return [];
  const { digest, routine } = sibling;
  const found = new Set<number>();
  const calls = digest.calls.subarray(digest.callOffsets[routine], digest.callOffsets[routine + 1]);
  for (const call of calls) {
    const words = index.wordIds(call);
    for (const substitution of substitutions) {
      const changed = substitute(words, substitution);
      if (!changed) continue;
      for (const name of index.namesOfWords(changed)) if (index.filesCalling(name) > 0) found.add(name);
    }
  }
  return [...found];
}
