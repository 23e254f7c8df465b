/** Comments and decorators seen on the way through a file, until the definition they stand before takes them. */
import { type FlatTree, NODE_EXTRA, NODE_NAMED } from './flatTree.ts';
import { blankGap, fold, startsLine, stripDoc } from './sourceText.ts';

/** Nodes that may stand between a decorator and what it decorates; bounds the work on a file of nothing but decorators. */
const MAX_BETWEEN = 40;

/** Decorators of one definition: texts without their marker, and the first one's node (-1 without any). */
export interface TakenDecorators {
  readonly texts: string[];
  readonly first: number;
}

export class LeadingNotes {
  private decorators: { readonly node: number; readonly text: string }[] = [];
  /** The last run of comments that begin their lines and follow each other without a blank line; -1 if there is none. */
  private commentStart = -1;
  private commentEnd = -1;

  constructor(
    private readonly tree: FlatTree,
    private readonly text: string,
  ) {}

  addComment(node: number): void {
    const start = this.tree.startIndex[node] as number;
    let end = this.tree.endIndex[node] as number;
    // Rust's doc comments take their newline with them.
    if (this.text.charCodeAt(end - 1) === 10) end--;
    if (!startsLine(this.text, start)) {
      this.commentStart = -1;
      return;
    }
    const gap = this.commentStart < 0 ? -1 : blankGap(this.text, this.commentEnd, start);
    if (gap !== 0 && gap !== 1) this.commentStart = start;
    this.commentEnd = end;
  }

  /** The comments that touch what begins at `start`, without markers; '' if there are none. */
  docBefore(start: number): string {
    if (this.commentStart < 0 || this.commentEnd > start) return '';
    const gap = blankGap(this.text, this.commentEnd, start);
    return gap === 0 || gap === 1 ? stripDoc(this.text.slice(this.commentStart, this.commentEnd)) : '';
  }

  /** The text of a decorator for facts. */
  decoratorText(node: number): string {
    return fold(this.text.slice(this.tree.startIndex[node], this.tree.endIndex[node]), 120);
  }

  addDecorator(node: number, text: string): void {
    const last = this.decorators.at(-1);
    if (last && this.nextDefinition(last.node) !== this.nextDefinition(node)) this.decorators = [];
    this.decorators.push({ node, text });
  }

  /** The decorators before a definition, which `extents` maps to the statements it stands for. */
  takeDecorators(node: number, extents: ReadonlyMap<number, number>): TakenDecorators {
    const [first] = this.decorators;
    if (!first) return { texts: [], first: -1 };
    const target = this.nextDefinition(first.node);
    // A class keeps its decorators among its own children.
    let mine = (this.tree.parent[first.node] as number) === node;
    for (let at: number | undefined = node; at !== undefined; at = extents.get(at)) mine ||= at === target;
    if (!mine) return { texts: [], first: -1 };
    const texts = this.decorators.map(({ text }) => text);
    this.decorators = [];
    return { texts, first: first.node };
  }

  /** The node that a decorator stands before: its next sibling that is named, no comment and no other decorator. */
  private nextDefinition(decorator: number): number {
    const { tree } = this;
    const stop = tree.end[tree.parent[decorator] as number] as number;
    const kind = tree.kind[decorator];
    let passed = 0;
    for (
      let next = tree.end[decorator] as number;
      next < stop && passed++ < MAX_BETWEEN;
      next = tree.end[next] as number
    ) {
      const flags = tree.flags[next] as number;
      if (flags & NODE_NAMED && !(flags & NODE_EXTRA) && tree.kind[next] !== kind) return next;
    }
    return -1;
  }
}
