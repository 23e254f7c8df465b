/** What the real tools say of a change that nobody has made yet: errors before it, after it, and those it adds. */
import { throwIfAborted } from '../../base/errors.ts';
import type { CallOptions } from '../../base/progress.ts';
import type { Diagnosis, Snapshot, Toolchain } from '../ports.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { HealDeps } from './fixSources.ts';
import { usable } from './healFiles.ts';
import { HealSession } from './session.ts';
import { compareDiagnostics } from './verification.ts';

export interface ChangeCheck {
  readonly before: readonly Diagnostic[];
  readonly after: readonly Diagnostic[];
  readonly added: readonly Diagnostic[];
  /** Ids of the tools that answered. */
  readonly tools: readonly string[];
  readonly notes: Diagnosis['notes'];
}

/** Longest wait in milliseconds for all tools together: a cold project is read first. */
const BUDGET_MS = 60_000;

const TRUST = 'Trust the workspace, or on the command line add --trust.';

const speaks = ({ languages }: Toolchain, language: string) => languages.some((id) => id === language);

/** A tool that fails or is missing becomes a note; without any tool nothing is said. */
export async function checkChange(
  change: { readonly path: string; readonly before: string; readonly after: string; readonly trusted: boolean },
  deps: HealDeps,
  { signal }: CallOptions,
): Promise<ChangeCheck> {
  const { path, before, after, trusted } = change;
  const language = deps.languageOf(path);
  if (!language) return { before: [], after: [], added: [], tools: [], notes: [] };
  const deadline = deps.clock.now() + BUDGET_MS;
  const { toolchains, notes } = await usable(deps, path, language, trusted, deadline, signal);
  throwIfAborted(signal);
  const snapshot = (text: string): Snapshot => ({ root: deps.root, overlay: new Map([[path, text]]) });
  const run = { trusted, ...(signal ? { signal } : {}) };
  const session = new HealSession(deps, path, snapshot(before), toolchains, run, deadline, () => true, false);
  for (const note of notes) session.note(note);
  // Where nobody looks at it, it is said why.
  const unasked = trusted || toolchains.length > 0 ? [] : deps.toolchains.filter((each) => speaks(each, language));
  for (const { id, title } of unasked)
    session.note({ tool: id, message: `${title} was not asked: this repository is not trusted.`, advice: TRUST });
  const old = await session.errors(snapshot(before), [path]);
  const now = await session.errors(snapshot(after), [path]);
  return {
    before: old,
    after: now,
    added: compareDiagnostics(old, now).added,
    tools: session.toolIds,
    notes: session.allNotes,
  };
}
