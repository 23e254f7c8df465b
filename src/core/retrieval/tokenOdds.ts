/**
 * How much likelier each call is in routines that share a word, a type or a call with the one at the cursor, counted over all of
 * them and not the most similar alone: naive Bayes with each call's share as its prior (Manning, Raghavan and Schütze, Introduction
 * to Information Retrieval, 2008, ch. 13). What each token tells is kept until a file changes.
 */
import {
  type Candidates,
  COLUMN,
  FEATURES,
  type Feature,
  halfSteps,
  leastCallers,
  odds,
  type Target,
} from './evidence.ts';
import { type FileDigest, TokenClass, tokenClassOf } from './fileDigest.ts';
import type { FamilyIndex } from './retrievalIndex.ts';
import { queryTokens } from './targetTokens.ts';

/** Routines that the prior counts for. */
const PRIOR = 4;
/** A token of more routines tells little and takes long. */
const MOST_ROUTINES = 3000;
/** Calls kept of all tokens together; beyond, they are counted anew. */
const MOST_KEPT = 500_000;

/** What is known of the place and how sure it is, in (0, 1]. */
export interface Sign {
  readonly token: number;
  readonly weight: number;
}

/** The words, types and parameters by which the place is known. */
export function placeSigns(index: FamilyIndex, target: Target): Sign[] {
  return queryTokens(index, target)
    .filter((value) => tokenClassOf(value) <= TokenClass.path)
    .map((value) => ({ token: value, weight: 1 }));
}

interface TokenCalls {
  /** Routines that have the token and call something. */
  readonly routines: number;
  readonly names: Int32Array;
  readonly counts: Int32Array;
  /** log(1 + count / (PRIOR × share of all routines)), in steps that a save elsewhere seldom moves. */
  readonly lifts: Float32Array;
}

/** Calls by token of one index. */
class TokenTable {
  private readonly known = new Map<number, TokenCalls>();
  private kept = 0;
  private counts = new Int32Array(1024);
  /** By name: what a count is divided by, PRIOR × its share of all routines; 0 where it was not asked for. */
  private priors = new Float64Array(1024);

  constructor(
    private readonly index: FamilyIndex,
    readonly version: number,
  ) {}

  of(token: number): TokenCalls {
    let calls = this.known.get(token);
    if (calls) return calls;
    calls = this.count(token);
    this.kept += calls.names.length;
    if (this.kept > MOST_KEPT) {
      this.known.clear();
      this.kept = calls.names.length;
    }
    this.known.set(token, calls);
    return calls;
  }

  /** By how much a call made in `count` of a token's routines is likelier there, without what depends on the token alone. */
  lift(name: number, count: number): number {
    if (name >= this.priors.length) {
      const grown = new Float64Array(this.index.symbols.size + 4096);
      grown.set(this.priors);
      this.priors = grown;
    }
    let prior = this.priors[name] as number;
    if (prior === 0) {
      const steps = halfSteps(this.index.routinesCalling(name) + 1) - halfSteps(this.index.routines + 1);
      this.priors[name] = prior = PRIOR * 2 ** steps;
    }
    return Math.LN2 * halfSteps(1 + count / prior);
  }

  private count(token: number): TokenCalls {
    const { index } = this;
    if (this.counts.length < index.symbols.size) this.counts = new Int32Array(index.symbols.size + 4096);
    const { counts } = this;
    const found: number[] = [];
    // What is no candidate is left out: most names are called in one file.
    const least = leastCallers(index.files);
    let routines = 0;
    const list = index.routinesWith(token);
    for (let i = 0; i < list.length; i++) {
      const routine = list[i] as number;
      const slot = index.slotOfRoutine(routine);
      if (slot < 0) continue;
      const { calls, callOffsets } = index.fileAt(slot) as FileDigest;
      const local = index.localRoutine(routine, slot);
      const end = callOffsets[local + 1] as number;
      const start = callOffsets[local] as number;
      if (end > start) routines++;
      for (let c = start; c < end; c++) {
        const name = calls[c] as number;
        if (index.filesCalling(name) < least) continue;
        const before = counts[name] as number;
        if (before === 0) found.push(name);
        counts[name] = before + 1;
      }
    }
    const result = {
      routines,
      names: Int32Array.from(found),
      counts: new Int32Array(found.length),
      lifts: new Float32Array(found.length),
    };
    for (let i = 0; i < found.length; i++) {
      const name = found[i] as number;
      const count = counts[name] as number;
      result.counts[i] = count;
      result.lifts[i] = this.lift(name, count);
      counts[name] = 0;
    }
    return result;
  }
}

