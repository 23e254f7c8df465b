/** Candidates put together: texts after several fixes, and the order in which to try them. */
import { applyEdits, type TextEdit } from '../../base/textEdit.ts';
import type { Snapshot } from '../ports.ts';
import type { FixCandidate } from './heal.ts';
import { editSize } from './verification.ts';

/** Fixes that go together, with the texts they give. */
export interface Plan {
  readonly candidates: readonly FixCandidate[];
  /** Repository-relative path → text after the plan, for every file it changes. */
  readonly texts: ReadonlyMap<string, string>;
  readonly size: number;
  /** Lowest confidence among its candidates, as history moved it. */
  readonly confidence: number;
}

/** A fix of more edits than this in one file is no repair that anybody reads, and telling whether it collides takes their square. */
const MAX_EDITS = 2000;

/**
 * Merges candidates in order. One whose edits overlap an earlier one's is left out; identical edits count once.
 * `textOf` gives a file's diagnosed text, or undefined if there is no such file. Undefined where nothing remains.
 */
export function mergePlan(
  candidates: readonly FixCandidate[],
  textOf: (path: string) => string | undefined,
): Plan | undefined {
  const edits = new Map<string, TextEdit[]>();
  const used: FixCandidate[] = [];
  for (const candidate of candidates) {
    const paths = Object.keys(candidate.edits).sort();
    const fits = paths.every((path) => {
      const text = textOf(path);
      return (
        text !== undefined &&
        (candidate.edits[path] ?? []).length <= MAX_EDITS &&
        (candidate.edits[path] as readonly TextEdit[]).every(
          (edit) => edit.start <= edit.end && edit.end <= text.length && !collides(edits.get(path) ?? [], edit),
        )
      );
    });
    if (!fits) continue;
    let changes = false;
    for (const path of paths) {
      const list = edits.get(path) ?? [];
      for (const edit of candidate.edits[path] as readonly TextEdit[]) {
        if (list.some((other) => same(other, edit))) continue;
        list.push(edit);
        changes = true;
      }
      edits.set(path, list);
    }
    if (changes) used.push(candidate);
  }
  if (!used.length) return undefined;
  const texts = new Map<string, string>();
  for (const [path, list] of [...edits].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const before = textOf(path) as string;
    let after: string;
    try {
      after = applyEdits(before, list);
    } catch (error) {
      // One tool's fix that overlaps itself is broken; it is not a plan.
      if (error instanceof RangeError) return undefined;
      throw error;
    }
    if (after !== before) texts.set(path, after);
  }
  if (!texts.size) return undefined;
  return {
    candidates: used,
    texts,
    size: editSize(Object.fromEntries(edits)),
    confidence: Math.min(...used.map(rankOf)),
  };
}

const rankOf = ({ rank, confidence }: FixCandidate) => rank ?? confidence;

const same = (a: TextEdit, b: TextEdit) => a.start === b.start && a.end === b.end && a.newText === b.newText;

/** True if two different edits touch the same text or insert at the same place. */
function collides(list: readonly TextEdit[], edit: TextEdit): boolean {
  return list.some((other) => {
    if (same(other, edit)) return false;
    if (edit.start === edit.end && other.start === other.end) return edit.start === other.start;
    return edit.start < other.end && other.start < edit.end;
  });
}

export function withTexts(snapshot: Snapshot, texts: ReadonlyMap<string, string>): Snapshot {
  return { root: snapshot.root, overlay: new Map([...snapshot.overlay, ...texts]) };
}

/** Candidates by the problem they answer, best first; ties by size, then by id, so that the order is always the same. */
export function rankByProblem(candidates: readonly FixCandidate[]): Map<string, FixCandidate[]> {
  const groups = new Map<string, FixCandidate[]>();
  for (const candidate of candidates) {
    const list = groups.get(candidate.answers);
    if (list) list.push(candidate);
    else groups.set(candidate.answers, [candidate]);
  }
  for (const list of groups.values()) {
    list.sort(
      (a, b) =>
        rankOf(b) - rankOf(a) || editSize(a.edits) - editSize(b.edits) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
    );
  }
  return groups;
}
