/** Cursor places in real files, each with the text that truly stands there: what good samples are. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Place } from '../../src/core/completion/place.ts';
import type { LanguageId } from '../../src/core/languages.ts';
import type { Parser } from '../../src/core/ports.ts';
import type { FlatTree } from '../../src/core/syntax/flatTree.ts';

export const KINDS = ['midLine', 'lineEnd', 'newLine', 'emptyBody', 'docComment', 'paragraph'] as const;
export type PlaceKind = (typeof KINDS)[number];

/** Half-open range of a file that is taken out: the cursor stands where it was, and it is the true continuation. */
export interface TruePlace {
  readonly kind: PlaceKind;
  readonly repository: string;
  readonly path: string;
  readonly start: number;
  readonly end: number;
  readonly truth: string;
  readonly text: string;
  readonly place: Place;
}

export const WINDOW_BEFORE = 16_000;
export const WINDOW_AFTER = 8_000;
const LANGUAGES: Record<string, LanguageId> = {
  '.ts': 'typescript',
  '.mts': 'typescript',
  '.tsx': 'tsx',
  '.js': 'javascript',
  '.jsx': 'javascript',
  '.py': 'python',
  '.rs': 'rust',
  '.go': 'go',
};
const PASSED_OVER =
  /(^|\/)(node_modules|vendor|dist|build|\.git|migrations|third_party|generated|target|gen)\/|\.min\.|\.d\.ts$|\.pb\.|_pb\.|\.gen\.|generated/;
const BLOCKS = new Set(['statement_block', 'block', 'class_body', 'declaration_list', 'function_body']);

export function placeAt(path: string, language: LanguageId, text: string, start: number, end: number): Place {
  let from = Math.max(0, start - WINDOW_BEFORE);
  if (from > 0) from = text.indexOf('\n', from) + 1 || from;
  return { path, language, prefix: text.slice(from, start), suffix: text.slice(end, end + WINDOW_AFTER) };
}

/** Places of a repository in a fixed order, about `perKind` of each kind, spread over its files. */
export async function placesOf(
  folder: string,
  repository: string,
  parser: Parser,
  perKind: number,
): Promise<TruePlace[]> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter((path) => LANGUAGES[/\.[^./]+$/.exec(path)?.[0] ?? ''] !== undefined && !PASSED_OVER.test(path))
    .sort((a, b) => order(repository + a).localeCompare(order(repository + b)));
  const found = new Map<PlaceKind, TruePlace[]>(KINDS.map((kind) => [kind, []]));
  for (const path of files.slice(0, 400)) {
    if ([...found.values()].every((list) => list.length >= perKind)) break;
    const text = readFileSync(join(folder, path), 'utf8');
    if (text.length < 400 || text.length > 200_000 || text.includes('\r') || text.includes('\uFFFD')) continue;
    const language = LANGUAGES[/\.[^./]+$/.exec(path)?.[0] as string] as LanguageId;
    const tree = await parser.parse(language, text);
    if (tree.hasErrors) continue;
    const kindNames = (await parser.grammar(language)).kindNames;
    for (const kind of KINDS) {
      const list = found.get(kind) as TruePlace[];
      if (list.length >= perKind) continue;
      const ranges = rangesOf(kind, text, tree, kindNames, language);
      ranges.sort((a, b) => order(path + a[0]).localeCompare(order(path + b[0])));
      for (const [start, end] of ranges.slice(0, 2)) {
        const truth = text.slice(start, end);
        if (truth.trim() === '' || truth.length > 900) continue;
        list.push({
          kind,
          repository,
          path,
          start,
          end,
          truth,
          text,
          place: placeAt(path, language, text, start, end),
        });
      }
    }
  }
  return KINDS.flatMap((kind) => (found.get(kind) as TruePlace[]).slice(0, perKind));
}

function order(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 12);
}

type Range = readonly [number, number];

