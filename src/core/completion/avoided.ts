/** What a completion must not do here: the catalogue's anti-patterns and the mined rules that nearly every site keeps. */
import { familyOf, type LanguageId } from '../languages.ts';
import type { AntipatternRule } from '../mining/antipatterns.ts';
import type { Deviant } from '../mining/attractor.ts';
import type { FileFacts } from '../syntax/facts.ts';
import { lastSegment } from './codeLift.ts';
import type { AvoidedPattern } from './filters/filter.ts';

/** Where the text will stand. */
export interface AvoidingPlace {
  readonly language: LanguageId;
  readonly imports: FileFacts['imports'];
  /** The function around the cursor is async. */
  readonly async: boolean;
  /** Text of that function up to the cursor: what a rule's `where` and `unless` may find. */
  readonly around: string;
}

const EMPTY_HANDLER: Readonly<Partial<Record<string, RegExp>>> = {
  ecmascript: /\bcatch\s*(?:\([^)]*\))?\s*\{\s*\}/,
  python: /\bexcept\b[^\n:]*:\s*\n?\s*pass\b/,
};

/** Patterns in the order of the rules; a text is judged with the cursor's line before it. */
export function avoidedAt(
  place: AvoidingPlace,
  rules: readonly AntipatternRule[],
  deviants: readonly Deviant[],
): AvoidedPattern[] {
  const family = familyOf(place.language);
  const ofRules = rules
    // Whether what was opened is closed later nobody can tell before the function is whole.
    .filter((rule) => rule.family === family && !rule.without && (!rule.inAsync || place.async))
    .map((rule) => ofRule(rule, place));
  const ofDeviants = deviants
    .filter(({ language }) => familyOf(language) === family)
    .flatMap((deviant) => (place.async ? unawaited(deviant) : []));
  const handler = EMPTY_HANDLER[family];
  const dropped: AvoidedPattern[] = handler
    ? [{ id: 'empty-catch', summary: 'An error is caught and dropped.', test: (code) => handler.test(code) }]
    : [];
  return [...ofRules, ...ofDeviants, ...dropped];
}

function ofRule(rule: AntipatternRule, { imports, around }: AvoidingPlace): AvoidedPattern {
  const written = rule.calls.flatMap((call) => writtenForms(call, imports));
  const calls = written.length > 0 ? callOf(written) : undefined;
  const [where, unless] = [rule.where, rule.unless].map((text) => (text ? new RegExp(text, 'i') : undefined));
  return {
    id: rule.id,
    summary: rule.summary,
    test(code) {
      const found = calls?.exec(code);
      if (!found) return false;
      const rest = code.slice(found.index + found[0].length);
      if (rule.constantIsFine && /^\s*(?:['"][^'"\n]*['"]|`[^`$]*`)\s*[,)]/.test(rest)) return false;
      if (rule.mostArguments !== undefined && argumentsOf(rest) > rule.mostArguments) return false;
      return (where?.test(around + code) ?? true) && !unless?.test(around + code);
    },
  };
}

/** "the result of `fetchJson` is awaited": in an async function its call without await breaks what the others keep. */
function unawaited({ id, rule, apis }: Deviant): AvoidedPattern[] {
  const [api] = apis;
  if (!rule.endsWith(' is awaited') || api === undefined) return [];
  const name = escaped(lastSegment(api));
  const statement = new RegExp(`^[ \\t]*(?:[\\w$.]+\\.)?${name}\\s*\\(`, 'm');
  return [{ id, summary: `Here ${rule}.`, test: (code) => statement.test(code) }];
}

/** How a call is written in a file with these imports: `time.sleep`, or `sleep` where that was imported by its name. */
function writtenForms(call: string, imports: FileFacts['imports']): string[] {
  const at = Math.max(call.lastIndexOf('.'), call.lastIndexOf('::'));
  // A bare name stands for itself: eval, open.
  if (at < 0) return [call];
  const separator = call.startsWith('::', at) ? '::' : '.';
  const [module, name] = [call.slice(0, at), call.slice(at + separator.length)];
  const last = module.slice(Math.max(module.lastIndexOf('/'), module.lastIndexOf(':')) + 1);
  const forms = new Set([call, `${last}${separator}${name}`]);
  for (const { module: imported, names } of imports) {
    if (imported !== module && imported !== `node:${module}`) continue;
    for (const { name: own, alias } of names) {
      if (own === name) forms.add(alias || name);
      else if (own === '*' || own === 'default') forms.add(`${alias}${separator}${name}`);
    }
  }
  return [...forms].filter((form) => /^[\w$]/.test(form));
}

function callOf(names: readonly string[]): RegExp {
  return new RegExp(`(?<![\\p{L}\\p{N}_$.:])(?:${names.map(escaped).join('|')})\\s*\\(`, 'u');
}

/** Arguments of a call, given what follows its opening bracket. */
function argumentsOf(rest: string): number {
  let depth = 0;
  let count = /^\s*\)/.test(rest) ? 0 : 1;
  for (const char of rest) {
    if ('([{'.includes(char)) depth++;
    else if (')]}'.includes(char) && depth-- === 0) break;
    else if (char === ',' && depth === 0) count++;
  }
  return count;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
