/** A mining report for a person: the first page, with a real snippet each, then what breaks the rules. */
import { neutralise } from '../../base/neutralise.ts';
import type { Attractor, MiningReport, Snippet } from '../../core/mining/attractor.ts';
import { type Style, styleFor } from './style.ts';

const SNIPPET_LINES = 8;
const DEVIANTS = 10;
const SITES = 3;
const SKIPPED = 10;

export function printMiningReport(report: MiningReport, options: { all: boolean; colours: boolean }): string {
  const style = styleFor(options.colours);
  const lines: string[] = [];
  const seconds = (report.durationMs / 1000).toFixed(1);
  lines.push(`${plural(report.parsed, 'file')} of ${report.files} parsed in ${seconds} s.`);
  if (report.frameworks.length)
    lines.push(`Frameworks: ${report.frameworks.map(({ title }) => oneLine(title)).join(', ')}.`);

  const shown = options.all ? report.attractors : report.attractors.filter(({ page }) => page);
  lines.push('', style.bold(`Attractors (${shown.length} of ${report.attractors.length})`));
  if (!shown.length) lines.push('Nothing recurs in at least three files.');
  shown.forEach((attractor, index) => lines.push('', ...attractorLines(attractor, index + 1, style)));
  if (shown.length < report.attractors.length) lines.push('', style.dim('Show the rest with --all or --json.'));

  if (report.deviants.length) {
    lines.push('', style.bold(`Deviants (${report.deviants.length})`));
    for (const { rule, kept, broken, sites } of report.deviants.slice(0, DEVIANTS)) {
      lines.push('', `  ${oneLine(rule)}: ${kept} keep it, ${broken} ${broken === 1 ? 'does' : 'do'} not`);
      for (const site of sites.slice(0, SITES)) lines.push(`    ${style.cyan(place(site))}  ${firstLine(site)}`);
    }
  }
  if (report.skipped.length) {
    lines.push('', style.bold(`Passed over (${report.skipped.length})`));
    for (const { path, reason } of report.skipped.slice(0, SKIPPED)) lines.push(`  ${oneLine(path)}: ${reason}`);
    if (report.skipped.length > SKIPPED) lines.push(style.dim(`  and ${report.skipped.length - SKIPPED} more`));
  }
  return `${lines.join('\n')}\n`;
}

function attractorLines(attractor: Attractor, number: number, style: Style): string[] {
  const { name, summary, language, kind, support, files, resonance, provenance, snippets, antipatterns } = attractor;
  const evidence =
    provenance === 'curated'
      ? 'curated, not seen here yet'
      : `${plural(support, 'site')} in ${plural(files, 'file')}, resonance ${resonance.toFixed(2)}`;
  const lines = [
    `${String(number).padStart(3)}. ${style.bold(oneLine(name))}  ${style.dim(`${language} ${kind}, ${evidence}`)}`,
    `     ${oneLine(summary)}`,
  ];
  const snippet = snippets[0];
  if (snippet) {
    lines.push(`     ${style.cyan(place(snippet))}`);
    const text = neutralise(snippet.text).split('\n');
    for (const line of text.slice(0, SNIPPET_LINES)) lines.push(`       ${line}`);
    if (text.length > SNIPPET_LINES)
      lines.push(style.dim(`       … ${plural(text.length - SNIPPET_LINES, 'line')} more`));
  }
  for (const { summary: harm, snippet: where } of antipatterns)
    lines.push(`     ${style.red('not:')} ${oneLine(harm)}${where ? ` (${place(where)})` : ''}`);
  return lines;
}

function place({ path, line }: Snippet): string {
  return `${oneLine(path)}:${line}`;
}

function firstLine({ text }: Snippet): string {
  return neutralise(text).split('\n', 1)[0]?.trim() ?? '';
}

function oneLine(text: string): string {
  return neutralise(text, { oneLine: true });
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
