/** The stretch of a file that is to be written, and nothing but that: a body, the lines below a comment, a selection. */

import { LineIndex } from '../../base/lineIndex.ts';
import { Surroundings } from '../completion/surroundings.ts';
import type { Extent } from '../completion/trim/extent.ts';
import { type Windows, windowsAt } from '../completion/windows.ts';
import { familyOf, type LanguageId } from '../languages.ts';
import type { FunctionFact } from '../syntax/facts.ts';

export interface Hole {
  /** UTF-16 range of the text that is replaced. */
  readonly start: number;
  readonly end: number;
  /** What stands before and after whatever is written. */
  readonly lead: string;
  readonly tail: string;
  /** How far what is written goes; absent: as completion would decide. */
  readonly extent?: Extent;
  /** Where the code that a person wants to see begins and ends in the old text. */
  readonly shownFrom: number;
  readonly shownTo: number;
}

/** The file with the hole filled. `replaces`: UTF-16 units behind the hole that the text stands for. */
export function filled(text: string, hole: Hole, written: string, replaces = 0): string {
  return text.slice(0, hole.start) + hole.lead + written + (hole.tail + text.slice(hole.end)).slice(replaces);
}

/** What is shown of the result, with the indentation that it has in the file. */
export function shownOf(before: string, after: string, hole: Hole): string {
  const shown = after.slice(hole.shownFrom, after.length - (before.length - hole.shownTo));
  const indent = indentAt(before, hole.shownFrom);
  const isWhole = lineStart(before, hole.shownFrom) + indent.length === hole.shownFrom;
  return (isWhole ? indent + shown : shown).replace(/^(?:[ \t]*\r?\n)+/, '').trimEnd();
}

/** The windows of completion at the empty hole. */
export function windowsOf(text: string, hole: Hole): Windows {
  const emptied = filled(text, hole, '');
  const { line, column } = new LineIndex(emptied).positionAt(hole.start + hole.lead.length);
  return windowsAt(emptied, line, column);
}

/** A literal that stands first in a Python body. */
const DOCSTRING = /^[rRbBuU]{0,2}(?:"""[\s\S]*?"""|'''[\s\S]*?'''|"[^"\n]*"|'[^'\n]*')/;

/**
 * The body of a function, without its braces and without a Python docstring. Undefined for a declaration that has none.
 * `swallows`: what the parser took for the body may hold what follows the function, since its closing bracket is missing:
 * then nothing is replaced.
 */
export function bodyHole(text: string, fact: FunctionFact, language: LanguageId, swallows: boolean): Hole | undefined {
  const { start, end } = fact.body;
  const body = text.slice(start, end);
  if (body.trim() === '') return undefined;
  const { eol, unit } = handOf(text, language);
  const indent = indentAt(text, fact.start);
  const shown = { shownFrom: fact.start, shownTo: fact.end };
  if (familyOf(language) === 'python') {
    const doc = DOCSTRING.exec(body)?.[0].length ?? 0;
    const onHeader = !/^[ \t]*$/.test(text.slice(lineStart(text, start), start));
    const bodyIndent = onHeader ? indent + unit : indentAt(text, start);
    const from = doc > 0 ? start + doc : start - (/[ \t\r\n]*$/.exec(text.slice(0, start))?.[0].length ?? 0);
    const extent: Extent = { kind: 'block', indent: indent.length };
    return { start: from, end, lead: eol + bodyIndent, tail: '', extent, ...shown };
  }
  if (!body.startsWith('{')) return { start, end, lead: '', tail: '', ...shown };
  const extent: Extent = { kind: 'block', indent: indent.length };
  const frame = { lead: eol + indent + unit, tail: `${eol}${indent}}`, extent };
  if (swallows) return { start: start + 1, end: start + 1, ...frame, shownFrom: fact.start, shownTo: start + 1 };
  return { start: start + 1, end, ...frame, ...shown };
}

/** The line below a comment (or a header that nothing follows yet): `line` from 1. */
export function lineBelow(text: string, line: number, language: LanguageId): Hole {
  const { eol, unit } = handOf(text, language);
  const lines = new LineIndex(text);
  const from = lines.lineStart(line);
  const at = lines.offsetAt(line, Number.MAX_SAFE_INTEGER) - (text[lines.lineStart(line + 1) - 2] === '\r' ? 1 : 0);
  const own = indentAt(text, from);
  const header = text.slice(from, at).trimEnd();
  const opens = /[{:]$/.test(header) && !isComment(header, language);
  // A closing bracket that stands there already is the header's own.
  const next = /^\s*?\n([ \t]*)\}/.exec(text.slice(at));
  const closes = opens && header.endsWith('{') && next?.[1] !== own ? `${eol}${own}}` : '';
  return {
    ...{ start: at, end: at, lead: eol + own + (opens ? unit : ''), tail: closes },
    extent: { kind: opens ? 'block' : 'statement', indent: own.length },
    ...{ shownFrom: opens ? from : at, shownTo: at },
  };
}

/** The end of a file, for code that a specification asks for. */
export function endOfFile(text: string, language: LanguageId): Hole {
  const { eol } = handOf(text, language);
  const { length } = text.trimEnd();
  const lead = length === 0 ? '' : eol + eol;
  return {
    ...{ start: length, end: text.length, lead, tail: eol },
    extent: { kind: 'block', indent: -1 },
    ...{ shownFrom: length, shownTo: text.length },
  };
}

/** Whole lines from `startLine` to `endLine`, from 1; what is written brings its own indentation. */
export function selectionHole(text: string, startLine: number, endLine: number): Hole {
  const lines = new LineIndex(text);
  const start = lines.lineStart(startLine);
  const last = lines.lineStart(endLine);
  const end = last + ((/^[^\r\n]*/.exec(text.slice(last)) as RegExpExecArray)[0] ?? '').length;
  // All that is answered is looked at: what is more than the selection is refused, not cut.
  const extent: Extent = { kind: 'block', indent: -1 };
  return { start, end, lead: '', tail: '', extent, shownFrom: start, shownTo: end };
}

export function isComment(line: string, language: LanguageId): boolean {
  return familyOf(language) === 'python' ? /^\s*#/.test(line) : /^\s*(?:\/\/|\/\*|\*(?:\s|\/|$))/.test(line);
}

/** A line's leading blanks. */
export function indentAt(text: string, offset: number): string {
  return (/^[ \t]*/.exec(text.slice(lineStart(text, offset))) as RegExpExecArray)[0];
}

export function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

/** The file's own line break and step of indentation. */
export function handOf(text: string, language: LanguageId): { eol: string; unit: string } {
  const around = new Surroundings({ path: '', language, prefix: text.slice(0, 16_000), suffix: '' });
  const { unit } = around;
  const standard = language === 'go' ? '\t' : familyOf(language) === 'ecmascript' ? '  ' : '    ';
  return { eol: around.eol, unit: unit ? (unit.tabs ? '\t' : ' '.repeat(unit.width)) : standard };
}
