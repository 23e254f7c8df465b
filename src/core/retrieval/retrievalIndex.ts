/** The repository as retrieval sees it: an inverted index over files and routines, kept current file by file. */
import type { FactsReducer, FileAnalysis } from '../indexing/contracts.ts';
import { type Family, familyOf, type LanguageId } from '../languages.ts';
import { halfSteps } from './evidence.ts';
import { digestFile, type FileDigest, TOKEN_CLASSES, tokenClassOf } from './fileDigest.ts';
import { moduleStem, subwords } from './subwords.ts';
import { CountedLinks, Counters, type IntList, Postings, SparseCounters, SymbolTable } from './symbols.ts';

/** FNV-1a, 32 bits: breaks ties between routines the same way whatever the order of insertion. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value >>> 0;
}

/** The length by which a file's overlap with another is judged, in steps: a line more or less seldom counts. */
export function fileLength(tokens: number): number {
  return 2 ** (halfSteps(8 + tokens) / 2);
}

interface DirectoryCalls {
  readonly files: number;
  readonly calls: ReadonlyMap<number, number>;
}

/** A (written form, owner) pair of `forms`, how many files use it, and how many use any form of its name. */
export interface UsedForm {
  /** -1 where the name is not called. */
  readonly pair: number;
  readonly count: number;
  readonly total: number;
}

/** Most popular names kept at hand. */
const POPULAR = 320;

/**
 * One language family of a repository. Files and routines get slots that are never reused; a removed file's slots are
 * dead (`fileAt` answers undefined) until `compact` is due, so that set and delete stay cheap.
 */
export class FamilyIndex {
  private readonly slots: (FileDigest | undefined)[] = [];
  private readonly fileHashes: number[] = [];
  private readonly fileLengths: number[] = [];
  private readonly slotOf = new Map<string, number>();
  /** First routine id of each slot, ascending; one more element than slots. */
  private readonly routineBase: number[] = [0];
  private routineSlot = new Int32Array(1024);
  private routineHash = new Uint32Array(1024);
  /** Tokens of each class per routine, TOKEN_CLASSES a row. */
  private classCounts = new Uint8Array(1024 * TOKEN_CLASSES);
  private readonly tokenRoutines = new Postings();
  private readonly tokenFiles = new Postings();
  private readonly routineDf = new SparseCounters();
  private readonly fileDf = new SparseCounters();
  private readonly callingFiles = new Counters();
  private readonly callingRoutines = new Counters();
  private readonly directories = new Postings();
  private readonly declarers = new Postings();
  private readonly declaredCount = new Counters();
  private readonly stems = new Postings();
  private readonly wordNames = new Postings();
  private readonly keyNames = new Postings();
  private readonly wordIdsOf = new Map<number, readonly number[]>();
  private readonly wordDf = new Counters();
  private readonly listedName = new Counters();
  private readonly names: number[] = [];
  private directoryCache: { version: number; counts: Map<number, DirectoryCalls> } = { version: -1, counts: new Map() };
  private popularCache: { version: number; names: readonly number[] } | undefined;
  private formCache: { version: number; known: Map<number, UsedForm> } = { version: -1, known: new Map() };
  /** Pairs (written form, owner) per called name; pairs (key, name) per receiver, type or module. */
  readonly forms = new CountedLinks();
  readonly members = new CountedLinks();
  version = 0;
  files = 0;
  routines = 0;
  private dead = 0;

  /** `all`: every family of the repository, this one too. */
  constructor(
    readonly symbols: SymbolTable,
    readonly family: Family,
    private readonly all: ReadonlyMap<Family, FamilyIndex>,
  ) {}

  /** True when more than half of the routine slots are dead: the owner then builds a fresh index. */
  get stale(): boolean {
    return this.dead > 20_000 && this.dead > this.routines;
  }

  digests(): FileDigest[] {
    return this.slots.filter((digest) => digest !== undefined);
  }

  fileAt(slot: number): FileDigest | undefined {
    return this.slots[slot];
  }

