/** Plans for a person: each target with its place, how much speaks for it, and what. */
import { neutralise } from '../../base/neutralise.ts';
import type { PlanReport } from '../../core/infill/reasoner/reasoner.ts';
import { styleFor } from './style.ts';

export function printPlans({ plans, files }: PlanReport, colours: boolean): string {
  const style = styleFor(colours);
  if (plans.length === 0)
    return `Nothing in ${files} files speaks of this. Name a function, a file, a message or words of the code.\n`;
  const lines = plans.flatMap(({ target: { path, symbol, line }, score, rationale }, at) => [
    `${at + 1}. ${style.bold(oneLine(symbol))}  ${oneLine(path)}:${line}  ${score.toFixed(2)}`,
    style.dim(`   ${oneLine(rationale)}`),
  ]);
  return `${[...lines, '', 'With --json they are what "lodestone build" takes.'].join('\n')}\n`;
}

function oneLine(text: string): string {
  return neutralise(text, { oneLine: true });
}
