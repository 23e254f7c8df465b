/** Candidate API names for a cursor and the evidence for each: the inputs of the ranking model. */
import { analogousCalls } from './analogy.ts';
import type { Background } from './background.ts';
import { type FileDigest, TOKEN_CLASSES, TokenClass, token, tokenClassOf } from './fileDigest.ts';
import { idf, type Neighbour, type NeighbourSearch, similarityInFile, type View } from './neighbours.ts';
import type { FamilyIndex } from './retrievalIndex.ts';

/** A candidate is called in this many files other than the current one, in a repository of at least so many. */
const OTHER_FILES = 2;
const SMALL_REPOSITORY = 6;

/** True for a path by which tests are recognised in all six languages. */
export function isTestPath(path: string): boolean {
  return /(^|[/_.-])(tests?|spec|__tests__)([/_.-]|$)/i.test(path);
}

/** Names of the features, in the order of the matrix columns; the weights file refers to them by name. */
export const FEATURES = [
  'fileCount',
  'fileShare',
  'near',
  'containerShare',
  'topLevel',
  'directoryShare',
  'directoryCount',
  'popularity',
  'popularShare',
  'routineShare',
  'nameVote',
  'nameBest',
  'signatureVote',
  'signatureBest',
  'mixedVote',
  'mixedBest',
  'mixedCount',
  'fileVote',
  'fileBest',
  'sameName',
  'inSignature',
  'docOverlap',
  'wordOverlap',
  'wordShare',
  'contextOverlap',
  'isTargetName',
  'declaredHere',
  'declaredInDirectory',
  'declaredInImported',
  'declaredInRepository',
  'imported',
  'receiver',
  'receiverCount',
  'typeReceiver',
  'capitalised',
  'unseenHere',
  'isTest',
  'background',
  'backgroundLift',
  'analogy',
  'analogyBest',
  'feedbackVote',
  'feedbackBest',
] as const;

export type Feature = (typeof FEATURES)[number];

const COLUMN = Object.fromEntries(FEATURES.map((name, column) => [name, column])) as Readonly<Record<Feature, number>>;

//                                  name cont type para path call impo doc
const NAME_VIEW: View = { weights: [1, 0, 0, 0, 0, 0, 0, 0], count: 24 };
const SIGNATURE_VIEW: View = { weights: [0, 0, 1, 0.5, 0, 0, 0, 0], count: 24 };
const MIXED_VIEW: View = { weights: [1, 0.7, 0.7, 0.3, 0.6, 0, 0, 0.15], count: 24 };
const FILE_VIEW: View = { weights: [0, 0, 0, 0, 1, 0.6, 1, 0], count: 16 };

/** Where the cursor is, in the terms of the current file's digest. */
export interface Target {
  readonly digest: FileDigest;
  /** Local routine at the cursor; -1 outside any. */
  readonly routine: number;
  /** Routine near the cursor where there is none at it; for neighbourhood in the file. */
  readonly anchor: number;
  /** Receivers at hand: parameters, fields, imports (names), and the written types of those that have one. */
  readonly receivers: readonly string[];
  readonly receiverTypes: readonly string[];
  /** Subwords of the line at the cursor where no routine is: a header being typed. */
  readonly lineWords: readonly string[];
}

/** Rows of evidence: `values` holds `names.length` rows of FEATURES.length columns. */
export interface Candidates {
  readonly names: readonly number[];
  readonly values: Float64Array;
}

/** Collects evidence row by row; a row appears when a name that is admitted gets its first value. */
class Rows {
  readonly names: number[] = [];
  private readonly rowOf = new Map<number, number>();

  constructor(private readonly admits: (name: number) => boolean) {}

  values = new Float64Array(512 * FEATURES.length);

  /** -1 for a name that is no candidate. */
  row(name: number): number {
    const known = this.rowOf.get(name);
    if (known !== undefined) return known;
    if (!this.admits(name)) {
      this.rowOf.set(name, -1);
      return -1;
    }
    const row = this.names.length;
    this.rowOf.set(name, row);
    this.names.push(name);
    if ((row + 1) * FEATURES.length > this.values.length) {
      const grown = new Float64Array(this.values.length * 2);
      grown.set(this.values);
      this.values = grown;
    }
    return row;
  }

  add(name: number, feature: Feature, value: number): void {
    const row = this.row(name);
    if (row < 0) return;
    const at = row * FEATURES.length + COLUMN[feature];
    this.values[at] = (this.values[at] as number) + value;
  }

  max(name: number, feature: Feature, value: number): void {
    const row = this.row(name);
    if (row < 0) return;
    const at = row * FEATURES.length + COLUMN[feature];
    if (value > (this.values[at] as number)) this.values[at] = value;
  }
}