/** Fills the two columns of a kind of signs; one for all queries, as its tables and scratch space are kept. */
export class TokenOdds {
  private readonly tables = new WeakMap<FamilyIndex, TokenTable>();
  /** By name the sum and the best, side by side: thousands are looked up in no order. */
  private cells = new Float64Array(0);
  /** 1 for what the routine at the cursor calls itself. */
  private marks = new Uint8Array(0);

  fill(
    { names, values }: Candidates,
    index: FamilyIndex,
    target: Target,
    signs: readonly Sign[],
    sum: Feature,
    best: Feature,
  ): void {
    let table = this.tables.get(index);
    if (table?.version !== index.version) this.tables.set(index, (table = new TokenTable(index, index.version)));
    if (this.marks.length < index.symbols.size) {
      this.cells = new Float64Array(2 * (index.symbols.size + 4096));
      this.marks = new Uint8Array(index.symbols.size + 4096);
    }
    const self = savedSelf(index, target);
    for (const name of self?.calls ?? []) this.marks[name] = 1;
    const read: TokenCalls[] = [];
    let squares = 0;
    let nowhere = 0;
    for (const { token, weight } of signs) {
      const frequency = index.routineFrequency(token);
      if (frequency === 0 || frequency > MOST_ROUTINES) continue;
      const calls = table.of(token);
      const own = self?.tokens.has(token) ? 1 : 0;
      const routines = calls.routines - own;
      if (routines === 0) continue;
      read.push(calls);
      squares += weight * weight;
      nowhere -= weight * Math.LN2 * halfSteps((routines + PRIOR) / PRIOR);
      this.add(table, calls, weight, routines, own);
    }
    for (const name of self?.calls ?? []) this.marks[name] = 0;
    const norm = Math.sqrt(squares) || 1;
    const [sumAt, bestAt] = [COLUMN[sum], COLUMN[best]];
    for (let row = 0; row < names.length; row++) {
      const name = names[row] as number;
      const at = row * FEATURES.length;
      values[at + sumAt] = (nowhere + (this.cells[2 * name] as number)) / norm;
      values[at + bestAt] = odds(this.cells[2 * name + 1] as number);
    }
    for (const calls of read) {
      for (const name of calls.names) {
        this.cells[2 * name] = 0;
        this.cells[2 * name + 1] = 0;
      }
    }
  }

  /** `own`: 1 where the routine at the cursor is one of the token's: it says nothing of itself. */
  private add(
    table: TokenTable,
    { names, counts, lifts }: TokenCalls,
    weight: number,
    routines: number,
    own: number,
  ): void {
    const { cells, marks } = this;
    const scale = weight / (routines + PRIOR);
    for (let i = 0; i < names.length; i++) {
      const name = names[i] as number;
      const less = own === 0 ? 0 : (marks[name] as number);
      const count = (counts[i] as number) - less;
      cells[2 * name] =
        (cells[2 * name] as number) + weight * (less === 1 ? table.lift(name, count) : (lifts[i] as number));
      if (scale * count > (cells[2 * name + 1] as number)) cells[2 * name + 1] = scale * count;
    }
  }
}

/** Tokens and calls of the routine at the cursor as its file was when it was last indexed. */
function savedSelf(
  index: FamilyIndex,
  { digest, routine }: Target,
): { tokens: ReadonlySet<number>; calls: Int32Array } | undefined {
  const saved = index.fileAt(index.slot(digest.path));
  if (!saved || routine < 0) return undefined;
  for (let i = 0; i < saved.routines; i++) {
    if (saved.names[i] !== digest.names[routine] || saved.containers[i] !== digest.containers[routine]) continue;
    const calls = saved.calls.subarray(saved.callOffsets[i], saved.callOffsets[i + 1]);
    if (calls.length === 0) continue;
    return {
      calls,
      tokens: new Set(saved.tokens.subarray(saved.tokenOffsets[i], saved.tokenOffsets[i + 1])),
    };
  }
  return undefined;
}
