/** What an issue's text says of the code it is about: words, names, paths, lines of stack traces, quoted messages. */
import { subwords } from '../../retrieval/subwords.ts';

export interface Issue {
  /** First line, for titles. */
  readonly title: string;
  readonly text: string;
  /** Term → weight: subwords of its words, and whole names as `=name`. The title's count more. */
  readonly terms: ReadonlyMap<string, number>;
  /** Term → the word that it stands for, as it is written. */
  readonly written: ReadonlyMap<string, string>;
  /** Names written as code: `total`, Ledger.total, load_order(). */
  readonly names: ReadonlySet<string>;
  /** Files with the lines that traces name in them (none: the file alone), in the order of the text. */
  readonly places: readonly { readonly path: string; readonly line?: number }[];
  /** Quoted texts of several words: messages that may stand in the code. */
  readonly messages: readonly string[];
}

/** Words of commits and issues that say nothing about where. */
const EMPTY = new Set(
  (
    'the and for with that this from not are was were will would should could can may when where which what who why how then than into onto ' +
    'one ones such both few many much very too yet however again please takes either neither nor him her his she ' +
    'something anything nothing someone anyone everyone everything ' +
    'but its has have had does did doing done been being also only just more most some any all each other another there here they them ' +
    'their you your our out use using used via per about after before because since until while during without within between over under ' +
    'fix fixe fixed fixes fixing bug issue error wrong incorrect incorrectly correct correctly broken break problem closes close resolve resolved resolves ' +
    'see make sure made now new old instead case like need want get got getting properly properly allow ensure handle handling ' +
    'feat chore refactor pull request merge merged commit change changed update updated add added remove removed'
  ).split(' '),
);

const WORD = /[\p{L}_$][\p{L}\p{N}_$]*/gu;
/** snake_case, camelCase, PascalCase with two humps, dotted paths, calls. */
const CODE_NAME = /^(?:[a-z\d]+_[a-z\d_]+|_+[a-z]\w*|[a-z]+[A-Z]\w*|[A-Z][a-z\d]+[A-Z]\w*|[A-Z]+_[A-Z_\d]+)$/;
/** Runs of what paths are made of, and a line number behind them: `a.py", line 3`, `a.ts:3`, `a.go(3`, `a.rs#L3`. */
const RUN = /(?<![\w@.~/\\-])([\w@.~/\\-]{3,300})(?:["']?(?:,? line |[:#(]L?)(\d+))?/g;
const SOURCE = /[\w-]\.(?:[cm]?[jt]sx?|py|rs|go)$/;
const QUOTED = /`([^`\n]{2,120})`|"([^"\n]{2,200})"|'([^'\n]{2,200})'(?!\w)|“([^”\n]{2,200})”/g;
const TITLE_WEIGHT = 2;
/** Terms of a text: what comes after is a log. */
const LONGEST = 12_000;

export function readIssue(given: string): Issue {
  const text = given.replace(/\r\n?/g, '\n').trim().slice(0, LONGEST);
  const title = (text.split('\n').find((line) => line.trim() !== '') ?? '').trim();
  const places: Issue['places'][number][] = [];
  for (const [, run = '', digits] of text.matchAll(RUN)) {
    const path = run
      .replace(/\.+$/, '')
      .replaceAll('\\', '/')
      .replace(/^(?:\.{1,2}\/)+/, '');
    if (SOURCE.test(path)) places.push({ path, ...(digits === undefined ? {} : { line: Number(digits) }) });
  }
  const names = new Set<string>();
  const messages: string[] = [];
  for (const match of text.matchAll(QUOTED)) {
    const inside = (match[1] ?? match[2] ?? match[3] ?? match[4] ?? '').trim();
    if (/\s/.test(inside) && wordsOf(inside).length >= 3) messages.push(inside);
    else for (const [word] of inside.matchAll(WORD)) if (!EMPTY.has(word.toLowerCase())) names.add(word);
  }
  // The last line of a trace: `ValueError: cannot unpack …`.
  for (const [, message = ''] of text.matchAll(
    /^\s*(?:[\w.]*(?:Error|Exception|panic(?:ked)?)\b[^:\n]*): (.{12,200})$/gm,
  ))
    messages.push(message.trim());
  for (const [word] of text.matchAll(WORD)) if (CODE_NAME.test(word)) names.add(word);
  for (const [, word = ''] of text.matchAll(/(?<![\p{L}\p{N}_$])([\p{L}_$][\p{L}\p{N}_$]*)\(/gu))
    if (!EMPTY.has(word)) names.add(word);
  for (const [, function_ = ''] of text.matchAll(/(?:^|\s)(?:at|in) ([\w.$<>]+)(?: \(|$)/gm))
    for (const word of function_.split('.').slice(-2)) if (word.length > 2 && !EMPTY.has(word)) names.add(word);
  const terms = new Map<string, number>();
  const written = new Map<string, string>();
  const add = (part: string, weight: number) => {
    for (const [name] of part.matchAll(WORD))
      for (const word of wordsOf(name)) {
        const isKnown = word.startsWith('=')
          ? names.has(word.slice(1))
          : !EMPTY.has(word) && !EMPTY.has(name.toLowerCase());
        if (!isKnown) continue;
        terms.set(word, Math.max(terms.get(word) ?? 0, weight));
        if (!written.has(word)) written.set(word, word.startsWith('=') ? `\`${name}\`` : `"${plainWord(name, word)}"`);
      }
  };
  add(text.slice(text.indexOf(title) + title.length), 1);
  add(title, TITLE_WEIGHT);
  return { title, text, terms, written, names, places, messages };
}

/** Subwords of every name in a text, cut to their stems, and the names themselves as `=name`. */
export function wordsOf(text: string): string[] {
  const words: string[] = [];
  for (const [name] of text.matchAll(WORD)) {
    if (name.length > 2) words.push(`=${name}`);
    for (const word of subwords(name)) if (word.length > 2) words.push(stem(word));
  }
  return words;
}

/** The part of a name that a stem was cut from, as a person wrote it: a plural keeps its `s`. */
function plainWord(name: string, cut: string): string {
  const parts = name.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+/g) ?? [];
  const whole = parts.find((part) => subwords(part).some((word) => stem(word) === cut));
  return whole?.toLowerCase() ?? cut;
}

/** So that `validating`, `validates` and `validation` meet. A light cut of the commonest endings, after Porter (1980). */
export function stem(word: string): string {
  if (word.length < 6 || !/^[a-z]+$/.test(word)) return word;
  const cut = word.replace(/(?:ations?|ating|ated|ates|ators?|ings?|ions?|ers?|ors?|ments?|ies?|ed|es|ly|y|e)$/, '');
  return cut.length >= 4 ? cut : word;
}
