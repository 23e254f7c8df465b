/** Infilled code for a person: the surest candidate as a diff, who wrote it, how sure it is; or why there is none. */
import { findingLine } from '../../base/findings.ts';
import { neutralise } from '../../base/neutralise.ts';
import type { InfillCandidate, InfillReport } from '../../core/infill/infill.ts';
import { styleFor } from './style.ts';

export function printInfill({ candidates, withheld, fallback, why }: InfillReport, colours: boolean): string {
  const style = styleFor(colours);
  const lines: string[] = [];
  candidates.forEach((candidate, i) => {
    if (candidates.length > 1) lines.push(style.dim(`Candidate ${i + 1} of ${candidates.length}`));
    lines.push(neutralise(candidate.diff).trimEnd() || 'It is what stands there already.');
    lines.push(style.dim(about(candidate, fallback !== null)));
    const { tools = [], added = [] } = candidate.validation ?? {};
    if (tools.length > 0 && added.length === 0) lines.push(style.dim(`${tools.join(', ')}: no new error`));
    for (const finding of added) lines.push(style.red(oneLine(findingLine(finding.path, finding))));
    lines.push('');
  });
  if (why !== '') lines.push(oneLine(why));
  if (candidates.length === 0 && withheld.length > 0)
    lines.push(
      style.dim('Not sure enough to be shown; --threshold 0 shows them:'),
      ...withheld.map(({ text, confidence, source, parses }) =>
        style.dim(
          `  ${percent(confidence)} ${source}${parses ? '' : ', does not parse'}: ${oneLine(text).slice(0, 120)}`,
        ),
      ),
    );
  return `${lines.join('\n').trimEnd()}\n`;
}

function about({ source, from, confidence, risk, parses, meta }: InfillCandidate, stoodIn: boolean): string {
  const who = `${source}: ${oneLine(from)}`;
  const sure = stoodIn ? 'stands in' : `right with ${percent(confidence)}`;
  const sampled = meta.model === null ? 'no denoiser' : `${meta.model}, ${meta.preset}, seed ${meta.seed}`;
  return `${who}; ${sure}; risk ${risk.toFixed(2)}${parses ? '' : '; does not parse'} (${sampled})`;
}

const percent = (share: number) => `${Math.round(share * 100)} %`;

function oneLine(text: string): string {
  return neutralise(text, { oneLine: true });
}
