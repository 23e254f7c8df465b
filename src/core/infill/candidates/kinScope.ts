/** What is known at a hole of the names there, and a like function's body bound to them. */
import { isWorth, type Near } from '../../generation/nearestBody.ts';
import { rebound, reindented } from '../../generation/rebind.ts';
import type { LanguageId } from '../../languages.ts';
import type { FileFacts, FunctionFact } from '../../syntax/facts.ts';
import type { InfillPlace } from '../place.ts';
import { type Analogy, analogy, type Told } from './analogy.ts';
import { lexemeTree, mapping } from './lexemeTree.ts';
import type { SpanCorpus } from './spanCorpus.ts';

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

/** What is known at the place, and the hand in which it is written. */
export class KinScope {
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
    const hole = this.corpus.at(this.place);
    return this.names.has(name) || hole.vocabulary.find(name) >= 0 || hole.corpus?.knows(name) === true;
  }

  /** Not a keyword of some language. */
  private isNameHere(name: string): boolean {
    const hole = this.corpus.at(this.place);
    const id = hole.vocabulary.find(name);
    return id < 0 || hole.isName(id);
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
export const DOCSTRING = /^[rRbBuU]{0,2}(?:"""[\s\S]*?"""|'''[\s\S]*?'''|"[^"\n]*"|'[^'\n]*')[ \t]*\r?\n[ \t]*/;
/** UTF-16 units of a neighbour's body. */
const LONGEST_BESIDE = 3000;

/** A file's name without its endings: `couponService` of `src/services/couponService.ts`. */
export function stemOf(path: string): string {
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
