/** Who declares a name and who imports a module: look-ups over all files for healing, from facts alone. */
import type { FunctionKind, TypeFact } from '../syntax/facts.ts';
import type { FactsReducer, FileAnalysis } from './contracts.ts';
import { moduleCandidates } from './moduleCandidates.ts';
import { comparePaths } from './paths.ts';

export interface Declaration {
  readonly path: string;
  readonly name: string;
  readonly kind: FunctionKind | TypeFact['kind'] | 'value';
  /** Enclosing class or receiver; '' at top level. */
  readonly container: string;
  readonly exported: boolean;
  /** Line from 1; 0 for a value, which facts list by name only. */
  readonly line: number;
}

export interface Importer {
  readonly path: string;
  /** The module as written there. */
  readonly module: string;
  readonly names: readonly { readonly name: string; readonly alias: string }[];
}

export class Declarations implements FactsReducer {
  private readonly byName = new Map<string, Map<string, Declaration[]>>();
  private readonly namesOf = new Map<string, readonly string[]>();
  private readonly importsOf = new Map<string, readonly Importer[]>();
  /** Path → paths whose imports may mean it. */
  private readonly importers = new Map<string, Set<string>>();

  set(path: string, { facts }: FileAnalysis): void {
    this.delete(path);
    const declared: Declaration[] = [];
    for (const { name, kind, container, exported, startLine, parent } of facts.functions) {
      // Functions inside functions are out of everybody else's reach.
      if (name !== '' && parent === -1) declared.push({ path, name, kind, container, exported, line: startLine });
    }
    for (const { name, kind, exported, startLine } of facts.types) {
      declared.push({ path, name, kind, container: '', exported, line: startLine });
    }
    const known = new Set(declared.map(({ name }) => name));
    for (const name of facts.exports) {
      if (!known.has(name)) declared.push({ path, name, kind: 'value', container: '', exported: true, line: 0 });
    }
    for (const declaration of declared) {
      const files = this.byName.get(declaration.name) ?? new Map<string, Declaration[]>();
      this.byName.set(declaration.name, files);
      const list = files.get(path);
      if (list) list.push(declaration);
      else files.set(path, [declaration]);
    }
    this.namesOf.set(path, [...new Set(declared.map(({ name }) => name))]);
    this.setImports(
      path,
      facts.imports.map(({ module, names }) => ({ path, module, names })),
    );
  }

  delete(path: string): void {
    for (const name of this.namesOf.get(path) ?? []) {
      const files = this.byName.get(name);
      files?.delete(path);
      if (files?.size === 0) this.byName.delete(name);
    }
    this.namesOf.delete(path);
    for (const { module } of this.importsOf.get(path) ?? []) {
      for (const target of moduleCandidates(path, module)) this.importers.get(target)?.delete(path);
    }
    this.importsOf.delete(path);
  }

  /** Everything declared under this name, by path and line. */
  named(name: string): readonly Declaration[] {
    const files = this.byName.get(name);
    if (!files) return [];
    return [...files.keys()].sort(comparePaths).flatMap((path) => files.get(path) ?? []);
  }

  /** Exported names in code-unit order: the words that a misspelt one may have meant. */
  exportedNames(): readonly string[] {
    const exported = [...this.byName].filter(([, files]) =>
      [...files.values()].some((list) => list.some((declaration) => declaration.exported)),
    );
    return exported.map(([name]) => name).sort();
  }

  /** Files whose imports mean this file (relative ones; Python's absolute ones by their dotted path), by path. */
  importersOf(path: string): readonly Importer[] {
    return [...(this.importers.get(path) ?? [])]
      .sort(comparePaths)
      .flatMap((importer) => this.importsOf.get(importer) ?? [])
      .filter((importer) => moduleCandidates(importer.path, importer.module).includes(path));
  }

  importsIn(path: string): readonly Importer[] {
    return this.importsOf.get(path) ?? [];
  }

  private setImports(path: string, imports: readonly Importer[]): void {
    this.importsOf.set(path, imports);
    for (const { module } of imports) {
      for (const target of moduleCandidates(path, module)) {
        const importers = this.importers.get(target) ?? new Set<string>();
        this.importers.set(target, importers.add(path));
      }
    }
  }
}
