/** Counts of samples by class, and the table that is printed. */
export interface Count {
  all: number;
  rejected: number;
  /** Not rejected, but the trimmer had taken what was bad away. */
  mended: number;
  readonly by: Map<string, number>;
}

export class Tally {
  private readonly classes = new Map<string, Count>();

  add(name: string, outcome: { filter?: string; mended?: boolean }): void {
    const count = this.classes.get(name) ?? { all: 0, rejected: 0, mended: 0, by: new Map() };
    this.classes.set(name, count);
    count.all++;
    if (outcome.filter) {
      count.rejected++;
      count.by.set(outcome.filter, (count.by.get(outcome.filter) ?? 0) + 1);
    } else if (outcome.mended) count.mended++;
  }

  total(names: (name: string) => boolean): { all: number; caught: number } {
    let all = 0;
    let caught = 0;
    for (const [name, count] of this.classes) {
      if (!names(name)) continue;
      all += count.all;
      caught += count.rejected + count.mended;
    }
    return { all, caught };
  }

  rows(): { name: string; count: Count }[] {
    return [...this.classes].map(([name, count]) => ({ name, count }));
  }
}

export function percent(part: number, whole: number): string {
  return whole === 0 ? '–' : `${((100 * part) / whole).toFixed(1)} %`;
}
