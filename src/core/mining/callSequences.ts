/** The calls of every function in source order, reduced to those that say something: the database of the sequence miner. */
import type { BackgroundModel } from './background.ts';
import type { Site } from './candidate.ts';
import {
  CALL_FLAGS,
  CALL_FUNCTION,
  CALL_LINE,
  CALL_NAME,
  CALL_RESOLVED,
  CALL_WIDTH,
  type FileDigest,
  FLAG_DECORATOR,
  FLAG_JSX,
} from './fileDigest.ts';
import type { LabelTable } from './labelTable.ts';

/** Calls of one function that are looked at. */
const MAX_CALLS = 60;
/** −log2 of the share of public functions that call a member: `str` and `map` are in more than one of 32. */
const MIN_MEMBER_BITS = 5;

/** Lines below a statement's first that a site takes in, so that an example shows the whole call. */
const MAX_STATEMENT_SPAN = 8;
/** Share of a member's calls that must be written alike for the member to be shown so. */
const MIN_SHOWN_SHARE = 0.6;
/** A receiver that is short enough to show. */
const SHORT_CHAIN = /^[\w$]+(?:\.[\w$]+){1,2}$/;
/** A constructor without its type says nothing. */
const NAMELESS = /^(?:new|default|from|into)$/;

export interface CallSequence {
  readonly path: string;
  readonly items: Int32Array;
  readonly lines: Int32Array;
  /** Last line of the statement that begins where the call does; the call's own line where none does. */
  readonly endLines: Int32Array;
  readonly unit: number;
}

/** Reads sequences out of files. Items are numbers of `names`. */
export class SequenceReader {
  /** By number of a resolved callee: the item that it is, -1 where only its last segment is known, -2 where it says nothing. */
  private readonly members: (number | undefined)[];
  /** Every member has to say something: `then len` is no protocol. By number; what came later says nothing. */
  private readonly telling = new Set<number>();
  private readonly shown = new Map<number, string>();
  /** Names of the functions and types that these files define. */
  private readonly defined = new Set<string>();
  private readonly modules = new Set<string>();
  /** `module.name` for what is imported by name and thus written without its module. */
  private readonly bare = new Set<string>();

  private constructor(
    readonly names: LabelTable,
    readonly model: BackgroundModel,
  ) {
    this.members = names.column();
  }

  /** What tells is decided by `files`: names in at least `minFiles` of them that are not everybody's. A step a file. */
  static *learn(
    files: readonly FileDigest[],
    names: LabelTable,
    model: BackgroundModel,
    minFiles: number,
  ): Generator<undefined, SequenceReader> {
    const reader = new SequenceReader(names, model);
    yield* reader.learnFrom(files, minFiles);
    return reader;
  }

  private *learnFrom(files: readonly FileDigest[], minFiles: number): Generator<undefined, void> {
    const { names, model } = this;
    const seenIn = new Map<number, number>();
    const fileCount = new Map<number, number>();
    const written = new Map<number, Map<number, number>>();
    for (const { imports } of files)
      for (const { module, names: parts } of imports) {
        this.modules.add(module);
        for (const { name } of parts) this.bare.add(`${module}.${name}`);
      }
    for (const [index, file] of files.entries()) {
      yield;
      for (const { name } of file.functions) this.defined.add(name);
      for (const { name } of file.types) this.defined.add(name);
      for (let at = 0; at < file.calls.length; at += CALL_WIDTH) {
        const item = this.itemOf(file, at);
        if (item < 0) continue;
        const forms = written.get(item) ?? new Map<number, number>();
        const form = file.calls[at + CALL_RESOLVED] as number;
        written.set(item, forms.set(form, (forms.get(form) ?? 0) + 1));
        if (seenIn.get(item) === index) continue;
        seenIn.set(item, index);
        fileCount.set(item, (fileCount.get(item) ?? 0) + 1);
      }
    }
    for (const [item, count] of fileCount) {
      yield;
      const name = names.name(item);
      if (count < minFiles || !/^[\w$.:]+$/.test(name) || model.calleeBits(name) < MIN_MEMBER_BITS) continue;
      this.telling.add(item);
      this.shown.set(item, this.commonestForm(files[0]?.family, name, written.get(item) ?? new Map()));
    }
  }

  /** Bits of all members together. */
  bits(items: readonly number[]): number {
    return items.reduce((sum, item) => sum + this.model.calleeBits(this.names.name(item)), 0);
  }

  /** How a member is mostly written, with its receiver where that is short: `t.assert.ok` for `ok`. */
  show(item: number): string {
    return this.shown.get(item) ?? this.names.name(item);
  }

  /** True if the member is defined in these files or belongs to a framework that is known by name. */
  isOwn(item: number): boolean {
    const last = lastSegment(this.names.name(item));
    return this.defined.has(last) || this.model.frameworkWord(last) !== undefined;
  }

