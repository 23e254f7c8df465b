/** What the real tools say of a change that nobody has made yet: errors before it, after it, and those it adds. */
import { throwIfAborted } from '../../base/errors.ts';
import type { CallOptions } from '../../base/progress.ts';
import type { LanguageId } from '../languages.ts';
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

export interface Change {
  readonly path: string;
  readonly before: string;
  readonly after: string;
  readonly trusted: boolean;
}

/** What the tools say of a text that several changes begin with. */
interface Beginning extends Omit<Change, 'after'> {
  readonly session: HealSession;
  readonly errors: readonly Diagnostic[];
}

/** Checks one change after the other; of a text that the last one began with, too, nobody is asked again. */
export class ChangeChecker {
  private last: Beginning | undefined;

  constructor(
    private readonly deps: HealDeps,
    private readonly options: CallOptions,
  ) {}

  /** A tool that fails or is missing becomes a note; without any tool nothing is said. */
  async check(change: Change): Promise<ChangeCheck> {
    const { path, before, after, trusted } = change;
    const language = this.deps.languageOf(path);
    if (!language) return { before: [], after: [], added: [], tools: [], notes: [] };
    const { last } = this;
    const isSame = last?.path === path && last.before === before && last.trusted === trusted;
    const { session, errors } = isSame ? last : await this.begin(change, language);
    const now = await session.errors(this.snapshot(path, after), [path]);
    return {
      before: errors,
      after: now,
      added: compareDiagnostics(errors, now).added,
      tools: session.toolIds,
      notes: session.allNotes,
    };
  }

  private async begin({ path, before, trusted }: Change, language: LanguageId): Promise<Beginning> {
    const { deps, options } = this;
    const { signal } = options;
    const deadline = deps.clock.now() + BUDGET_MS;
    const { toolchains, notes } = await usable(deps, path, language, trusted, deadline, signal);
    throwIfAborted(signal);
    const snapshot = this.snapshot(path, before);
    const run = { trusted, ...(signal ? { signal } : {}) };
    const session = new HealSession(deps, path, snapshot, toolchains, run, deadline, () => true, false);
    for (const note of notes) session.note(note);
    // Where nobody looks at it, it is said why.
    const unasked = trusted || toolchains.length > 0 ? [] : deps.toolchains.filter((each) => speaks(each, language));
    for (const { id, title } of unasked)
      session.note({ tool: id, message: `${title} was not asked: this repository is not trusted.`, advice: TRUST });
    const errors = await session.errors(snapshot, [path]);
    this.last = { path, before, trusted, session, errors };
    return this.last;
  }

  private snapshot(path: string, text: string): Snapshot {
    return { root: this.deps.root, overlay: new Map([[path, text]]) };
  }
}
