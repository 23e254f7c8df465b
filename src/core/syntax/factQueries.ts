/** The queries of one language, split into those run over the whole file and those asked about single nodes. */
import type { Grammar } from './flatTree.ts';
import { type CompiledQuery, compileQuery, type QuerySource, type Step } from './query/compileQuery.ts';

/**
 * What the facts' builder does with a match: named by the first of these that is a capture of the pattern. At one node
 * the patterns run in this order, so that what marks a definition or a call stands before it.
 */
export const ROLES = [
  'definition.kind',
  'name.of',
  'extent',
  'exported',
  'private',
  'export',
  'export.local',
  'export.default',
  'call.awaited',
  'call.discarded',
  'call.decorator',
  'error.empty',
  'comment',
  'definition.function',
  'definition.type',
  'definition.container',
  'binding',
  'parameter',
  'member',
  'base',
  'decorator',
  'docstring',
  'reference.call',
  'import',
  'error',
  'await',
  'loop',
] as const;

export type Role = (typeof ROLES)[number];

/** Captures that are parts of a role's match. */
export const PARTS = [
  'arguments',
  'async',
  'base.of',
  'binding.callee',
  'binding.name',
  'binding.type',
  'body',
  'callee',
  'container',
  'decorator.expression',
  'error.body',
  'error.type',
  'extent.inner',
  'import.alias',
  'import.module',
  'import.name',
  'import.tree',
  'name',
  'parameter.name',
  'parameter.type',
  'parameters',
  'return',
  'type',
] as const;

/** Capture id by name, -1 where the language does not use it. */
export type CaptureIds = Readonly<Record<Role | (typeof PARTS)[number], number>>;

/** How a node takes part in a callee's path. */
export interface PathRule {
  /** member: `head.tail`; call: `head()`; index: `head[]`; through: as `head`; name: the node's text. */
  readonly kind: 'member' | 'call' | 'index' | 'through' | 'name';
  /** Field of the head and of the tail; 0 where it has none, then the first named child is meant. */
  readonly head: number;
  readonly tail: number;
}

export interface FactQueries {
  readonly grammar: Grammar;
  readonly query: CompiledQuery;
  /** By CompiledPattern.index; undefined for path rules and patterns without a role. */
  readonly roles: readonly (Role | undefined)[];
  readonly ids: CaptureIds;
  /** By kind: rule for callee paths. */
  readonly paths: readonly (PathRule | undefined)[];
}

/**
 * Compiles a language's facts.scm with what it inherits. A pattern with a `@path.*` capture on its root becomes a path rule, every other one
 * must carry a role. Throws LodestoneError badData naming file and line.
 */
export function compileFactQueries(sources: readonly QuerySource[], grammar: Grammar): FactQueries {
  const all = compileQuery(sources, grammar);
  const paths: (PathRule | undefined)[] = grammar.kindNames.map(() => undefined);
  const roles: (Role | undefined)[] = all.patterns.map(() => undefined);
  const isPath = new Set<number>();
  all.patterns.forEach((pattern, index) => {
    const root = pattern.steps[0] as Step;
    const pathName = root.captures.map((id) => all.captureNames[id]).find((name) => name?.startsWith('path.'));
    if (pathName !== undefined) {
      isPath.add(index);
      const fieldOf = (name: string) =>
        pattern.steps.find((step) => step.captures.some((id) => all.captureNames[id] === name))?.field ?? 0;
      const rule: PathRule = {
        kind: pathName.slice('path.'.length) as PathRule['kind'],
        head: fieldOf('head'),
        tail: fieldOf('tail'),
      };
      root.kinds?.forEach((fits, kind) => {
        if (fits) paths[kind] = rule;
      });
      return;
    }
    const names = pattern.captures.map((id) => all.captureNames[id]);
    const role = ROLES.find((candidate) => names.includes(candidate));
    roles[index] = role;
  });
  const query: CompiledQuery = {
    ...all,
    byKind: all.byKind.map((list) => {
      const kept = list?.filter((index) => !isPath.has(index) && roles[index] !== undefined);
      const rank = (index: number) => ROLES.indexOf(roles[index] as Role);
      return kept?.length ? kept.sort((a, b) => rank(a) - rank(b) || a - b) : undefined;
    }),
  };
  const ids = Object.fromEntries([...ROLES, ...PARTS].map((name) => [name, all.captureNames.indexOf(name)]));
  return { grammar, query, roles, ids: ids as CaptureIds, paths };
}
