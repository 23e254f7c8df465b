/** Which functions an issue is likely about: BM25F over what is written in and around them, and what the issue names outright. */
import { isTestPath } from '../../retrieval/evidence.ts';
import { type Counts, FIELDS, type Field, type FileDigest, messageWords, type RoutineDigest } from './digest.ts';
import type { Issue } from './issue.ts';

/** Evidence from outside the texts: a place that an attractor or a broken rule names. */
export interface Hint {
  readonly path: string;
  readonly line: number;
  readonly reason: string;
  /** Terms of the issue that it shares. */
  readonly terms: readonly string[];
}

export interface RankedTarget {
  readonly path: string;
  /** '' for a file without functions. */
  readonly symbol: string;
  readonly line: number;
  readonly score: number;
  /** What speaks for it, the strongest first, in words. */
  readonly reasons: readonly string[];
}

/** Fitted by hand on fixes.learn (bench/infill/reasoner.ts); what each is worth stands in bench/infill/RESULTS.md. */
export interface RankingWeights {
  readonly fields: Readonly<Record<Field, number>>;
  readonly fileFields: Readonly<Record<Field, number>>;
  /** Share of the file's score that each of its functions gets. */
  readonly file: number;
  /** Share of the best function's score that the file gets. */
  readonly best: number;
  readonly namedPath: number;
  readonly namedLine: number;
  readonly exactName: number;
  readonly message: number;
  readonly hint: number;
  /** Share of the best caller's or callee's score that a function gets. */
  readonly neighbour: number;
  /** What is left of a test's score where the issue does not speak of tests. */
  readonly tests: number;
}

export const WEIGHTS: RankingWeights = {
  fields: { name: 5, container: 2, path: 2, doc: 2, calls: 1.5, strings: 2, body: 1 },
  fileFields: { name: 2, container: 0, path: 4, doc: 1, calls: 0, strings: 1, body: 0.5 },
  ...{
    file: 0.5,
    best: 0.5,
    namedPath: 12,
    namedLine: 20,
    exactName: 10,
    message: 10,
    hint: 1,
    neighbour: 0.05,
    tests: 0.3,
  },
};

const K1 = 1.2;
/** Length normalisation, per field: names and paths are short by nature. */
const B: Readonly<Record<Field, number>> = {
  name: 0.3,
  container: 0.3,
  path: 0.3,
  doc: 0.6,
  calls: 0.6,
  strings: 0.6,
  body: 0.75,
};

interface Scored {
  score: number;
  readonly reasons: { readonly weight: number; readonly text: string }[];
}

/** Functions, the likeliest first; files by their best. The same input gives the same order, whatever the order of the files. */
export function rankTargets(
  issue: Issue,
  files: readonly FileDigest[],
  hints: readonly Hint[] = [],
  weights: RankingWeights = WEIGHTS,
): { readonly targets: readonly RankedTarget[]; readonly files: readonly { path: string; score: number }[] } {
  const ofFiles = new FieldScores(files, weights.fileFields, issue.terms);
  const routines = files.flatMap((file) => file.routines);
  const ofRoutines = new FieldScores(routines, weights.fields, issue.terms);
  const speaksOfTests = issue.terms.has('test') || issue.terms.has('spec');
  const messages = issue.messages.map(messageWords).filter((words) => words !== '');
  const issueWords = ` ${messageWords(issue.text)} `;
  const scores = new Map<RoutineDigest, Scored>();
  const fileScores = new Map<FileDigest, Scored>();
  for (const file of files) {
    const own: Scored = { score: 0, reasons: [] };
    const lexical = ofFiles.score(file);
    add(own, lexical.score, wordsReason('its file says', lexical.terms, issue));
    // A trace has absolute paths, people write the end of one.
    const isNamed = (path: string) =>
      file.path === path || file.path.endsWith(`/${path}`) || path.endsWith(`/${file.path}`);
    const named = issue.places.filter(({ path }) => isNamed(path));
    if (named.length > 0) add(own, weights.namedPath, `the issue names ${file.path}`);
    const lines = messageLines(file, messages, issueWords);
    if (lines.length > 0) add(own, weights.message / 2, 'its file has the message that the issue quotes');
    if (!speaksOfTests && isTestPath(file.path)) own.score *= weights.tests;
    fileScores.set(file, own);
    for (const routine of file.routines) {
      const scored: Scored = { score: 0, reasons: [] };
      const { score, terms } = ofRoutines.score(routine);
      add(scored, score, wordsReason('it says', terms, issue));
      add(scored, own.score * weights.file, own.reasons[0]?.text ?? '');
      if (issue.names.has(routine.name)) add(scored, weights.exactName, `the issue names \`${routine.name}\``);
      const hit = named.find(({ line }) => line !== undefined && line >= routine.line && line <= routine.endLine);
      if (hit) add(scored, weights.namedLine, `line ${hit.line} of a trace lies in it`);
      const quoted = lines.find((line) => line >= routine.line && line <= routine.endLine);
      if (quoted !== undefined) add(scored, weights.message, `it has the quoted message at line ${quoted}`);
      for (const hint of hints)
        if (hint.path === file.path && hint.line >= routine.line && hint.line <= routine.endLine)
          add(scored, weights.hint * ofRoutines.idf(hint.terms), hint.reason);
      if (!speaksOfTests && isTestPath(file.path)) scored.score *= weights.tests;
      scores.set(routine, scored);
    }
  }
  spread(files, scores, weights.neighbour);
  const targets = files.flatMap((file) =>
    file.routines.map((routine) => targetOf(file.path, routine, scores.get(routine) as Scored)),
  );
  const byFile = files.map((file) => {
    const best = Math.max(0, ...file.routines.map((routine) => scores.get(routine)?.score ?? 0));
    return { path: file.path, score: (fileScores.get(file)?.score ?? 0) + weights.best * best };
  });
  return {
    targets: targets.filter(({ score }) => score > 0).sort((a, b) => b.score - a.score || compare(a, b)),
    files: byFile.filter(({ score }) => score > 0).sort((a, b) => b.score - a.score || (a.path < b.path ? -1 : 1)),
  };
}

