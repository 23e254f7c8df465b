/** Runs a compiled query over a FlatTree: every pattern at every node of its root's kind, in preorder, without allocating. */
import { type FlatTree, NODE_ERROR, NODE_NAMED } from '../flatTree.ts';
import type { CompiledPattern, CompiledQuery, Predicate, Step } from './compileQuery.ts';

/**
 * Called for each match. `captures[id]` is the node stored under a capture, -1 where an optional part is absent; it is
 * valid during the call only. Where a child can be chosen in several ways there is a match for each.
 */
export type OnMatch = (pattern: CompiledPattern, captures: Int32Array) => void;

export class QueryMatcher {
  private readonly captures: Int32Array;
  /** Node found at each depth of the running program. */
  private readonly found = new Int32Array(32);
  private pattern: CompiledPattern | undefined;

  constructor(
    private readonly query: CompiledQuery,
    private readonly tree: FlatTree,
    private readonly text: string,
    private readonly onMatch: OnMatch,
  ) {
    this.captures = new Int32Array(query.captureNames.length).fill(-1);
  }

  /** All matches whose root lies in [from, to), in preorder and per node in the order of the query file. */
  run(from = 0, to = this.tree.size): void {
    const { kind } = this.tree;
    const { byKind } = this.query;
    for (let node = from; node < to; node++) {
      if (byKind[kind[node] as number] !== undefined) this.at(node);
    }
  }

  /** All matches rooted at one node; returns how many. */
  at(node: number): number {
    const candidates = this.query.byKind[this.tree.kind[node] as number];
    if (!candidates) return 0;
    const { patterns } = this.query;
    let matches = 0;
    // By index here and below: this runs long before it is compiled, and iterators are slow until then.
    for (let which = 0; which < candidates.length; which++) {
      const pattern = patterns[candidates[which] as number] as CompiledPattern;
      const root = pattern.steps[0] as Step;
      if (!this.fits(root, node)) continue;
      this.pattern = pattern;
      matches += this.take(root, 0, node);
      this.clear(pattern.captures);
    }
    return matches;
  }

  private fits(step: Step, node: number): boolean {
    const { tree } = this;
    const flags = tree.flags[node] as number;
    if (step.named !== 2 && (flags & NODE_NAMED) !== step.named) return false;
    if (step.kinds === null) {
      // As in tree-sitter, a wildcard does not stand for an ERROR node.
      if (flags & NODE_ERROR) return false;
    } else if (step.kinds[tree.kind[node] as number] !== 1) return false;
    if (step.field !== 0 && step.depth > 0 && tree.field[node] !== step.field) return false;
    for (let index = 0; index < step.without.length; index++) {
      const field = step.without[index];
      const end = tree.end[node] as number;
      for (let child = node + 1; child < end; child = tree.end[child] as number) {
        if (tree.field[child] === field) return false;
      }
    }
    return true;
  }

  private take(step: Step, at: number, node: number): number {
    this.found[step.depth] = node;
    const { captures } = step;
    for (let index = 0; index < captures.length; index++) this.captures[captures[index] as number] = node;
    return this.step(at + 1, step.depth);
  }

  /** Runs the program from step `at` on; `above` is the depth of the step before. Returns the number of matches. */
  private step(at: number, above: number): number {
    const pattern = this.pattern as CompiledPattern;
    const step = pattern.steps[at];
    if (step === undefined) return this.report(pattern);
    const { tree, found } = this;
    const { depth } = step;
    const parent = found[depth - 1] as number;
    const stop = tree.end[parent] as number;
    // A deeper step than the one before starts at the first child; otherwise after the sibling found before.
    const before = found[depth] as number;
    const sibling = depth > above ? -1 : before;
    let matches = 0;
    for (let child = sibling < 0 ? parent + 1 : (tree.end[sibling] as number); child < stop; ) {
      const next = tree.end[child] as number;
      if (this.fits(step, child) && (!step.last || this.isLast(next, stop))) matches += this.take(step, at, child);
      if (step.anchored && (step.named === 0 || ((tree.flags[child] as number) & NODE_NAMED) !== 0)) break;
      child = next;
    }
    // Frames below go on with their own candidates and must find what stood here.
    found[depth] = before;
    if (matches > 0 || step.skipTo === 0) return matches;
    this.clear(step.skipped);
    return this.stepAfterSkip(step.skipTo, depth, sibling);
  }

  private clear(captures: readonly number[]): void {
    for (let index = 0; index < captures.length; index++) this.captures[captures[index] as number] = -1;
  }

  private stepAfterSkip(at: number, depth: number, sibling: number): number {
    const next = (this.pattern as CompiledPattern).steps[at];
    return this.step(at, next !== undefined && next.depth === depth && sibling < 0 ? depth - 1 : depth);
  }

  private isLast(from: number, stop: number): boolean {
    for (let child = from; child < stop; child = this.tree.end[child] as number) {
      if ((this.tree.flags[child] as number) & NODE_NAMED) return false;
    }
    return true;
  }

  private report(pattern: CompiledPattern): number {
    const { predicates } = pattern;
    for (let index = 0; index < predicates.length; index++) if (!this.holds(predicates[index] as Predicate)) return 0;
    this.onMatch(pattern, this.captures);
    return 1;
  }

  private holds(predicate: Predicate): boolean {
    const node = this.captures[predicate.capture] as number;
    // As in web-tree-sitter, a predicate about an absent node holds.
    if (node < 0) return true;
    const { startIndex, endIndex } = this.tree;
    const start = startIndex[node] as number;
    const length = (endIndex[node] as number) - start;
    let result: boolean;
    if (predicate.kind === 'match') {
      result = (predicate.pattern as RegExp).test(this.text.slice(start, start + length));
    } else if (predicate.kind === 'eqCapture') {
      const other = this.captures[predicate.other] as number;
      if (other < 0) return true;
      result =
        this.text.slice(start, start + length) ===
        this.text.slice(startIndex[other] as number, endIndex[other] as number);
    } else {
      result = predicate.texts.some((text) => text.length === length && this.text.startsWith(text, start));
    }
    return result !== predicate.negated;
  }
}
