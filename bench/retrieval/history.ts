/** The *replay* protocol: the repository as it was at a parent commit, read from git's objects, and the functions its child adds. */
import { execFileSync } from 'node:child_process';
import { mix } from '../../src/base/statistics.ts';
import {
  callingFiles,
  callsOf,
  emptied,
  type HiddenFunction,
  locate,
  type SourceText,
  truthOf,
} from '../../src/core/retrieval/heldOut.ts';
import { createRetrievalIndex, type RetrievalIndex } from '../../src/core/retrieval/retrievalIndex.ts';
import type { FunctionFact } from '../../src/core/syntax/facts.ts';
import { isGenerated, MAX_SIZE } from '../../src/node/git/commitReplay.ts';
import { readBlobs } from '../gitObjects.ts';
import type { FactsReader } from './repository.ts';
import { put, type Visit } from './samples.ts';
import { skeletonOf } from './skeleton.ts';

/** Commits looked at, newest first; those that touch more files are imports or reformattings. */
const COMMITS = 600;
const MOST_TOUCHED = 40;
/** Targets of one commit: a large one must not stand for the repository. */
const PER_COMMIT = 3;
const LEAST_TRUE = 2;

const keyOf = ({ container, name }: FunctionFact) => `${container}.${name}`;

export class History {
  readonly index: RetrievalIndex = createRetrievalIndex();
  readonly name: string;
  /** The state that is indexed: replaced, not changed, from commit to commit. */
  files: ReadonlyMap<string, SourceText> = new Map();
  /** Object ids of `files`. */
  private blobs = new Map<string, string>();

  constructor(
    private readonly folder: string,
    private readonly reader: FactsReader,
  ) {
    this.name = folder.split('/').at(-1) as string;
  }

  /** Up to `count` functions that commits added, newest commits first. */
  async forEachTarget(count: number, visit: Visit): Promise<number> {
    let visited = 0;
    const log = this.git(
      'log',
      '--no-merges',
      '--no-renames',
      '-n',
      String(COMMITS),
      '--format=%x00%H %P',
      '--name-only',
    );
    for (const entry of log.split('\0').slice(1)) {
      if (visited >= count) break;
      const [head = '', ...paths] = entry.split('\n').filter((line) => line !== '');
      const [commit = '', parent] = head.split(' ');
      const touched = paths.filter((path) => this.isSource(path));
      if (!parent || touched.length === 0 || paths.length > MOST_TOUCHED) continue;
      visited += await this.replay(commit, parent, touched, Math.min(PER_COMMIT, count - visited), visit);
    }
    return visited;
  }

  private async replay(commit: string, parent: string, touched: readonly string[], most: number, visit: Visit) {
    const after = await this.read(commit, touched);
    const before = await this.read(parent, touched);
    // What had the same name in a touched file was moved or renamed, not added.
    const known = new Set([...before.values()].flatMap(({ facts }) => facts.functions.map(({ name }) => name)));
    const added = [...after.values()].flatMap((file) =>
      file.facts.functions.filter(({ name }) => name !== '' && !known.has(name)).map((fact) => ({ file, fact })),
    );
    if (!added.some(({ file, fact }) => truthOf(file.facts, fact, () => true).size >= LEAST_TRUE)) return 0;
    await this.checkOut(parent);
    const counts = callingFiles(this.files.values());
    const order = ({ file, fact }: { file: SourceText; fact: FunctionFact }) => mix(`${file.path}#${fact.start}`);
    let visited = 0;
    for (const { file, fact } of added.sort((a, b) => order(a) - order(b))) {
      if (visited >= most) break;
      const old = this.files.get(file.path);
      const own = new Set((old ? callsOf(old.facts) : []).map(({ name }) => name));
      const elsewhere = (name: string) => (counts.get(name) ?? 0) - (own.has(name) ? 1 : 0);
      const truth = truthOf(file.facts, fact, (name) => elsewhere(name) >= 2);
      if (truth.size < LEAST_TRUE) continue;
      const hidden = await this.announced(file, fact, truth, old);
      if (!hidden) continue;
      put(this.index, hidden.file);
      visit({
        files: this.files,
        index: this.index,
        hidden,
        body: file.text.slice(fact.body.start, fact.body.end),
        elsewhere,
      });
      if (old) put(this.index, old);
      else this.index.delete(file.path);
      visited++;
    }
    return visited;
  }

