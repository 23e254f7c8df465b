/** Candidate API names for a cursor and the evidence for each: the inputs of the ranking model. */
import { analogousCalls } from './analogy.ts';
import type { Background } from './background.ts';
import type { CallAffinity } from './callAffinity.ts';
import {
  type Candidates,
  COLUMN,
  coarse,
  coarseOdds,
  FEATURES,
  type Feature,
  isTestPath,
  leastCallers,
  odds,
  Rows,
  SHARES,
  step,
  type Target,
} from './evidence.ts';
import { type FileDigest, moduleKey, TOKEN_CLASSES, TokenClass, token, tokenClassOf } from './fileDigest.ts';
import { idf, type Neighbour, type NeighbourSearch, similarityInFile, type View } from './neighbours.ts';
import type { FamilyIndex } from './retrievalIndex.ts';
import { callsOf, encloses, queryTokens } from './targetTokens.ts';
import { placeSigns, type TokenOdds } from './tokenOdds.ts';

//                                  name cont type para path call impo doc
const NAME_VIEW: View = { weights: [1, 0, 0, 0, 0, 0, 0, 0], count: 24 };
const SIGNATURE_VIEW: View = { weights: [0, 0, 1, 0.5, 0, 0, 0, 0], count: 24 };
const MIXED_VIEW: View = { weights: [1, 0.7, 0.7, 0.3, 0.6, 0, 0, 0], count: 24 };
/** From so many files on a directory is crowded; a word of so many names is common. */
const CROWDED = 12;
const COMMON_WORD = 120;
/** The first files of the ranking are believed alone, the others only where two agree. */
const TRUSTED_FILES = 4;
const FILE_VIEW: View = { weights: [0, 0, 0, 0, 1, 0.6, 1, 0], count: 16 };
/** Evidence for every name that might be called at the target. Deterministic for the same set of files. */
export function gather(
  index: FamilyIndex,
  target: Target,
  search: NeighbourSearch,
  background: Background,
  affinity: CallAffinity,
  tokenOdds: TokenOdds,
): Candidates {
  const { digest, routine } = target;
  const ownSlot = index.slot(digest.path);
  const indexed = new Set(index.fileAt(ownSlot)?.fileCalls);
  const least = leastCallers(index.files);
  const isCandidate = (name: number): boolean => {
    const most = least + (indexed.has(name) ? 1 : 0);
    return index.filesCalling(name) >= most || index.filesCallingAnywhere(name) >= most;
  };
  const rows = new Rows(isCandidate);
  sameFile(rows, target);
  besides(rows, index, digest, indexed);
  routineViews(rows, index, target, search, ownSlot);
  const akin = search.files(index, [...digest.fileTokens], FILE_VIEW, ownSlot);
  vote(rows, index, akin, 'fileVote', 'fileBest');
  for (const name of index.popular()) rows.row(name);
  receivers(rows, index, target);
  wordMatches(rows, index, target);
  for (const name of digest.importedNames) rows.max(name, 'imported', 1);
  declared(rows, index, target, ownSlot);
  general(rows, index, target, background);
  finish(rows, index, digest, routine);
  affinity.fill(rows, index, target);
  tokenOdds.fill(rows, index, target, placeSigns(index, target), 'tokenOdds', 'tokenBest');
  return { names: rows.names, values: rows.values };
}

/** What the other files of the directory call. */
function besides(rows: Rows, index: FamilyIndex, digest: FileDigest, indexed: ReadonlySet<number>): void {
  const { files, calls } = index.directoryCalls(digest.directory);
  const others = files - (index.slot(digest.path) >= 0 ? 1 : 0);
  // In a crowded directory one file says little about another.
  const telling = others > CROWDED ? 2 : 1;
  for (const [name, all] of calls) {
    const count = all - (indexed.has(name) ? 1 : 0);
    if (count < telling) continue;
    rows.add(name, 'directoryShare', count / others);
    rows.add(name, 'directoryCount', count);
  }
}

function sameFile(rows: Rows, { digest, routine, anchor }: Target): void {
  const container = routine >= 0 ? (digest.containers[routine] as number) : -1;
  let others = 0;
  let peers = 0;
  for (let i = 0; i < digest.routines; i++) {
    if (encloses(digest, routine, i)) continue;
    others++;
    if (container >= 0 && digest.containers[i] === container) peers++;
  }
  for (let i = 0; i < digest.routines; i++) {
    if (encloses(digest, routine, i)) continue;
    const near = 1 / (1 + Math.abs(i - anchor));
    for (const name of callsOf(digest, i)) {
      rows.add(name, 'fileCount', 1);
      rows.add(name, 'fileShare', 1 / others);
      rows.max(name, 'near', near);
      if (container >= 0 && digest.containers[i] === container) rows.add(name, 'containerShare', 1 / peers);
    }
  }
}