  slot(path: string): number {
    return this.slotOf.get(path) ?? -1;
  }

  /** Slot of a routine id, or -1 if the file is gone. */
  slotOfRoutine(routine: number): number {
    const slot = this.routineSlot[routine] as number;
    return this.slots[slot] === undefined ? -1 : slot;
  }

  hashOfRoutine(routine: number): number {
    return this.routineHash[routine] as number;
  }

  hashOfFile(slot: number): number {
    return this.fileHashes[slot] as number;
  }

  lengthOfFile(slot: number): number {
    return this.fileLengths[slot] as number;
  }

  /** How many tokens of the classes with a weight a routine has. */
  tokensOf(routine: number, weights: readonly number[]): number {
    let count = 0;
    for (let c = 0; c < TOKEN_CLASSES; c++) {
      if ((weights[c] as number) > 0) count += this.classCounts[routine * TOKEN_CLASSES + c] as number;
    }
    return count;
  }

  /** Index inside its file of a routine id. */
  localRoutine(routine: number, slot: number): number {
    return routine - (this.routineBase[slot] as number);
  }

  get routineIds(): number {
    return this.routineBase[this.routineBase.length - 1] as number;
  }

  get fileSlots(): number {
    return this.slots.length;
  }

  routinesWith(value: number): IntList {
    return this.tokenRoutines.get(value);
  }

  filesWith(value: number): IntList {
    return this.tokenFiles.get(value);
  }

  routineFrequency(value: number): number {
    return this.routineDf.get(value);
  }

  fileFrequency(value: number): number {
    return this.fileDf.get(value);
  }

  /** Number of files, and of routines, that call a name. */
  filesCalling(name: number): number {
    return this.callingFiles.get(name);
  }

  /** Number of files of all families that call a name. */
  filesCallingAnywhere(name: number): number {
    let files = 0;
    for (const index of this.all.values()) files += index.filesCalling(name);
    return files;
  }

  routinesCalling(name: number): number {
    return this.callingRoutines.get(name);
  }

  slotsIn(directory: number): IntList {
    return this.directories.get(directory);
  }

  /** Live slots of files that declare a name. */
  slotsDeclaring(name: number): number[] {
    return Array.from(this.declarers.get(name)).filter((slot) => this.slots[slot] !== undefined);
  }

  declarations(name: number): number {
    return this.declaredCount.get(name);
  }

  /** How many called names contain a subword now. */
  wordFrequency(word: number): number {
    return this.wordDf.get(word);
  }

  /** Called names that contain a subword (some may no longer be called). */
  namesWithWord(word: number): IntList {
    return this.wordNames.get(word);
  }

  /** Distinct subwords of a name in order, as symbols; remembered. */
  wordIds(name: number): readonly number[] {
    let ids = this.wordIdsOf.get(name);
    if (!ids) {
      ids = [...new Set(subwords(this.symbols.text(name)))].map((word) => this.symbols.intern(word));
      this.wordIdsOf.set(name, ids);
    }
    return ids;
  }

  /** Called names made of exactly these subwords, whatever their case style. */
  namesOfWords(words: readonly number[]): number[] {
    return Array.from(this.keyNames.get(wordKey(words))).filter((name) => {
      const own = this.wordIds(name);
      return own.length === words.length && own.every((word, i) => word === words[i]);
    });
  }

  /** Live slots whose path ends in the module's segments (dots, slashes and :: alike), by path. */
  slotsOfModule(module: string): number[] {
    const segments = module.split(/[/.]|::/).filter((part) => part !== '' && part !== 'crate' && part !== '@');
    if (segments.length === 0) return [];
    const stem = segments.join('/');
    const last = this.symbols.find(segments[segments.length - 1] as string);
    const matches: number[] = [];
    if (last < 0) return matches;
    for (const slot of this.stems.get(last)) {
      const digest = this.slots[slot];
      if (!digest) continue;
      const own = moduleStem(digest.path);
      if (own === stem || own.endsWith(`/${stem}`) || stem.endsWith(`/${own}`)) matches.push(slot);
    }
    return matches.sort((a, b) => compare(this.slots[a]?.path ?? '', this.slots[b]?.path ?? ''));
  }

