/** Cuts snippets out of files: whole lines, so that a snippet's text stands verbatim at its line. */
import type { Snippet } from './attractor.ts';
import { compareText, isTestPath, type Site } from './candidate.ts';

const MAX_LINES = 14;
const MAX_CHARACTERS = 1_200;
/** Sites that are looked at for one attractor's examples. */
const MOST_TRIED = 40;

/** Snippets by `cutKey`; undefined where there was nothing to cut. */
export type Cuts = ReadonlyMap<string, Snippet | undefined>;

function cutKey(path: string, line: number, endLine: number): string {
  return `${line}-${endLine} ${path}`;
}

/** Files' texts by path, each read once. Line starts are found lazily. */
export class SnippetCutter {
  private readonly lines = new Map<string, Promise<readonly string[] | undefined>>();
  private readonly made = new Map<string, Snippet | undefined>();

  /** What was cut before is cut again only in `changed` files. */
  constructor(
    private readonly text: (path: string) => Promise<string | undefined>,
    private readonly before: Cuts = new Map(),
    private readonly changed: ReadonlySet<string> = new Set(),
  ) {}

  /** Everything that was asked for. */
  get cuts(): Cuts {
    return this.made;
  }

  /** Lines with their terminators; undefined for a file that cannot be read. */
  linesOf(path: string): Promise<readonly string[] | undefined> {
    let lines = this.lines.get(path);
    if (lines === undefined) {
      lines = this.text(path).then((text) => text?.split('\n'));
      this.lines.set(path, lines);
    }
    return lines;
  }

  /** Lines `line`…`endLine` of a file, fewer where that is long; undefined if the file no longer has them. */
  async cut(path: string, line: number, endLine: number): Promise<Snippet | undefined> {
    const key = cutKey(path, line, endLine);
    const known = !this.changed.has(path) && this.before.has(key);
    const snippet = known ? this.before.get(key) : await this.cutAnew(path, line, endLine);
    this.made.set(key, snippet);
    return snippet;
  }

  private async cutAnew(path: string, line: number, endLine: number): Promise<Snippet | undefined> {
    const lines = await this.linesOf(path);
    if (lines === undefined || line < 1 || line > lines.length) return undefined;
    let last = Math.min(endLine, line + MAX_LINES - 1, lines.length);
    let text = lines.slice(line - 1, last).join('\n');
    while (text.length > MAX_CHARACTERS && last > line) {
      last--;
      text = lines.slice(line - 1, last).join('\n');
    }
    // The last line's own carriage return is part of its terminator.
    text = text.endsWith('\r') ? text.slice(0, -1) : text;
    if (text.trim() === '' || text.length > MAX_CHARACTERS) return undefined;
    return { path, line, endLine: last, text };
  }

  /**
   * The most typical sites of up to `most` different files: little beside the pattern, production code before tests,
   * and those whose text shows all `mentions` before those that are cut short of one.
   */
  async canonical(sites: readonly Site[], most: number, mentions: readonly string[] = []): Promise<Snippet[]> {
    const tests = new Map<string, boolean>();
    for (const { path } of sites) if (!tests.has(path)) tests.set(path, isTestPath(path));
    const ranked = [...sites].sort(
      (a, b) =>
        Number(tests.get(a.path)) - Number(tests.get(b.path)) ||
        a.slack + (a.endLine - a.line) - (b.slack + (b.endLine - b.line)) ||
        compareText(a.path, b.path) ||
        a.line - b.line,
    );
    const found: Snippet[] = [];
    const partial: Snippet[] = [];
    const seen = new Set<string>();
    for (const site of ranked) {
      if (found.length >= most || found.length + partial.length >= MOST_TRIED) break;
      if (seen.has(site.path)) continue;
      const snippet = await this.cut(site.path, site.line, site.endLine);
      if (snippet === undefined) continue;
      if (!mentions.every((word) => snippet.text.includes(word))) {
        partial.push(snippet);
        continue;
      }
      seen.add(site.path);
      found.push(snippet);
    }
    for (const snippet of partial) {
      if (found.length >= most) break;
      if (seen.has(snippet.path)) continue;
      seen.add(snippet.path);
      found.push(snippet);
    }
    return found;
  }
}