/** What a function calls, and who calls it, is about the same: a share of the best neighbour's own score. */
function spread(files: readonly FileDigest[], scores: ReadonlyMap<RoutineDigest, Scored>, share: number): void {
  if (share === 0) return;
  const byName = Map.groupBy(
    files.flatMap(({ routines }) => routines),
    ({ name }) => name,
  );
  const own = new Map([...scores].map(([routine, { score }]) => [routine, score]));
  const gains = new Map<RoutineDigest, { gain: number; from: string; word: string }>();
  const gain = (to: RoutineDigest, from: RoutineDigest, word: string) => {
    const value = own.get(from) ?? 0;
    if (value > (gains.get(to)?.gain ?? 0)) gains.set(to, { gain: value, from: from.symbol, word });
  };
  for (const [caller] of scores)
    for (const name of caller.calls) {
      const callees = byName.get(name) ?? [];
      // A name that many functions have says nothing about which is called.
      if (callees.length > 2) continue;
      for (const callee of callees) {
        if (callee === caller) continue;
        gain(callee, caller, 'called by');
        gain(caller, callee, 'calls');
      }
    }
  for (const [routine, { gain: value, from, word }] of gains)
    add(scores.get(routine) as Scored, value * share, `it ${word === 'calls' ? 'calls' : 'is called by'} ${from}`);
}

function targetOf(path: string, { symbol, line }: RoutineDigest, { score, reasons }: Scored): RankedTarget {
  const strongest = [...reasons].sort((a, b) => b.weight - a.weight).map(({ text }) => text);
  return { path, symbol, line, score, reasons: [...new Set(strongest)].slice(0, 4) };
}

function add(scored: Scored, weight: number, text: string): void {
  if (weight <= 0) return;
  scored.score += weight;
  if (text !== '') scored.reasons.push({ weight, text });
}

/** The strongest terms that it shares with the issue, as they are read. */
function wordsReason(start: string, terms: readonly string[], { written }: Issue): string {
  const all = [...new Set(terms.map((term) => written.get(term) ?? term))];
  // A name says what its only word says.
  const shown = all.filter((each) => each.startsWith('`') || !all.includes(`\`${each.slice(1, -1)}\``)).slice(0, 4);
  return shown.length > 0 ? `${start} ${shown.join(', ')}` : '';
}

/** Lines of literals that the issue quotes, or that stand in its text word by word. */
function messageLines({ messages }: FileDigest, quoted: readonly string[], issueWords: string): number[] {
  return messages
    .filter(
      ({ words }) =>
        quoted.some((each) => each === words || (words.length > 15 && each.includes(words))) ||
        (words.split(' ').length >= 4 && issueWords.includes(` ${words} `)),
    )
    .map(({ line }) => line);
}

interface Fielded {
  readonly fields: Readonly<Record<Field, Counts>>;
  readonly lengths: Readonly<Record<Field, number>>;
}

/** BM25F: a term's counts in all fields together, each by its weight and its own length, saturate once. */
class FieldScores {
  private readonly idfs = new Map<string, number>();
  private readonly means: Readonly<Record<Field, number>>;

  constructor(
    documents: readonly Fielded[],
    private readonly weights: Readonly<Record<Field, number>>,
    private readonly terms: ReadonlyMap<string, number>,
  ) {
    const used = FIELDS.filter((field) => weights[field] > 0);
    const mean = (field: Field) =>
      documents.reduce((sum, { lengths }) => sum + lengths[field], 0) / Math.max(1, documents.length);
    this.means = Object.fromEntries(FIELDS.map((field) => [field, Math.max(1, mean(field))])) as Record<Field, number>;
    for (const term of terms.keys()) {
      const holding = documents.filter(({ fields }) => used.some((field) => fields[field].has(term))).length;
      this.idfs.set(term, Math.log(1 + (documents.length - holding + 0.5) / (holding + 0.5)));
    }
  }

  idf(terms: readonly string[]): number {
    return terms.reduce((sum, term) => sum + (this.idfs.get(term) ?? 0), 0);
  }

  score({ fields, lengths }: Fielded): { readonly score: number; readonly terms: readonly string[] } {
    let score = 0;
    const parts: { readonly term: string; readonly gain: number }[] = [];
    for (const [term, weight] of this.terms) {
      let count = 0;
      for (const field of FIELDS) {
        const own = this.weights[field] > 0 ? fields[field].get(term) : undefined;
        if (own === undefined) continue;
        count += (this.weights[field] * own) / (1 - B[field] + (B[field] * lengths[field]) / this.means[field]);
      }
      if (count === 0) continue;
      const gain = ((this.idfs.get(term) ?? 0) * weight * count * (K1 + 1)) / (count + K1);
      score += gain;
      parts.push({ term, gain });
    }
    return { score, terms: parts.sort((a, b) => b.gain - a.gain).map(({ term }) => term) };
  }
}

function compare(a: RankedTarget, b: RankedTarget): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : a.line - b.line;
}
