/** The lines that a commit adds, as someone would type them: one after the other, what stands below as it was before. */
import { diffArrays } from 'diff';
import { mix } from '../../../base/statistics.ts';
import type { LanguageId } from '../../languages.ts';
import { lex, TokenKind } from '../repository/lexer.ts';

export interface Change {
  readonly path: string;
  readonly language: LanguageId;
  /** Undefined where the commit adds the file, or takes it away. */
  readonly before: string | undefined;
  readonly after: string | undefined;
}

export interface Commit {
  readonly id: string;
  readonly changes: readonly Change[];
}

export interface TypedLine {
  readonly change: Change;
  /** Its number from 1 in the file as after the commit. */
  readonly line: number;
  /** All above, with the line's own indentation. */
  readonly above: string;
  /** All below, beginning with the line's end. */
  readonly below: string;
  /** The line without its indentation. */
  readonly text: string;
  /** Offsets in `text` at which a suggestion is asked for: its start, and behind each token but the last. */
  readonly stops: readonly number[];
}

/** Lines of one commit: a large one must not stand for the repository. */
const PER_COMMIT = 8;
/** A longer line that the same commit takes away elsewhere was moved, not typed. */
const MOVED_LENGTH = 8;
const LONGEST = 300;
const MOST_EDITS = 4000;

/** The lines of a commit that are looked at: always the same ones. */
export function typedLines(commit: Commit, most = PER_COMMIT): TypedLine[] {
  const added: { change: Change; line: number; old: number }[] = [];
  const removed = new Set<string>();
  const texts = new Map<Change, { after: string[]; before: string[] }>();
  for (const change of commit.changes) {
    const before = change.before === undefined ? [] : change.before.split('\n');
    const after = change.after === undefined ? [] : change.after.split('\n');
    texts.set(change, { before, after });
    const parts = diffArrays(before, after, { maxEditLength: MOST_EDITS });
    if (!parts) continue;
    let line = 0;
    let old = 0;
    for (let i = 0; i < parts.length; i++) {
      const part = parts[i] as (typeof parts)[number];
      const next = parts[i + 1];
      if (part.removed) {
        for (const text of part.value) removed.add(text.trim());
        old += part.value.length;
      } else if (part.added) {
        // What is taken away at the same place is gone before the new is typed.
        const skip = next?.removed ? next.value.length : 0;
        part.value.forEach((_, k) => added.push({ change, line: line + k, old: old + skip }));
        line += part.value.length;
      } else {
        line += part.value.length;
        old += part.value.length;
      }
    }
  }
  const picked = added
    .filter(({ change, line }) => {
      const text = ((texts.get(change) as { after: string[] }).after[line] as string).trim();
      return text !== '' && text.length <= LONGEST && !(text.length >= MOVED_LENGTH && removed.has(text));
    })
    .map((entry) => ({ ...entry, order: mix(`${commit.id}${entry.change.path}#${entry.line}`) }))
    .sort((a, b) => a.order - b.order)
    .slice(0, most);
  return picked.map(({ change, line, old }) => {
    const { before, after } = texts.get(change) as { after: string[]; before: string[] };
    const whole = (after[line] as string).trimEnd();
    const text = whole.trimStart();
    const indentation = whole.slice(0, whole.length - text.length);
    const lexed = lex(text, change.language);
    const stops = [0];
    for (let i = 0; i < lexed.count - 1; i++) {
      if (((lexed.marks[i] as number) & 7) !== TokenKind.NewLine) stops.push(lexed.ends[i] as number);
    }
    const above = line === 0 ? indentation : `${after.slice(0, line).join('\n')}\n${indentation}`;
    const below = old < before.length ? `\n${before.slice(old).join('\n')}` : '\n';
    return { change, line: line + 1, above, below, text, stops };
  });
}

/** A suggestion is right if all of it is what comes next, up to the end of a token. */
export function isRight(suggestion: string, rest: string): boolean {
  if (!rest.startsWith(suggestion)) return false;
  const cut = `${suggestion.at(-1)}${rest[suggestion.length] ?? ' '}`;
  return !/^[\p{L}\p{N}_$]{2}$/u.test(cut);
}
