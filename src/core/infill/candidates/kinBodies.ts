/** Bodies of the functions most like the hole's own: whole ones bound to the names here, and the stretch of one that lies where the hole does. */

import { IS_LOCAL_LIKE } from '../../completion/repository/vocabulary.ts';
import { byLikeness, type Evidence, isWorth, type Near, nearestIn } from '../../generation/nearestBody.ts';
import { rebound, reindented } from '../../generation/rebind.ts';
import type { LanguageId } from '../../languages.ts';
import type { FileFacts, FunctionFact } from '../../syntax/facts.ts';
import { type InfillPlace, lexemesOf } from '../place.ts';
import type { Proposal } from '../proposal.ts';
import { type Analogy, analogy, type Told } from './analogy.ts';
import { type BodyDraft, bodyChances, dice, type RatedBody } from './bodyChance.ts';
import { lexemeTree, mapping } from './lexemeTree.ts';
import { type RatedLines, rateLines } from './linesChance.ts';
import { type Seen, severalLines } from './severalLines.ts';
import type { SpanCorpus } from './spanCorpus.ts';
import { stretches } from './stretches.ts';

/** The function that the hole is in, or whose body it is; its offsets are of the file before its text was taken out. */
export interface Routine {
  readonly fact: FunctionFact;
  /** Names that it is expected to call. */
  readonly expected: readonly string[];
  /** Facts of the corpus' texts; undefined for a file that is unknown. */
  readonly facts: (path: string) => FileFacts | undefined;
  /** The own file's text that its facts are of; absent: the corpus'. */
  readonly text?: string;
}

/** Functions whose bodies are read: for a whole body, and for a stretch of one. */
const MOST_KIN = 20;
/** How alike they are at least. */
const LEAST_LIKE = 0.25;
const MOST_FOR_STRETCH = 6;

/** Whole bodies for a hole that is one, the surest first; else stretches between the lines most like those around the hole. */
export function kinBodies(corpus: SpanCorpus, place: InfillPlace, routine: Routine, most: number): Proposal[] {
  return place.unit === 'body'
    ? wholeBodies(corpus, place, routine).slice(0, most).map(asProposal)
    : stretchesOfKin(corpus, place, routine).slice(0, most);
}

/** Bodies for a hole that is one, each another text, the surest first. */
export function wholeBodies(corpus: SpanCorpus, place: InfillPlace, routine: Routine): RatedBody[] {
  const scope = new Scope(corpus, place, routine);
  const drafts = kinOf(corpus, place, routine, MOST_KIN).flatMap((near): BodyDraft[] => {
    const { path, fact, likeness } = near;
    const bound = scope.bound(near);
    if (bound === undefined || lexemesOf(bound.text).length === 0) return [];
    return [
      {
        ...{ text: scope.written(bound.text), from: `${path}:${fact.startLine}`, likeness },
        ...{ kin: fact, wanted: routine.fact, evidence: near.evidence as Evidence, analogy: bound.analogy },
        nearness: path === place.path ? scope.nearness(fact) : 0,
        unresolved: scope.unresolved(bound.text),
      },
    ];
  });
  return bodyChances(drafts);
}

/** Several lines as proposals; none for a body, which is asked for whole. */
export function kinLines(corpus: SpanCorpus, place: InfillPlace, routine: Routine, most: number): Proposal[] {
  if (place.unit === 'body') return [];
  return linesOfKin(corpus, place, routine)
    .slice(0, most)
    .map(({ draft: { text, from, unresolved }, chance }) => ({
      ...{ text, source: 'kin', from },
      evidence: { linesChance: chance, unresolved },
    }));
}

function asProposal({ draft, chance, expected, support }: RatedBody): Proposal {
  const { text, from, likeness, unresolved, analogy } = draft;
  return {
    ...{ text, source: 'kin', from },
    evidence: {
      ...{ likeness, bodyChance: chance, bodyLikeness: expected, support, unresolved },
      ...(analogy.pairs > 0 ? { agreement: analogy.agreement } : {}),
    },
  };
}

function stretchesOfKin(corpus: SpanCorpus, place: InfillPlace, routine: Routine): Proposal[] {
  const scope = new Scope(corpus, place, routine);
  return kinOf(corpus, place, routine, MOST_FOR_STRETCH)
    .flatMap((near) => {
      const bound = scope.bound(near);
      if (bound === undefined) return [];
      const from = `${near.path}:${near.fact.startLine}`;
      return stretches(bound.text, place).map(({ text, left, right }): Proposal => {
        const evidence = { likeness: (left + right) / 2, kinLeft: left, kinRight: right };
        return { text, source: 'kin', from, evidence };
      });
    })
    .sort((a, b) => (b.evidence.likeness ?? 0) - (a.evidence.likeness ?? 0));
}

