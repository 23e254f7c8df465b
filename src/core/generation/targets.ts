/** Finds what is to be written: a function by its name, or whatever stands at a line. */
import { LodestoneError } from '../../base/errors.ts';
import { familyOf, type LanguageId } from '../languages.ts';
import type { FileFacts, FunctionFact } from '../syntax/facts.ts';
import type { GenerateTarget } from './generation.ts';
import { bodyHole, type Hole, isComment, lineBelow } from './hole.ts';

export interface FoundTarget {
  readonly hole: Hole;
  /** Line from 1 at which the repository is asked what belongs there. */
  readonly line: number;
  /** The function whose body it is; undefined for statements below a comment. */
  readonly routine?: FunctionFact;
  /** What the prompt calls it. */
  readonly title: string;
}

/** Throws `notFound` and `badArguments` with what to do. */
export function findTarget(
  path: string,
  target: Omit<GenerateTarget, 'path'>,
  text: string,
  facts: FileFacts,
): FoundTarget {
  const { language } = facts;
  const { line } = target;
  if (target.name !== undefined) return bodyOf(namedIn(facts, target.name, line, path), text, facts);
  const lines = text.split(/\r?\n/);
  if (line === undefined || line < 1 || line > lines.length)
    throw new LodestoneError('badArguments', 'Neither a name nor a line of the file was given.', {
      advice: 'Name a function, as in --target total, or put the cursor on one.',
    });
  const around = innermost(facts, line);
  const own = lines[line - 1] as string;
  const documented = isComment(own, language) ? documentedBy(lines, line, facts) : undefined;
  const routine = documented ?? around;
  // An empty constructor is finished: its parameters may be all that it has.
  const stub =
    routine !== undefined &&
    routine.kind !== 'constructor' &&
    isStub(text.slice(routine.body.start, routine.body.end), language);
  if (routine && (documented || stub)) {
    if (stub) return bodyOf(routine, text, facts);
    throw finished(routine.name);
  }
  if (isComment(own, language)) {
    let last = line;
    while (last < lines.length && isComment(lines[last] as string, language)) last++;
    return { hole: lineBelow(text, last, language), line: last, title: 'the code that the comment asks for' };
  }
  if (routine) throw finished(routine.name);
  if (/[{:]\s*$/.test(own) && !holdsLines(lines, line))
    return { hole: lineBelow(text, line, language), line, title: 'the body of what begins there' };
  throw new LodestoneError('notFound', `Nothing on line ${line} says what to write.`, {
    advice: 'Put the cursor on a function without a body, or on a comment that says what is wanted.',
    args: { line },
  });
}

/** Words with which somebody says that a body is still to be written, and bodies without any. */
export function isStub(body: string, language: LanguageId): boolean {
  let code = body.trim().replace(/^\{/, '').replace(/\}$/, '');
  if (familyOf(language) === 'python')
    code = code
      .replace(/^[rRbBuU]{0,2}(?:"""[\s\S]*?"""|'''[\s\S]*?'''|"[^"\n]*"|'[^'\n]*')/, '')
      .replace(/#.*$/gm, '');
  else code = code.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\/\/.*$/gm, '');
  return STUB.test(code.trim().replace(/;$/, ''));
}

const STUB =
  /^(?:|pass|\.\.\.|raise NotImplementedError(?:\(.*\))?|(?:todo|unimplemented)!\(.*\)|panic\((["'`])(?:TODO|todo|not implemented|unimplemented).*\1\)|throw new Error\((["'`])(?:Function |Method )?(?:TODO|Not implemented|not implemented|unimplemented|Unimplemented)[^\n]*\2\))$/;

function bodyOf(routine: FunctionFact, text: string, facts: FileFacts): FoundTarget {
  const own = facts.functions.indexOf(routine);
  const swallows = facts.syntaxErrors > 0 && facts.functions.some(({ parent, name }) => parent === own && name !== '');
  const head = text.split(/\r?\n/)[routine.endLine - 1] ?? '';
  const hole =
    bodyHole(text, routine, facts.language, swallows) ??
    (/[{:]\s*$/.test(head) ? lineBelow(text, routine.endLine, facts.language) : undefined);
  if (!hole)
    throw new LodestoneError('notFound', `${routine.name} is a declaration without a body.`, {
      advice: 'Name a function that has one, even an empty one.',
      args: { name: routine.name },
    });
  return { hole, line: routine.startLine, routine, title: `the body of ${routine.name}` };
}

function namedIn({ functions }: FileFacts, name: string, line: number | undefined, path: string): FunctionFact {
  const called = functions.filter((fact) => fact.name !== '' && (fact.name === name || fullName(fact) === name));
  // Overloads have signatures only.
  const withBody = called.filter(({ body }) => body.end > body.start);
  const named = withBody.length > 0 ? withBody : called;
  const found =
    line === undefined ? exactlyNamed(named, name, fullName) : named.filter(({ startLine }) => startLine === line);
  const [only, other] = found;
  if (!only)
    throw new LodestoneError('notFound', `${path} has no function "${name}"${line ? ` at line ${line}` : ''}.`, {
      advice: `It has ${list(called.length > 0 ? called.map(withLine) : namesOf(functions))}.`,
      args: { path, name },
    });
  if (other)
    throw new LodestoneError('badArguments', `${path} has ${found.length} functions "${name}".`, {
      advice: `Say which: ${list(found.map(withLine))}.`,
      args: { path, name },
    });
  return only;
}

/** `Ledger.total:12`: a getter and its setter have one name. */
function withLine(fact: FunctionFact): string {
  return `${fullName(fact)}:${fact.startLine}`;
}

/** `Ledger.total`, or `total` where it stands in nothing. */
export function fullName({ container, name }: FunctionFact): string {
  return container ? `${container}.${name}` : name;
}

/** Of several that a name may mean those that are called exactly so: `total` is the function before `Ledger.total`; else all. */
export function exactlyNamed<Named>(
  found: readonly Named[],
  name: string,
  nameOf: (each: Named) => string,
): readonly Named[] {
  const exactly = found.filter((each) => nameOf(each) === name);
  return exactly.length > 0 ? exactly : found;
}

function namesOf(functions: readonly FunctionFact[]): string[] {
  return [...new Set(functions.filter(({ name }) => name !== '').map(fullName))];
}

function list(names: readonly string[]): string {
  if (names.length === 0) return 'none';
  return names.slice(0, 12).join(', ') + (names.length > 12 ? ', …' : '');
}

function innermost({ functions }: FileFacts, line: number): FunctionFact | undefined {
  let found: FunctionFact | undefined;
  for (const fact of functions) {
    if (fact.name === '' || line < fact.startLine || line > fact.endLine) continue;
    if (!found || fact.end - fact.start < found.end - found.start) found = fact;
  }
  return found;
}

/** The function right below a comment, decorators in between. */
function documentedBy(lines: readonly string[], line: number, facts: FileFacts): FunctionFact | undefined {
  let at = line;
  while (at < lines.length && (isComment(lines[at] as string, facts.language) || /^\s*[@#]/.test(lines[at] as string)))
    at++;
  return facts.functions.find(({ name, startLine }) => name !== '' && startLine > line && startLine <= at + 1);
}

/** Whether the next line with anything on it is deeper: then what begins on a line has its lines already. */
function holdsLines(lines: readonly string[], line: number): boolean {
  const depth = (each: string) => each.length - each.trimStart().length;
  const next = lines.slice(line).find((each) => each.trim() !== '');
  return next !== undefined && depth(next) > depth(lines[line - 1] as string);
}

function finished(name: string): LodestoneError {
  return new LodestoneError('badArguments', `${name} has a body already.`, {
    advice: 'Select what is to change and say how ("Edit Selection"), or empty the body first.',
    args: { name },
  });
}
