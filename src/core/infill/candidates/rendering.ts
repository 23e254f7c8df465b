/** Tokens of some other place as the text that would stand in the hole: its names bound to those here, its lines indented as here. */
import { idOf, isLocalName } from '../../completion/repository/cells.ts';
import type { Lexed } from '../../completion/repository/lexer.ts';
import { isNewLine } from '../../completion/repository/vocabulary.ts';
import type { HoleTokens, Source } from './holeTokens.ts';
import type { SpanCorpus } from './spanCorpus.ts';

/** Positions of a source's segment, `from` inclusive and `to` exclusive; all of one file. */
export interface Stretch {
  readonly source: Source;
  readonly from: number;
  readonly to: number;
  /** Token numbers of names there and of the names that stand here in their stead. */
  readonly renames?: ReadonlyMap<number, number>;
  /** Texts of tokens there, wherever they stand, and what stands for them here. */
  readonly names?: ReadonlyMap<string, string>;
}

/** Undefined where the file's text has changed since its tokens were read. */
export function rendered(corpus: SpanCorpus, hole: HoleTokens, stretch: Stretch): string | undefined {
  const origin = originOf(corpus, hole, stretch);
  if (!origin) return undefined;
  const { text, lexed, index } = origin;
  const { source, from, to, renames, names } = stretch;
  const indent = indentAt(text, lexed.starts[index] as number);
  let written = '';
  for (let i = 0; i < to - from; i++) {
    const cell = source.segment.cells[from + i] as number;
    const [start, end] = [lexed.starts[index + i] as number, lexed.ends[index + i] as number];
    if (isNewLine(idOf(cell))) {
      written += moved(text.slice(start, end), indent, hole.indent);
      continue;
    }
    if (i > 0) written += text.slice(lexed.ends[index + i - 1] as number, start);
    const other = renames && isLocalName(cell) ? renames.get(idOf(cell)) : undefined;
    const own = text.slice(start, end);
    written += other === undefined ? (names?.get(own) ?? own) : hole.vocabulary.text(other);
  }
  return written;
}

/** Line from 1 of a stretch's beginning in its file; of the own file as it was before the hole was made. */
export function lineOf(corpus: SpanCorpus, hole: HoleTokens, stretch: Stretch): number {
  const origin = originOf(corpus, hole, stretch);
  if (!origin) return 1;
  const before = origin.text.slice(0, origin.lexed.starts[origin.index] as number).split('\n').length;
  if (!stretch.source.isOwn) return before;
  return before + hole.linesCut + (origin.index > hole.index ? (hole.place.linesTaken ?? 0) : 0);
}

export function pathOf({ source, from }: Stretch, hole: HoleTokens): string {
  if (source.isOwn) return hole.place.path;
  return source.segment.paths[source.segment.slotAt(from)] ?? '';
}

function originOf(
  corpus: SpanCorpus,
  hole: HoleTokens,
  { source, from }: Stretch,
): { text: string; lexed: Lexed; index: number } | undefined {
  const { segment, isOwn } = source;
  const slot = segment.slotAt(from);
  const index = from - (segment.bases[slot] as number) - 1;
  if (isOwn) return { text: hole.text, lexed: hole.lexed, index: slot === 0 ? index : hole.index + 1 + index };
  const path = segment.paths[slot] ?? '';
  const [file, lexed] = [corpus.text(path), corpus.lexedOf(path)];
  return file && lexed && index < lexed.count ? { text: file.text, lexed, index } : undefined;
}

/** A line's end with its blank lines and the next line's blanks, moved from one indentation to another. */
function moved(blanks: string, from: string, to: string): string {
  const at = blanks.lastIndexOf('\n') + 1;
  const own = blanks.slice(at);
  const lines = blanks.slice(0, at).replace(/[ \t]+/g, '');
  if (own.startsWith(from)) return lines + to + own.slice(from.length);
  // Less deep than where the stretch begins: as much less here.
  return lines + to.slice(0, Math.max(0, to.length - (from.length - own.length)));
}

function indentAt(text: string, offset: number): string {
  const line = text.lastIndexOf('\n', Math.max(0, offset - 1)) + 1;
  return (/^[ \t]*/.exec(text.slice(line, line + 200)) as RegExpExecArray)[0];
}