/** Kin whose bodies are held against what is seen of the function around a hole, and of these the ones that are read closely. */
const MOST_SEEN = 40;
const MOST_CLOSE = 8;

/** Several lines for a hole of whole lines of unknown length in a function, each another text, the surest first. */
export function linesOfKin(corpus: SpanCorpus, place: InfillPlace, routine: Routine): RatedLines[] {
  const scope = new Scope(corpus, place, routine);
  const seen = seenOf(place, routine);
  if (!seen) return [];
  const words = lexemesOf(seen.before + seen.after);
  const close = kinOf(corpus, place, routine, MOST_SEEN)
    .map((near) => ({ near, rest: dice(words, lexemesOf(scope.bodyOf(near) ?? '')) }))
    .sort((a, b) => b.rest - a.rest)
    .slice(0, MOST_CLOSE);
  return rateLines(
    close.flatMap(({ near }) => {
      const bound = scope.bound(near);
      const lines = bound && severalLines(bound.text, seen);
      if (!lines) return [];
      const from = `${near.path}:${near.fact.startLine}`;
      return [{ ...lines, from, likeness: near.likeness, unresolved: scope.unresolved(lines.text) }];
    }),
  );
}

/** Undefined where the hole is not within the function's body. */
function seenOf({ prefix, suffix }: InfillPlace, { fact, text }: Routine): Seen | undefined {
  const after = fact.body.end - ((text?.length ?? prefix.length + suffix.length) - suffix.length);
  if (fact.body.start > prefix.length || after < 0) return undefined;
  const indent = /[ \t]*$/.exec(prefix)?.[0] ?? '';
  const before = prefix.slice(fact.body.start);
  const behind = suffix.slice(0, after);
  const hasBraces = before.startsWith('{');
  return {
    before: hasBraces ? before.slice(1) : before.replace(DOCSTRING, ''),
    after: hasBraces ? behind.replace(/\}\s*$/, '') : behind,
    indent,
  };
}

function kinOf(corpus: SpanCorpus, place: InfillPlace, { fact, expected, facts }: Routine, most: number): Near[] {
  const { path, language } = place;
  const sought = { path, language, words: [], fact, expected };
  let near: Near[] = [];
  for (const other of corpus.paths(language)) {
    const own = facts(other);
    if (!own) continue;
    const found = nearestIn(other, own, sought, most, LEAST_LIKE).filter(
      // A function around this one, or within it, says nothing but what was taken out.
      (each) => other !== path || each.fact.end <= fact.start || each.fact.start >= fact.end,
    );
    near = [...near, ...found].sort(byLikeness).slice(0, most);
  }
  return near;
}

/** What is known at the place, and the hand in which it is written. */
class Scope {
  private readonly names: ReadonlySet<string>;
  private readonly told = new Map<string, readonly Told[]>();

  constructor(
    private readonly corpus: SpanCorpus,
    private readonly place: InfillPlace,
    private readonly routine: Routine,
  ) {
    this.names = new Set(`${place.prefix}\n${place.suffix}`.match(NAME) ?? []);
  }

  bodyOf({ path, fact }: Near): string | undefined {
    return this.text(path)?.slice(fact.body.start, fact.body.end);
  }

  /** Lines of a kin's body, without its braces and its outer indentation, with the names that belong here. */
  bound({ path, fact }: Near): { text: string; analogy: Analogy } | undefined {
    const { place, routine } = this;
    const { language } = place;
    const file = this.text(path);
    if (file === undefined) return undefined;
    const body = file.slice(fact.body.start, fact.body.end);
    if (!isWorth(body, language)) return undefined;
    const hasBraces = body.startsWith('{');
    // An expression is no block, and a block no expression.
    if (language !== 'python' && place.unit === 'body' && hasBraces !== place.prefix.endsWith('{')) return undefined;
    const own = language === 'python' ? body.replace(DOCSTRING, '') : hasBraces ? body.slice(1, -1) : body;
    const inner = own.replace(/^[ \t]*\r?\n/, '').trimEnd();
    const line = file.lastIndexOf('\n', fact.body.start) + 1;
    const before = file.slice(line, fact.body.start);
    const indent = hasBraces || before.trim() !== '' ? (/^[ \t]*/.exec(inner)?.[0] ?? '') : before;
    const around = [stemOf(path), stemOf(place.path)] as const;
    const known = (name: string) => this.isKnown(name);
    const to = routine.fact;
    const isBeside = path === place.path && fact.container === to.container;
    const here = this.beside(place.path, to);
    const there = isBeside ? here : this.beside(path, fact);
    const learned = analogy({ language, from: fact, to, there, here, around, known });
    const header = headerNames(fact, to, language);
    const text = rebound(reindented(inner.trimStart(), indent, '', '\n'), {
      ...{ language, from: fact, to, known, header, renames: learned.renames, confirmed: learned.confirmed },
      around: [around],
    });
    return { text, analogy: learned };
  }

