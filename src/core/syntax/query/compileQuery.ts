/** Turns parsed patterns into step programs indexed by the kind of their root, ready to run over a FlatTree. */
import type { Grammar } from '../flatTree.ts';
import { type Pattern, type PatternNode, parseQuery, queryError } from './parseQuery.ts';

/** One node to find: a step's candidates are the children of the step above it, after the sibling found before. */
export interface Step {
  /** 0 for the root. */
  readonly depth: number;
  /** 1 at each kind that fits; null for a wildcard. */
  readonly kinds: Uint8Array | null;
  /** 1 only named nodes, 0 only anonymous ones, 2 both. */
  readonly named: 0 | 1 | 2;
  /** Field id, 0 for any. */
  readonly field: number;
  /** Fields that no child may have. */
  readonly without: readonly number[];
  /** Capture ids this node is stored under. */
  readonly captures: readonly number[];
  /** Must directly follow the sibling found before, or be the first child; anonymous nodes do not count for a named step. */
  readonly anchored: boolean;
  /** Must be the last named child. */
  readonly last: boolean;
  /** For an optional step: where to go on without it and its descendants; else 0. */
  readonly skipTo: number;
  /** Captures to clear when it is skipped. */
  readonly skipped: readonly number[];
}

export interface Predicate {
  readonly kind: 'eq' | 'anyOf' | 'match' | 'eqCapture';
  readonly negated: boolean;
  readonly capture: number;
  readonly other: number;
  readonly texts: readonly string[];
  readonly pattern?: RegExp;
}

export interface CompiledPattern {
  /** Position in `CompiledQuery.patterns`. */
  readonly index: number;
  /** Index of the pattern in the query file; several programs share it where alternatives were multiplied out. */
  readonly source: number;
  readonly line: number;
  readonly steps: readonly Step[];
  readonly predicates: readonly Predicate[];
  /** What `#set!` says. */
  readonly properties: ReadonlyMap<string, string>;
  /** Capture ids it may set. */
  readonly captures: readonly number[];
}

export interface CompiledQuery {
  readonly captureNames: readonly string[];
  readonly patterns: readonly CompiledPattern[];
  /** Indices into `patterns` by the kind of the root, ascending; undefined where none fits. */
  readonly byKind: readonly (readonly number[] | undefined)[];
}

const ROOT_OPTIONS = { optional: false, anchored: false, last: false };

class Compiler {
  readonly captureNames: string[] = [];
  private readonly kindIds = new Map<string, number[]>();
  private readonly fieldIds = new Map<string, number>();

  /** File whose patterns are being compiled. */
  origin = '';

  constructor(private readonly grammar: Grammar) {
    grammar.kindNames.forEach((name, id) => {
      if (name) this.kindIds.set(name, [...(this.kindIds.get(name) ?? []), id]);
    });
    grammar.fieldNames.forEach((name, id) => {
      if (name) this.fieldIds.set(name, id);
    });
  }

  pattern(pattern: Pattern, source: number): Omit<CompiledPattern, 'index'>[] {
    return pattern.alternatives.flatMap(expand).map((root) => {
      const steps: Step[] = [];
      this.emit(root, 0, ROOT_OPTIONS, steps, pattern.line);
      const captures = [...new Set(steps.flatMap((step) => step.captures))];
      const properties = new Map<string, string>();
      const predicates: Predicate[] = [];
      for (const { name, args } of pattern.predicates) {
        if (name === 'set!') properties.set(args[0]?.text ?? '', args[1]?.text ?? '');
        else {
          const compiled = this.predicate(name, args, pattern.line);
          // A member of an alternation may lack the capture that a predicate is about.
          if (captures.includes(compiled.capture)) predicates.push(compiled);
        }
      }
      return { source, line: pattern.line, steps, predicates, properties, captures };
    });
  }

