/** What tools that could not be asked, or had more to say, tell a person. */
import { neutralise } from '../../base/neutralise.ts';
import type { Style } from './style.ts';

interface Note {
  readonly tool: string;
  readonly message: string;
  readonly advice?: string;
}

/** One line each; `indent` before it. */
export function noteLines(notes: readonly Note[], style: Style, indent = ''): string[] {
  const oneLine = (text: string) => neutralise(text, { oneLine: true });
  return notes.map(({ tool, message, advice }) =>
    style.dim(`${indent}${oneLine(tool)}: ${oneLine(message)}${advice ? ` ${oneLine(advice)}` : ''}`),
  );
}
