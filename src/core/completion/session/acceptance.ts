/**
 * Estimates what became of suggestions: kept whole by the editor's word for it (an item's command), in part by changes that
 * put a piece of the suggestion at its place. A piece that somebody typed or pasted looks the same: hence an estimate.
 */
import type { CompletionOutcome } from '../completion.ts';
import type { SessionClock } from './suggestions.ts';

/** A text that the editor was given, and where it begins. */
export interface Shown {
  readonly id: string;
  readonly document: string;
  /** UTF-16 units before it in the document. */
  readonly offset: number;
  readonly text: string;
}

export interface DocumentChange {
  readonly document: string;
  readonly offset: number;
  readonly removed: number;
  readonly text: string;
}

interface Followed extends Shown {
  /** Units of the text that stand in the document by now, and those of them that came in pieces. */
  written: number;
  kept: number;
}

/** The command of an accepted item comes after its change: so long its outcome waits. */
const COMMAND_MS = 1_000;

export class Acceptance {
  private followed: Followed | undefined;
  /** Left, with no word yet that they were kept. */
  private readonly left = new Map<string, { followed: Followed; callOff: () => void }>();

  constructor(
    private readonly clock: Pick<SessionClock, 'after'>,
    private readonly tell: (outcome: CompletionOutcome, document: string) => void,
  ) {}

  /** The editor was given a text: a new one, or the rest of one that is followed already. */
  shown(shown: Shown): void {
    const known = this.followed?.id === shown.id ? this.followed : this.takeBack(shown.id);
    if (this.followed !== known) this.leave();
    const written = known ? shown.offset - known.offset : -1;
    if (known && written >= 0 && known.text.slice(written) === shown.text) {
      known.written = written;
      this.followed = known;
    } else this.followed = { ...shown, written: 0, kept: 0 };
  }

  changed({ document, offset, removed, text }: DocumentChange): void {
    const { followed } = this;
    if (followed?.document !== document) return;
    const at = offset - followed.offset;
    if (removed === 0 && at === followed.written && followed.text.startsWith(text, at)) {
      followed.written += text.length;
      if (!isKeystroke(text)) followed.kept += text.length;
      if (followed.written === followed.text.length) this.leave();
    } else if (text === '' && at >= 0 && at + removed === followed.written) {
      followed.written = at;
      followed.kept = Math.min(followed.kept, at);
    } else this.leave();
  }

  /** The editor ran the command of an item with so many characters: all of it was kept, and what came in pieces before. */
  accepted(id: string, document: string, characters: number): void {
    const known = this.followed?.id === id ? this.followed : this.takeBack(id);
    if (this.followed === known) this.followed = undefined;
    this.tell({ id, kept: 'whole', characters: Math.max(characters, known?.kept ?? 0) }, document);
  }

  /** The cursor stands at this unit of a document: anywhere but at the end of what is written, the suggestion is left. */
  cursorAt(document: string, offset: number): void {
    const { followed } = this;
    if (followed && (followed.document !== document || followed.offset + followed.written !== offset)) this.leave();
  }

  private leave(): void {
    const { followed } = this;
    if (!followed) return;
    this.followed = undefined;
    const { id, document, kept, text } = followed;
    const callOff = this.clock.after(COMMAND_MS, () => {
      this.left.delete(id);
      this.tell(
        { id, kept: kept === 0 ? 'none' : kept === text.length ? 'whole' : 'part', characters: kept },
        document,
      );
    });
    this.left.set(id, { followed, callOff });
  }

  private takeBack(id: string): Followed | undefined {
    const left = this.left.get(id);
    left?.callOff();
    this.left.delete(id);
    return left?.followed;
  }
}

/** What a keyboard gives: one character (an emoji is several units), or a line break with its indentation. */
function isKeystroke(text: string): boolean {
  const [first] = text;
  return first?.length === text.length || /^\r?\n[ \t]*$/.test(text);
}
