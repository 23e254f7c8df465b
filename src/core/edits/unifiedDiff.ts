/** Line diffs of two texts, and their unified form as `git apply` and every review tool read it. */
import { diffArrays, FILE_HEADERS_ONLY, formatPatch, type StructuredPatchHunk } from 'diff';

/** Above this many inserted and deleted lines a minimal diff is not worth its quadratic cost: the middle is one block. */
const MAX_EDIT_LENGTH = 4000;

/** One run of lines: kept, or removed and added together. Line texts carry their own line ending. */
export interface LineChange {
  readonly kept: boolean;
  /** Lines of the text before; for a kept run they are the lines after too. */
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** Lines with their endings; '\r\n' stays with its line, and a text without final newline ends in a line without one. */
export function splitLines(text: string): string[] {
  const lines: string[] = [];
  let start = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', start)) {
    lines.push(text.slice(start, at + 1));
    start = at + 1;
  }
  if (start < text.length) lines.push(text.slice(start));
  return lines;
}

/** A shortest line diff (Myers 1986, by the `diff` package) as alternating kept and changed runs. */
export function diffLineRuns(before: string, after: string): LineChange[] {
  const old = splitLines(before);
  const now = splitLines(after);
  let head = 0;
  while (head < old.length && head < now.length && old[head] === now[head]) head++;
  let tail = 0;
  while (
    tail < old.length - head &&
    tail < now.length - head &&
    old[old.length - 1 - tail] === now[now.length - 1 - tail]
  )
    tail++;

  const runs: LineChange[] = [];
  const push = (kept: boolean, gone: readonly string[], come: readonly string[]) => {
    if (!gone.length && !come.length) return;
    const last = runs.at(-1);
    if (last && last.kept === kept)
      runs[runs.length - 1] = { kept, before: [...last.before, ...gone], after: [...last.after, ...come] };
    else runs.push({ kept, before: gone, after: come });
  };
  const headLines = old.slice(0, head);
  push(true, headLines, headLines);
  const oldMiddle = old.slice(head, old.length - tail);
  const newMiddle = now.slice(head, now.length - tail);
  const changes = diffArrays(oldMiddle, newMiddle, { maxEditLength: MAX_EDIT_LENGTH });
  if (!changes) push(false, oldMiddle, newMiddle);
  else
    for (const { added, removed, value } of changes) {
      if (added) push(false, [], value);
      else if (removed) push(false, value, []);
      else push(true, value, value);
    }
  const tailLines = old.slice(old.length - tail);
  push(true, tailLines, tailLines);
  return runs;
}

/**
 * Unified diff with `a/` and `b/` prefixes; '' where nothing differs. Line endings are part of the lines, so CRLF
 * files give a diff that applies to CRLF files.
 */
export function unifiedDiff(path: string, before: string, after: string, context = 3): string {
  if (before === after) return '';
  const hunks = unifiedHunks(diffLineRuns(before, after), context);
  return formatPatch(
    {
      oldFileName: `a/${path}`,
      newFileName: `b/${path}`,
      oldHeader: undefined,
      newHeader: undefined,
      hunks,
    },
    FILE_HEADERS_ONLY,
  );
}

/** Groups runs into hunks: changes closer than two contexts share one. */
function unifiedHunks(runs: readonly LineChange[], context: number): StructuredPatchHunk[] {
  const hunks: StructuredPatchHunk[] = [];
  let hunk: StructuredPatchHunk | undefined;
  let oldLine = 1;
  let newLine = 1;
  runs.forEach((run, index) => {
    if (run.kept) {
      const lines = run.before;
      const closes = index === runs.length - 1 || lines.length > 2 * context;
      if (hunk) {
        const shown = closes ? lines.slice(0, context) : lines;
        for (const line of shown) append(hunk, ' ', line);
        hunk.oldLines += shown.length;
        hunk.newLines += shown.length;
        if (closes) hunk = undefined;
      }
    } else {
      if (!hunk) {
        const previous = runs[index - 1]?.before ?? [];
        const lead = context === 0 ? [] : previous.slice(-context);
        hunk = {
          oldStart: oldLine - lead.length,
          newStart: newLine - lead.length,
          oldLines: lead.length,
          newLines: lead.length,
          lines: [],
        };
        for (const line of lead) append(hunk, ' ', line);
        hunks.push(hunk);
      }
      for (const line of run.before) append(hunk, '-', line);
      for (const line of run.after) append(hunk, '+', line);
      hunk.oldLines += run.before.length;
      hunk.newLines += run.after.length;
    }
    oldLine += run.before.length;
    newLine += run.after.length;
  });
  return hunks;
}

function append(hunk: StructuredPatchHunk, mark: string, line: string): void {
  if (line.endsWith('\n')) hunk.lines.push(mark + line.slice(0, -1));
  else hunk.lines.push(mark + line, '\\ No newline at end of file');
}
