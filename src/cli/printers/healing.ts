/** Healing results for a person: the errors, the diff, its risk with reasons, what verified it, whether it was written. */
import { neutralise } from '../../base/neutralise.ts';
import type { HealedFileValue } from '../commands/heal.ts';
import { diffLines } from './diff.ts';
import { noteLines } from './notes.ts';
import { type Style, styleFor } from './style.ts';

const ERRORS = 10;

export function printHealing(files: readonly HealedFileValue[], options: { colours: boolean }): string {
  const style = styleFor(options.colours);
  const lines = files.flatMap((file, index) => [...(index ? [''] : []), ...fileLines(file, style)]);
  const healed = files.filter(({ diff }) => diff).length;
  const written = files.filter(({ applied }) => applied).length;
  const clean = files.filter(({ before, diff, reason }) => before.length === 0 && !diff && !reason).length;
  lines.push('', `${files.length} checked: ${clean} without errors, ${healed} with a fix, ${written} written.`);
  return `${lines.join('\n')}\n`;
}

function fileLines(file: HealedFileValue, style: Style): string[] {
  const lines = [style.bold(oneLine(file.path))];
  if (file.before.length === 0 && !file.reason) lines.push('  No errors.');
  for (const { line, column, code, message, tool } of file.before.slice(0, ERRORS))
    lines.push(`  ${line}:${column} ${style.red(`${tool} ${code}`.trim())} ${oneLine(message)}`);
  if (file.before.length > ERRORS) lines.push(style.dim(`  and ${file.before.length - ERRORS} more`));
  if (file.diff) {
    lines.push('', ...diffLines(file.diff, style), '');
    lines.push(`  ${oneLine(file.sources.join('; '))}`);
    lines.push(`  Errors: ${file.before.length} before, ${file.after.length} after.`);
    lines.push(`  Risk: ${file.risk.score.toFixed(2)}`);
    for (const { name, value, explanation } of file.risk.components)
      if (value > 0) lines.push(style.dim(`    ${name} ${value.toFixed(2)}: ${oneLine(explanation)}`));
    if (file.validatedBy.length) lines.push(`  Verified by: ${oneLine(file.validatedBy.join(', '))}`);
    lines.push(file.applied ? style.green('  Written. Take it back with "lodestone undo".') : '  Not written.');
  }
  if (file.reason) lines.push(`  ${oneLine(file.reason)}`);
  lines.push(...noteLines(file.notes, style, '  '));
  return lines;
}

function oneLine(text: string): string {
  return neutralise(text, { oneLine: true });
}
