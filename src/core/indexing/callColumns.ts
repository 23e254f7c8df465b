/** Calls as a table of words and rows of numbers: two thirds of a file's facts, at a quarter of their JSON. */
import type { CallFact } from '../syntax/facts.ts';

/** `rows` holds WIDTH numbers a call; words are indices into `words`. */
export interface CallColumns {
  readonly words: readonly string[];
  readonly rows: readonly number[];
}

const WIDTH = 10;
const KINDS: readonly CallFact['kind'][] = ['call', 'new', 'macro', 'decorator', 'jsx'];
const AWAITED = 1;
const DISCARDED = 2;
const FLAGS = 4;

export function encodeCalls(calls: readonly CallFact[]): CallColumns {
  const words: string[] = [];
  const indices = new Map<string, number>();
  const index = (word: string): number => {
    let known = indices.get(word);
    if (known === undefined) {
      known = words.push(word) - 1;
      indices.set(word, known);
    }
    return known;
  };
  const rows: number[] = [];
  for (const call of calls) {
    const flags = (call.awaited ? AWAITED : 0) + (call.discarded ? DISCARDED : 0);
    rows.push(
      index(call.callee),
      index(call.resolved),
      call.receiver === undefined ? -1 : index(call.receiver),
      call.start,
      call.end - call.start,
      call.line,
      call.arguments,
      KINDS.indexOf(call.kind) * FLAGS + flags,
      call.function,
      // The name is nearly always the callee's last segment.
      lastSegment(call.callee) === call.name ? -1 : index(call.name),
    );
  }
  return { words, rows };
}

/** Throws RangeError where the rows do not fit the words. */
export function decodeCalls({ words, rows }: CallColumns): CallFact[] {
  const word = (index: number): string => {
    const found = words[index];
    if (found === undefined) throw new RangeError(`There is no word ${index}.`);
    return found;
  };
  const calls: CallFact[] = [];
  for (let at = 0; at < rows.length; at += WIDTH) {
    const number = (column: number) => rows[at + column] as number;
    const callee = word(number(0));
    const flags = number(7) % FLAGS;
    calls.push({
      start: number(3),
      end: number(3) + number(4),
      name: number(9) === -1 ? lastSegment(callee) : word(number(9)),
      callee,
      resolved: word(number(1)),
      ...(number(2) === -1 ? {} : { receiver: word(number(2)) }),
      line: number(5),
      arguments: number(6),
      awaited: (flags & AWAITED) !== 0,
      discarded: (flags & DISCARDED) !== 0,
      kind: KINDS[Math.floor(number(7) / FLAGS)] as CallFact['kind'],
      function: number(8),
    });
  }
  return calls;
}

function lastSegment(callee: string): string {
  return callee.slice(callee.lastIndexOf('.') + 1);
}
