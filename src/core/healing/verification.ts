/** Compares two diagnoses: what a change repaired, what it left and what it broke. */
import type { TextEdit } from '../../base/textEdit.ts';
import type { Snapshot, Toolchain, ToolOptions } from '../ports.ts';
import type { Diagnostic } from './diagnostic.ts';

/** `FixCandidate.answers` of a diagnostic. */
export function diagnosticKey({ tool, code, line, column }: Diagnostic): string {
  return `${tool}:${code}:${line}:${column}`;
}

/**
 * A toolchain that can also tell what a change does to files that were not changed. Toolchains without it answer
 * through `diagnose` alone.
 */
export interface DependentsToolchain extends Toolchain {
  /**
   * Errors before and after in files outside `changed` that see a changed declaration. `complete` is false where there
   * were too many to check all of them.
   */
  dependents(
    before: Snapshot,
    after: Snapshot,
    changed: readonly string[],
    options: ToolOptions,
  ): Promise<{ before: readonly Diagnostic[]; after: readonly Diagnostic[]; complete: boolean }>;
}

export function seesDependents(toolchain: Toolchain): toolchain is DependentsToolchain {
  return typeof (toolchain as Partial<DependentsToolchain>).dependents === 'function';
}

/** What a problem is, whatever its words. */
function sort({ path, tool, code }: Diagnostic): string {
  return `${path}\0${tool}\0${code}`;
}

export interface Comparison {
  readonly left: readonly Diagnostic[];
  readonly added: readonly Diagnostic[];
  readonly removed: readonly Diagnostic[];
}

/** The same problem in two versions of a file: its place may move, what it says may not. */
function identity({ path, tool, code, message }: Diagnostic): string {
  return `${path}\0${tool}\0${code}\0${message}`;
}

/**
 * Matches errors before and after as multisets of (file, tool, code, message): a line that moves is no new error. An
 * error that only changed its words at the place of an old one (same file, tool and code) counts as left, not as added.
 */
export function compareDiagnostics(before: readonly Diagnostic[], after: readonly Diagnostic[]): Comparison {
  const open = new Map<string, Diagnostic[]>();
  for (const diagnostic of before) {
    const list = open.get(identity(diagnostic));
    if (list) list.push(diagnostic);
    else open.set(identity(diagnostic), [diagnostic]);
  }
  const left: Diagnostic[] = [];
  const unmatched: Diagnostic[] = [];
  for (const diagnostic of after) {
    if (open.get(identity(diagnostic))?.shift()) left.push(diagnostic);
    else unmatched.push(diagnostic);
  }
  const remaining = [...open.values()].flat();
  const twins = new Map([...Map.groupBy(remaining, sort)].map(([key, list]) => [key, list.values()]));
  const reworded = new Set<Diagnostic>();
  const added: Diagnostic[] = [];
  for (const diagnostic of unmatched) {
    const twin = twins.get(sort(diagnostic))?.next().value;
    if (!twin) added.push(diagnostic);
    else {
      reworded.add(twin);
      left.push(diagnostic);
    }
  }
  return { left, added, removed: remaining.filter((diagnostic) => !reworded.has(diagnostic)) };
}

/** Those of `wanted` that are still reported in the same words (file, tool, code, message), wherever they stand now. */
export function stillReported(wanted: readonly Diagnostic[], after: readonly Diagnostic[]): Diagnostic[] {
  const open = new Map<string, number>();
  for (const diagnostic of after) open.set(identity(diagnostic), (open.get(identity(diagnostic)) ?? 0) + 1);
  return wanted.filter((diagnostic) => {
    const left = open.get(identity(diagnostic)) ?? 0;
    if (left) open.set(identity(diagnostic), left - 1);
    return left > 0;
  });
}

/** Sum of removed and inserted UTF-16 units. */
export function editSize(edits: Readonly<Record<string, readonly TextEdit[]>>): number {
  let size = 0;
  for (const list of Object.values(edits)) {
    for (const { start, end, newText } of list) size += end - start + newText.length;
  }
  return size;
}
