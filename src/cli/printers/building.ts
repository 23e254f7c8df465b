/** Built patches and compared presets for a person: the diff, who wrote it, what the tools say, what became of it. */
import { neutralise } from '../../base/neutralise.ts';
import { nameOf } from '../../core/infill/builder/plan.ts';
import type { Interval, PresetComparison } from '../../core/infill/builder/provenance.ts';
import type { BuiltValue } from '../commands/build.ts';
import { diffLines } from './diff.ts';
import { noteLines } from './notes.ts';
import { type Style, styleFor } from './style.ts';

type Built = BuiltValue['patches'][number];

const TESTS = {
  passed: 'The project’s tests pass.',
  failed: 'The project’s tests fail, as they did before.',
  notRun: 'The project’s tests were not run.',
} as const;

export function printBuilt({ patches, appliedId, tests, notes }: BuiltValue, colours: boolean): string {
  const style = styleFor(colours);
  const lines = patches.flatMap((patch, index) => [...(index ? [''] : []), ...patchLines(patch, style)]);
  const count = (is: (patch: Built) => boolean) => patches.filter(is).length;
  const plans = `${patches.length} ${patches.length === 1 ? 'plan' : 'plans'}`;
  const failed = count(({ error }) => error !== null);
  lines.push('', `${plans}: ${count(({ canApply }) => canApply)} can be applied, ${failed} failed.`);
  const applied = count(({ execution }) => execution?.outcome === 'applied');
  if (appliedId !== null) lines.push(style.green(`${applied} written. Take them back with "lodestone undo".`));
  else if (tests) lines.push(style.red('Nothing was changed.'));
  if (appliedId !== null && tests) lines.push(TESTS[tests]);
  lines.push(...noteLines(notes, style, '  '));
  return `${lines.join('\n')}\n`;
}

function patchLines(patch: Built, style: Style): string[] {
  const { plan, diff, error, samples, validationErrors, validatedBy, notes, canApply, risk, execution } = patch;
  const lines = [style.bold(oneLine(`${patch.filePath}: ${plan.editTargets.map(nameOf).join(', ')}`))];
  if (plan.intent !== '') lines.push(`  ${oneLine(plan.intent)}`);
  if (error) return [...lines, style.red(`  ${oneLine(error.message)}`), `  ${oneLine(error.advice)}`];
  if (diff === '') lines.push('  It is what stands there already.');
  else lines.push('', ...diffLines(diff, style), '');
  for (const { source, from, confidence, meta } of samples) {
    const sampled = meta.model === null ? 'no denoiser' : `${meta.model}, ${meta.preset}, seed ${meta.seed}`;
    const standsIn = source === 'model' || source === 'nearest';
    const sure = standsIn ? 'stands in' : `right with ${Math.round(confidence * 100)} %`;
    lines.push(style.dim(`  ${source}: ${oneLine(from)}; ${sure} (${oneLine(sampled)})`));
  }
  // Of what changes nothing there is no more to say.
  if (diff === '') return lines;
  for (const message of validationErrors) lines.push(style.red(`  ${oneLine(message)}`));
  const by = validatedBy.length > 0 ? `Checked by ${validatedBy.join(', ')}` : 'Only its syntax was checked';
  lines.push(`  ${by}; risk ${risk.score.toFixed(2)}; ${canApply ? 'can be applied' : 'not to be applied unseen'}.`);
  for (const { name, value, explanation } of risk.components)
    if (value > 0) lines.push(style.dim(`    ${name} ${value.toFixed(2)}: ${oneLine(explanation)}`));
  lines.push(...noteLines(notes, style, '  '));
  if (execution?.outcome === 'applied') lines.push(style.green('  Written.'));
  else if (execution) lines.push(style.red(`  ${oneLine(execution.reason || 'Not written.')}`));
  return lines;
}

export function printComparison({ presets, best, withoutDenoiser }: PresetComparison, colours: boolean): string {
  const style = styleFor(colours);
  if (presets.length === 0) {
    const others = withoutDenoiser > 0 ? ` ${withoutDenoiser} were written without a denoiser.` : '';
    return `No sample of a denoiser was recorded here yet.${others} "lodestone build" records each.\n`;
  }
  const head = ['preset', 'samples', 'decided', 'accepted', 'regressed', 'can be applied', 'ms', 'confidence'];
  const rows = presets.map((figures) => [
    ...[figures.preset, String(figures.samples), String(figures.decided)],
    share(figures.accepted, figures.decided, figures.acceptedInterval),
    share(figures.regressed, figures.decided, figures.regressedInterval),
    share(figures.canApply, figures.samples, figures.canApplyInterval),
    ...[figures.ms.toFixed(0), figures.confidence.toFixed(2)],
  ]);
  const widths = head.map((title, at) => Math.max(title.length, ...rows.map((row) => (row[at] as string).length)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, at) => cell.padEnd(widths[at] as number))
      .join('  ')
      .trimEnd();
  const told = best === null ? 'No preset is kept significantly more than the others.' : `Kept most: ${best}.`;
  return `${[style.bold(line(head)), ...rows.map(line), '', told].join('\n')}\n`;
}

/** "3 of 4 (30–95 %)". */
function share(count: number, total: number, { low, high }: Interval): string {
  if (total === 0) return '–';
  return `${count} of ${total} (${Math.round(low * 100)}–${Math.round(high * 100)} %)`;
}

function oneLine(text: string): string {
  return neutralise(text, { oneLine: true });
}
