/** The state of one file being healed: its snapshot, its tools, and the real runs that judge each plan. */
import { isCancelled, throwIfAborted, toLodestoneError } from '../../base/errors.ts';
import type { Diagnosis, Snapshot, Toolchain, ToolOptions } from '../ports.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { FixSource, HealDeps } from './fixSources.ts';
import { type Guard, guardOf } from './guard.ts';
import type { FixCandidate } from './heal.ts';
import { type Plan, withTexts } from './plan.ts';
import type { Outcome } from './search.ts';
import { spreadSpellings } from './spelling.ts';
import { answerMs, withinLimit } from './toolLimit.ts';
import { compareDiagnostics, diagnosticKey, seesDependents, stillReported } from './verification.ts';

type Note = Diagnosis['notes'][number];

/** TypeScript checks types behind syntax errors too; other tools see nothing past the first, so more may appear once it is gone. */
const SEES_PAST_SYNTAX_ERRORS = new Set(['typescript']);

/** Work of our own gives way to the event loop after so many milliseconds. */
const TURN_MS = 20;

export class HealSession {
  attempts = 0;
  /** True where an accepted plan may have broken files that nobody had the time to look at. */
  unconfirmed = false;
  /** Tools look at the disk once for all that this session asks. */
  private readonly id = Symbol('session');
  private known = new Map<string, Diagnostic[]>();
  /** What the tools said of each plan: once it is accepted nobody needs to ask them again. */
  private readonly verdicts = new WeakMap<Plan, Map<string, Diagnostic[]>>();
  private readonly notes = new Map<string, Note>();
  private readonly texts = new Map<string, string | undefined>();
  private readonly broken = new Set<string>();
  private readonly answered = new Set<string>();
  /** When the event loop last had its turn. */
  private turn = 0;
  private readonly guards = new Map<string, { text: string; judge: Guard }>();
  private silenced = false;
  private uncovering: Plan | undefined;

  constructor(
    private readonly deps: HealDeps,
    readonly path: string,
    public snapshot: Snapshot,
    private readonly toolchains: readonly Toolchain[],
    private readonly options: { signal?: AbortSignal; trusted: boolean },
    public deadline: number,
    private readonly isTarget: (diagnostic: Diagnostic) => boolean,
    /** True if `isTarget` holds for one problem by its place, not for a whole file. */
    private readonly single: boolean,
  ) {}

  get allNotes(): readonly Note[] {
    return [...this.notes.values()];
  }

  get toolIds(): string[] {
    return this.toolchains.filter(({ id }) => !this.broken.has(id)).map(({ id }) => id);
  }

  get exhausted(): boolean {
    return this.silenced || this.deps.clock.now() >= this.deadline;
  }

  /** True once a tool that had reported errors stopped answering: from then on its silence would look like success. */
  get lostTool(): boolean {
    return this.silenced;
  }

  textOf(path: string): string | undefined {
    return this.snapshot.overlay.get(path) ?? this.texts.get(path);
  }

  /** Loads the texts that candidates touch, so that plans can be made of them. */
  async load(paths: Iterable<string>): Promise<void> {
    for (const path of paths) {
      if (this.texts.has(path)) continue;
      try {
        const file = await this.deps.read(path);
        this.texts.set(path, file.lossy ? undefined : file.text);
      } catch (error) {
        if (toLodestoneError(error).code === 'cancelled') throw error;
        // A fix for a file that cannot be read cannot be shown or verified: it is no candidate.
        this.texts.set(path, undefined);
      }
    }
  }

  /** Errors of these files in this snapshot, from every tool, by place. A tool that fails becomes a note and stays out. */
  async errors(
    snapshot: Snapshot,
    paths: readonly string[],
    toolchains: readonly Toolchain[] = this.toolchains,
  ): Promise<Diagnostic[]> {
    const found = await Promise.all(
      toolchains.map(async (toolchain) => {
        if (this.broken.has(toolchain.id)) return [];
        try {
          const { diagnostics, notes } = await this.limited(toolchain, (options) =>
            toolchain.diagnose(snapshot, paths, options),
          );
          this.answered.add(toolchain.id);
          for (const note of notes) this.note(note);
          return diagnostics.filter(({ severity, path }) => severity === 'error' && paths.includes(path));
        } catch (error) {
          if (isCancelled(error)) throw error;
          const { message, advice } = toLodestoneError(error);
          this.broken.add(toolchain.id);
          if (this.answered.has(toolchain.id)) this.silenced = true;
          this.note({ tool: toolchain.id, message, ...(advice ? { advice } : {}) });
          return [];
        }
      }),
    );
    throwIfAborted(this.options.signal);
    return sortDiagnostics(found.flat());
  }

