/** A text in the buffer's own hand: its line breaks and its indentation, no blanks at the ends of lines, whole characters. */
import { indentOf } from '../lineScanner.ts';
import type { IndentUnit, Surroundings } from '../surroundings.ts';

/** Half a character left of or right of a cut. */
const HALF_AT_END = /[\uD800-\uDBFF]$/;
const HALF_AT_START = /^[\uDC00-\uDFFF]/;

export function withoutHalves(text: string): string {
  return text.replace(HALF_AT_END, '').replace(HALF_AT_START, '');
}

/**
 * Converts indentation only where that is unambiguous: a buffer of tabs and lines indented by a common multiple of
 * spaces, or a buffer of spaces and lines indented by tabs. The first line belongs to the cursor's line.
 */
export function inBuffersHand(text: string, around: Surroundings): string {
  const lines = text.split('\n');
  const { unit } = around;
  const leads = lines.slice(around.linePrefix === '' ? 0 : 1).map((line) => line.slice(0, indentOf(line)));
  const width = unit ? widthOf(leads, unit) : undefined;
  const converted = lines.map((line, i) => {
    const lead = line.slice(0, indentOf(line));
    if (!unit || width === undefined || lead === '' || (i === 0 && around.linePrefix !== '')) return line;
    const rest = line.slice(lead.length);
    if (unit.tabs) return '\t'.repeat(lead.length / width) + rest;
    return lead.replaceAll('\t', ' '.repeat(unit.width)) + rest;
  });
  return converted.map((line, i) => (i < lines.length - 1 ? line.trimEnd() : line)).join(around.eol);
}

/** Spaces of the text that make one unit of the buffer; undefined where nothing is to convert or it cannot be told. */
function widthOf(leads: readonly string[], unit: IndentUnit): number | undefined {
  const indented = leads.filter((lead) => lead !== '');
  if (indented.length === 0) return undefined;
  if (!unit.tabs) return indented.every((lead) => /^\t+$/.test(lead)) ? unit.width : undefined;
  if (!indented.every((lead) => /^ +$/.test(lead))) return undefined;
  return [4, 2, 3, 8].find((width) => indented.every((lead) => lead.length % width === 0));
}
