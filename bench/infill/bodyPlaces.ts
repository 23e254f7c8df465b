/** Functions of a clone whose bodies, or some lines of them, are taken out before anything is read: each with what is known without them. */
import { basename } from 'node:path';
import { mix } from '../../src/base/statistics.ts';
import { isStub } from '../../src/core/generation/targets.ts';
import type { Routine } from '../../src/core/infill/candidates/kinScope.ts';
import { SpanCorpus } from '../../src/core/infill/candidates/spanCorpus.ts';
import { type InfillPlace, lexemesOf } from '../../src/core/infill/place.ts';
import type { LanguageId } from '../../src/core/languages.ts';
import type { FileFacts, FunctionFact, Span } from '../../src/core/syntax/facts.ts';
import { hearPublicCode } from './publicCode.ts';
import { factsReader, sourcesOf } from './read.ts';

export interface BodyPlace {
  readonly id: string;
  readonly repository: string;
  readonly place: InfillPlace;
  readonly routine: Routine;
  readonly truth: string;
}

export interface BodiesTakenOut {
  readonly corpus: SpanCorpus;
  readonly facts: ReadonlyMap<string, FileFacts>;
  readonly places: readonly BodyPlace[];
}

/** Lexemes of a body that is asked for. */
const LEAST = 4;
const MOST = 240;
/** One function of so many of a file is taken out. */
const ONE_OF = 5;

/** What is taken out of a function: its body, or one line of it or several. */
export type Taken = 'body' | 'lines';

/** Lines of a stretch at most; as many stretches have one line as have more. */
const MOST_LINES = 8;

/** Of at most `each` functions. The same clone and seed give the same ones. */
export async function bodiesTakenOut(
  folder: string,
  each: number,
  seed: number,
  what: Taken = 'body',
): Promise<BodiesTakenOut> {
  const name = basename(folder);
  const texts = sourcesOf(folder);
  const found: { path: string; fact: FunctionFact; inner: Span; order: number }[] = [];
  const counts = new Map<string, number>();
  for (const [path, text] of texts) {
    const language = factsReader.languageOf(path) as LanguageId;
    const facts = await factsReader.read(language, text);
    const named = facts.functions.filter((fact) => fact.name !== '' && fact.body.end > fact.body.start);
    counts.set(path, named.length);
    for (const fact of named) {
      const inner = innerOf(text, fact.body, language);
      if (!inner || isStub(text.slice(fact.body.start, fact.body.end), language)) continue;
      const size = lexemesOf(text.slice(inner.start, inner.end)).length;
      if (size < LEAST || size > MOST) continue;
      const order = mix(`${name} ${seed} ${path} ${fact.start}`);
      const span = what === 'body' ? inner : linesIn(text, inner, order);
      if (span) found.push({ path, fact, inner: span, order });
    }
  }
  const taken = new Map<string, typeof found>();
  let left = each;
  for (const one of found.sort((a, b) => a.order - b.order)) {
    const own = taken.get(one.path) ?? [];
    if (left === 0) break;
    if (own.length >= Math.ceil((counts.get(one.path) as number) / ONE_OF)) continue;
    if (own.some(({ fact }) => fact.start < one.fact.end && one.fact.start < fact.end)) continue;
    taken.set(one.path, [...own, one]);
    left--;
  }
  return without(name, texts, taken, what);
}

async function without(
  name: string,
  texts: ReadonlyMap<string, string>,
  taken: ReadonlyMap<string, readonly { fact: FunctionFact; inner: Span }[]>,
  what: Taken,
): Promise<BodiesTakenOut> {
  const corpus = new SpanCorpus();
  const facts = new Map<string, FileFacts>();
  const places: BodyPlace[] = [];
  for (const [path, text] of texts) {
    const language = factsReader.languageOf(path) as LanguageId;
    let rest = '';
    let from = 0;
    const holes: { at: number; stub: string; truth: string; start: number }[] = [];
    for (const { fact, inner } of [...(taken.get(path) ?? [])].sort((a, b) => a.fact.start - b.fact.start)) {
      rest += text.slice(from, inner.start);
      const truth = text.slice(inner.start, inner.end);
      // A closing bracket stays on the line it is on.
      const closing = language === 'python' ? 'pass' : (/\n[ \t]*$/.exec(truth)?.[0] ?? '');
      const stub = what === 'body' ? closing : '';
      holes.push({ at: rest.length, stub, truth, start: fact.start + rest.length - inner.start });
      rest += stub;
      from = inner.end;
    }
    const whole = rest + text.slice(from);
    const own = await factsReader.read(language, whole);
    facts.set(path, own);
    corpus.set(path, language, whole);
    for (const { at, stub, truth, start } of holes) {
      const fact = own.functions.find((each) => each.name !== '' && each.start === start && each.body.end >= at);
      if (!fact) continue;
      const prefix = whole.slice(0, at);
      const suffix = whole.slice(at + stub.length);
      places.push({
        ...{ id: `${name}:${path}:${fact.startLine}:${fact.name}`, repository: name, truth },
        place: { path, language, prefix, suffix, unit: what === 'body' ? 'body' : 'hole', nodeType: '' },
        routine: { fact, expected: [], facts: (other) => facts.get(other) },
      });
    }
  }
  corpus.settle();
  hearPublicCode(corpus);
  return { corpus, facts, places };
}

/** As the masker has it: without braces, or without the documentation. */
function innerOf(text: string, { start, end }: Span, language: LanguageId): Span | undefined {
  const body = text.slice(start, end);
  if (language === 'python')
    return {
      start: start + (/^[rRbBuU]{0,2}(?:"""[\s\S]*?"""|'''[\s\S]*?''')[ \t]*\r?\n\s*/.exec(body)?.[0].length ?? 0),
      end,
    };
  return body.startsWith('{') && body.endsWith('}') ? { start: start + 1, end: end - 1 } : undefined;
}

/** Whole lines that begin as deep as the first of them does and close what they open, with some of the body left on each side or not. */
function linesIn(text: string, { start, end }: Span, seed: number): Span | undefined {
  const from = text[start] === '\n' ? start + 1 : text.lastIndexOf('\n', start) + 1;
  const lines = text.slice(from, end).split('\n');
  if (lines.length < 4) return undefined;
  const wanted = seed % 2 === 0 ? 1 : 2 + ((seed >>> 4) % (MOST_LINES - 1));
  const first = (seed >>> 8) % lines.length;
  const taken = lines.slice(first, first + wanted);
  const indent = (/^[ \t]*/.exec(taken[0] as string) as RegExpExecArray)[0];
  const whole = taken.join('\n');
  if (taken.length < wanted || wanted >= lines.length - 1 || taken.some((line) => !line.startsWith(indent)))
    return undefined;
  if (taken.some((line) => line.trim() === '') || !/\w/.test(whole) || /^\s*(?:\/\/|#|\*|"""|\}|\))/.test(whole))
    return undefined;
  const turns = whole.match(/[([{}\])]/g) ?? [];
  const depth = turns.reduce((sum, sign) => sum + ('([{'.includes(sign) ? 1 : -1), 0);
  const next = lines[first + wanted] ?? '';
  // A stretch ends where a statement does.
  if (depth !== 0 || (next.trim() !== '' && next.startsWith(`${indent} `)) || next.startsWith(`${indent}\t`))
    return undefined;
  const at = from + lines.slice(0, first).reduce((sum, line) => sum + line.length + 1, 0) + indent.length;
  const span = { start: at, end: at + whole.length - indent.length };
  return span.start >= start && span.end <= end ? span : undefined;
}
