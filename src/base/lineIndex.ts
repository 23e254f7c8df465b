/** Offsets to lines and back. Lines and columns count from 1, columns in UTF-16 units. */
import { lowerBound } from './binarySearch.ts';

export class LineIndex {
  private readonly starts: Int32Array;

  constructor(private readonly text: string) {
    const starts = [0];
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
    this.starts = Int32Array.from(starts);
  }

  get lineCount(): number {
    return this.starts.length;
  }

  /** Line (from 1) of a UTF-16 offset. */
  lineAt(offset: number): number {
    return lowerBound(1, this.starts.length, (line) => this.starts[line] as number, offset + 1);
  }

  positionAt(offset: number): { line: number; column: number } {
    const line = this.lineAt(offset);
    return { line, column: offset - this.lineStart(line) + 1 };
  }

  /** Offset of a line's first unit; clamps to the text. */
  lineStart(line: number): number {
    if (line < 1) return 0;
    return line > this.starts.length ? this.text.length : (this.starts[line - 1] as number);
  }

  /** Offset of a position, clamped to its line. */
  offsetAt(line: number, column: number): number {
    const start = this.lineStart(line);
    const next = line < this.starts.length ? this.lineStart(line + 1) - 1 : this.text.length;
    return Math.min(start + Math.max(0, column - 1), next);
  }
}
