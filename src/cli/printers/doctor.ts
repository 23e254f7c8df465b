/** The doctor's findings for a person: a table, then what to do. */
import { neutralise } from '../../base/neutralise.ts';
import type { DoctorEntry } from '../../core/engine.ts';

const WORDS: Record<DoctorEntry['status'], string> = {
  ok: 'ok',
  missing: 'missing',
  failed: 'failed',
  notNeeded: 'not needed',
};

export function printDoctor(root: string, trusted: boolean, tools: readonly DoctorEntry[]): string {
  const width = Math.max(0, ...tools.map(({ tool }) => tool.length));
  const lines = [`${oneLine(root)} (${trusted ? 'trusted' : 'not trusted: its own tools and git are left alone'})`, ''];
  for (const { tool, status, version, path, detail, advice } of tools) {
    const found = [version, path, detail].filter(Boolean).join('  ');
    lines.push(`  ${oneLine(tool).padEnd(width)}  ${WORDS[status].padEnd(10)}  ${oneLine(found)}`.trimEnd());
    if (advice) lines.push(`  ${' '.repeat(width)}  → ${oneLine(advice)}`);
  }
  return `${lines.join('\n')}\n`;
}

function oneLine(text: string): string {
  return neutralise(text, { oneLine: true });
}
