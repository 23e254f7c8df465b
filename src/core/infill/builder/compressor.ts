/** The context compressor (BD15): what a plan's targets have around them in the code's graph, as few lines of text within a budget of tokens. */
import { fullName } from '../../generation/targets.ts';
import { familyOf } from '../../languages.ts';
import { typeNames } from '../../retrieval/fileDigest.ts';
import { moduleStem } from '../../retrieval/subwords.ts';
import type { FileFacts, FunctionFact, Span, TypeFact } from '../../syntax/facts.ts';
import type { PlanContext } from './plan.ts';

export interface KnownFile {
  readonly path: string;
  readonly facts: FileFacts;
}

export interface CompressorInput {
  /** The file of the targets and the spans that are masked in it. */
  readonly file: KnownFile;
  readonly spans: readonly Span[];
  /** The repository's other files, in path order. */
  readonly others: Iterable<KnownFile>;
  readonly lineComment: string;
  /** Most tokens; one is taken for three bytes (byte-level BPE of 4,096 pieces: 3.08 bytes a token, diffusion.md §3). */
  readonly tokens: number;
}

/** What a denoiser's row leaves room for is less (96 tokens); a language model gets all of it. Hence the most telling lines first. */
export const CONTEXT_TOKENS = 384;

const BYTES_PER_TOKEN = 3;
/** Of one declaration; longer ones say no more. */
const LINE = 120;
/** Members that a type is shown with. */
const MEMBERS = 8;
/** Lines of each kind: nobody crowds out the others. */
const MOST = { type: 6, callee: 10, owner: 2, sibling: 6, caller: 4 } as const;
/** A name that more files declare says nothing about which is meant. */
const AMBIGUOUS = 2;

type Kind = keyof typeof MOST;

interface Line {
  readonly kind: Kind;
  readonly text: string;
  /** Declared in the file itself, or by a name that the plan asks for: before the rest of its kind. */
  readonly near: number;
  readonly path: string;
}

/** The same input gives the same text. '' where the graph says nothing. */
export function compressContext(
  input: CompressorInput,
  { dependencies = [], relevantFiles = [] }: PlanContext = {},
): string {
  const { file, spans, lineComment } = input;
  const { facts } = file;
  const family = familyOf(facts.language);
  const others = [...input.others].filter(({ path, facts: other }) => {
    return path !== file.path && familyOf(other.language) === family;
  });
  const targets = facts.functions.filter((fact) => fact.name !== '' && spans.some((span) => touches(fact, span)));
  const inner = targets.filter((fact) => !targets.some((each) => each !== fact && holds(fact, each)));
  const asked = new Set(dependencies);
  const wanted = new Set([...calledWithin(facts, spans, inner), ...asked]);
  const types = new Set(inner.flatMap(typesOf));
  const own = new Set(inner);
  const imported = new Set(facts.imports.map(({ module }) => lastSegment(module)));
  const relevant = new Set(relevantFiles);

  const lines: Line[] = [];
  const add = (kind: Kind, text: string, known: KnownFile, near = 0): void => {
    const close =
      known.path === file.path ? 3 : relevant.has(known.path) ? 2 : isImported(known.path, imported) ? 1 : 0;
    lines.push({ kind, text: shortened(text), near: near + close, path: known.path });
  };
  const declared = Map.groupBy(
    [file, ...others].flatMap((known) => declarationsOf(known, wanted, types)),
    ({ name }) => name,
  );
  for (const [name, found] of declared) {
    const reachable = found.filter(({ known }) => known.path === file.path || isImported(known.path, imported));
    const chosen = reachable.length > 0 ? reachable : found;
    if (chosen.length > AMBIGUOUS && !asked.has(name)) continue;
    for (const { known, kind, text, fact } of chosen)
      if (!fact || !own.has(fact)) add(kind, text, known, asked.has(name) ? 4 : 0);
  }
  const containers = new Set(inner.map(({ container }) => container).filter((name) => name !== ''));
  for (const type of facts.types) if (containers.has(type.name)) add('owner', headOf(type), file);
  for (const fact of facts.functions) {
    const isSibling = fact.name !== '' && fact.parent === -1 && !own.has(fact);
    if (isSibling && inner.some(({ container, parent }) => parent === -1 && container === fact.container))
      add('sibling', fact.signature, file);
  }
  const names = new Set(inner.map(({ name }) => name));
  for (const known of [file, ...others]) {
    const callers = new Set(known.facts.calls.filter((call) => names.has(call.name)).map((call) => call.function));
    const isReached = known.path === file.path || imports(known.facts, file.path);
    for (const at of [...callers].sort((a, b) => a - b)) {
      const caller = known.facts.functions[at];
      if (isReached && caller && caller.name !== '' && !own.has(caller))
        add('caller', `${lineComment} called by ${fullName(caller)} in ${known.path}`, known);
    }
  }
  return packed(lines, input.tokens);
}