  /** The names most files call, most first. */
  popular(): readonly number[] {
    if (this.popularCache?.version === this.version) return this.popularCache.names;
    const best = this.names
      .map((name) => ({ name, count: this.callingFiles.get(name) }))
      .filter(({ count }) => count > 1);
    best.sort((a, b) => b.count - a.count || compare(this.symbols.text(a.name), this.symbols.text(b.name)));
    const names = best.slice(0, POPULAR).map(({ name }) => name);
    this.popularCache = { version: this.version, names };
    return names;
  }

  /** The form by which most files call a name, the first by text of several. Common names have thousands: it is kept until a save. */
  mostUsedForm(name: number): UsedForm {
    if (this.formCache.version !== this.version) this.formCache = { version: this.version, known: new Map() };
    let used = this.formCache.known.get(name);
    if (!used) {
      let [pair, count, total] = [-1, 0, 0];
      const all = this.forms.of(name);
      for (let i = 0; i < all.length; i++) {
        const each = this.forms.count(all[i] as number);
        total += each;
        if (each < count || each === 0) continue;
        if (each === count && this.compareForms(pair, all[i] as number) <= 0) continue;
        [pair, count] = [all[i] as number, each];
      }
      this.formCache.known.set(name, (used = { pair, count, total }));
    }
    return used;
  }

  /** By the text of the form, then of the owner. */
  compareForms(a: number, b: number): number {
    const { symbols } = this;
    return (
      compare(symbols.text(symbols.first(a)), symbols.text(symbols.first(b))) ||
      compare(symbols.text(symbols.second(a)), symbols.text(symbols.second(b)))
    );
  }

  /** In how many files of a directory each name is called, and how many files it has. */
  directoryCalls(directory: number): DirectoryCalls {
    if (this.directoryCache.version !== this.version)
      this.directoryCache = { version: this.version, counts: new Map() };
    let known = this.directoryCache.counts.get(directory);
    if (!known) {
      const calls = new Map<number, number>();
      let files = 0;
      for (const slot of this.directories.get(directory)) {
        const digest = this.slots[slot];
        if (!digest) continue;
        files++;
        for (const name of digest.fileCalls) calls.set(name, (calls.get(name) ?? 0) + 1);
      }
      known = { files, calls };
      this.directoryCache.counts.set(directory, known);
    }
    return known;
  }

  add(digest: FileDigest): void {
    const slot = this.slots.length;
    this.slots.push(digest);
    this.slotOf.set(digest.path, slot);
    this.fileHashes.push(hash(digest.path));
    this.fileLengths.push(fileLength(digest.fileTokens.length));
    const base = this.routineIds;
    this.reserve(base + digest.routines);
    for (let i = 0; i < digest.routines; i++) {
      this.routineSlot[base + i] = slot;
      this.routineHash[base + i] = hash(`${digest.path}\u0000${i}`);
      for (let t = digest.tokenOffsets[i] as number; t < (digest.tokenOffsets[i + 1] as number); t++) {
        const value = digest.tokens[t] as number;
        this.tokenRoutines.add(value, base + i);
        const cell = (base + i) * TOKEN_CLASSES + tokenClassOf(value);
        this.classCounts[cell] = Math.min(255, (this.classCounts[cell] as number) + 1);
      }
    }
    this.routineBase.push(base + digest.routines);
    for (const value of digest.fileTokens) this.tokenFiles.add(value, slot);
    this.directories.add(digest.directory, slot);
    const stem = moduleStem(digest.path);
    this.stems.add(this.symbols.intern(stem.slice(stem.lastIndexOf('/') + 1)), slot);
    for (const name of new Set(digest.declarations.map((declaration) => declaration.name)))
      this.declarers.add(name, slot);
    for (const name of digest.fileCalls) {
      if (this.listedName.get(name) > 0) continue;
      this.listedName.add(name, 1);
      this.names.push(name);
      const words = this.wordIds(name);
      this.keyNames.add(wordKey(words), name);
      for (const word of words) this.wordNames.add(word, name);
    }
    this.count(digest, 1);
  }

