/** What the Builder carries out: plans, as a person, a reasoner or a file gives them. */
import { LodestoneError } from '../../../base/errors.ts';
import { LineIndex } from '../../../base/lineIndex.ts';
import type { FileValidator } from '../../catalog/schemas.ts';
import type { LanguageId } from '../../languages.ts';
import type { Span } from '../../syntax/facts.ts';
import type { InfillRequest } from '../infill.ts';

/** A function or class by name ("Ledger.total"), of several that which begins on a line, or a stretch as "L:C-L:C" from 1. */
export type PlanTarget = string | { readonly name: string; readonly line?: number } | { readonly range: string };

/** What the model is told beside the code around the hole. */
export interface PlanContext {
  /** As the compressor writes it; absent or '': it is made from the repository. */
  readonly compressedContext?: string;
  /** Files that the compressor looks into before all others. */
  readonly relevantFiles?: readonly string[];
  /** Names whose declarations it shows before all others. */
  readonly dependencies?: readonly string[];
}

/** As in the source's RefactorPlan (document 002). */
export interface Plan {
  /** Repository-relative, '/'. */
  readonly filePath: string;
  readonly editTargets: readonly PlanTarget[];
  /** What is wanted, in a few words. */
  readonly intent: string;
  /**
   * The detailed wording that the samples are conditioned on ("Refactor to use vectorized operations"): it stands behind the intent, and
   * guidance weighs the two against a pass without them. It is no test: nothing evaluates it.
   */
  readonly condition?: string;
  readonly context?: PlanContext;
  /** Absent: that of the file's name. */
  readonly language?: LanguageId;
  /** The highest first; 1 where none is given. */
  readonly priority: number;
}

/**
 * The plans of a file `{"plans": […]}` or `[…]`, by its schema (data/schemas/plans.schema.json). Throws badArguments with file, line,
 * field and what to change.
 */
export function readPlans(file: string, text: string, validate: FileValidator): Plan[] {
  if (text.trim() === '')
    throw new LodestoneError('badArguments', `${file}:1: the file is empty.`, {
      advice: 'Write plans into it: "lodestone plan --issue TEXT --json" prints some.',
      args: { path: file },
    });
  const { value, problems } = validate(file, text.replace(/^\uFEFF/, ''));
  const [first] = problems;
  if (first) {
    const all = problems.map(({ line, message }) => `${file}:${line}: ${message}`);
    throw new LodestoneError('badArguments', all.join('\n'), { advice: first.advice, args: { path: file } });
  }
  const plans = (Array.isArray(value) ? value : (value as { plans: unknown[] }).plans) as readonly Partial<Plan>[];
  return plans.map((plan, index) => {
    const wrong = (field: string, why: string, advice: string) =>
      new LodestoneError('badArguments', `${file}: plans.${index}.${field} ${why}`, { advice, args: { path: file } });
    const { filePath = '', editTargets = [], intent = '', priority = 1 } = plan;
    // One file has one spelling: by it two plans for the same code are known.
    const path = filePath
      .split('/')
      .filter((part) => part !== '' && part !== '.')
      .join('/');
    if (path === '' || /^([\\/]|[A-Za-z]:)|\\|(^|\/)\.\.(\/|$)/.test(filePath))
      throw wrong('filePath', `"${filePath}" is no path below the repository.`, 'Write it as in "src/ledger.ts".');
    editTargets.forEach((target, at) => {
      if (typeof target === 'string' ? target.trim() !== '' : 'name' in target !== 'range' in target) return;
      const advice = 'Write "Ledger.total", {"name": "total", "line": 12} or {"range": "3:1-9:2"}.';
      throw wrong(`editTargets.${at}`, 'names nothing, or both a name and a range.', advice);
    });
    if (intent.trim() === '' && (plan.condition ?? '').trim() === '')
      throw wrong('intent', 'is empty, and so is the condition.', 'Say what is wanted.');
    return { ...plan, filePath: path, editTargets, intent, priority };
  });
}

/** What the model is conditioned on, in words. */
export function wordingOf({ intent, condition = '' }: Plan): string {
  const parts = [intent.trim(), condition.trim()].filter((part) => part !== '');
  return [...new Set(parts)]
    .map((part) => (/[.!?:]$/.test(part) ? part : `${part}.`))
    .join(' ')
    .replace(/\.$/, '');
}

/** For a person and for error messages. */
export function nameOf(target: PlanTarget): string {
  if (typeof target === 'string') return target;
  if ('range' in target) return target.range;
  return target.line === undefined ? target.name : `${target.name}:${target.line}`;
}

/** The part of an infill request that says what is masked. Throws badArguments for a range outside the text. */
export function asRequest(target: PlanTarget, text: string): Pick<InfillRequest, 'target' | 'range'> {
  if (typeof target === 'string') return { target: { name: target.trim() } };
  return 'range' in target ? { range: spanOf(target.range, text) } : { target };
}

/** "L:C-L:C", lines and columns from 1, columns in UTF-16 units; the end is not included. */
export function spanOf(range: string, text: string): Span {
  const lines = new LineIndex(text);
  const wrong = (why: string) =>
    new LodestoneError('badArguments', `"${range}" is no stretch of the file: ${why}.`, {
      advice: `Write it as line:column-line:column from 1, as in "3:1-3:9"; the file has ${lines.lineCount} lines.`,
      args: { range },
    });
  const offset = (line: number, column: number): number => {
    const at = lines.offsetAt(line, column);
    // The index clamps to the line; what it moved was outside.
    const found = lines.positionAt(at);
    if (line < 1 || line > lines.lineCount) throw wrong(`there is no line ${line}`);
    const isWithin = found.line === line && found.column === column;
    if (!isWithin || splits(text, at)) throw wrong(`on line ${line} nothing begins or ends at column ${column}`);
    return at;
  };
  const numbers = /^(\d+):(\d+)-(\d+):(\d+)$/.exec(range.trim())?.slice(1).map(Number);
  if (!numbers) throw wrong('that is not how one is written');
  const [a, b, c, d] = numbers as [number, number, number, number];
  const span = { start: offset(a, b), end: offset(c, d) };
  if (span.start > span.end) throw wrong('it ends before it begins');
  return span;
}

/** Whether a text cannot be cut there: a line's end and a character outside the basic plane have two units each. */
function splits(text: string, at: number): boolean {
  return /^(?:\r\n|[\uD800-\uDBFF][\uDC00-\uDFFF])$/.test(text.slice(Math.max(0, at - 1), at + 1));
}
