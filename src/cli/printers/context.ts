/** A context report for a person: the block as a model would get it, then the seed and the APIs in reach. */
import { neutralise } from '../../base/neutralise.ts';
import type { ContextReport } from '../../core/retrieval/context.ts';

export function printContext(report: ContextReport): string {
  const lines = [neutralise(report.considerBlock).replace(/\n$/, ''), ''];
  lines.push(`Consider-block: ${report.bytes} bytes, ${report.attractors.length} attractors.`);
  if (report.seed) lines.push(`Seed: ${neutralise(report.seed, { oneLine: true })}`);
  if (report.apis.length) lines.push('APIs in reach:');
  for (const { score, signature, path } of report.apis) {
    const where = path ? `  (${neutralise(path, { oneLine: true })})` : '';
    lines.push(`  ${score.toFixed(2)}  ${neutralise(signature, { oneLine: true })}${where}`);
  }
  return `${lines.join('\n')}\n`;
}
