/** The repository as tokens, kept current file by file: what every continuation is looked up in. */
import { familyOf, type LanguageId } from '../../languages.ts';
import { cellsOf } from './cells.ts';
import { Segment, type SegmentFile } from './segment.ts';
import { Vocabulary } from './vocabulary.ts';

export interface CorpusLimits {
  /** Files of more tokens are data or generated. */
  readonly fileTokens: number;
  /** Tokens of one language family; where there are more, the largest files are left out first. */
  readonly tokens: number;
}

export const DEFAULT_LIMITS: CorpusLimits = { fileTokens: 60_000, tokens: 6_000_000 };

/** Tokens that may lie in the small segment before both are merged; more where the large one is large. */
const LEAST_MERGE = 60_000;
const MERGE_SHARE = 8;

/** One language family. What is set waits until it is asked for: then the files that changed since are sorted on their own. */
export class FamilyCorpus {
  readonly vocabulary = new Vocabulary();
  private main: Segment | undefined;
  private fresh: Segment | undefined;
  /** Files set since the main segment was made. */
  private readonly recent = new Map<string, Int32Array>();
  private dirty = false;
  private largest: number;
  private kept = 0;
  /** Grows with every change. */
  version = 0;

  constructor(private readonly limits: CorpusLimits) {
    this.largest = limits.fileTokens;
  }

  set(path: string, cells: Int32Array): void {
    this.delete(path);
    if (cells.length === 0 || cells.length > this.largest) return;
    this.recent.set(path, cells);
    this.kept += cells.length;
    this.dirty = true;
    this.version++;
    while (this.kept > this.limits.tokens && this.largest > 1) this.leaveOutLargest();
  }

  delete(path: string): void {
    const waiting = this.recent.get(path);
    if (waiting) {
      this.recent.delete(path);
      this.kept -= waiting.length;
      this.dirty = true;
      this.version++;
    } else if (this.main?.has(path)) {
      const before = this.main.dead;
      this.main.remove(path);
      this.kept -= this.main.dead - before - 1;
      this.version++;
    }
  }

  /** The segments to look in, the large one first; sorts what changed. A merge of all takes about 0.25 s per million tokens. */
  segments(): readonly Segment[] {
    if (this.dirty) {
      this.dirty = false;
      let waiting = 0;
      for (const cells of this.recent.values()) waiting += cells.length;
      const size = this.main?.size ?? 0;
      if (waiting > Math.max(LEAST_MERGE, size / MERGE_SHARE) || (this.main?.dead ?? 0) * 2 > size) this.merge();
      else this.fresh = waiting > 0 ? this.segmentOf(this.recent) : undefined;
    }
    return [this.main, this.fresh].filter((segment) => segment !== undefined);
  }

  get tokens(): number {
    return this.kept;
  }

  /** Measured sizes of the arrays, and 2 bytes a character with 64 an entry for the vocabulary. */
  get bytes(): number {
    let bytes = (this.main?.bytes ?? 0) + (this.fresh?.bytes ?? 0);
    for (const cells of this.recent.values()) bytes += cells.byteLength;
    return bytes + this.vocabulary.characters * 2 + this.vocabulary.size * 64;
  }

  private merge(): void {
    const all = new Map(this.recent);
    for (const { path, cells } of this.main?.files() ?? []) all.set(path, cells);
    this.main = this.segmentOf(all);
    this.fresh = undefined;
    this.recent.clear();
  }

  private segmentOf(files: ReadonlyMap<string, Int32Array>): Segment {
    const ordered: SegmentFile[] = [...files].map(([path, cells]) => ({ path, cells }));
    ordered.sort((a, b) => (a.path < b.path ? -1 : 1));
    return new Segment(ordered, this.vocabulary.size);
  }

  /** Halves the size of file that is kept, so that which files are kept depends on the files and not on their order. */
  private leaveOutLargest(): void {
    this.largest = Math.floor(this.largest / 2);
    const large = [...this.recent].filter(([, cells]) => cells.length > this.largest).map(([path]) => path);
    for (const { path, cells } of this.main?.files() ?? []) if (cells.length > this.largest) large.push(path);
    for (const path of large) this.delete(path);
  }
}

/** All families. The caller gives it every source's text when it is read, and again when it is saved. */
export class TokenCorpus {
  private readonly families = new Map<string, FamilyCorpus>();
  private readonly familyOfPath = new Map<string, string>();

  constructor(private readonly limits: CorpusLimits = DEFAULT_LIMITS) {}

  set(path: string, language: LanguageId, text: string): void {
    const name = familyOf(language);
    if (this.familyOfPath.get(path) !== name) this.delete(path);
    this.familyOfPath.set(path, name);
    const family = this.family(language);
    family.set(path, cellsOf(text, language, family.vocabulary));
  }

  delete(path: string): void {
    const name = this.familyOfPath.get(path);
    if (name === undefined) return;
    this.families.get(name)?.delete(path);
    this.familyOfPath.delete(path);
  }

  family(language: LanguageId): FamilyCorpus {
    const name = familyOf(language);
    let family = this.families.get(name);
    if (!family) this.families.set(name, (family = new FamilyCorpus(this.limits)));
    return family;
  }

  /** Sorts what was set since the last look-up, so that the next one need not: for idle time. */
  settle(): void {
    for (const family of this.families.values()) family.segments();
  }

  get tokens(): number {
    return [...this.families.values()].reduce((sum, { tokens }) => sum + tokens, 0);
  }

  get bytes(): number {
    return [...this.families.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  }
}
