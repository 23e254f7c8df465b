/** Conventions of imports, names, logging and documentation that a linter could demand, counted file by file. */
import type { Family } from '../languages.ts';
import type { Candidate, Site } from './candidate.ts';

import type { FileHabits } from './fileHabits.ts';
import { WAY_RULES, WAY_WIDTH, type WayRule } from './fileWays.ts';
import { type Habit, isKept } from './styleConventions.ts';

interface WayText {
  readonly families: readonly Family[];
  readonly kind: Candidate['kind'];
  readonly name: string;
  readonly says: string;
}

const ALL: readonly Family[] = ['ecmascript', 'go', 'python', 'rust'];
const ES: readonly Family[] = ['ecmascript'];
const PYTHON: readonly Family[] = ['python'];
const GO: readonly Family[] = ['go'];

const filesIn = (style: string, which = 'Name files'): WayText => ({
  families: ALL,
  kind: 'naming',
  name: `${which} in \`${style}\``,
  says: 'files with names of several words do',
});

/** By the rules that `fileWays.ts` counts; what it counts and nobody says is not here. */
const RULES: Readonly<Record<WayRule, WayText>> = {
  'functions camelCase': {
    families: ALL,
    kind: 'naming',
    name: 'Name functions in `camelCase`',
    says: 'functions with names of several words are',
  },
  'functions snake_case': {
    families: ALL,
    kind: 'naming',
    name: 'Name functions in `snake_case`',
    says: 'functions with names of several words are',
  },
  'types PascalCase': { families: ALL, kind: 'naming', name: 'Name types in `PascalCase`', says: 'types are' },
  'files camelCase': filesIn('camelCase'),
  'files PascalCase': filesIn('PascalCase'),
  'files snake_case': filesIn('snake_case'),
  'files kebab-case': filesIn('kebab-case'),
  'files tsx camelCase': filesIn('camelCase', 'Name files with components'),
  'files tsx PascalCase': filesIn('PascalCase', 'Name files with components'),
  'files tsx snake_case': filesIn('snake_case', 'Name files with components'),
  'files tsx kebab-case': filesIn('kebab-case', 'Name files with components'),
  'imports grouped': {
    families: ALL,
    kind: 'imports',
    name: 'Order imports: library, packages, own modules',
    says: 'borders between sorts are in this order',
  },
  'imports sorted': {
    families: ALL,
    kind: 'imports',
    name: 'Sort imports by module',
    says: 'neighbours are in order',
  },
  'imports absolute': { families: PYTHON, kind: 'imports', name: 'Import by absolute paths', says: 'imports do' },
  'imports one name': {
    families: PYTHON,
    kind: 'imports',
    name: 'Import one name a line',
    says: 'imports of names do',
  },
  'imports future': {
    families: PYTHON,
    kind: 'imports',
    name: 'Begin with `from __future__ import annotations`',
    says: 'files with imports do',
  },
  'imports of types': {
    families: ES,
    kind: 'imports',
    name: 'Import types with `import type`',
    says: 'imports of types alone do',
  },
  logged: { families: ALL, kind: 'style', name: 'Log instead of printing', says: 'messages are logged' },
  'files without console': {
    families: ES,
    kind: 'style',
    name: 'Keep `console.log` out',
    says: 'files outside tests do',
  },
  'files without print': {
    families: ['python', 'go', 'rust'],
    kind: 'style',
    name: 'Keep prints out',
    says: 'files outside tests do',
  },
  'paths as objects': {
    families: PYTHON,
    kind: 'style',
    name: 'Handle paths with `pathlib`, not `os.path`',
    says: 'such calls do',
  },
  'errors wrapped by package': {
    families: GO,
    kind: 'errorHandling',
    name: 'Wrap errors with `errors.Wrap`, not `fmt.Errorf`',
    says: 'wrapped errors are',
  },
  'functions with return types': {
    families: ['ecmascript', 'python'],
    kind: 'style',
    name: 'Write the return types of functions',
    says: 'functions have one',
  },
  'exported functions documented': {
    families: ALL,
    kind: 'style',
    name: 'Document exported functions',
    says: 'exported functions are',
  },
};

export interface WayHabit extends Habit {
  readonly kind: Candidate['kind'];
}

export function wayHabits(family: Family, files: readonly FileHabits[]): WayHabit[] {
  const kept = new Float64Array(WAY_RULES.length);
  const broken = new Float64Array(WAY_RULES.length);
  const sites = WAY_RULES.map((): Site[] => []);
  for (const { path, ways } of files)
    for (let at = 0; at < ways.length; at += WAY_WIDTH) {
      const [rule, keeps, breaks, line] = ways.subarray(at, at + WAY_WIDTH) as unknown as [
        number,
        number,
        number,
        number,
      ];
      kept[rule] = (kept[rule] as number) + keeps;
      broken[rule] = (broken[rule] as number) + breaks;
      if (keeps > 0) sites[rule]?.push({ path, line, endLine: line, unit: -300 - rule, slack: 0 });
    }
  return WAY_RULES.flatMap((rule, number) => {
    const { families, kind, name, says } = RULES[rule];
    if (!families.includes(family)) return [];
    const own = sites[number] as Site[];
    const keeps = kept[number] as number;
    const breaks = rule === 'imports of types' ? untypedShapes(files) : (broken[number] as number);
    if (!isKept(keeps, breaks, own.length)) return [];
    return [{ kind, pattern: `way ${rule}`, name, summary: `${keeps} of ${keeps + breaks} ${says}.`, sites: own }];
  });
}

/** Imports of nothing but interfaces and type aliases of this repository that do not say so. */
function untypedShapes(files: readonly FileHabits[]): number {
  const shapes = new Set(files.flatMap((file) => file.shapes));
  return files.flatMap(({ untyped }) => untyped).filter((names) => names.every((name) => shapes.has(name))).length;
}
