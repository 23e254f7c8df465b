/** The smallest edits between two texts: by lines first, then by words inside the lines that changed. */
import { diffArrays } from 'diff';
import type { TextEdit } from '../../base/textEdit.ts';
import { diffLineRuns } from './unifiedDiff.ts';

/** Changed blocks above this many UTF-16 units are replaced whole (less their common ends). */
const MAX_REFINED = 8000;

/** Words, runs of blanks, one line ending ('\r\n' is one), one other character (a surrogate pair is one). */
const TOKENS = /\r\n|[\p{L}\p{N}_$]+|[^\S\r\n]+|[\s\S]/gu;

/**
 * Edits that turn `before` into `after`, ascending and disjoint. They never cut a '\r\n' or a surrogate pair in two,
 * and lines that are equal in both texts are never touched.
 */
export function minimalEdits(before: string, after: string): TextEdit[] {
  const edits: TextEdit[] = [];
  let at = 0;
  for (const run of diffLineRuns(before, after)) {
    const gone = run.before.join('');
    if (!run.kept) refine(gone, run.after.join(''), at, edits);
    at += gone.length;
  }
  return edits;
}

function refine(gone: string, come: string, offset: number, edits: TextEdit[]): void {
  if (gone === '' || come === '' || gone.length > MAX_REFINED || come.length > MAX_REFINED) {
    pushTrimmed(gone, come, offset, edits);
    return;
  }
  let at = offset;
  let pendingGone = '';
  let pendingCome = '';
  const flush = () => {
    if (pendingGone || pendingCome) pushTrimmed(pendingGone, pendingCome, at - pendingGone.length, edits);
    pendingGone = '';
    pendingCome = '';
  };
  for (const change of diffArrays(gone.match(TOKENS) ?? [], come.match(TOKENS) ?? [])) {
    const text = change.value.join('');
    if (change.added) pendingCome += text;
    else if (change.removed) {
      pendingGone += text;
      at += text.length;
    } else {
      // A lone blank between two changes would only split one change into two unreadable ones.
      if ((pendingGone || pendingCome) && /^[^\S\r\n]$/.test(text)) {
        pendingGone += text;
        pendingCome += text;
        at += text.length;
        continue;
      }
      flush();
      at += text.length;
    }
  }
  flush();
}

/** Adds one edit without the ends both sides share. */
function pushTrimmed(gone: string, come: string, offset: number, edits: TextEdit[]): void {
  if (gone === come) return;
  const limit = Math.min(gone.length, come.length);
  let head = 0;
  while (head < limit && gone[head] === come[head]) head++;
  while (head > 0 && (splits(gone, head) || splits(come, head))) head--;
  let tail = 0;
  while (tail < limit - head && gone[gone.length - 1 - tail] === come[come.length - 1 - tail]) tail++;
  while (tail > 0 && (splits(gone, gone.length - tail) || splits(come, come.length - tail))) tail--;
  edits.push({
    start: offset + head,
    end: offset + gone.length - tail,
    newText: come.slice(head, come.length - tail),
  });
}

/** True if a cut before `at` falls inside a '\r\n' or a surrogate pair. */
function splits(text: string, at: number): boolean {
  if (at <= 0 || at >= text.length) return false;
  const left = text.charCodeAt(at - 1);
  const right = text.charCodeAt(at);
  return (left === 13 && right === 10) || (left >= 0xd800 && left < 0xdc00 && right >= 0xdc00 && right < 0xe000);
}