function routineViews(rows: Rows, index: FamilyIndex, target: Target, search: NeighbourSearch, ownSlot: number): void {
  const { digest, routine } = target;
  const query = queryTokens(index, target);
  const querySet = new Set(query);
  for (const [view, mean, best] of [
    [NAME_VIEW, 'nameVote', 'nameBest'],
    [SIGNATURE_VIEW, 'signatureVote', 'signatureBest'],
    [MIXED_VIEW, 'mixedVote', 'mixedBest'],
  ] as const) {
    const neighbours = search.routines(index, query, view, ownSlot);
    const inFile: { routine: number; similarity: number }[] = [];
    for (let i = 0; i < digest.routines; i++) {
      if (encloses(digest, routine, i)) continue;
      const similarity = similarityInFile(index, querySet, digest, i, view);
      if (similarity > 0) inFile.push({ routine: i, similarity });
    }
    let total = 0;
    for (const { similarity } of neighbours) total += similarity * similarity;
    for (const { similarity } of inFile) total += similarity * similarity;
    if (total === 0) continue;
    const voter = (calls: Int32Array, similarity: number) => {
      for (const name of calls) {
        rows.add(name, mean, (similarity * similarity) / total);
        rows.max(name, best, similarity);
        if (view === MIXED_VIEW) rows.add(name, 'mixedCount', 1);
      }
    };
    for (const neighbour of neighbours) {
      voter(callsOf(index.fileAt(neighbour.slot) as FileDigest, neighbour.routine), neighbour.similarity);
    }
    for (const neighbour of inFile) voter(callsOf(digest, neighbour.routine), neighbour.similarity);
    if (view === NAME_VIEW) sameName(rows, index, target, neighbours);
    if (view === MIXED_VIEW && routine >= 0) {
      const siblings = [
        ...neighbours.map((n) => ({ ...n, digest: index.fileAt(n.slot) as FileDigest })),
        ...inFile.map((n) => ({ ...n, digest })),
      ];
      for (const sibling of siblings) {
        for (const name of analogousCalls(index, { digest, routine }, sibling)) {
          rows.add(name, 'analogy', (sibling.similarity * sibling.similarity) / total);
          rows.max(name, 'analogyBest', sibling.similarity);
        }
      }
    }
  }
}

/** What routines of the very same name call. */
function sameName(rows: Rows, index: FamilyIndex, { digest, routine }: Target, neighbours: readonly Neighbour[]): void {
  const name = routine >= 0 ? (digest.names[routine] as number) : -1;
  if (name < 0) return;
  const twins = neighbours.filter(({ slot, routine: local }) => index.fileAt(slot)?.names[local] === name);
  for (const twin of twins) {
    for (const called of callsOf(index.fileAt(twin.slot) as FileDigest, twin.routine)) {
      rows.add(called, 'sameName', 1 / twins.length);
    }
  }
}

function vote(rows: Rows, index: FamilyIndex, files: readonly Neighbour[], mean: Feature, best: Feature): void {
  let total = 0;
  for (const { similarity } of files) total += similarity * similarity;
  if (total === 0) return;
  const callers = new Map<number, number>();
  for (const { slot } of files) {
    for (const name of (index.fileAt(slot) as FileDigest).fileCalls) callers.set(name, (callers.get(name) ?? 0) + 1);
  }
  files.forEach(({ slot, similarity }, rank) => {
    for (const name of (index.fileAt(slot) as FileDigest).fileCalls) {
      if (rank >= TRUSTED_FILES && (callers.get(name) as number) < 2) continue;
      rows.add(name, mean, (similarity * similarity) / total);
      rows.max(name, best, similarity);
    }
  });
}