  /** The calls of each function of a file, consecutive repeats folded; functions with one call left out. */
  read(file: FileDigest): CallSequence[] {
    const perFunction = new Map<number, { items: number[]; lines: number[] }>();
    for (let at = 0; at < file.calls.length; at += CALL_WIDTH) {
      const owner = file.calls[at + CALL_FUNCTION] as number;
      if (owner === -1) continue;
      const item = this.itemOf(file, at);
      if (!this.telling.has(item)) continue;
      let entry = perFunction.get(owner);
      if (entry === undefined) {
        entry = { items: [], lines: [] };
        perFunction.set(owner, entry);
      }
      if (entry.items.at(-1) === item || entry.items.length >= MAX_CALLS) continue;
      entry.items.push(item);
      entry.lines.push(file.calls[at + CALL_LINE] as number);
    }
    const sequences: CallSequence[] = [];
    let spans: ReadonlyMap<number, number> | undefined;
    for (const [owner, { items, lines }] of perFunction) {
      if (items.length < 2) continue;
      const ends = (spans ??= statementEnds(file));
      sequences.push({
        ...{ path: file.path, items: Int32Array.from(items), lines: Int32Array.from(lines) },
        endLines: Int32Array.from(lines, (line) => ends.get(line) ?? line),
        unit: file.functions[owner]?.line ?? 1,
      });
    }
    return sequences;
  }

  private itemOf(file: FileDigest, at: number): number {
    if ((file.calls[at + CALL_FLAGS] as number) & (FLAG_DECORATOR | FLAG_JSX)) return -2;
    const resolved = file.calls[at + CALL_RESOLVED] as number;
    const member = (this.members[resolved] ??= this.memberOf(this.names.name(resolved), file.family));
    return member === -1 ? (file.calls[at + CALL_NAME] as number) : member;
  }

  private memberOf(callee: string, family: FileDigest['family']): number {
    if (NAMELESS.test(callee)) return -2;
    const [, type, method] = /(?:^|[.:])([A-Z]\w*)(?:\.|::)(\w+)$/.exec(callee) ?? [];
    if (type === 'Self') return NAMELESS.test(method as string) ? -2 : -1;
    if (type) return this.names.intern(`${type}${family === 'rust' ? '::' : '.'}${method}`);
    if (/^[a-z]\w*::\w+$/.test(callee)) return this.names.intern(callee);
    const [, module, name] = /^(.*)\.(\w+)$/.exec(callee) ?? [];
    if (family === 'go' && module && this.modules.has(module))
      return this.names.intern(`${/([^/]*?)(?:\/v\d+)?$/.exec(module)?.[1]}.${name}`);
    // `x.y` of an unknown receiver is known by its last segment only.
    return NAMELESS.test(lastSegment(callee)) ? -2 : -1;
  }

  private commonestForm(
    family: FileDigest['family'] | undefined,
    name: string,
    forms: ReadonlyMap<number, number>,
  ): string {
    if (lastSegment(name) !== name || family === 'rust') return name;
    let total = 0;
    let [best, most] = ['', 0];
    const counts = new Map<string, number>();
    for (const [form, count] of forms) {
      const text = this.names.name(form).replace(/^(?:this|self)\./, '');
      const sum = (counts.get(text) ?? 0) + count;
      counts.set(text, sum);
      total += count;
      if (sum > most) [best, most] = [text, sum];
    }
    const written = most >= total * MIN_SHOWN_SHARE && SHORT_CHAIN.test(best) && !this.bare.has(best);
    // A class is known by its name alone, and so is what came in by a longer path (`package.module.function`).
    return written && !/^[A-Z]/.test(name) ? best : name;
  }
}

function lastSegment(name: string): string {
  return name.split(/[.:]+/).pop() ?? name;
}

/** By first line: the last line of the longest statement that begins there, where that is not far below. */
function statementEnds({ trees }: FileDigest): Map<number, number> {
  const ends = new Map<number, number>();
  for (const node of trees.statementNodes) {
    const [line, span] = [trees.line[node] as number, trees.span[node] as number];
    if (span > 0 && span <= MAX_STATEMENT_SPAN) ends.set(line, Math.max(ends.get(line) ?? 0, line + span));
  }
  return ends;
}

/** The site of a match between two positions of a sequence. Arguments run first though they may stand below. */
export function siteAt({ path, lines, endLines, unit }: CallSequence, first: number, last: number): Site {
  const [from, to] = [lines[first] as number, lines[last] as number];
  const line = Math.min(from, to);
  const endLine = Math.max(endLines[first] as number, endLines[last] as number);
  return { path, line, endLine, unit, slack: Math.abs(to - from) };
}
