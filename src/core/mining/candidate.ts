/** What every miner hands to ranking: a named pattern with the places where it was found. */
import type { AttractorKind } from './attractor.ts';

/** One place. Lines from 1, inclusive. */
export interface Site {
  readonly path: string;
  readonly line: number;
  readonly endLine: number;
  /** First line of the function (or top-level statement) around it: the unit in which near-duplicates are compared. */
  readonly unit: number;
  /** How much of the site lies outside the pattern, in nodes: the least is the most typical. */
  readonly slack: number;
}

export interface Candidate {
  readonly kind: AttractorKind;
  readonly family: string;
  /** Canonical text of the pattern: with kind and family it makes the id. */
  readonly pattern: string;
  readonly name: string;
  readonly summary: string;
  /** Names of APIs in the pattern, most specific first. */
  readonly apis: readonly string[];
  /** Sorted by path, then line. */
  readonly sites: readonly Site[];
  /** Smoothed log-odds (bits) of the pattern here against the background. */
  readonly specificity: number;
  /** Its specificity is judged by its kind: no background counts it. */
  readonly judged?: boolean;
  readonly common: boolean;
  /** Share of the places of its rarest names, two at least, that are its own; absent where it is not asked. */
  readonly exclusive?: number;
  /** What it adds to the page: the bits that it explains and nothing ranked before it does. */
  readonly gain: number;
  /** Words that a good example shows. */
  readonly mentions?: readonly string[];
}

/** Stable 64-bit hexadecimal hash of a text (two FNV-1a lanes). */
export function stableId(text: string): string {
  let a = 0x811c9dc5;
  let b = 0x9747b28c;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    a = Math.imul(a ^ unit, 0x01000193);
    b = Math.imul(b ^ (unit + at), 0x85ebca6b);
  }
  return (a >>> 0).toString(16).padStart(8, '0') + (b >>> 0).toString(16).padStart(8, '0');
}

export function distinctPaths(sites: readonly Site[]): string[] {
  return [...new Set(sites.map(({ path }) => path))];
}

/** How many folders these files lie in. */
export function foldersOf(paths: readonly string[]): number {
  return new Set(paths.map((path) => path.slice(0, path.lastIndexOf('/') + 1))).size;
}

export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Paths that hold tests, by the habits of the six languages. */
export function isTestPath(path: string): boolean {
  return /(?:^|\/)(?:tests?|__tests__|testdata|spec|e2e|cypress|testing|mocks?|__mocks__|fixtures)\/|(?:[._-](?:test|spec|e2e|cy)\.[a-z]+$)|(?:^|\/)test_[^/]*\.py$|_test\.(?:go|py|rs)$|(?:^|\/)conftest\.py$/i.test(
    path,
  );
}

/** Built, vendored or generated code that a repository carries along: it shows nobody's habits. */
export function isBuiltPath(path: string): boolean {
  return /(?:^|\/)(?:dist|vendor|third_party|node_modules|\.next|coverage|__generated__|(?:public|static|assets)\/(?:libs?|vendors?))\/|\.(?:min|bundle|umd)\.js$|\.pb\.go$|_pb2(?:_grpc)?\.pyi?$|_pb\.[jt]s$|(?:^|\/)migrations\/\d{4}_[^/]*\.py$|\.gen\.[a-z]+$/.test(
    path,
  );
}