const ORDER: readonly Kind[] = ['callee', 'type', 'owner', 'sibling', 'caller'];

/** Whole lines by kind, near ones first, while there is room; each once. */
function packed(lines: readonly Line[], tokens: number): string {
  const encoder = new TextEncoder();
  const chosen: string[] = [];
  let left = tokens * BYTES_PER_TOKEN;
  for (const kind of ORDER) {
    const own = lines
      .filter((line) => line.kind === kind)
      .sort((a, b) => b.near - a.near || compare(a.path, b.path) || compare(a.text, b.text));
    let taken = 0;
    for (const { text } of own) {
      const bytes = encoder.encode(text).length + 1;
      if (taken >= MOST[kind] || bytes > left || chosen.includes(text)) continue;
      chosen.push(text);
      taken++;
      left -= bytes;
    }
  }
  return chosen.join('\n');
}

interface Declared {
  readonly name: string;
  readonly kind: Kind;
  readonly text: string;
  readonly known: KnownFile;
  readonly fact?: FunctionFact;
}

function declarationsOf(known: KnownFile, calls: ReadonlySet<string>, types: ReadonlySet<string>): Declared[] {
  const { facts } = known;
  return [
    ...facts.functions
      .filter(({ name }) => name !== '' && calls.has(name))
      .map((fact): Declared => ({ name: fact.name, kind: 'callee', text: fact.signature, known, fact })),
    ...facts.types
      .filter(({ name }) => types.has(name) || calls.has(name))
      .map((type): Declared => ({ name: type.name, kind: 'type', text: headOf(type), known })),
  ];
}

/** Names that what is masked calls now; a body without calls tells by those of the whole function. */
function calledWithin(facts: FileFacts, spans: readonly Span[], targets: readonly FunctionFact[]): string[] {
  const within = (places: readonly Span[]) =>
    facts.calls.filter((call) => places.some((place) => holds(place, call))).map(({ name }) => name);
  const inside = within(spans);
  return inside.length > 0 ? inside : within(targets);
}

function typesOf({ parameters, returnType = '', decorators }: FunctionFact): string[] {
  return [...parameters.map(({ type }) => type ?? ''), returnType, ...decorators].flatMap(typeNames);
}

function headOf({ signature, members }: TypeFact): string {
  const shown = members.slice(0, MEMBERS).map(({ name, type }) => (type === undefined ? name : `${name}: ${type}`));
  return shown.length > 0 ? `${signature} { ${shown.join('; ')} }` : signature;
}

/** Whether a file is one of the modules that another names by their last segments. */
function isImported(path: string, modules: ReadonlySet<string>): boolean {
  const stem = moduleStem(path);
  return modules.has(lastSegment(stem)) || modules.has(lastSegment(stem.slice(0, stem.lastIndexOf('/'))));
}

function imports(facts: FileFacts, path: string): boolean {
  return isImported(path, new Set(facts.imports.map(({ module }) => lastSegment(module))));
}

function lastSegment(module: string): string {
  return (
    module
      .replace(/\.(?:[cm]?[jt]sx?|py|rs|go)$/, '')
      .split(/[./]|::/)
      .filter((part) => part !== '')
      .at(-1) ?? ''
  );
}

const shortened = (text: string): string => {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > LINE ? `${line.slice(0, LINE - 1)}…` : line;
};

const touches = (a: Span, b: Span): boolean => a.start <= b.end && b.start <= a.end;
const holds = (outer: Span, inner: Span): boolean => outer.start <= inner.start && outer.end >= inner.end;
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