/** Features that are shares of votes: the model sees their log-odds, shifted so that no vote stays 0. */
const SHARES = [
  'fileShare',
  'containerShare',
  'directoryShare',
  'nameVote',
  'signatureVote',
  'mixedVote',
  'fileVote',
  'sameName',
  'receiver',
  'typeReceiver',
  'analogy',
] as const;

/** log(v/(1−v)) smoothed by 1/50 and shifted: 0 → 0, ½ → 3.9, 1 → 7.9. */
function odds(share: number): number {
  if (share === 0) return 0;
  return Math.log((share + 0.02) / (1.02 - Math.min(1, share))) + Math.log(51);
}

/** log2 of a count in whole steps: a file saved elsewhere seldom moves it. */
function step(count: number): number {
  return Math.floor(Math.log2(1 + count));
}

/** A share in steps of 1/16, for counts over the whole repository. */
function coarse(share: number): number {
  return Math.round(share * 16) / 16;
}

function callsOf(digest: FileDigest, routine: number): Int32Array {
  return digest.calls.subarray(digest.callOffsets[routine], digest.callOffsets[routine + 1]);
}

/** Evidence for every name that might be called at the target. Deterministic for the same set of files. */
export function gather(
  index: FamilyIndex,
  target: Target,
  search: NeighbourSearch,
  background: Background,
): Candidates {
  const { digest, routine } = target;
  const ownSlot = index.slot(digest.path);
  const indexed = new Set(index.fileAt(ownSlot)?.fileCalls);
  const least = index.files >= SMALL_REPOSITORY ? OTHER_FILES : 1;
  const rows = new Rows((name) => index.filesCalling(name) - (indexed.has(name) ? 1 : 0) >= least);
  sameFile(rows, target);
  const directorySlots = index
    .slotsIn(digest.directory)
    .filter((slot) => slot !== ownSlot && index.fileAt(slot) !== undefined);
  for (const slot of directorySlots) {
    for (const name of (index.fileAt(slot) as FileDigest).fileCalls) {
      rows.add(name, 'directoryShare', 1 / directorySlots.length);
      rows.add(name, 'directoryCount', 1);
    }
  }
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
  return { names: rows.names, values: rows.values };
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

/** True for the routine itself and those nested in it. */
function encloses(digest: FileDigest, outer: number, inner: number): boolean {
  if (outer < 0) return false;
  return (
    outer === inner ||
    ((digest.startLines[inner] as number) >= (digest.startLines[outer] as number) &&
      (digest.endLines[inner] as number) <= (digest.endLines[outer] as number))
  );
}

function queryTokens(index: FamilyIndex, { digest, routine, lineWords }: Target): number[] {
  if (routine >= 0) {
    return [...digest.tokens.subarray(digest.tokenOffsets[routine], digest.tokenOffsets[routine + 1])];
  }
  const typed = lineWords
    .map((word) => index.symbols.find(word))
    .filter((symbol) => symbol >= 0)
    .map((symbol) => token(symbol, TokenClass.name));
  return [...new Set([...digest.fileTokens].filter((value) => tokenClassOf(value) === TokenClass.path)), ...typed];
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
  for (const { slot, similarity } of files) {
    for (const name of (index.fileAt(slot) as FileDigest).fileCalls) {
      rows.add(name, mean, (similarity * similarity) / total);
      rows.max(name, best, similarity);
    }
  }
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
      const name = index.memberName.get(pair) - 1;
      rows.max(name, feature, coarse(count / total) * Math.min(1, step(total) / 4));
      if (feature === 'receiver') rows.max(name, 'receiverCount', step(count));
    }
  };
  for (const name of target.receivers) visit(`.${name}`, 'receiver');
  for (const type of target.receiverTypes) visit(`:${type}`, 'typeReceiver');
}

