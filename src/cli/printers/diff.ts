/** A unified diff for a person: its signs coloured, nothing in it that could steer the terminal. */
import { neutralise } from '../../base/neutralise.ts';
import type { Style } from './style.ts';

export function diffLines(diff: string, style: Style): string[] {
  return neutralise(diff)
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => {
      if (line.startsWith('+')) return style.green(line);
      if (line.startsWith('-')) return style.red(line);
      return line.startsWith('@@') ? style.cyan(line) : line;
    });
}