function rangesOf(
  kind: PlaceKind,
  text: string,
  tree: FlatTree,
  kindNames: readonly string[],
  language: LanguageId,
): Range[] {
  const name = (node: number) => kindNames[tree.kind[node] as number] as string;
  const start = (node: number) => tree.startIndex[node] as number;
  const end = (node: number) => tree.endIndex[node] as number;
  const lineStart = (at: number) => text.lastIndexOf('\n', at - 1) + 1;
  const lineEnd = (at: number) => (text.indexOf('\n', at) + text.length + 1) % (text.length + 1) || text.length;
  const startsLine = (at: number) => text.slice(lineStart(at), at).trim() === '';
  const spans = (node: number) => text.slice(start(node), end(node)).split('\n').length;
  const ranges: Range[] = [];
  for (let node = 1; node < tree.size; node++) {
    const parent = tree.parent[node] as number;
    const inBlock = BLOCKS.has(name(parent)) || parent === 0;
    const comment = /comment/.test(name(node));
    if (kind === 'emptyBody' && BLOCKS.has(name(node)) && spans(node) >= 2 && spans(node) <= 14) {
      // The whole body goes; the closing bracket stays, as an editor puts it there with the opening one.
      if (language === 'python') {
        if (startsLine(start(node))) ranges.push([lineStart(start(node)) - 1, end(node)]);
      } else if (text[start(node)] === '{' && text[start(node) + 1] === '\n' && startsLine(end(node) - 1)) {
        ranges.push([start(node) + 1, lineStart(end(node) - 1) - 1]);
      }
    }
    if (!inBlock || !startsLine(start(node)) || (tree.flags[node]! & 1) === 0) continue;
    const statementEnd = wholeLineEnd(text, end(node), lineEnd(end(node)));
    if (statementEnd === undefined) continue;
    if (kind === 'docComment' && !comment && spans(node) >= 3 && spans(node) <= 16) {
      const above = text.slice(lineStart(lineStart(start(node)) - 1), lineStart(start(node)));
      if (/\*\/\s*$|^\s*(\/\/|#[^[!])/.test(above)) ranges.push([start(node), statementEnd]);
    }
    if (kind === 'newLine' && !comment && spans(node) <= 3) ranges.push([start(node), statementEnd]);
    if (kind === 'lineEnd' && !comment && spans(node) === 1) {
      const line = text.slice(start(node), statementEnd);
      const cut = /^.*?[\w)\]] ?(=|\(|\.|,|return|:|=>) ?(?=\S)/.exec(line);
      if (cut && cut[0].length < line.length - 2 && cut[0].length > 3)
        ranges.push([start(node) + cut[0].length, statementEnd]);
    }
    if (kind === 'midLine' && !comment && spans(node) === 1) {
      const line = text.slice(start(node), statementEnd);
      const inner = /\(([^()"'`]{3,60})\)/.exec(line);
      if (inner) {
        const at = start(node) + inner.index + 1;
        ranges.push([at, at + (inner[1] as string).length]);
      }
    }
    if (kind === 'paragraph' && !comment && text.slice(0, lineStart(start(node))).endsWith('\n\n')) {
      const blank = text.indexOf('\n\n', start(node));
      const inner = end(parent);
      const stop = blank === -1 ? -1 : blank;
      const block = text.slice(start(node), stop);
      if (stop > start(node) && stop < inner && block.split('\n').length <= 8 && endsStatement(tree, parent, stop)) {
        ranges.push([start(node), stop]);
      }
    }
  }
  return ranges;
}

/** End of the line on which a statement ends, if nothing but punctuation follows it there. */
function wholeLineEnd(text: string, end: number, lineEnd: number): number | undefined {
  return /^[;,]?\s*$/.test(text.slice(end, lineEnd))
    ? end + (/^[;,]/.test(text.slice(end, lineEnd)) ? 1 : 0)
    : undefined;
}

/** Whether some child of a block ends at the offset. */
function endsStatement(tree: FlatTree, block: number, at: number): boolean {
  for (let child = block + 1; child < (tree.end[block] as number); child = tree.end[child] as number) {
    if (tree.endIndex[child] === at) return true;
  }
  return false;
}