/** Called names that share subwords with the target's name. */
function wordMatches(rows: Rows, index: FamilyIndex, { digest, routine }: Target): void {
  if (routine < 0 || (digest.names[routine] as number) < 0) return;
  for (const word of index.words(digest.names[routine] as number)) {
    const symbol = index.symbols.find(word);
    if (symbol < 0) continue;
    if (index.wordFrequency(symbol) > 400) continue;
    for (const name of index.namesWithWord(symbol)) if (index.filesCalling(name) > 0) rows.row(name);
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
  for (const word of index.words(targetName)) {
    for (const [text, lift] of lifts.get(word) ?? []) {
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

/** Features that need every candidate, and the damping of counts. */
function finish(rows: Rows, index: FamilyIndex, digest: FileDigest, routine: number): void {
  const { symbols } = index;
  const targetName = routine >= 0 ? (digest.names[routine] as number) : -1;
  const { around, documented, typesWritten } = surroundings(index, digest, routine);
  const words = new Set(targetName >= 0 ? index.wordIds(targetName) : []);
  const isTest = isTestPath(digest.path) ? 1 : 0;
  const weightOf = new Map<number, number>();
  const documents = Math.max(1000, index.routines);
  const weigh = (word: number): number => {
    let weight = weightOf.get(word);
    if (weight === undefined) {
      weight = idf(documents, index.wordFrequency(word) * 4);
      weightOf.set(word, weight);
    }
    return weight;
  };
  let allWords = 0;
  for (const word of words) allWords += weigh(word);
  const ownCalls = new Set(digest.fileCalls);
  const { values } = rows;
  const damped = [COLUMN.fileCount, COLUMN.directoryCount, COLUMN.mixedCount];
  const shares = SHARES.map((share) => COLUMN[share]);
  for (let row = 0; row < rows.names.length; row++) {
    const name = rows.names[row] as number;
    const at = row * FEATURES.length;
    for (const column of shares) values[at + column] = odds(values[at + column] as number);
    for (const column of damped) values[at + column] = Math.log2(1 + (values[at + column] as number));
    let shared = 0;
    let own = 0;
    let near = 0;
    let told = 0;
    for (const word of index.wordIds(name)) {
      const weight = weigh(word);
      own += weight;
      if (words.has(word)) shared += weight;
      else if (around.has(word)) near += weight;
      if (documented.has(word)) told += weight;
    }
    const files = index.filesCalling(name);
    const first = symbols.text(name).charCodeAt(0);
    values[at + COLUMN.popularity] = step(files);
    values[at + COLUMN.popularShare] = odds(coarse(files / Math.max(1, index.files)));
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
  }
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

const FEEDBACK_VIEW: View = { weights: [0.5, 0.3, 0.3, 0.2, 0.3, 1, 0, 0], count: 24 };
/** Calls expected after the first pass that take part in the second. */
const FEEDBACK_CALLS = 12;

/**
 * Second pass (pseudo-relevance feedback, Rocchio's idea): routines that make the calls expected so far vote once more.
 * Fills the two feedback columns; `scores` are the first pass's probabilities by row.
 */
export function feedBack(
  index: FamilyIndex,
  target: Target,
  search: NeighbourSearch,
  candidates: Candidates,
  scores: Float64Array,
): void {
  const { digest, routine } = target;
  const { names, values } = candidates;
  const text = (row: number) => index.symbols.text(names[row] as number);
  const likely = [...scores.keys()]
    .filter((row) => (scores[row] as number) >= 0.08)
    .sort((a, b) => (scores[b] as number) - (scores[a] as number) || (text(a) < text(b) ? -1 : 1))
    .slice(0, FEEDBACK_CALLS);
  const strength = new Map<number, number>();
  for (const row of likely) strength.set(token(names[row] as number, TokenClass.call), scores[row] as number);
  // Calls that already stand in the routine are certain.
  for (const value of queryTokens(index, target)) strength.set(value, 1);
  const query = [...strength.keys()];
  const querySet = new Set(query);
  const ownSlot = index.slot(digest.path);
  const voters: { calls: Int32Array; similarity: number }[] = search
    .routines(index, query, FEEDBACK_VIEW, ownSlot, strength)
    .map(({ slot, routine: local, similarity }) => ({
      calls: callsOf(index.fileAt(slot) as FileDigest, local),
      similarity,
    }));
  for (let i = 0; i < digest.routines; i++) {
    if (encloses(digest, routine, i)) continue;
    const similarity = similarityInFile(index, querySet, digest, i, FEEDBACK_VIEW, strength);
    if (similarity > 0) voters.push({ calls: callsOf(digest, i), similarity });
  }
  let total = 0;
  for (const { similarity } of voters) total += similarity * similarity;
  if (total === 0) return;
  const vote = new Map<number, number>();
  const best = new Map<number, number>();
  for (const { calls, similarity } of voters) {
    for (const name of calls) {
      vote.set(name, (vote.get(name) ?? 0) + (similarity * similarity) / total);
      best.set(name, Math.max(best.get(name) ?? 0, similarity));
    }
  }
  for (let row = 0; row < names.length; row++) {
    const at = row * FEATURES.length;
    const name = names[row] as number;
    values[at + COLUMN.feedbackVote] = odds(vote.get(name) ?? 0);
    values[at + COLUMN.feedbackBest] = best.get(name) ?? 0;
  }
}
