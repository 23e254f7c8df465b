/** Another function's body for a new place: its parameters, its own name and the words in which the two differ are renamed. */
import { IN_TEXT, lex, TokenKind } from '../completion/repository/lexer.ts';
import type { LanguageId } from '../languages.ts';
import type { FunctionFact } from '../syntax/facts.ts';
import { changed, nameChange, type WordChange, withWords, wordsInPlace } from './wordChange.ts';

export interface Rebinding {
  readonly language: LanguageId;
  readonly from: FunctionFact;
  readonly to: FunctionFact;
  /** Names of what is around the two functions (their files): where they differ in a word, the bodies do. */
  readonly around?: readonly (readonly [from: string, to: string])[];
  /** What is known to stand here for a word there, wherever it stands in code: above all but the parameters. */
  readonly renames?: ReadonlyMap<string, string>;
  /** Changes of words that others like them make too: they may be made in names that nobody here declares. */
  readonly confirmed?: readonly WordChange[];
  /** Names that stand in the same place of both headers, for parameters and types that nothing else tells. */
  readonly header?: ReadonlyMap<string, string>;
  /** Whether a name means something at the new place: then the word in it may be changed too. */
  readonly known: (name: string) => boolean;
}

/** Bits of a token's marks that say its kind. */
const KIND = 7;

/** `body`: the text of `from`'s body. */
export function rebound(body: string, rebinding: Rebinding): string {
  const { language, from, to, known } = rebinding;
  const renames = parameterRenames(from, to, rebinding.header);
  for (const [a, b] of typeRenames(from, to)) if (!renames.has(a)) renames.set(a, b);
  const parameters = new Set(from.parameters.map(({ name }) => name));
  for (const [a, b] of rebinding.header ?? []) if (!renames.has(a) && !parameters.has(a)) renames.set(a, b);
  const own = new Set(to.parameters.map(({ name }) => name));
  const mayStandFor = (fresh: string, token: string) =>
    (!RESERVED.has(fresh) || own.has(fresh)) && LITERAL.test(fresh) === LITERAL.test(token);
  const changes = changesOf(rebinding);
  const sure = rebinding.confirmed ?? [];
  const words = wordsInPlace(from.name, to.name);
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
      text += (inText ? undefined : rebinding.renames?.get(token)) ?? token;
      continue;
    }
    if (RESERVED.has(token) && !parameters.has(token)) {
      text += token;
      continue;
    }
    const member = /[.]\s*$/.test(body.slice(Math.max(0, start - 2), start));
    // What calls its namesake elsewhere does so here.
    const isOwnName = token === from.name && !parameters.has(token);
    const isField = member && !/^\s*\(/.test(body.slice(end, end + 20));
    if (isOwnName && (inText || (member && !isField) ? TELLING.test(token) : true)) {
      text += to.name;
      continue;
    }
    const learned = inText || (parameters.has(token) && !member) ? undefined : rebinding.renames?.get(token);
    const renamed = learned ?? (inText || member ? undefined : renames.get(token));
    if (renamed !== undefined && mayStandFor(renamed, token)) {
      // `{ id }` says the property's name too, which stays.
      const isShorthand =
        hasShorthand &&
        parameters.has(token) &&
        open.at(-1) === '{' &&
        /[{,]\s*$/.test(body.slice(0, start).slice(-40)) &&
        // Between the braces of a JSX attribute or child stands an expression.
        !/[=>]\{\s*$/.test(body.slice(0, start).slice(-40)) &&
        /^\s*[,}]/.test(body.slice(end));
      text += isShorthand && renamed !== token ? `${token}: ${renamed}` : renamed;
    } else {
      const others = [...changes.map((change) => changed(token, change)), withWords(token, words)];
      const fits = (other: string) =>
        other !== token &&
        mayStandFor(other, token) &&
        (inText || local.has(token) || known(other) || sure.some((each) => changed(token, each) === other));
      text += others.find(fits) ?? token;
    }
  }
  return text + body.slice(at);
}

/** Keywords of some language; a parameter may be called so where its own has it not. */
const RESERVED: ReadonlySet<string> = new Set(
  (
    'and as assert async await break case catch chan class const continue crate def defer del do dyn elif else enum except export ' +
    'extends finally fn for from func function global go if impl import in instanceof interface is lambda let loop match mod mut ' +
    'new nonlocal not or package pass private protected pub public raise range readonly return select self Self static struct ' +
    'super switch this throw trait try type typeof unsafe use var where while with yield'
  ).split(' '),
);

/** These stand for one another alone. */
const LITERAL = /^(?:True|False|None|true|false|null|nil|undefined)$/;
const IDENTIFIER = /^[\p{L}_$][\p{L}\p{N}_$]*$/u;

/** A name that is hardly anything else's: not `get`. */
const TELLING = /[a-z][A-Z]|[A-Za-z0-9]_[A-Za-z0-9]|^[A-Z]/;

/** The words in which the functions' names, their classes' and their files' differ. */
function changesOf({ from, to, around = [], renames = new Map() }: Rebinding): WordChange[] {
  const pairs = [[from.name, to.name] as const, [from.container, to.container] as const, ...around, ...renames];
  return pairs.flatMap(([a, b]) => (a === b ? [] : (nameChange(a, b) ?? [])));
}

/** Parameters of the same name stay; the others by type, then by position. */
function parameterRenames(
  from: FunctionFact,
  to: FunctionFact,
  header: ReadonlyMap<string, string> | undefined,
): Map<string, string> {
  const renames = new Map<string, string>();
  // A pattern that takes a value apart has no name of its own.
  const own = (all: FunctionFact['parameters'], others: FunctionFact['parameters']) =>
    all.filter(({ name }) => IDENTIFIER.test(name) && !others.some((other) => other.name === name));
  const [free, open] = [own(to.parameters, from.parameters), own(from.parameters, to.parameters)];
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
  take((a, b) => header?.get(a.name) === b.name);
  take((a, b) => from.parameters.indexOf(a) === to.parameters.indexOf(b));
  // What is left of each is one another's.
  if (open.length === 1 && free.length === 1) take((a, b) => a.type === undefined || b.type === undefined);
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
