/** Bug-fix commits as issues: how early the reasoner, and plain BM25 beside it, rank the file and the function that the fix changed. */
import { spawnSync } from 'node:child_process';
import { bootstrapMean, mean } from '../../src/base/statistics.ts';
import { diffLineRuns } from '../../src/core/edits/unifiedDiff.ts';
import { digestFile, type FileDigest } from '../../src/core/infill/reasoner/digest.ts';
import { readIssue, wordsOf } from '../../src/core/infill/reasoner/issue.ts';
import { type RankingWeights, rankTargets, WEIGHTS } from '../../src/core/infill/reasoner/ranking.ts';
import { isTestPath } from '../../src/core/retrieval/evidence.ts';
import type { FileFacts } from '../../src/core/syntax/facts.ts';
import { Bm25, documentOf } from '../bm25.ts';
import type { FactsReader } from '../retrieval/repository.ts';

export interface Fix {
  readonly repo: string;
  readonly message: string;
  readonly path: string;
  readonly before: string;
  readonly after: string;
  readonly date: string;
}

/** One file of a candidate pool. */
export interface PoolFile {
  readonly path: string;
  readonly text: string;
}

export interface Ranks {
  readonly repo: string;
  /** From 1; 0 where it was not ranked. Functions: undefined where the fix lies in none. */
  readonly file: number;
  readonly fileBaseline: number;
  readonly function?: number;
  readonly functionBaseline?: number;
  readonly files: number;
  readonly functions: number;
  /** The same with other weights, by their name. */
  readonly variants: Readonly<Record<string, { readonly file: number; readonly function: number }>>;
}

interface Known {
  readonly facts: FileFacts;
  readonly digest: FileDigest;
  readonly text: string;
}

/** Reads each text once. */
export class Pool {
  private readonly known = new Map<string, Known | undefined>();

  constructor(private readonly reader: FactsReader) {}

  async of({ path, text }: PoolFile): Promise<Known | undefined> {
    const key = `${path}\0${text}`;
    if (!this.known.has(key)) {
      const language = this.reader.languageOf(path);
      const facts = language && (await this.reader.read(language, text));
      this.known.set(key, facts && { facts, text, digest: digestFile(path, facts, text) });
    }
    return this.known.get(key);
  }
}

export function readFixes(file: string): Fix[] {
  const { stdout, status } = spawnSync('xz', ['-dc', file], { encoding: 'utf8', maxBuffer: 1 << 29 });
  if (status !== 0) throw new Error(`${file} cannot be read: is xz installed?`);
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Fix);
}

/** Ranks of the changed file and of the first changed function. Undefined where the changed file is not in the pool. */
export async function rank(
  fix: Fix,
  files: readonly PoolFile[],
  pool: Pool,
  variants: Readonly<Record<string, RankingWeights>> = {},
): Promise<Ranks | undefined> {
  const known = (await Promise.all(files.map((file) => pool.of(file)))).filter((each) => each !== undefined);
  const digests = known.map(({ digest }) => digest);
  const own = known.find(({ digest }) => digest.path === fix.path);
  if (!own) return undefined;
  const changed = changedFunctions(fix, own.facts);
  const issue = readIssue(fix.message);
  const isTrue = (path: string, line: number) => path === fix.path && changed.includes(line);
  const ours = (weights: RankingWeights) => {
    const ranked = rankTargets(issue, digests, [], weights);
    return {
      file: ranked.files.findIndex(({ path }) => path === fix.path) + 1,
      function: ranked.targets.findIndex(({ path, line }) => isTrue(path, line)) + 1,
    };
  };
  const chosen = ours(WEIGHTS);
  const query = new Set(issue.terms.keys());
  const byBm25 = <T extends { readonly words: readonly string[] }>(documents: readonly T[]) => {
    const made = documents.map(({ words }) => documentOf(words));
    const bm25 = new Bm25(made);
    return documents
      .map((document, at) => ({ document, score: bm25.score(query, made[at] as (typeof made)[number]) }))
      .filter(({ score }) => score > 0)
      .sort((a, b) => b.score - a.score);
  };
  const files_ = byBm25(
    known.map(({ text, digest }) => ({ path: digest.path, words: [...wordsOf(digest.path), ...wordsOf(text)] })),
  );
  const functions = byBm25(
    known.flatMap(({ facts, text, digest }) =>
      facts.functions
        .filter(({ name }) => name !== '')
        .map(({ start, end, startLine }) => ({
          path: digest.path,
          line: startLine,
          words: wordsOf(text.slice(start, end)),
        })),
    ),
  );
  return {
    ...{
      repo: fix.repo,
      files: known.length,
      functions: digests.reduce((sum, { routines }) => sum + routines.length, 0),
    },
    variants: Object.fromEntries(Object.entries(variants).map(([name, weights]) => [name, ours(weights)])),
    file: chosen.file,
    fileBaseline: files_.findIndex(({ document }) => document.path === fix.path) + 1,
    ...(changed.length === 0
      ? {}
      : {
          function: chosen.function,
          functionBaseline: functions.findIndex(({ document }) => isTrue(document.path, document.line)) + 1,
        }),
  };
}

