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
const MIN_MEMBER_BITS = 3.5;

export interface CallSequence {
  readonly path: string;
  readonly items: Int32Array;
  readonly lines: Int32Array;
  readonly unit: number;
}

/** Reads sequences out of files. Items are numbers of `names`. */
export class SequenceReader {
  /** By number of a resolved callee: 1 where the whole of it is its name, 2 where the last segment is; 0 not yet known. */
  private readonly whole: number[] = [];
  /** Every member has to say something: `then len` is no protocol. By number; what came later says nothing. */
  private readonly telling: Uint8Array;

  /** What tells is decided by `files`: names in at least `minFiles` of them that are not everybody's. */
  constructor(
    files: readonly FileDigest[],
    private readonly names: LabelTable,
    model: BackgroundModel,
    minFiles: number,
  ) {
    const seenIn = new Int32Array(names.count).fill(-1);
    const fileCount = new Int32Array(names.count);
    files.forEach((file, index) => {
      for (let at = 0; at < file.calls.length; at += CALL_WIDTH) {
        const item = this.itemOf(file, at);
        if (item === -1 || seenIn[item] === index) continue;
        seenIn[item] = index;
        fileCount[item] = (fileCount[item] as number) + 1;
      }
    });
    this.telling = Uint8Array.from(fileCount, (count, item) =>
      count >= minFiles && /^[\w$.:]+$/.test(names.name(item)) && model.calleeBits(names.name(item)) >= MIN_MEMBER_BITS
        ? 1
        : 0,
    );
  }

  /** The calls of each function of a file, consecutive repeats folded; functions with one call left out. */
  read(file: FileDigest): CallSequence[] {
    const perFunction = new Map<number, { items: number[]; lines: number[] }>();
    for (let at = 0; at < file.calls.length; at += CALL_WIDTH) {
      const owner = file.calls[at + CALL_FUNCTION] as number;
      if (owner === -1) continue;
      const item = this.itemOf(file, at);
      if (item === -1 || this.telling[item] !== 1) continue;
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
    for (const [owner, { items, lines }] of perFunction)
      if (items.length > 1)
        sequences.push({
          ...{ path: file.path, items: Int32Array.from(items), lines: Int32Array.from(lines) },
          unit: file.functions[owner]?.line ?? 1,
        });
    return sequences;
  }

  private itemOf(file: FileDigest, at: number): number {
    if ((file.calls[at + CALL_FLAGS] as number) & (FLAG_DECORATOR | FLAG_JSX)) return -1;
    const resolved = file.calls[at + CALL_RESOLVED] as number;
    this.whole[resolved] ??= /^(?:[A-Z]\w*(?:\.|::)|[a-z]\w*::)\w+$/.test(this.names.name(resolved)) ? 1 : 2;
    // `x.y` of an unknown receiver is known by its last segment only.
    return this.whole[resolved] === 1 ? resolved : (file.calls[at + CALL_NAME] as number);
  }
}

/** The site of a match between two positions of a sequence. */
export function siteAt({ path, lines, unit }: CallSequence, first: number, last: number): Site {
  const [line, endLine] = [lines[first] as number, lines[last] as number];
  return { path, line, endLine: Math.max(line, endLine), unit, slack: endLine - line };
}
