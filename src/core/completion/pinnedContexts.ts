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
  /** The context of the cursor's line, and which line that is: the same while it is being written. */
  readonly seeded: ContextReport;
  readonly line: string;
}

/** One per open editor is plenty. */
const FILES = 32;

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
    const named = routine ? `${routine.container}.${routine.name}` : '';
    const key = [named, file.bytes ?? '', ...(file.leaveOut ?? [])].join(' ');
    const input: ContextInput = { ...file, facts, text, line, column };
    const where = {
      input,
      routine,
      around: routine ? now.slice(startNow(routine, known, now, cursor - offset), cursor) : '',
    };
    const pin = this.pins.get(file.path);
    const cursorLine = lineIn(now, cursor);
    if (pin?.routine === key && pin.line === cursorLine) return { context: merged(pin), ...where };
    const seeded = this.provider.context(input);
    const context = pin?.routine === key ? pin.context : seeded;
    const fresh: Pin = { routine: key, context, seeded, line: cursorLine };
    this.pins.set(file.path, fresh);
    return { context: merged(fresh), ...where };
  }

  /** Lets the next context of the file be chosen anew. */
  release(path: string): void {
    this.pins.delete(path);
  }
}

/** The pinned block with the seed and the APIs of the present line. */
function merged({ context, seeded }: Pin): ContextReport {
  const { considerBlock, bytes, attractors } = context;
  return { ...seeded, considerBlock, bytes, attractors };
}

/** Where a function begins in the buffer: where it did, or moved like the cursor in it by what was changed above. */
function startNow({ start }: FunctionFact, { text }: AnalysedText, now: string, moved: number): number {
  return now.startsWith(text.slice(start, start + 32), start) ? start : start + moved;
}

/** Which of how many lines. */
function lineIn(text: string, offset: number): string {
  const lines = new LineIndex(text);
  return `${lines.lineAt(offset)} of ${lines.lineCount}`;
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
