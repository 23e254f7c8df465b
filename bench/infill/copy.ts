/**
 * The baseline to beat: of the stretches that have as many lexemes, the one that most often stands between the same neighbours elsewhere,
 * backing off to one neighbour, then to how often it stands anywhere. Neighbours of a line are the lines around it, of a node the lexemes.
 */
import { lexemesOf } from '../../src/core/infill/place.ts';
import type { BlankedRepository, BlankedSpan } from './spans.ts';

const NODE_SIDES = [8, 4, 3, 2, 1] as const;
const SEPARATOR = '\u0001';

interface Line {
  readonly text: string;
  readonly lexemes: number;
}

type Counts = Map<string, number>;

/** `known`: the lexemes of the answer; without them any length will do. */
export class CopyBaseline {
  private readonly between = new Map<string, Counts>();
  private readonly after = new Map<string, Counts>();
  private readonly before = new Map<string, Counts>();
  private readonly anywhere: Counts = new Map();
  private readonly sizes = new Map<string, number>();
  /** All lexemes of the repository as numbers, -1 between files, and where each number stands. */
  private readonly ids = new Map<string, number>();
  private readonly stream: number[] = [];
  private readonly places = new Map<number, number[]>();

  constructor(private readonly repository: BlankedRepository) {
    for (const { path, text } of repository.files.values()) {
      const holes = repository.spans.filter((span) => span.path === path).map(({ at }) => at);
      this.addLines(text, holes);
      this.addLexemes(text, holes);
    }
  }

  answer(span: BlankedSpan, known: number | undefined): string | undefined {
    return span.kind === 'line' ? this.line(span, known) : this.node(span, known);
  }

  private line({ path, at }: BlankedSpan, known: number | undefined): string | undefined {
    const text = this.textOf(path);
    const above =
      linesOf(text.slice(0, at))
        .slice(0, -1)
        .findLast((line) => line.text !== '')?.text ?? '';
    const below =
      linesOf(text.slice(at))
        .slice(1)
        .find((line) => line.text !== '')?.text ?? '';
    return (
      this.best(this.between.get(above + SEPARATOR + below), known) ??
      this.best(merged(this.after.get(above), this.before.get(below)), known) ??
      this.best(this.anywhere, known)
    );
  }

  private best(counts: Counts | undefined, known: number | undefined): string | undefined {
    let best: string | undefined;
    let most = 0;
    for (const [text, count] of counts ?? []) {
      if (known !== undefined && this.sizes.get(text) !== known) continue;
      if (count > most) [best, most] = [text, count];
    }
    return best;
  }

  private node({ path, at }: BlankedSpan, known: number | undefined): string | undefined {
    const text = this.textOf(path);
    const number = (lexeme: string) => this.ids.get(lexeme) ?? -2;
    const left = lexemesOf(text.slice(Math.max(0, at - 400), at))
      .slice(-8)
      .map(number);
    const right = lexemesOf(text.slice(at, at + 400))
      .slice(0, 8)
      .map(number);
    for (const side of NODE_SIDES) {
      const found = this.stretches(left.slice(-side), right.slice(0, side), known);
      if (found !== undefined) return found;
    }
    for (const side of [3, 2, 1]) {
      const found = known === undefined ? undefined : this.stretches(left.slice(-side), [], known);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** The most frequent stretch between these lexemes. */
  private stretches(left: readonly number[], right: readonly number[], known: number | undefined): string | undefined {
    const counts: Counts = new Map();
    const { stream } = this;
    for (const place of this.places.get(left.at(-1) ?? -2) ?? []) {
      const start = place + 1;
      if (!left.every((id, i) => stream[start - left.length + i] === id)) continue;
      for (let size = known ?? 1; size <= (known ?? 24); size++) {
        if (!right.every((id, i) => stream[start + size + i] === id)) continue;
        const taken = stream.slice(start, start + size);
        if (taken.length < size || taken.includes(-1)) break;
        const key = taken.join(' ');
        counts.set(key, (counts.get(key) ?? 0) + 1);
        break;
      }
    }
    let best: string | undefined;
    let most = 0;
    for (const [key, count] of counts) if (count > most) [best, most] = [key, count];
    return best
      ?.split(' ')
      .map((id) => this.words[Number(id)])
      .join(' ');
  }

  private readonly words: string[] = [];

  private addLines(text: string, holes: readonly number[]): void {
    let offset = 0;
    const lines: (Line & { holed: boolean })[] = [];
    for (const raw of text.split('\n')) {
      const end = offset + raw.length;
      const holed = holes.some((at) => at >= offset && at <= end);
      const content = raw.trim();
      if (content !== '' || holed) lines.push({ text: content, lexemes: lexemesOf(content).length, holed });
      offset = end + 1;
    }
    lines.forEach(({ text: line, lexemes, holed }, i) => {
      if (holed) return;
      const [above, below] = [lines[i - 1], lines[i + 1]];
      this.sizes.set(line, lexemes);
      count(this.anywhere, line);
      if (above && !above.holed) count(entry(this.after, above.text), line);
      if (below && !below.holed) count(entry(this.before, below.text), line);
      if (above && below && !above.holed && !below.holed)
        count(entry(this.between, above.text + SEPARATOR + below.text), line);
    });
  }

  private addLexemes(text: string, holes: readonly number[]): void {
    let from = 0;
    for (const to of [...holes, text.length]) {
      this.stream.push(-1);
      for (const lexeme of lexemesOf(text.slice(from, to))) {
        let id = this.ids.get(lexeme);
        if (id === undefined) {
          this.ids.set(lexeme, (id = this.words.length));
          this.words.push(lexeme);
        }
        const places = this.places.get(id);
        if (places) places.push(this.stream.length);
        else this.places.set(id, [this.stream.length]);
        this.stream.push(id);
      }
      from = to;
    }
    this.stream.push(-1);
  }

  private textOf(path: string): string {
    return this.repository.files.get(path)?.text ?? '';
  }
}

function linesOf(text: string): Line[] {
  return text.split('\n').map((raw) => ({ text: raw.trim(), lexemes: 0 }));
}

function count(counts: Counts, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function entry(map: Map<string, Counts>, key: string): Counts {
  let counts = map.get(key);
  if (!counts) map.set(key, (counts = new Map()));
  return counts;
}

function merged(one: Counts | undefined, other: Counts | undefined): Counts {
  const all: Counts = new Map(one);
  for (const [key, value] of other ?? []) all.set(key, (all.get(key) ?? 0) + value);
  return all;
}
