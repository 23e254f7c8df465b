/**
 * Places of other files that were edited or looked at lately, as excerpts for a prompt. What is handed out stays the same,
 * in the same order, until somebody says that there is a moment to choose anew: a server keeps what it has read of a prompt
 * only as far as nothing in it changes.
 */
import { looksSecret } from '../../retrieval/hygiene.ts';
import type { RelatedFile } from '../prompt/prompt.ts';
import { isSecretFile } from './gates.ts';

export type Why = 'edited' | 'visited';

interface RecentPlace {
  readonly path: string;
  /** From 0. */
  line: number;
  why: Why;
  /** Grows with every event. */
  last: number;
}

/** Reads lines [from, to) of a file of this repository; undefined where nobody has it open. */
export type ReadLines = (path: string, from: number, to: number) => string | undefined;

/** Places that are followed, and excerpts that are handed out. */
const FOLLOWED = 24;
const EXCERPTS = 6;
/** Lines of an excerpt before and after its place; it begins on a multiple of the step so that small moves change nothing. */
const BEFORE = 8;
const AFTER = 16;
const STEP = 8;
const LONGEST_EXCERPT = 2_000;

export class RecentPlaces {
  private readonly places: RecentPlace[] = [];
  private count = 0;
  private chosen: { file: string; excerpts: readonly RelatedFile[] } | undefined;

  /** Somebody edited or looked at a line (from 0). An edit stays one when it is looked at again. */
  note(path: string, line: number, why: Why): void {
    if (isSecretFile(path)) return;
    const last = ++this.count;
    const near = this.places.find((place) => place.path === path && windowOf(place.line) === windowOf(line));
    if (near) Object.assign(near, { line, last, why: near.why === 'edited' ? 'edited' : why });
    else this.places.push({ path, line, why, last });
    if (this.places.length > FOLLOWED) this.places.splice(this.places.indexOf(this.leastTelling()), 1);
  }

  /** The file is gone. */
  forget(path: string): void {
    for (let i = this.places.length - 1; i >= 0; i--) if (this.places[i]?.path === path) this.places.splice(i, 1);
  }

  /** Excerpts for a cursor in `file`: those that were chosen for it last, unless `anew`. */
  around(file: string, read: ReadLines, { anew = false }: { readonly anew?: boolean } = {}): readonly RelatedFile[] {
    if (anew || this.chosen?.file !== file) this.chosen = { file, excerpts: this.choose(file, read) };
    return this.chosen.excerpts;
  }

  /** The most telling places; those that were handed out before keep their order, so that only the end of the list changes. */
  private choose(file: string, read: ReadLines): readonly RelatedFile[] {
    const before = new Map((this.chosen?.excerpts ?? []).map((excerpt, index) => [excerpt.text, index]));
    const excerpts: RelatedFile[] = [];
    const taken: { path: string; from: number }[] = [];
    for (const { path, line } of [...this.places].sort(moreTelling)) {
      if (excerpts.length === EXCERPTS) break;
      if (path === file) continue;
      const from = windowOf(line);
      if (taken.some((other) => other.path === path && Math.abs(other.from - from) < BEFORE + AFTER)) continue;
      const text = withoutSecrets(read(path, from, from + BEFORE + AFTER) ?? '');
      if (text.trim() === '' || text.length > LONGEST_EXCERPT) continue;
      excerpts.push({ path, text });
      taken.push({ path, from });
    }
    const rank = (excerpt: RelatedFile, index: number) => before.get(excerpt.text) ?? before.size + index;
    return excerpts
      .map((excerpt, index) => ({ excerpt, rank: rank(excerpt, index) }))
      .sort((a, b) => a.rank - b.rank)
      .map(({ excerpt }) => excerpt);
  }

  private leastTelling(): RecentPlace {
    return [...this.places].sort(moreTelling)[this.places.length - 1] as RecentPlace;
  }
}

/** First line of the excerpt around a line. */
function windowOf(line: number): number {
  return Math.max(0, Math.floor((line - BEFORE) / STEP) * STEP);
}

/** Edits before visits, the later before the earlier. */
function moreTelling(a: RecentPlace, b: RecentPlace): number {
  if (a.why !== b.why) return a.why === 'edited' ? -1 : 1;
  return b.last - a.last;
}

function withoutSecrets(text: string): string {
  return text
    .split('\n')
    .filter((line) => !looksSecret(line))
    .join('\n');
}