  private emit(
    node: PatternNode,
    depth: number,
    options: { optional: boolean; anchored: boolean; last: boolean },
    steps: Step[],
    line: number,
  ): void {
    const at = steps.length;
    const own = node.captures.map((name) => this.capture(name));
    steps.push({
      depth,
      kinds: node.names.length ? this.kinds(node.names, line) : null,
      named: node.named === 'any' ? 2 : node.named ? 1 : 0,
      field: node.field === undefined ? 0 : this.field(node.field, line),
      without: node.negatedFields.map((name) => this.field(name, line)),
      captures: own,
      anchored: options.anchored,
      last: options.last,
      skipTo: 0,
      skipped: [],
    });
    node.children.forEach((child, index) => {
      const [only] = child.alternatives;
      if (!only) throw queryError(this.origin, line, 'an empty alternation');
      const last = node.anchoredEnd && index === node.children.length - 1;
      this.emit(only, depth + 1, { optional: child.optional, anchored: child.anchored, last }, steps, line);
    });
    if (!options.optional) return;
    const skipped = [...new Set(steps.slice(at).flatMap((step) => step.captures))];
    steps[at] = { ...(steps[at] as Step), skipTo: steps.length, skipped };
  }

  private predicate(name: string, args: Pattern['predicates'][number]['args'], line: number): Predicate {
    const negated = name.startsWith('not-');
    const [first, second] = args;
    if (!first?.capture) throw queryError(this.origin, line, `#${name} needs a capture`);
    const base = { negated, capture: this.capture(first.text), other: -1, texts: args.slice(1).map((arg) => arg.text) };
    switch (name.replace(/^not-/, '')) {
      case 'eq?':
        return second?.capture
          ? { ...base, kind: 'eqCapture', other: this.capture(second.text) }
          : { ...base, kind: 'eq' };
      case 'any-of?':
        return { ...base, kind: 'anyOf' };
      case 'match?':
        return { ...base, kind: 'match', pattern: new RegExp(second?.text ?? '') };
      default:
        throw queryError(this.origin, line, `#${name} is not supported`);
    }
  }

  private capture(name: string): number {
    const known = this.captureNames.indexOf(name);
    return known === -1 ? this.captureNames.push(name) - 1 : known;
  }

  private kinds(names: readonly string[], line: number): Uint8Array {
    const kinds = new Uint8Array(this.grammar.kindNames.length);
    for (const name of names) {
      const ids = this.kindIds.get(name);
      if (!ids) throw queryError(this.origin, line, `the ${this.grammar.language} grammar has no node "${name}"`);
      for (const id of ids) kinds[id] = 1;
    }
    return kinds;
  }

  private field(name: string, line: number): number {
    const id = this.fieldIds.get(name);
    if (id === undefined)
      throw queryError(this.origin, line, `the ${this.grammar.language} grammar has no field "${name}"`);
    return id;
  }
}

/** All patterns without alternations that a node stands for. */
function expand(node: PatternNode): PatternNode[] {
  let partial: PatternNode[] = [{ ...node, children: [] }];
  for (const child of node.children) {
    const options = child.alternatives.flatMap(expand);
    partial = partial.flatMap((left) =>
      options.map((option) => ({ ...left, children: [...left.children, { ...child, alternatives: [option] }] })),
    );
  }
  return partial;
}

/** One query file: its text, and the name used in errors. */
export interface QuerySource {
  readonly origin: string;
  readonly text: string;
}

/** Compiles query files, as if they were one, for a grammar. Throws LodestoneError badData with file and line. */
export function compileQuery(sources: readonly QuerySource[], grammar: Grammar): CompiledQuery {
  const compiler = new Compiler(grammar);
  let count = 0;
  const patterns: CompiledPattern[] = sources
    .flatMap(({ origin, text }) => {
      compiler.origin = origin;
      return parseQuery(text, origin).flatMap((pattern) => compiler.pattern(pattern, count++));
    })
    .map((pattern, index) => ({ ...pattern, index }));
  const byKind: (number[] | undefined)[] = grammar.kindNames.map(() => undefined);
  patterns.forEach((pattern, index) => {
    const kinds = (pattern.steps[0] as Step).kinds;
    byKind.forEach((list, kind) => {
      if (kinds && !kinds[kind]) return;
      if (list) list.push(index);
      else byKind[kind] = [index];
    });
  });
  return { captureNames: compiler.captureNames, patterns, byKind };
}
