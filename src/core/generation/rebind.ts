/** Another function's body for a new place: its parameters, its own name and the word in which the two names differ are renamed. */
import { IN_TEXT, lex, TokenKind } from '../completion/repository/lexer.ts';
import type { LanguageId } from '../languages.ts';
import type { FunctionFact } from '../syntax/facts.ts';

export interface Rebinding {
  readonly language: LanguageId;
  readonly from: FunctionFact;
  readonly to: FunctionFact;
  /** Names of what is around the two functions (their classes, their files): where they differ in a word, the bodies do. */
  readonly around?: readonly (readonly [from: string, to: string])[];
  /** Whether a name means something at the new place: then the word in it may be changed too. */
  readonly known: (name: string) => boolean;
}

/** Bits of a token's marks that say its kind. */
const KIND = 7;

/** `body`: the text of `from`'s body. */
export function rebound(body: string, rebinding: Rebinding): string {
  const { language, from, to, known } = rebinding;
  const renames = parameterRenames(from, to);
  renames.set(from.name, to.name);
  for (const [a, b] of typeRenames(from, to)) if (!renames.has(a)) renames.set(a, b);
  const nouns = [[from.name, to.name] as const, [from.container, to.container] as const, ...(rebinding.around ?? [])]
    .map(([a, b]) => differingWord(a, b))
    .filter((noun) => noun !== undefined);
  const local = localsOf(body);
  const lexed = lex(body, language);
  const hasShorthand = language !== 'go' && language !== 'python';
  const open: string[] = [];
  let text = '';
  let at = 0;
  for (let i = 0; i < lexed.count; i++) {
    const [start, end] = [lexed.starts[i] as number, lexed.ends[i] as number];
    text += body.slice(at, start);
    at = end;
    const token = body.slice(start, end);
    const mark = lexed.marks[i] as number;
    const inText = (mark & IN_TEXT) !== 0;
    if ((mark & KIND) !== TokenKind.Word) {
      if (!inText && /^[([{]$/.test(token)) open.push(token);
      else if (!inText && /^[)\]}]$/.test(token)) open.pop();
      text += token;
      continue;
    }
    const member = /[.]\s*$/.test(body.slice(Math.max(0, start - 2), start));
    const renamed = inText || member ? undefined : renames.get(token);
    if (renamed !== undefined) {
      // `{ id }` says the property's name too, which stays.
      const isShorthand =
        hasShorthand &&
        open.at(-1) === '{' &&
        /[{,]\s*$/.test(body.slice(0, start).slice(-40)) &&
        /^\s*[,}]/.test(body.slice(end));
      text += isShorthand && renamed !== token ? `${token}: ${renamed}` : renamed;
    } else {
      const others = nouns.map((noun) => withWord(token, noun));
      text += others.find((other) => other !== token && (inText || local.has(token) || known(other))) ?? token;
    }
  }
  return text + body.slice(at);
}

/** Parameters of the same name stay; the others by type, then by position. */
function parameterRenames(from: FunctionFact, to: FunctionFact): Map<string, string> {
  const renames = new Map<string, string>();
  const free = to.parameters.filter(({ name }) => !from.parameters.some((other) => other.name === name));
  const open = from.parameters.filter(({ name }) => !to.parameters.some((other) => other.name === name));
  const take = (fits: (a: (typeof open)[number], b: (typeof free)[number]) => boolean) => {
    for (const parameter of [...open]) {
      const at = free.findIndex((candidate) => fits(parameter, candidate));
      if (at < 0) continue;
      renames.set(parameter.name, (free[at] as (typeof free)[number]).name);
      free.splice(at, 1);
      open.splice(open.indexOf(parameter), 1);
    }
  };
  take((a, b) => a.type !== undefined && a.type === b.type);
  take((a, b) => from.parameters.indexOf(a) === to.parameters.indexOf(b));
  return renames;
}

/** Types that stand in the same place of signatures of one shape: `list[DailyTotal]`, `list[PaymentRecord]`. */
function typeRenames(from: FunctionFact, to: FunctionFact): Map<string, string> {
  const renames = new Map<string, string>();
  const pairs = [
    [from.returnType ?? '', to.returnType ?? ''] as const,
    ...from.parameters.map(({ type }, i) => [type ?? '', to.parameters[i]?.type ?? ''] as const),
  ];
  const name = /[\p{L}_$][\p{L}\p{N}_$]*/gu;
  for (const [a, b] of pairs) {
    if (a === b || a.replace(name, '') !== b.replace(name, '')) continue;
    const [one, other] = [a.match(name) ?? [], b.match(name) ?? []];
    one.forEach((each, i) => {
      if (each !== other[i] && /^\p{Lu}/u.test(each) && other[i] !== undefined) renames.set(each, other[i]);
    });
  }
  return renames;
}

/** The one word in which `loadOrder` and `loadInvoice` differ; undefined where they differ otherwise. */
export function differingWord(a: string, b: string): readonly [from: string, to: string] | undefined {
  const [one, other] = [wordsOf(a), wordsOf(b)];
  if (one.length !== other.length || one.length < 2) return undefined;
  const different = one.flatMap((word, i) => (word.toLowerCase() === other[i]?.toLowerCase() ? [] : [i]));
  const [at] = different;
  if (at === undefined || different.length > 1) return undefined;
  return [(one[at] as string).toLowerCase(), (other[at] as string).toLowerCase()];
}

function wordsOf(name: string): string[] {
  return name.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+/g) ?? [];
}

/** The name with one of its words, or its plural, replaced in the word's own case. */
function withWord(name: string, [from, to]: readonly [string, string]): string {
  return name.replace(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+/g, (word) => {
    const lower = word.toLowerCase();
    const plural = lower === `${from}s`;
    if (lower !== from && !plural) return word;
    const fresh = plural ? `${to}s` : to;
    if (word === word.toUpperCase() && word.length > 1) return fresh.toUpperCase();
    return /^[A-Z]/.test(word) ? (fresh[0] as string).toUpperCase() + fresh.slice(1) : fresh;
  });
}

/** Names that the body itself binds. */
function localsOf(body: string): Set<string> {
  const found = new Set<string>();
  for (const [, name] of body.matchAll(/\b(?:const|let|var|for|as|mut)\s+(?:mut\s+)?([\p{L}_$][\p{L}\p{N}_$]*)/gu))
    found.add(name as string);
  for (const [, name] of body.matchAll(/(?:^|[\n;{(])\s*([\p{L}_$][\p{L}\p{N}_$]*)\s*(?::?=(?!=)|,\s*\w+\s*:=)/gu))
    found.add(name as string);
  return found;
}

/** A body's lines moved from one indentation to another; the first line has none. */
export function reindented(body: string, from: string, to: string, eol: string): string {
  return body
    .split(/\r?\n/)
    .map((line, i) => {
      if (i === 0 || line.trim() === '') return i === 0 ? line : '';
      return line.startsWith(from) ? to + line.slice(from.length) : line;
    })
    .join(eol);
}