  /** The same for the session's own snapshot, remembered. */
  async errorsNow(paths: readonly string[]): Promise<Diagnostic[]> {
    const missing = paths.filter((path) => !this.known.has(path));
    if (missing.length) {
      const found = await this.errors(this.snapshot, missing);
      for (const path of missing)
        this.known.set(
          path,
          found.filter((diagnostic) => diagnostic.path === path),
        );
    }
    return paths.flatMap((path) => this.known.get(path) ?? []);
  }

  /** Every source's fixes for these errors, those that SH5 rules out left away. */
  propose(diagnostics: readonly Diagnostic[]): Promise<FixCandidate[]> {
    const tools = this.toolchains
      .filter(({ id }) => !this.broken.has(id))
      .map((toolchain) => ({
        id: toolchain.id,
        run: () => this.limited(toolchain, (options) => toolchain.propose(this.snapshot, diagnostics, options)),
      }));
    return this.gather(diagnostics, tools, this.deps.sources);
  }

  /** The same of those that are asked for what is left. */
  async proposeLast(diagnostics: readonly Diagnostic[]): Promise<FixCandidate[]> {
    const { lastSources = [] } = this.deps;
    return lastSources.length > 0 ? this.gather(diagnostics, [], lastSources) : [];
  }

  private async gather(
    diagnostics: readonly Diagnostic[],
    tools: readonly { readonly id: string; readonly run: () => Promise<readonly FixCandidate[]> }[],
    sources: readonly FixSource[],
  ): Promise<FixCandidate[]> {
    const language = this.deps.languageOf(this.path);
    const text = this.textOf(this.path);
    if (!language || text === undefined) return [];
    const { signal } = this.options;
    const proceed = () => this.proceed();
    const request = { snapshot: this.snapshot, path: this.path, text, language, diagnostics, proceed };
    const asked = [
      ...tools,
      ...sources.map((source) => ({
        id: source.id,
        run: () => source.propose(request, signal ? { signal } : {}),
      })),
    ];
    const lists = await Promise.all(
      asked.map(async ({ id, run }) => {
        try {
          return await run();
        } catch (error) {
          if (isCancelled(error)) throw error;
          const { message, advice } = toLodestoneError(error);
          this.note({ tool: id, message, ...(advice ? { advice } : {}) });
          return [];
        }
      }),
    );
    const found = lists.flat();
    const candidates = [...found, ...spreadSpellings(this.path, text, found)];
    await this.load(candidates.flatMap(({ edits }) => Object.keys(edits)));
    const kept: FixCandidate[] = [];
    for (const candidate of candidates) {
      if (candidate.fromTool || ((await this.proceed()) && this.keepsCode(candidate))) kept.push(candidate);
    }
    return kept;
  }

  /** Gives others their turn during long work of our own; false once time is used up. Throws `cancelled`. */
  private async proceed(): Promise<boolean> {
    if (this.deps.clock.now() - this.turn > TURN_MS) {
      await this.deps.clock.yieldNow();
      this.turn = this.deps.clock.now();
    }
    throwIfAborted(this.options.signal);
    return !this.exhausted;
  }

