/** Lines whose indentation contradicts the block they stand in. */
import type { OpenBracket, ScannedLine } from '../lineScanner.ts';
import type { IndentUnit, Surroundings } from '../surroundings.ts';
import type { Facts } from './filter.ts';

/** A line that begins so may go on with the one above, at any depth. */
const CONTINUATION =
  /^[.?:|&+*/%=<>)\]}{-]|^(?:and|or|as|else|elif|except|finally|catch|where|if|in|is|not|for|case|default|extends|implements|satisfies|instanceof)\b/;
const ATTRIBUTE = /^\s*(?:[\w:-]+=[{"']|\{\.\.\.)/;
const LABEL = /^(?:case\b|default\b|\w+:$)/;

export function breaksIndentation(facts: Facts): boolean {
  const { around, scan } = facts;
  if (mixesTabsAndSpaces(facts)) return true;
  const inside = scan.lines.slice(0, facts.lines.length);
  const last = inside[inside.length - 1] as ScannedLine;
  const lines = [...inside, ...(scan.next && !last.blank ? [scan.next] : [])];
  // The cursor's line is the text's own only where the text begins it.
  const first = around.linePrefix.trim() === '' ? 0 : 1;
  let above = first === 0 ? lastCode(around.above) : undefined;
  const levels = around.family === 'python' ? pythonLevels(around) : [];
  for (const [i, line] of lines.entries()) {
    if (i >= first && line.first !== '' && !line.inString && above && !line.text.includes('\uFFFD')) {
      const broken =
        around.family === 'python'
          ? breaksPython(above, line, levels, around.unit)
          : breaksBraces(above, line, around, i < inside.length);
      if (broken) return true;
    }
    if (line.first === '') continue;
    if (around.family === 'python' && !line.inString && line.depth === 0) descend(levels, line.indent);
    above = line;
  }
  return false;
}

function lastCode(lines: readonly ScannedLine[]): ScannedLine | undefined {
  return lines.findLast((line) => line.first !== '');
}

/** Tabs in a buffer of spaces, spaces in one of tabs: of a line that holds code and belongs to the text. */
function mixesTabsAndSpaces({ around, scan, lines }: Facts): boolean {
  const { unit } = around;
  if (!unit) return false;
  const from = around.linePrefix.trim() === '' ? 0 : 1;
  return scan.lines.slice(from, lines.length).some((line) => {
    if (line.first === '' || line.inString) return false;
    const lead = line.text.slice(0, line.indent);
    return unit.tabs ? /^ {2,}/.test(lead) : lead.includes('\t');
  });
}

/** Indentations of the blocks that are open above the cursor's line, outermost first. */
function pythonLevels(around: Surroundings): number[] {
  const levels: number[] = [];
  for (const line of around.above) {
    if (line.first !== '' && !line.inString && line.depth === 0) descend(levels, line.indent);
  }
  return levels;
}

function descend(levels: number[], indent: number): void {
  while (levels.length > 0 && (levels[levels.length - 1] as number) > indent) levels.pop();
  if (levels[levels.length - 1] !== indent) levels.push(indent);
}

function breaksPython(
  above: ScannedLine,
  line: ScannedLine,
  levels: readonly number[],
  unit: IndentUnit | undefined,
): boolean {
  if (line.inside) return !/^[)\]}]/.test(line.first) && isOutside(line, line.inside);
  if (above.last === '\\') return false;
  if (above.last === ':' && above.depthAfter === 0) {
    const step = line.indent - above.statementIndent;
    return unit === undefined || unit.tabs ? step <= 0 : step !== unit.width;
  }
  if (line.indent > above.statementIndent) return !above.inString;
  return line.indent < above.statementIndent && levels.length > 1 && line.indent >= (levels[0] as number)
    ? !levels.includes(line.indent)
    : false;
}

/**
 * In languages of braces: a line after a finished one stands where its block's lines stand, a block's first line one
 * unit deeper than the block's header, a closing bracket where its opener's line begins.
 */
function breaksBraces(above: ScannedLine, line: ScannedLine, around: Surroundings, ofText: boolean): boolean {
  const begins = line.text.slice(line.indent);
  const markup = around.family === 'ecmascript' && (/^</.test(begins) || above.last === '>' || above.first === '<');
  if (markup && line.depth === above.depth) return false;
  const inside = line.inside;
  if (/^[)\]}]/.test(begins)) return ofText && closesElsewhere(line, inside, around);
  if (CONTINUATION.test(begins) && !/^(?:if|for|case|default)\b/.test(begins)) return false;
  const finished = '{};,'.includes(above.last) || (around.family === 'go' && !'=+-*/|&(['.includes(above.last));
  if (!finished || above.inString) return false;
  // Between round or square brackets only a comma ends something; an element's attributes end with a brace.
  if (inside && inside.kind !== '{' && above.last !== ',' && !inside.kind.includes(above.last)) return false;
  if (around.family === 'ecmascript' && ATTRIBUTE.test(above.text)) return false;
  if (!inside) return around.scanner.rootIndent === 0 && ofText && line.indent > 0 && ';}'.includes(above.last);
  if (inside.childIndent >= 0 && inside.childIndent !== line.indent) return !isLabelled(line, above, inside, around);
  if (isOutside(line, inside)) return !LABEL.test(begins);
  if (!inside.last || inside.kind !== '{') return false;
  const step = line.indent - inside.indent;
  return (
    ofText &&
    around.unit !== undefined &&
    above.last === '{' &&
    step !== around.unit.width &&
    inside.childIndent === line.indent
  );
}

/** Left of where the lines inside a bracket may begin. */
function isOutside(line: ScannedLine, inside: OpenBracket): boolean {
  return inside.last ? line.indent <= inside.indent : line.indent < inside.indent;
}

/** Cases of a switch stand with it or one deeper, and their statements one deeper than they. */
function isLabelled(line: ScannedLine, above: ScannedLine, inside: OpenBracket, around: Surroundings): boolean {
  if (above.last === ',' && inside.kind !== '{') return !inside.last;
  const step = Math.abs(line.indent - inside.childIndent);
  return (inside.labelled || above.last === ':') && step <= (around.unit?.width ?? 8);
}

function closesElsewhere(line: ScannedLine, inside: OpenBracket | undefined, around: Surroundings): boolean {
  if (!inside?.last) return false;
  const distance = line.indent - inside.indent;
  return (
    distance !== 0 &&
    (inside.childIndent < 0 || line.indent >= inside.childIndent || distance < 0) &&
    around.unit !== undefined
  );
}
