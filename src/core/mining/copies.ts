/** Which files say the same as others: copies are no evidence. */
import type { FileTrees } from './forest.ts';

/** Below this many nodes files are alike by chance. */
const SMALL = 8;

export class Copies {
  private readonly keys = new WeakMap<FileTrees, string>();

  /** Files whose trees differ from those of every file before them. */
  without(files: readonly FileTrees[]): FileTrees[] {
    const seen = new Set<string>();
    return files.filter((file) => {
      const key = this.keyOf(file);
      if (file.label.length > SMALL && seen.has(key)) return false;
      seen.add(key);
      return true;
    });
  }

  private keyOf(file: FileTrees): string {
    let key = this.keys.get(file);
    if (key === undefined) {
      const { label, size } = file;
      let low = label.length;
      let high = 17;
      for (let node = 0; node < label.length; node++) {
        low = Math.imul(low ^ (label[node] as number), 0x01000193);
        high = (Math.imul(high, 31) + (label[node] as number) * 7 + (size[node] as number)) | 0;
      }
      key = `${label.length} ${low} ${high}`;
      this.keys.set(file, key);
    }
    return key;
  }
}
