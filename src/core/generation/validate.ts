/** What the parser and the tools say of code that was written: which errors are its own. */
import { LineIndex } from '../../base/lineIndex.ts';
import { fileErrors } from '../completion/filters/syntaxErrors.ts';
import type { LanguageId } from '../languages.ts';
import type { Parser } from '../ports.ts';
import type { FunctionFact } from '../syntax/facts.ts';
import type { Finding, Validation } from './generation.ts';
import type { Hole } from './hole.ts';

export const UNCHECKED: Validation = {
  ...{ passed: false, syntaxErrors: 0, tools: [], added: [], before: [], after: [], notes: [] },
};

export interface Written {
  readonly language: LanguageId;
  readonly before: string;
  readonly after: string;
  readonly hole: Hole;
  /** Offset from which on, up to the hole's end, every error is the new code's own, whatever stood there; absent for an edit. */
  readonly ownFrom?: number;
}

/** What the tools say of the two texts; of an error that only changed its words they say that it was there. */
export type ToolsVerdict = Pick<Validation, 'before' | 'after' | 'added' | 'tools' | 'notes'>;

/** `ask` is not called for code that does not parse. */
export async function validate(
  { language, before, after, hole, ownFrom }: Written,
  parser: Parser,
  ask: () => Promise<ToolsVerdict>,
): Promise<Validation> {
  const [old, now] = [await fileErrors(parser, language, before), await fileErrors(parser, language, after)];
  const syntaxErrors = Math.max(0, now - old);
  if (syntaxErrors > 0) return { ...UNCHECKED, syntaxErrors };
  const verdict = await ask();
  const lines = new LineIndex(after);
  const ownTo = after.length - (before.length - hole.end);
  const isOwn = ({ line, column }: Finding) => {
    const at = lines.offsetAt(line, column);
    return ownFrom !== undefined && at >= ownFrom && at <= ownTo;
  };
  const added = verdict.after.filter((error) => verdict.added.includes(error) || isOwn(error));
  const { tools, notes } = verdict;
  return {
    passed: added.length === 0,
    syntaxErrors,
    tools,
    added,
    before: verdict.before,
    after: verdict.after,
    notes,
  };
}

/**
 * From the written type of the result on: a body that returns nothing is reported there, and an empty one that stood there
 * before is no excuse for it.
 */
export function ownFrom(before: string, hole: Hole, routine: FunctionFact | undefined): number {
  if (!routine?.returnType) return hole.start;
  const at = before.lastIndexOf(routine.returnType, routine.body.start);
  return at < routine.start ? hole.start : at;
}
