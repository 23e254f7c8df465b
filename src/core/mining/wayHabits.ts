/** Conventions of imports, names, logging and documentation that a linter could demand, counted file by file. */
import type { Candidate, Site } from './candidate.ts';
import type { Family } from './fileDigest.ts';
import type { FileHabits } from './fileHabits.ts';
import { type Habit, isKept } from './styleConventions.ts';

interface WayRule {
  readonly families: readonly Family[];
  readonly kind: Candidate['kind'];
  readonly name: string;
  readonly says: string;
}

const ALL: readonly Family[] = ['ecmascript', 'go', 'python', 'rust'];
const ES: readonly Family[] = ['ecmascript'];
const PYTHON: readonly Family[] = ['python'];
const GO: readonly Family[] = ['go'];

const filesIn = (style: string, which = 'Name files'): WayRule => ({
  families: ALL,
  kind: 'naming',
  name: `${which} in \`${style}\``,
  says: 'files with names of several words do',
});

/** By the rules that `fileWays.ts` counts; what it counts and nobody says is not here. */
const RULES: Readonly<Record<string, WayRule>> = {
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
  return Object.entries(RULES).flatMap(([rule, { families, kind, name, says }], index) => {
    if (!families.includes(family)) return [];
    let [kept, broken] = [0, 0];
    const sites: Site[] = [];
    for (const { path, ways } of files) {
      const way = ways.get(rule);
      if (way === undefined) continue;
      kept += way.kept;
      broken += way.broken;
      const { line } = way;
      if (way.kept > 0) sites.push({ path, line, endLine: line, unit: -300 - index, slack: 0 });
    }
    if (rule === 'imports of types') broken = untypedShapes(files);
    if (!isKept(kept, broken, sites.length)) return [];
    return [{ kind, pattern: `way ${rule}`, name, summary: `${kept} of ${kept + broken} ${says}.`, sites }];
  });
}

/** Imports of nothing but interfaces and type aliases of this repository that do not say so. */
function untypedShapes(files: readonly FileHabits[]): number {
  const shapes = new Set(files.flatMap((file) => file.shapes));
  return files.flatMap(({ untyped }) => untyped).filter((names) => names.every((name) => shapes.has(name))).length;
}
