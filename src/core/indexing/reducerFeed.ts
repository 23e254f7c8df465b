/** Keeps one reducer equal to the index: what it was given, under which content, and what it still lacks. */
import type { FactsReducer, FileAnalysis } from './contracts.ts';

export class ReducerFeed {
  /** Path → content hash of what the reducer holds. */
  private readonly given = new Map<string, string>();

  constructor(private readonly reducer: FactsReducer) {}

  has(path: string, hash: string): boolean {
    return this.given.get(path) === hash;
  }

  give(path: string, hash: string, analysis: FileAnalysis): void {
    this.reducer.set(path, analysis);
    this.given.set(path, hash);
  }

  take(path: string): void {
    if (this.given.delete(path)) this.reducer.delete(path);
  }

  paths(): readonly string[] {
    return [...this.given.keys()];
  }
}