  /** The parent's file with the emptied function where the commit puts it: after the function before it there, else at the end. */
  private async announced(
    file: SourceText,
    fact: FunctionFact,
    truth: ReadonlySet<string>,
    old: SourceText | undefined,
  ): Promise<HiddenFunction | undefined> {
    let text = skeletonOf(file, fact);
    if (old) {
      const { functions } = file.facts;
      const sameBlock = functions.filter(
        ({ container, parent }) => container === fact.container && parent === fact.parent,
      );
      const earlier = sameBlock.filter(({ end }) => end <= fact.start).map(keyOf);
      const at = old.facts.functions.findLast((known) => earlier.includes(keyOf(known)))?.end;
      const line = file.text.lastIndexOf('\n', fact.start) + 1;
      const own = file.text.slice(line, fact.start) + emptied(file.text, fact, file.language);
      text = at === undefined ? `${old.text}\n${text}` : `${old.text.slice(0, at)}\n\n${own}\n${old.text.slice(at)}`;
    }
    const facts = await this.reader.read(file.language, text);
    const line = locate(facts, fact);
    return line === undefined
      ? undefined
      : { path: file.path, name: fact.name, file: { ...file, text, facts }, line, truth };
  }

  /** Puts the sources of a commit into the index; what did not change since the last call is kept. */
  private async checkOut(commit: string): Promise<void> {
    const tree = new Map<string, string>();
    for (const line of this.git('ls-tree', '-r', '-z', commit).split('\0')) {
      const [, mode, blob, path] = /^(\d+) blob (\w+)\t(.+)$/s.exec(line) ?? [];
      if (mode?.startsWith('100') && path !== undefined && this.isSource(path)) tree.set(path, blob as string);
    }
    const changed = [...tree].filter(([path, blob]) => this.blobs.get(path) !== blob);
    const fresh = await this.readBlobs(changed);
    for (const path of this.files.keys()) if (!tree.has(path)) this.index.delete(path);
    const files = new Map<string, SourceText>();
    for (const path of [...tree.keys()].sort()) {
      const file = fresh.get(path) ?? (this.blobs.get(path) === tree.get(path) ? this.files.get(path) : undefined);
      if (!file) continue;
      files.set(path, file);
      if (fresh.has(path)) put(this.index, file);
    }
    this.files = files;
    this.blobs = tree;
  }

  /** The named files of a commit; those that are not there or are no text are left out. */
  private read(commit: string, paths: readonly string[]): Promise<Map<string, SourceText>> {
    return this.readBlobs(paths.map((path) => [path, `${commit}:${path}`]));
  }

  private async readBlobs(wanted: readonly (readonly [string, string])[]): Promise<Map<string, SourceText>> {
    const blobs = readBlobs(
      this.folder,
      wanted.map(([, object]) => object),
    );
    const files = new Map<string, SourceText>();
    for (const [index, [path]] of wanted.entries()) {
      const bytes = blobs[index];
      const language = this.reader.languageOf(path);
      if (!bytes || language === undefined || bytes.length > MAX_SIZE || bytes.includes(0)) continue;
      const text = bytes.toString('utf8');
      files.set(path, { path, language, text, facts: await this.reader.read(language, text) });
    }
    return files;
  }

  private isSource(path: string): boolean {
    return this.reader.languageOf(path) !== undefined && !isGenerated(path);
  }

  private git(...args: string[]): string {
    return execFileSync('git', ['-C', this.folder, ...args], { encoding: 'utf8', maxBuffer: 2 ** 28 });
  }
}