  /** Runs the tools over the plan and says whether it is strictly better and breaks nothing. */
  async verify(plan: Plan): Promise<Outcome> {
    this.attempts++;
    const rejected = (errorsLeft: number): Outcome => ({
      plan,
      accepted: false,
      targetsLeft: Number.MAX_SAFE_INTEGER,
      errorsLeft,
      syntaxLeft: Number.MAX_SAFE_INTEGER,
    });
    const paths = [...new Set([this.path, ...plan.texts.keys()])].filter((path) => this.deps.languageOf(path)).sort();
    const before = await this.errorsNow(paths);
    const candidate = withTexts(this.snapshot, plan.texts);
    const after = await this.errorsAfter(candidate, paths, before);
    if (!after || this.silenced) return rejected(before.length);
    this.verdicts.set(plan, new Map(paths.map((path) => [path, after.filter((one) => one.path === path)])));
    const { added, removed } = compareDiagnostics(before, after);
    const fresh = this.outsideBrokenLines(added, removed, plan);
    const syntaxBefore = before.filter(isSyntax).length;
    const syntaxLeft = after.filter(isSyntax).length;
    const revealed = added.filter((diagnostic) => this.wasHidden(diagnostic, before, syntaxLeft < syntaxBefore));
    // Repairing a syntax error changes what the parser made of the rest: there the number of errors decides.
    const unexplained = syntaxLeft < syntaxBefore ? after.length - revealed.length >= before.length : fresh.length > 0;
    const progress = syntaxLeft < syntaxBefore || removed.length > added.length;
    if (!progress && after.length === before.length && syntaxLeft === syntaxBefore)
      this.noteUncovering(plan, before, after);
    if (unexplained || !progress || added.some(isSyntax)) return rejected(after.length);
    const wanted = before.filter(this.isTarget);
    // Of a whole file an error in new words at the place of an old one is that one; of a single problem it is another.
    const open = this.single
      ? stillReported([...before.filter((one) => !this.isTarget(one)), ...wanted], after).filter(this.isTarget).length
      : after.filter(this.isTarget).length;
    return {
      plan,
      accepted: open < wanted.length || syntaxLeft < syntaxBefore,
      targetsLeft: open,
      errorsLeft: after.length,
      syntaxLeft,
    };
  }

  /**
   * The first plan is the likeliest, so all tools look at it at once. Of the many that may follow most are rejected, so
   * there the tools that complained are asked first, and the others (a slow type checker) only where those see less.
   */
  private async errorsAfter(
    candidate: Snapshot,
    paths: readonly string[],
    before: readonly Diagnostic[],
  ): Promise<Diagnostic[] | undefined> {
    const complained = new Set(before.map(({ tool }) => tool));
    const first = this.toolchains.filter(({ id }) => complained.has(id));
    const rest = this.toolchains.filter(({ id }) => !complained.has(id));
    if (this.attempts <= 1 || !first.length || !rest.length) return this.errors(candidate, paths);
    const seen = await this.errors(candidate, paths, first);
    if (stillReported(before, seen).length >= before.length) return undefined;
    return sortDiagnostics([...seen, ...(await this.errors(candidate, paths, rest))]);
  }

  /**
   * The likeliest plan so far that made a problem go and showed the one behind it: no heal by itself, since the number of
   * errors is the same, but worth another round if that one can be repaired too.
   */
  takeUncovering(): Plan | undefined {
    const plan = this.uncovering;
    this.uncovering = undefined;
    return plan;
  }

  private noteUncovering(plan: Plan, before: readonly Diagnostic[], after: readonly Diagnostic[]): void {
    const wanted = before.filter(this.isTarget);
    if (stillReported(wanted, after).length >= wanted.length) return;
    if (!this.uncovering || plan.confidence > this.uncovering.confidence) this.uncovering = plan;
  }

  /** Back to an earlier state. */
  restore(snapshot: Snapshot): void {
    this.snapshot = snapshot;
    this.known.clear();
  }

  /** Makes the plan's texts the state that the next round starts from. */
  accept(plan: Plan): void {
    this.snapshot = withTexts(this.snapshot, plan.texts);
    this.known = new Map(this.verdicts.get(plan));
  }

  note(note: Note): void {
    this.notes.set(`${note.tool}\0${note.message}`, note);
  }

