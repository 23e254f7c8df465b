/** Generated code for a person: the code, or what was written; then who wrote it and what the tools say. */
import { neutralise } from '../../base/neutralise.ts';
import type { GeneratedValue } from '../commands/generate.ts';
import { noteLines } from './notes.ts';
import { styleFor } from './style.ts';

export function printGenerated(value: GeneratedValue, options: { colours: boolean; toFile: boolean }): string {
  const style = styleFor(options.colours);
  const { code, failure, reason, written, sources, validation, rejected, attempts, apiHitRate, risk, attractors } =
    value;
  const lines: string[] = [];
  if (failure !== null) lines.push(oneLine(failure));
  else if (!options.toFile || written === '') lines.push(neutralise(code), '');
  if (written !== '') lines.push(style.green(`Written: ${oneLine(written)}`));
  if (reason !== '') lines.push(style.red(oneLine(reason)));
  if (sources.length > 0)
    lines.push(
      style.dim(`By ${oneLine(sources.join('; '))}, in ${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}.`),
    );
  if (failure === null) {
    const by =
      validation.tools.length > 0 ? `checked by ${validation.tools.join(', ')}` : 'only its syntax was checked';
    lines.push(style.dim(`${validation.passed ? 'No new error' : 'New errors'}; ${by}.`));
  }
  for (const { line, column, code: id, message, tool } of validation.errors)
    lines.push(`  ${line}:${column} ${style.red(`${tool} ${id}`.trim())} ${oneLine(message)}`);
  if (apiHitRate !== null) lines.push(style.dim(`Expected calls used: ${Math.round(apiHitRate * 100)} %.`));
  if (attractors.length > 0)
    lines.push(style.dim(`Told of: ${oneLine(attractors.map(({ name }) => name).join('; '))}.`));
  const doubt = risk?.components.find(({ name }) => name === 'source')?.explanation ?? '';
  if (risk !== null) lines.push(style.dim(`Risk: ${risk.score.toFixed(2)} (${oneLine(doubt)})`));
  for (const { text, why } of rejected)
    lines.push(style.dim(`Rejected: ${oneLine(why)} ${oneLine(text.slice(0, 160))}`));
  lines.push(...noteLines(validation.notes, style));
  return `${lines.join('\n')}\n`;
}

function oneLine(text: string): string {
  return neutralise(text, { oneLine: true });
}
