/** What replay is held against: the line that stands between the same neighbours elsewhere. */
import type { Option } from './policy.ts';
import { isRight, type TypedLine } from './typedLines.ts';

/** Neighbours that are the same: above and below, two above, one above. A higher level outweighs any share. */
const LEVELS = 3;

/** Lines of the repository by what stands around them (white space at their ends left out). */
export class ContextCopy {
  private readonly tables = new Map<string, Map<string, number>>();
  private readonly texts = new Map<string, string>();

  set(path: string, text: string | undefined): void {
    const old = this.texts.get(path);
    if (old !== undefined) this.count(old, -1);
    if (text === undefined) this.texts.delete(path);
    else {
      this.texts.set(path, text);
      this.count(text, 1);
    }
  }

  /** What the lines with the same neighbours make of a line, at each stop. `path`'s own old text must be taken out before. */
  options({ above, below, text, stops }: TypedLine): Option[][] {
    const before = filled(above);
    const after = filled(below);
    const own = new Map<string, Map<string, number>>();
    each(before, (key, line) => add(own, key, line, 1));
    each(after, (key, line) => add(own, key, line, 1));
    const keys = keysOf(before.at(-1) ?? '', before.at(-2) ?? '', after[0] ?? '');
    return stops.map((stop) => {
      const typed = text.slice(0, stop);
      const options: Option[] = [];
      keys.forEach((key, level) => {
        const counts = new Map<string, number>();
        for (const table of [this.tables.get(key), own.get(key)])
          for (const [line, count] of table ?? [])
            if (line.startsWith(typed) && line.length - stop >= 3) counts.set(line, (counts.get(line) ?? 0) + count);
        const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
        for (const [line, count] of counts) {
          const rest = line.slice(stop);
          const score = LEVELS - level + (0.99 * count) / (total + 0.5);
          options.push({ text: rest, score, right: isRight(rest, text.slice(stop)), source: 'context copy' });
        }
      });
      return options.sort((a, b) => b.score - a.score).slice(0, 5);
    });
  }

  private count(text: string, by: number): void {
    each(filled(text), (key, line) => add(this.tables, key, line, by));
  }
}

function filled(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

function keysOf(above: string, above2: string, below: string): string[] {
  return [`b${above}\0${below}`, `2${above2}\0${above}`, `1${above}`];
}

function each(lines: readonly string[], put: (key: string, line: string) => void): void {
  for (let i = 0; i < lines.length; i++) {
    for (const key of keysOf(lines[i - 1] ?? '', lines[i - 2] ?? '', lines[i + 1] ?? '')) put(key, lines[i] as string);
  }
}

function add(tables: Map<string, Map<string, number>>, key: string, line: string, by: number): void {
  let table = tables.get(key);
  if (!table) tables.set(key, (table = new Map()));
  const count = (table.get(line) ?? 0) + by;
  if (count > 0) table.set(line, count);
  else table.delete(line);
  if (table.size === 0) tables.delete(key);
}