/** Members of what is at hand: `res.json` for a parameter `res`, `json` of every value written as `: Response`. */
function receivers(rows: Rows, index: FamilyIndex, target: Target): void {
  const visit = (key: string, feature: 'receiver' | 'typeReceiver') => {
    const symbol = index.symbols.find(key);
    if (symbol < 0) return;
    const total = index.members.total(symbol);
    if (total === 0) return;
    for (const pair of index.members.of(symbol)) {
      const count = index.members.count(pair);
      if (count === 0) continue;
      const name = index.symbols.second(pair);
      rows.max(name, feature, coarse(count / total) * Math.min(1, step(total) / 4));
      if (feature === 'receiver') rows.max(name, 'receiverCount', step(count));
    }
  };
  for (const module of target.digest.moduleNames) {
    const symbol = index.symbols.find(module);
    const key = index.symbols.find(moduleKey(module));
    const importers = symbol < 0 ? 0 : index.fileFrequency(token(symbol, TokenClass.import));
    if (key < 0 || importers === 0) continue;
    for (const pair of index.members.of(key)) {
      const share = Math.min(1, index.members.count(pair) / (importers + 1));
      if (share > 0) rows.max(index.symbols.second(pair), 'moduleShare', Math.round(share * 64) / 64);
    }
  }
  for (const name of target.receivers) visit(`.${name}`, 'receiver');
  for (const type of target.receiverTypes) visit(`:${type}`, 'typeReceiver');
}

/** Called names that share subwords with the target's name. */
function wordMatches(rows: Rows, index: FamilyIndex, { digest, routine }: Target): void {
  if (routine < 0 || (digest.names[routine] as number) < 0) return;
  for (const word of index.wordIds(digest.names[routine] as number)) {
    if (index.wordFrequency(word) > COMMON_WORD) continue;
    for (const name of index.namesWithWord(word)) if (index.filesCalling(name) > 0) rows.row(name);
  }
}

/** What public code calls, where this repository calls it too; likelier by the words of the target's name. */
function general(rows: Rows, index: FamilyIndex, { digest, routine }: Target, background: Background): void {
  const { names, values } = background.resolved(index.family, index.symbols);
  for (let i = 0; i < names.length; i++) {
    const name = names[i] as number;
    if (index.filesCalling(name) > 0) rows.max(name, 'background', values[i] as number);
  }
  const { lifts } = background.of(index.family);
  const targetName = routine >= 0 ? (digest.names[routine] as number) : -1;
  if (targetName < 0) return;
  for (const word of index.wordIds(targetName)) {
    for (const [text, lift] of lifts.get(index.symbols.text(word)) ?? []) {
      const name = index.symbols.find(text);
      if (name >= 0 && index.filesCalling(name) > 0) rows.max(name, 'backgroundLift', lift);
    }
  }
}

function declared(rows: Rows, index: FamilyIndex, { digest }: Target, ownSlot: number): void {
  for (const { name } of digest.declarations) rows.max(name, 'declaredHere', 1);
  const imported = new Set<number>();
  for (const module of digest.modules) {
    for (const slot of index.slotsOfModule(module).slice(0, 24)) if (slot !== ownSlot) imported.add(slot);
  }
  for (const slot of imported) {
    for (const { name } of (index.fileAt(slot) as FileDigest).declarations) rows.max(name, 'declaredInImported', 1);
  }
  for (const slot of index.slotsIn(digest.directory)) {
    const file = index.fileAt(slot);
    if (!file || slot === ownSlot) continue;
    for (const { name } of file.declarations) rows.max(name, 'declaredInDirectory', 1);
  }
}

/** Where a word stands: in the target's name, else around it, and in its doc comment. */
const OWN = 1;
const AROUND = 2;
const DOCUMENTED = 4;