  remove(path: string): void {
    const slot = this.slotOf.get(path);
    if (slot === undefined) return;
    const digest = this.slots[slot] as FileDigest;
    this.slots[slot] = undefined;
    this.slotOf.delete(path);
    this.dead += digest.routines;
    this.count(digest, -1);
  }

  private reserve(size: number): void {
    if (size <= this.routineSlot.length) return;
    const capacity = Math.max(size, this.routineSlot.length * 2);
    const slots = new Int32Array(capacity);
    slots.set(this.routineSlot);
    this.routineSlot = slots;
    const hashes = new Uint32Array(capacity);
    hashes.set(this.routineHash);
    this.routineHash = hashes;
    const counts = new Uint8Array(capacity * TOKEN_CLASSES);
    counts.set(this.classCounts);
    this.classCounts = counts;
  }

  private count(digest: FileDigest, by: 1 | -1): void {
    this.version++;
    this.files += by;
    this.routines += by * digest.routines;
    for (const value of digest.tokens) this.routineDf.add(value, by);
    for (const value of digest.fileTokens) this.fileDf.add(value, by);
    for (const name of digest.fileCalls) {
      const now = this.callingFiles.add(name, by);
      if (now !== (by === 1 ? 1 : 0)) continue;
      for (const word of this.wordIds(name)) this.wordDf.add(word, by);
    }
    for (const name of digest.calls) this.callingRoutines.add(name, by);
    for (const declaration of digest.declarations) this.declaredCount.add(declaration.name, by);
    for (let i = 0; i < digest.forms.length; i++) {
      this.forms.add(digest.formNames[i] as number, digest.forms[i] as number, by);
    }
    for (const pair of digest.members) this.members.add(this.symbols.first(pair), pair, by);
  }
}

/** A hash of the sequence; who looks up compares the words themselves. */
function wordKey(words: readonly number[]): number {
  let value = 0x811c9dc5;
  for (const word of words) value = Math.imul(value ^ word, 0x01000193);
  return value | 0;
}

/** Code-unit order. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The reducer that retrieval reads; one FamilyIndex per language family, so that Go code never ranks Python's. */
export interface RetrievalIndex extends FactsReducer {
  readonly symbols: SymbolTable;
  family(language: LanguageId): FamilyIndex;
  /** Files held. */
  readonly size: number;
}

/** An empty index. `set` replaces what a path said before; `delete` of an unknown path does nothing. */
export function createRetrievalIndex(): RetrievalIndex {
  const symbols = new SymbolTable();
  const families = new Map<Family, FamilyIndex>();
  const familyOfPath = new Map<string, Family>();

  const indexOf = (family: Family): FamilyIndex => {
    let index = families.get(family);
    if (!index) {
      index = new FamilyIndex(symbols, family, families);
      families.set(family, index);
    }
    return index;
  };

  const remove = (path: string) => {
    const family = familyOfPath.get(path);
    if (family === undefined) return;
    familyOfPath.delete(path);
    const index = indexOf(family);
    index.remove(path);
    if (!index.stale) return;
    const fresh = new FamilyIndex(symbols, family, families);
    for (const digest of index.digests()) fresh.add(digest);
    fresh.version = index.version + 1;
    families.set(family, fresh);
  };

  return {
    symbols,
    get size() {
      return familyOfPath.size;
    },
    family: (language) => indexOf(familyOf(language)),
    set(path: string, analysis: Pick<FileAnalysis, 'language' | 'facts'>) {
      remove(path);
      const family = familyOf(analysis.language);
      familyOfPath.set(path, family);
      indexOf(family).add(digestFile(path, analysis.facts, symbols));
    },
    delete: remove,
  };
}
