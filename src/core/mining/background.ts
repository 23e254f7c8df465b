/** How common a label or a parent–child pair is in code at large: the yardstick of what is specific to a repository. */
import { lowerBound } from '../../base/binarySearch.ts';
import { LodestoneError } from '../../base/errors.ts';

/**
 * Document frequencies over functions of many public repositories, by language family.
 * Keys are `patternHash(family, label)` and `patternHash(family, parent + '>' + child)`.
 */
export interface BackgroundTable {
  readonly functions: Readonly<Record<string, number>>;
  readonly counts: Pick<ReadonlyMap<number, number>, 'get'>;
}

/** Bytes an entry: its hash, big endian, and the logarithm of its count. */
const ENTRY_BYTES = 5;

const MAGIC = 'LSBG1';

/** 32-bit FNV-1a over UTF-16 units of `family`, a NUL and the pattern. */
export function patternHash(family: string, pattern: string): number {
  let hash = 0x811c9dc5;
  const mix = (text: string): void => {
    for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  };
  mix(family);
  hash = Math.imul(hash, 0x01000193);
  mix(pattern);
  return hash >>> 0;
}

/** Counts are kept as quarter-octave logarithms, one byte each: the error is below a fifth of the count. */
export function packBackground(table: BackgroundTable & { counts: ReadonlyMap<number, number> }): string {
  const entries = [...table.counts.entries()].sort((a, b) => a[0] - b[0]);
  const bytes = new Uint8Array(entries.length * ENTRY_BYTES);
  const view = new DataView(bytes.buffer);
  entries.forEach(([hash, count], index) => {
    view.setUint32(index * ENTRY_BYTES, hash);
    bytes[index * ENTRY_BYTES + 4] = Math.min(255, Math.round(Math.log2(count) * 4));
  });
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return `${JSON.stringify({ magic: MAGIC, functions: table.functions, entries: entries.length })}\n${btoa(binary)}\n`;
}

/** Reads what `packBackground` wrote; throws LodestoneError badData for another version. */
export function unpackBackground(text: string): BackgroundTable {
  const line = text.indexOf('\n');
  const header = JSON.parse(text.slice(0, line === -1 ? 0 : line) || '{}') as {
    magic?: string;
    functions?: Record<string, number>;
    entries?: number;
  };
  if (header.magic !== MAGIC || header.functions === undefined)
    throw new LodestoneError('badData', 'The background table has another version.', {
      advice: 'Reinstall Lodestone, or rebuild the table with training/background.',
    });
  return { functions: header.functions, counts: new PackedCounts(atob(text.slice(line + 1).trim())) };
}

/** The packed entries as they are: a mine asks for a part of them, and unpacking all takes longer than finding those. */
class PackedCounts {
  constructor(private readonly binary: string) {}

  get(hash: number): number | undefined {
    const { binary } = this;
    const size = Math.floor(binary.length / ENTRY_BYTES);
    const entry = lowerBound(0, size, (each) => this.hashAt(each), hash);
    const at = entry * ENTRY_BYTES;
    if (at + ENTRY_BYTES > binary.length || this.hashAt(entry) !== hash) return undefined;
    return 2 ** (binary.charCodeAt(at + ENTRY_BYTES - 1) / 4);
  }

  private hashAt(entry: number): number {
    const { binary } = this;
    const at = entry * ENTRY_BYTES;
    const high = (binary.charCodeAt(at) << 24) | (binary.charCodeAt(at + 1) << 16);
    return (high | (binary.charCodeAt(at + 2) << 8) | binary.charCodeAt(at + 3)) >>> 0;
  }
}

/** A table that knows nothing: every named label then counts as rare. */
export const EMPTY_BACKGROUND: BackgroundTable = { functions: {}, counts: new Map() };

/** A word that users of a framework write. */
export interface FrameworkWord {
  /** Bits that it may have at most. */
  readonly most: number;
  /** A framework for tests has it. */
  readonly tests: boolean;
}

/** Code lengths of labels under the background, with the answers cached. */
export class BackgroundModel {
  private readonly labels = new Map<string, number>();
  private readonly edges = new Map<string, number>();
  private readonly functions: number;

  /** `known`: frameworks' words by their last segment. */
  constructor(
    private readonly table: BackgroundTable,
    private readonly family: string,
    private readonly known: ReadonlyMap<string, FrameworkWord> = new Map(),
  ) {
    this.functions = table.functions[family] ?? 0;
  }

  private count(pattern: string): number {
    return this.table.counts.get(patternHash(this.family, pattern)) ?? 0;
  }

  /** −log2 of the share of functions that hold the label, add-one smoothed. */
  labelBits(label: string): number {
    let bits = this.labels.get(label);
    if (bits === undefined) {
      bits =
        this.functions === 0
          ? label.includes(' ')
            ? 8
            : 1
          : Math.log2((this.functions + 2) / (this.count(label) + 1));
      const word = /^(?:call|chain|new|jsx|decorator|macro|ref|base) (?:.*[.:])?([\w$]+)!?$/.exec(label)?.[1];
      const { most = bits } = (word === undefined ? undefined : this.known.get(word)) ?? {};
      bits = Math.min(bits, most);
      this.labels.set(label, bits);
    }
    return bits;
  }

  /** The word of a known framework that a label ends with. */
  frameworkWord(label: string): FrameworkWord | undefined {
    const word = /(?:^|[ .:])([\w$]+)!?$/.exec(label)?.[1];
    return word === undefined ? undefined : this.known.get(word);
  }

  /** −log2 of the share of functions with `parent` in which it has a child `child`; at most the label's own bits. */
  edgeBits(parent: string, child: string): number {
    const key = `${parent}>${child}`;
    let bits = this.edges.get(key);
    if (bits === undefined) {
      const alone = this.labelBits(child);
      const pair = this.count(key);
      bits = pair === 0 ? alone : Math.min(alone, Math.log2((this.count(parent) + 2) / (pair + 1)));
      bits = Math.max(0, bits);
      this.edges.set(key, bits);
    }
    return bits;
  }

  /** Bits of a callee whose form is not known: the commonest of its labels. */
  calleeBits(name: string): number {
    const last = name.split(/[.:]+/).pop() ?? name;
    return Math.min(
      ...[`call ${name}`, `call ${last}`, `call .${last}`, `chain .${last}`, `macro ${last}!`, `new ${last}`].map(
        (label) => this.labelBits(label),
      ),
    );
  }
}
