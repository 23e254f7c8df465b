/** Lines of offsets that come nearly in order: remembers where it was, so that a walk over a tree costs a step a node. */
export class LineCursor {
  private readonly starts: Int32Array;
  private readonly count: number;
  private last = 0;

  constructor(text: string) {
    let starts = new Int32Array(1 + (text.length >> 4));
    let count = 1;
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) {
      if (count === starts.length) {
        const grown = new Int32Array(starts.length * 2);
        grown.set(starts);
        starts = grown;
      }
      starts[count++] = at + 1;
    }
    this.starts = starts;
    this.count = count;
  }

  /** Line (from 1) of a UTF-16 offset. */
  lineAt(offset: number): number {
    const { starts, count } = this;
    let line = this.last;
    // Far jumps are searched, near ones walked.
    if ((starts[line] as number) > offset || (line + 16 < count && (starts[line + 16] as number) <= offset)) {
      let low = 0;
      let high = count - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if ((starts[middle] as number) <= offset) low = middle;
        else high = middle - 1;
      }
      line = low;
    } else while (line + 1 < count && (starts[line + 1] as number) <= offset) line++;
    this.last = line;
    return line + 1;
  }
}
