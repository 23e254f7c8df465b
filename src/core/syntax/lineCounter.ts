/** Lines of offsets that mostly ascend, in constant time each; the file's newlines are found once. */
import { lowerBound } from '../../base/binarySearch.ts';

export class LineCounter {
  private starts: Int32Array;
  private count = 1;
  private last = 0;

  constructor(text: string) {
    this.starts = new Int32Array(Math.max(16, text.length >> 4));
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) {
      if (this.count === this.starts.length) {
        const grown = new Int32Array(this.count * 2);
        grown.set(this.starts);
        this.starts = grown;
      }
      this.starts[this.count++] = at + 1;
    }
  }

  /** Lines that hold text or end with a newline: 0 for an empty file. */
  lines(length: number): number {
    return (this.starts[this.count - 1] as number) < length ? this.count : this.count - 1;
  }

  /** Line (from 1) of a UTF-16 offset. */
  lineAt(offset: number): number {
    const { starts, count } = this;
    let line = this.last;
    if ((starts[line] as number) > offset || (line + 64 < count && (starts[line + 64] as number) <= offset)) {
      line = lowerBound(1, count, (next) => starts[next] as number, offset + 1) - 1;
    } else while (line + 1 < count && (starts[line + 1] as number) <= offset) line++;
    this.last = line;
    return line + 1;
  }
}
