/** What a plain list would print: names by file, directory and popularity, and BM25 over the repository's functions. */

import type { HiddenFunction, SourceText } from '../../src/core/retrieval/heldOut.ts';
import { directoryOf, subwords } from '../../src/core/retrieval/subwords.ts';
import { Bm25, type Document, documentOf } from '../bm25.ts';

/** Names in the order a baseline prints them. */
export type Baseline = (hidden: HiddenFunction, files: ReadonlyMap<string, SourceText>) => string[];

/** How many times each name is called in a file, most first. */
function called(files: Iterable<SourceText>): string[] {
  const counts = new Map<string, number>();
  for (const { facts } of files) for (const { name } of facts.calls) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([name]) => name);
}

const popularity = new WeakMap<ReadonlyMap<string, SourceText>, string[]>();

/** Same file by count, then same directory by count, then whatever most files call. */
export const localThenPopular: Baseline = (hidden, files) => {
  const directory = directoryOf(hidden.path);
  const beside = [...files.values()].filter(({ path }) => path !== hidden.path && directoryOf(path) === directory);
  let popular = popularity.get(files);
  if (!popular) {
    const counts = new Map<string, number>();
    for (const { facts } of files.values()) {
      for (const name of new Set(facts.calls.map((call) => call.name))) counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    popular = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([name]) => name);
    popularity.set(files, popular);
  }
  return [...new Set([...called([hidden.file]), ...called(beside), ...popular])];
};

/** Names that most files call. */
export const mostPopular: Baseline = (hidden, files) => {
  localThenPopular(hidden, files);
  return popularity.get(files) as string[];
};

interface Chunk extends Document {
  readonly path: string;
  readonly names: string[];
}

const chunked = new WeakMap<ReadonlyMap<string, SourceText>, { chunks: Chunk[]; scorer: Bm25 }>();

/** BM25 over functions as chunks; the query is the header's, the path's and the imports' subwords. */
export const bm25: Baseline = (hidden, files) => {
  let corpus = chunked.get(files);
  if (!corpus) {
    const chunks = [...files.values()].flatMap(chunksOf);
    corpus = { chunks, scorer: new Bm25(chunks) };
    chunked.set(files, corpus);
  }
  const { chunks, scorer } = corpus;
  const target = hidden.file.facts.functions.find(
    ({ startLine, name }) => startLine === hidden.line && name === hidden.name,
  );
  const query = new Set([
    ...subwords(target?.signature ?? hidden.name),
    ...subwords(hidden.path),
    ...hidden.file.facts.imports.flatMap(({ names }) => names.flatMap(({ name }) => subwords(name))),
  ]);
  const scored: { chunk: Chunk; score: number }[] = [];
  for (const chunk of [...chunks.filter(({ path }) => path !== hidden.path), ...chunksOf(hidden.file)]) {
    const score = scorer.score(query, chunk);
    if (score > 0) scored.push({ chunk, score });
  }
  scored.sort((a, b) => b.score - a.score || (a.chunk.path < b.chunk.path ? -1 : 1));
  return [...new Set(scored.slice(0, 200).flatMap(({ chunk }) => chunk.names))];
};

function chunksOf(file: SourceText): Chunk[] {
  return file.facts.functions
    .map((fact, index) => ({ fact, index }))
    .filter(({ fact }) => fact.name !== '')
    .map(({ fact }) => {
      const words = subwords(`${file.path} ${file.text.slice(fact.start, fact.end)}`);
      const names = file.facts.calls
        .filter(({ start, end }) => start >= fact.start && end <= fact.end)
        .map(({ name }) => name);
      return { ...documentOf(words), path: file.path, names: [...new Set(names)] };
    });
}

/** Prints names, separated by one byte, until the budget is full; a name that no longer fits is passed over. */
export function printed(names: readonly string[], bytes: number): Set<string> {
  const shown = new Set<string>();
  let left = bytes + 1;
  for (const name of names) {
    const cost = Buffer.byteLength(name) + 1;
    if (cost > left) continue;
    left -= cost;
    shown.add(name);
  }
  return shown;
}