/** First lines of the innermost named functions that a fix changes. */
export function changedFunctions({ before, after }: Pick<Fix, 'before' | 'after'>, facts: FileFacts): number[] {
  const lines = new Set<number>();
  let line = 1;
  for (const run of diffLineRuns(before, after)) {
    if (!run.kept) {
      // What is only inserted belongs to where the line before it stands.
      if (run.before.length === 0) lines.add(Math.max(1, line - 1));
      for (let at = 0; at < run.before.length; at++) lines.add(line + at);
    }
    line += run.before.length;
  }
  const found = new Set<number>();
  for (const at of lines) {
    const [inner] = facts.functions
      .filter(({ name, startLine, endLine }) => name !== '' && startLine <= at && endLine >= at)
      .sort((a, b) => a.endLine - a.startLine - (b.endLine - b.startLine));
    if (inner) found.add(inner.startLine);
  }
  return [...found];
}

/** Fixes of a clone's history with the tree before each; the same filter as that of fixes (../shared/data/CORPUS.md). */
export function* historyOf(
  folder: string,
  most: number,
  reader: FactsReader,
): Generator<{ fix: Fix; files: PoolFile[] }> {
  const git = (...args: string[]) =>
    spawnSync('git', ['-C', folder, '-c', 'core.quotePath=false', ...args], { encoding: 'utf8', maxBuffer: 1 << 29 })
      .stdout;
  const isSource = (path: string) =>
    reader.languageOf(path) !== undefined && !/(?:^|\/)(?:vendor|node_modules|dist|third_party)\//.test(path);
  const blobs = new Map<string, string>();
  let taken = 0;
  for (const commit of git('log', '--no-merges', '--format=%H', '-n', '4000').split('\n').filter(Boolean)) {
    if (taken >= most) return;
    const [subject = ''] = git('show', '-s', '--format=%s', commit).split('\n');
    if (!FIX.test(subject) || NO_FIX.test(subject)) continue;
    const changed = git('show', '--numstat', '--format=', commit)
      .split('\n')
      .filter(Boolean)
      .map((line) => line.split('\t') as [string, string, string]);
    const sources = changed.filter(([, , path]) => isSource(path) && !isTestPath(path));
    const [only] = sources;
    if (
      sources.length !== 1 ||
      !only ||
      Number(only[0]) + Number(only[1]) > 15 ||
      Number(only[1]) + Number(only[0]) === 0
    )
      continue;
    const tree = git('ls-tree', '-r', '--full-tree', `${commit}^`);
    if (!tree) continue;
    const listed = tree.split('\n').flatMap((line) => {
      const [, blob, path] = /^\d+ blob (\w+)\t(.+)$/.exec(line) ?? [];
      return blob && path && isSource(path) ? [{ blob, path }] : [];
    });
    const missing = listed.filter(({ blob }) => !blobs.has(blob)).map(({ blob }) => blob);
    readBlobs(folder, missing, blobs);
    const files = listed
      .map(({ blob, path }) => ({ path, text: blobs.get(blob) ?? '' }))
      .filter(({ text }) => text !== '' && text.length <= 200_000 && !text.includes('\0'));
    const before = files.find(({ path }) => path === only[2])?.text;
    const after = git('show', `${commit}:${only[2]}`);
    if (before === undefined || !after) continue;
    const message = git('show', '-s', '--format=%B', commit)
      .replace(/^(?:Signed-off-by|Co-authored-by):.*$/gim, '')
      .trim();
    taken++;
    yield { fix: { repo: folder.split('/').at(-1) as string, message, path: only[2], before, after, date: '' }, files };
  }
}

const FIX =
  /\b(?:fix\w*|bug\w*|regression|crash\w*|correct\w*|prevent\w*|wrong|broken|leak\w*|panic\w*|deadlock|race)\b/i;
const NO_FIX =
  /\b(?:docs?|typos?|deps?|dependenc\w+|lint\w*|format\w*|release|tests?|refactor\w*|build|ci|bump|readme|changelog|merge|revert)\b/i;

function readBlobs(folder: string, wanted: readonly string[], into: Map<string, string>): void {
  if (wanted.length === 0) return;
  const { stdout } = spawnSync('git', ['-C', folder, 'cat-file', '--batch'], {
    input: `${wanted.join('\n')}\n`,
    maxBuffer: 1 << 30,
  });
  let at = 0;
  while (at < stdout.length) {
    const end = stdout.indexOf(10, at);
    const [blob = '', , size = '0'] = stdout.toString('utf8', at, end).split(' ');
    into.set(blob, stdout.toString('utf8', end + 1, end + 1 + Number(size)));
    at = end + 1 + Number(size) + 1;
  }
}

export interface Figures {
  readonly n: number;
  readonly mrr: number;
  readonly hit1: number;
  readonly hit5: number;
  readonly hit10: number;
}

export function figures(ranks: readonly number[]): Figures {
  const hit = (most: number) => mean(ranks.map((rank) => (rank > 0 && rank <= most ? 1 : 0)));
  return {
    n: ranks.length,
    mrr: mean(ranks.map((rank) => (rank > 0 ? 1 / rank : 0))),
    hit1: hit(1),
    hit5: hit(5),
    hit10: hit(10),
  };
}

/** 95 % interval of the difference of the mean reciprocal ranks, pairs resampled. */
export function difference(ours: readonly number[], theirs: readonly number[]): [number, number] {
  const reciprocal = (rank: number) => (rank > 0 ? 1 / rank : 0);
  const pairs = ours.map((rank, at) => reciprocal(rank) - reciprocal(theirs[at] as number));
  return bootstrapMean(pairs);
}