  /** The body as it is written between what stands around it. */
  written(body: string): string {
    const { prefix, suffix, language } = this.place;
    const line = prefix.slice(prefix.lastIndexOf('\n') + 1);
    if (line.trim() === '') return reindented(body, '', line, '\n');
    const own = (/^[ \t]*/.exec(line) as RegExpExecArray)[0];
    if (language !== 'python' && !prefix.endsWith('{')) return reindented(body, '', own, '\n');
    const unit = /^\t|\n\t/.test(prefix) ? '\t' : /\n {2}\S/.test(prefix) ? '  ' : '    ';
    const lead = `\n${own}${unit}`;
    const tail = /^\s*\n/.test(suffix) || !/^\s*\}/.test(suffix) ? '' : `\n${own}`;
    return lead + reindented(body, '', own + unit, '\n') + tail;
  }

  /** Share of a body's names that stand nowhere in the file and are not bound by the body itself. */
  unresolved(body: string): number {
    const names = new Set((body.match(NAME) ?? []).filter((name) => name.length > 1));
    const bound = new Set([...body.matchAll(BINDS)].map(([, name]) => name as string));
    const open = [...names].filter((name) => !this.names.has(name) && !bound.has(name) && this.isNameHere(name));
    return names.size === 0 ? 0 : open.length / names.size;
  }

  /** One over the number of functions of the file from one to the other. */
  nearness(fact: FunctionFact): number {
    const all = (this.routine.facts(this.place.path)?.functions ?? []).filter(({ name }) => name !== '');
    const at = (start: number) => all.findIndex((each) => each.start === start);
    return 1 / Math.max(1, Math.abs(at(fact.start) - at(this.routine.fact.start)));
  }

  private isKnown(name: string): boolean {
    return this.names.has(name) || this.corpus.at(this.place).vocabulary.find(name) >= 0;
  }

  /** Not a keyword of some language. */
  private isNameHere(name: string): boolean {
    const { vocabulary } = this.corpus.at(this.place);
    const id = vocabulary.find(name);
    return id < 0 || (vocabulary.traits(id) & IS_LOCAL_LIKE) !== 0 || /^[_$]*\p{Lu}/u.test(name);
  }

  /** Functions of the same class, or that stand in none as well, in a function's file. */
  private beside(path: string, { container, kind }: FunctionFact): readonly Told[] {
    const key = `${path}\0${container}`;
    const known = this.told.get(key);
    if (known) return known;
    const [file, facts] = [this.text(path), this.routine.facts(path)];
    const found = (file === undefined ? [] : (facts?.functions ?? []))
      .filter((fact) => fact.name !== '' && fact.container === container && fact.body.end > fact.body.start)
      .filter((fact) => fact.body.end - fact.body.start < LONGEST_BESIDE && (container !== '' || kind === fact.kind))
      .map((fact) => ({ fact, body: (file as string).slice(fact.body.start, fact.body.end) }))
      .filter(({ body }) => isWorth(body, this.place.language));
    this.told.set(key, found);
    return found;
  }

  private text(path: string): string | undefined {
    const own = path === this.place.path ? this.routine.text : undefined;
    return own ?? this.corpus.text(path)?.text;
  }
}

const NAME = /[\p{L}_$][\p{L}\p{N}_$]*/gu;
const BINDS =
  /\b(?:const|let|var|mut|for|as|in|with)\s+(?:mut\s+)?([\p{L}_$][\p{L}\p{N}_$]*)|(?:^|[\n;{(,])\s*([\p{L}_$][\p{L}\p{N}_$]*)\s*:?=(?!=)/gu;
const DOCSTRING = /^[rRbBuU]{0,2}(?:"""[\s\S]*?"""|'''[\s\S]*?'''|"[^"\n]*"|'[^'\n]*')[ \t]*\r?\n[ \t]*/;
/** UTF-16 units of a neighbour's body. */
const LONGEST_BESIDE = 3000;

/** `couponService` of `src/services/couponService.ts`. */
function stemOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).replace(/\..*$/, '');
}

/** Words of one header that stand for other words in the other, by the trees of the two. */
export function headerNames(from: FunctionFact, to: FunctionFact, language: LanguageId): ReadonlyMap<string, string> {
  const [a, b] = [lexemeTree(from.signature, language), lexemeTree(to.signature, language)];
  const names = new Map<string, string>();
  const kept = new Set<string>();
  for (const [x, y] of mapping(a, b)) {
    const [one, other] = [a.labels[x] as string, b.labels[y] as string];
    if (!a.isWord[x] || !b.isWord[y]) continue;
    if (one === other) kept.add(one);
    else if (one !== from.name && one.length > 0) names.set(one, other);
  }
  for (const name of kept) names.delete(name);
  return names;
}