/** Features that need every candidate, and the damping of counts. */
function finish(rows: Rows, index: FamilyIndex, digest: FileDigest, routine: number): void {
  const { symbols } = index;
  const targetName = routine >= 0 ? (digest.names[routine] as number) : -1;
  const { around, documented, typesWritten } = surroundings(index, digest, routine);
  const words = targetName >= 0 ? index.wordIds(targetName) : [];
  const table = wordTableOf(index);
  const { marks } = table;
  for (const word of around) marks[word] = AROUND;
  for (const word of words) marks[word] = OWN;
  for (const word of documented) marks[word] = (marks[word] ?? 0) | DOCUMENTED;
  const isTest = isTestPath(digest.path) ? 1 : 0;
  let allWords = 0;
  for (const word of new Set(words)) allWords += weigh(index, table, word);
  const ownCalls = new Set(digest.fileCalls);
  // What is not seen in an empty file says nothing; the weights of products of this feature know.
  const fileSize = step(ownCalls.size);
  const { values } = rows;
  const damped = [COLUMN.fileCount, COLUMN.directoryCount, COLUMN.mixedCount];
  const shares = SHARES.map((share) => COLUMN[share]);
  for (let row = 0; row < rows.names.length; row++) {
    const name = rows.names[row] as number;
    const at = row * FEATURES.length;
    for (const column of shares) {
      const share = values[at + column] as number;
      if (share !== 0) values[at + column] = odds(share);
    }
    for (const column of damped) {
      const count = values[at + column] as number;
      if (count !== 0) values[at + column] = Math.log2(1 + count);
    }
    let shared = 0;
    let near = 0;
    let told = 0;
    for (const word of index.wordIds(name)) {
      const mark = marks[word];
      if (!mark) continue;
      const weight = weigh(index, table, word);
      if (mark & OWN) shared += weight;
      else if (mark & AROUND) near += weight;
      if (mark & DOCUMENTED) told += weight;
    }
    const own = weighAll(index, table, name);
    const files = index.filesCalling(name);
    const first = symbols.text(name).charCodeAt(0);
    values[at + COLUMN.popularity] = step(files);
    values[at + COLUMN.popularShare] = coarseOdds(files / Math.max(1, index.files));
    values[at + COLUMN.routineShare] = coarse(Math.sqrt(index.routinesCalling(name) / Math.max(1, index.routines)));
    values[at + COLUMN.wordOverlap] = allWords > 0 ? shared / allWords : 0;
    values[at + COLUMN.wordShare] = own > 0 ? shared / own : 0;
    values[at + COLUMN.contextOverlap] = own > 0 ? near / own : 0;
    values[at + COLUMN.docOverlap] = own > 0 ? told / own : 0;
    values[at + COLUMN.isTest] = isTest;
    values[at + COLUMN.inSignature] = typesWritten.has(name) ? 1 : 0;
    values[at + COLUMN.isTargetName] = name === targetName ? 1 : 0;
    values[at + COLUMN.declaredInRepository] = index.declarations(name) > 0 ? 1 : 0;
    values[at + COLUMN.capitalised] = first >= 65 && first <= 90 ? 1 : 0;
    values[at + COLUMN.unseenHere] = ownCalls.has(name) ? 0 : 1;
    values[at + COLUMN.fileSize] = fileSize;
  }
  for (const marked of [around, words, documented]) for (const word of marked) marks[word] = 0;
}

/** What a word tells, and all words of a name: thousands are asked for at a time, and they change with a save only. */
interface WordTable {
  readonly version: number;
  /** By symbol; 0 where not yet asked for. What lies beyond the end is worked out each time. */
  readonly weights: Float32Array;
  readonly sums: Float32Array;
  /** Scratch: where words of the present target stand. */
  readonly marks: Uint8Array;
}

const wordTables = new WeakMap<FamilyIndex, WordTable>();

function wordTableOf(index: FamilyIndex): WordTable {
  const known = wordTables.get(index);
  if (known?.version === index.version) return known;
  const size = index.symbols.size + 4096;
  const fresh = {
    version: index.version,
    weights: new Float32Array(size),
    sums: new Float32Array(size),
    marks: new Uint8Array(size),
  };
  wordTables.set(index, fresh);
  return fresh;
}

function weigh(index: FamilyIndex, { weights }: WordTable, word: number): number {
  return (weights[word] ||= Math.fround(idf(Math.max(1000, index.routines), index.wordFrequency(word) * 4)));
}

function weighAll(index: FamilyIndex, table: WordTable, name: number): number {
  const known = table.sums[name];
  if (known) return known;
  let sum = 0;
  for (const word of index.wordIds(name)) sum += weigh(index, table, word);
  return (table.sums[name] = Math.fround(sum));
}

/** Words of the path, class and parameters, words of the doc comment, and the types written in the signature. */
function surroundings(
  index: FamilyIndex,
  digest: FileDigest,
  routine: number,
): { around: Set<number>; documented: Set<number>; typesWritten: Set<number> } {
  const around = new Set<number>();
  const documented = new Set<number>();
  const typesWritten = new Set<number>();
  const addPath = (value: number) => {
    if (tokenClassOf(value) === TokenClass.path) around.add((value - TokenClass.path) / TOKEN_CLASSES);
  };
  for (const value of digest.fileTokens) addPath(value);
  if (routine < 0) return { around, documented, typesWritten };
  const container = digest.containers[routine] as number;
  if (container >= 0) for (const word of index.wordIds(container)) around.add(word);
  for (let t = digest.tokenOffsets[routine] as number; t < (digest.tokenOffsets[routine + 1] as number); t++) {
    const value = digest.tokens[t] as number;
    const tokenClass = tokenClassOf(value);
    const symbol = (value - tokenClass) / TOKEN_CLASSES;
    if (tokenClass === TokenClass.doc) documented.add(symbol);
    if (tokenClass !== TokenClass.parameter && tokenClass !== TokenClass.type) continue;
    if (tokenClass === TokenClass.type) typesWritten.add(symbol);
    for (const word of index.wordIds(symbol)) around.add(word);
  }
  return { around, documented, typesWritten };
}
