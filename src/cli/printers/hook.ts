/** The pre-commit hook for a person: whether it is there, and what stops a commit. */
import { neutralise } from '../../base/neutralise.ts';
import type { GateReport } from '../../core/healing/gate.ts';
import type { HookState } from '../../node/hook/preCommitHook.ts';
import { noteLines } from './notes.ts';
import { styleFor } from './style.ts';

const ERRORS = 50;

export function printHook(action: string, { path, state, chained, executable }: HookState, colours: boolean): string {
  const style = styleFor(colours);
  const where = oneLine(path);
  const lines: string[] = [];
  if (state === 'installed') {
    lines.push(style.green(`Installed: ${where}`));
    lines.push('Commits that add errors are stopped; "git commit --no-verify" goes round it.');
    if (chained) lines.push('The hook that was there before runs first.');
    if (!executable) lines.push(style.red(`Git does not run it: make it executable with "chmod +x ${where}".`));
  } else if (state === 'foreign')
    lines.push(
      action === 'uninstall'
        ? `Lodestone's hook is gone; the one that was there before is back: ${where}`
        : `${where} is not Lodestone's. "lodestone hook install" says how the check is added to it.`,
    );
  else
    lines.push(
      action === 'uninstall' ? 'There is no hook of Lodestone’s any more.' : `No hook: ${where} does not exist.`,
    );
  return `${lines.join('\n')}\n`;
}

export function printGate(
  { added, left, checked, tools, notes, skipped }: GateReport & { readonly skipped: readonly string[] },
  colours: boolean,
): string {
  const style = styleFor(colours);
  const lines: string[] = [];
  for (const { path, line, column, tool, code, message } of added.slice(0, ERRORS))
    lines.push(`${oneLine(path)}:${line}:${column} ${style.red(`${tool} ${code}`.trim())} ${oneLine(message)}`);
  if (added.length > ERRORS) lines.push(style.dim(`and ${added.length - ERRORS} more`));
  lines.push(...noteLines(notes, style));
  for (const path of skipped) lines.push(style.dim(`${oneLine(path)} was not checked: it is no text, or too large.`));
  const files = `${checked.length} ${checked.length === 1 ? 'file' : 'files'}`;
  const old = left > 0 ? ` ${left} that were there before stop nobody.` : '';
  if (added.length > 0)
    lines.push(
      style.red(
        `lodestone: the commit adds ${added.length} ${added.length === 1 ? 'error' : 'errors'} in ${files}.${old}`,
      ),
      'Repair them ("lodestone heal FILE"), or commit all the same with "git commit --no-verify".',
    );
  else if (checked.length > 0)
    lines.push(style.dim(`lodestone: no new error in ${files} (${tools.join(', ')}).${old}`));
  return lines.length > 0 ? `${lines.join('\n')}\n` : '';
}

function oneLine(text: string): string {
  return neutralise(text, { oneLine: true });
}
