/** Contexts that stay the same, byte for byte, while somebody writes in one function: what a server has cached stays good. */
import { LineIndex } from '../../base/lineIndex.ts';
import { LruMap } from '../../base/lru.ts';
import type { ContextReport } from '../retrieval/context.ts';
import type { ContextInput, ContextProvider } from '../retrieval/contextProvider.ts';
import type { FileFacts, FunctionFact } from '../syntax/facts.ts';

/** The last text of a file that was analysed; the buffer may have moved on since. */
export interface AnalysedText {
  readonly text: string;
  readonly facts: FileFacts;
}

export interface PinnedContext {
  readonly context: ContextReport;
  /** What the provider was asked: facts and line of the analysed text. */
  readonly input: ContextInput;
  /** Innermost named function around the cursor. */
  readonly routine: FunctionFact | undefined;
  /** Text of that function up to the cursor. */
  readonly around: string;
}

interface Pin {
  readonly routine: string;
  readonly context: ContextReport;
  /** Of the last asked line. */
  readonly line: number;
  readonly text: string;
  readonly seeded: ContextReport;
}

/** One per open editor is plenty. */
const FILES = 32;
/** Characters by which a text may differ while one line is written. */
const LINE = 120;

/**
 * The consider-block is chosen once for each function that the cursor enters and kept until it leaves it, or until
 * `release`; the seed follows the cursor's line.
 */
export class PinnedContexts {
  private readonly pins = new LruMap<string, Pin>(FILES);

  constructor(private readonly provider: ContextProvider) {}

  /** `now`: the buffer; `cursor`: UTF-16 units of it before the cursor. */
  at(
    file: Omit<ContextInput, 'line' | 'column' | keyof AnalysedText>,
    known: AnalysedText,
    now: string,
    cursor: number,
  ): PinnedContext {
    const { text, facts } = known;
    const offset = offsetBefore(text, now, cursor);
    const { line, column } = new LineIndex(text).positionAt(offset);
    const routine = routineAround(facts, offset);
    const key = routine ? `${routine.container}.${routine.name}` : '';
    const input: ContextInput = { ...file, facts, text, line, column };
    // What was changed lies at the cursor, hardly ever before the function that it stands in.
    const where = { input, routine, around: routine ? now.slice(routine.start, cursor) : '' };
    const pin = this.pins.get(file.path);
    if (pin?.routine === key && pin.line === line && isWritten(pin.text, text))
      return { context: merged(pin), ...where };
    const seeded = this.provider.context(input);
    const context = pin?.routine === key ? pin.context : seeded;
    const fresh: Pin = { routine: key, context, line, text, seeded };
    this.pins.set(file.path, fresh);
    return { context: merged(fresh), ...where };
  }

  /** Lets the next context of the file be chosen anew. */
  release(path: string): void {
    this.pins.delete(path);
  }
}

/** Whether a text can be an earlier one with a line that was written on: then what is expected on that line stays. */
export function isWritten(before: string, now: string): boolean {
  return before === now || (Math.abs(now.length - before.length) < LINE && lineBreaks(before) === lineBreaks(now));
}

function lineBreaks(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count++;
  return count;
}

/** The pinned block with the seed and the APIs of the present line. */
function merged({ context, seeded }: Pin): ContextReport {
  const { considerBlock, bytes, attractors } = context;
  return { ...seeded, considerBlock, bytes, attractors };
}

/** The place in `before` that an offset of `now` stands for, where one stretch of text was changed; its beginning for all within. */
export function offsetBefore(before: string, now: string, offset: number): number {
  if (before === now) return offset;
  const shorter = Math.min(before.length, now.length);
  let start = 0;
  while (start < shorter && before.charCodeAt(start) === now.charCodeAt(start)) start++;
  if (offset <= start) return offset;
  let end = 0;
  while (end < shorter - start && before.charCodeAt(before.length - 1 - end) === now.charCodeAt(now.length - 1 - end))
    end++;
  const behind = now.length - offset;
  return behind <= end ? before.length - behind : start;
}

function routineAround({ functions }: FileFacts, offset: number): FunctionFact | undefined {
  let found: FunctionFact | undefined;
  for (const fact of functions) {
    if (fact.name === '' || offset < fact.start || offset > fact.end) continue;
    if (!found || fact.end - fact.start < found.end - found.start) found = fact;
  }
  return found;
}