  /**
   * Whether no file outside the plan got worse with it. Asked for what was chosen, not for every plan: in a large project
   * the files that depend on one file take longer than the file. Where time runs out the plan stands, unconfirmed.
   */
  async confirm({ texts }: Plan): Promise<boolean> {
    const candidate = withTexts(this.snapshot, texts);
    for (const toolchain of this.toolchains) {
      if (!seesDependents(toolchain) || this.broken.has(toolchain.id)) continue;
      const mine = [...texts.keys()].filter((path) =>
        toolchain.languages.some((id) => id === this.deps.languageOf(path)),
      );
      if (!mine.length) continue;
      try {
        const { before, after, complete } = await this.limited(toolchain, (options) =>
          toolchain.dependents(this.snapshot, candidate, mine, options),
        );
        if (compareDiagnostics(before, after).added.length > 0) return false;
        if (!complete) {
          const message = 'More files depend on this one than could be checked again; the first 200 were.';
          this.note({ tool: toolchain.id, message });
        }
      } catch (error) {
        if (isCancelled(error)) throw error;
        this.unconfirmed = true;
        const message = `The files that depend on this one were not checked again: ${toLodestoneError(error).message}`;
        this.note({ tool: toolchain.id, message });
      }
    }
    return true;
  }

  /** Runs one tool within what is left of the budget; its first answer may not use up all of it. */
  private limited<T>(toolchain: Toolchain, work: (options: ToolOptions) => Promise<T>): Promise<T> {
    const left = this.deadline - this.deps.clock.now();
    const limit = answerMs(left, !this.answered.has(toolchain.id));
    return withinLimit(toolchain.title, limit, this.options.signal, (signal) =>
      work({ signal, trusted: this.options.trusted, session: this.id }),
    );
  }

  /** False for what SH5 rules out. */
  keepsCode(candidate: FixCandidate): boolean {
    const plan = Object.entries(candidate.edits);
    return plan.every(([path, edits]) => {
      const before = this.textOf(path);
      if (before === undefined) return false;
      let after = before;
      for (const { start, end, newText } of [...edits].sort((a, b) => b.start - a.start || b.end - a.end)) {
        after = after.slice(0, start) + newText + after.slice(end);
      }
      return this.guard(path, before)(after).length === 0;
    });
  }

  private guard(path: string, before: string): Guard {
    let known = this.guards.get(path);
    if (known?.text !== before) {
      known = { text: before, judge: guardOf(path, before, this.deps.escapes) };
      this.guards.set(path, known);
    }
    return known.judge;
  }

  /**
   * Errors that are not just another word for one that was there: where two errors meet on one line, repairing the first
   * lets the tool say what else is wrong with it. Each such error uses up one of those that went.
   */
  private outsideBrokenLines(
    added: readonly Diagnostic[],
    removed: readonly Diagnostic[],
    plan: Plan,
  ): readonly Diagnostic[] {
    if (!added.length || removed.length <= added.length) return added;
    const lineOf = (textOf: (path: string) => string | undefined) => {
      const lines = new Map<string, string[]>();
      return ({ path, line }: Diagnostic) => {
        const own = lines.get(path) ?? textOf(path)?.split('\n') ?? [];
        lines.set(path, own);
        return `${path}\0${(own[line - 1] ?? '').trim()}`;
      };
    };
    const open = new Map<string, number>();
    for (const line of removed.map(lineOf((path) => this.textOf(path)))) open.set(line, (open.get(line) ?? 0) + 1);
    const newLine = lineOf((path) => plan.texts.get(path) ?? this.textOf(path));
    return added.filter((diagnostic) => {
      const line = newLine(diagnostic);
      const left = open.get(line) ?? 0;
      if (left) open.set(line, left - 1);
      return !left;
    });
  }

  private wasHidden(diagnostic: Diagnostic, before: readonly Diagnostic[], parsesNow: boolean): boolean {
    if (!parsesNow || isSyntax(diagnostic) || SEES_PAST_SYNTAX_ERRORS.has(diagnostic.tool)) return false;
    return before.every(({ path, tool, category }) => {
      return path !== diagnostic.path || tool !== diagnostic.tool || category === 'syntax';
    });
  }
}

export const isSyntax = ({ category }: Diagnostic) => category === 'syntax';

/** By file, place, tool and code: the order every report uses. */
export function sortDiagnostics(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const key = (diagnostic: Diagnostic) => `${diagnostic.tool}\0${diagnostic.code}\0${diagnostic.message}`;
  const unique = new Map(diagnostics.map((one) => [`${one.path}\0${diagnosticKey(one)}\0${one.message}`, one]));
  return [...unique.values()].sort(
    (a, b) =>
      (a.path < b.path ? -1 : a.path > b.path ? 1 : 0) ||
      a.line - b.line ||
      a.column - b.column ||
      (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0),
  );
}
