/** Rules that a configuration can demand, and the mined conventions that say the same. */
import type { Family } from '../../src/core/languages.ts';

/** A demand; `stated` are the patterns of mined conventions that say it (any of them), `denied` those that say its contrary. */
export interface ConfiguredRule {
  readonly family: Family;
  readonly rule: string;
  readonly stated: readonly string[];
  readonly denied: readonly string[];
  /** False where the configuration turns the rule off: to state it is then no mistake of the miner, but nothing that was asked for. */
  readonly wanted: boolean;
}

/** Rules by what they say; `/` parts alternatives that say the same. */
const PATTERNS: Readonly<Record<string, { readonly stated: string; readonly denied?: string }>> = {
  'quotes single': { stated: 'style quotes single', denied: 'style quotes double' },
  'quotes double': { stated: 'style quotes double', denied: 'style quotes single' },
  semicolons: { stated: 'style semicolons always', denied: 'style semicolons never' },
  'no semicolons': { stated: 'style semicolons never', denied: 'style semicolons always' },
  'indent 2': { stated: 'style indent 2', denied: 'style indent 4/style indent tabs' },
  'indent 4': { stated: 'style indent 4', denied: 'style indent 2/style indent tabs' },
  'indent tabs': { stated: 'style indent tabs', denied: 'style indent 2/style indent 4' },
  'commas in data': { stated: 'style commas in data trailing', denied: 'style commas in data none' },
  'no commas in data': { stated: 'style commas in data none', denied: 'style commas in data trailing' },
  'commas in calls': { stated: 'style commas in calls trailing', denied: 'style commas in calls none' },
  'no commas in calls': { stated: 'style commas in calls none', denied: 'style commas in calls trailing' },
  'braces spaced': { stated: 'style braces spaced', denied: 'style braces tight' },
  'arrow parentheses': { stated: 'style arrow parameters in parentheses', denied: 'style arrow parameters bare' },
  'no arrow parentheses': { stated: 'style arrow parameters bare', denied: 'style arrow parameters in parentheses' },
  eqeqeq: { stated: 'style equality strict' },
  'no-var': { stated: 'style variables const or let' },
  'prefer-const': { stated: 'style const where it can be' },
  curly: { stated: 'style branches braced' },
  'prefer-arrow-callback': { stated: 'style callbacks arrow' },
  'prefer-template': { stated: 'style texts templates' },
  'object-shorthand': { stated: 'style properties shorthand' },
  'no-default-export': { stated: 'style exports named', denied: 'style exports default' },
  'no-explicit-any': { stated: 'style types written' },
  'interfaces for shapes': { stated: 'style objects interface', denied: 'style objects type' },
  'types for shapes': { stated: 'style objects type', denied: 'style objects interface' },
  'array-type': { stated: 'style arrays short' },
  'no-non-null-assertion': { stated: 'style missing optional chain' },
  'consistent-type-imports': { stated: 'way imports of types' },
  'no-console': { stated: 'way logged/way files without console' },
  'no print': { stated: 'way logged/way files without print' },
  'imports sorted': { stated: 'way imports sorted' },
  'imports grouped': { stated: 'way imports grouped' },
  'imports one name': { stated: 'way imports one name' },
  'imports absolute': { stated: 'way imports absolute' },
  'functions camelCase': { stated: 'way functions camelCase', denied: 'way functions snake_case' },
  'functions snake_case': { stated: 'way functions snake_case', denied: 'way functions camelCase' },
  'types PascalCase': { stated: 'way types PascalCase' },
  'files kebab-case': { stated: 'way files kebab-case' },
  'return types': { stated: 'way functions with return types' },
  documented: { stated: 'way exported functions documented' },
  'f-strings': { stated: 'style formats f-string' },
  'modern unions': { stated: 'style unions bar', denied: 'style unions typing' },
  'modern generics': { stated: 'style generics built-in' },
  'is None': { stated: 'style none is' },
  'typed handlers': { stated: 'style handlers typed' },
  'raise from': { stated: 'style causes named' },
  pathlib: { stated: 'way paths as objects' },
  any: { stated: 'style anything any', denied: 'style anything interface{}' },
  'doc period': { stated: 'style doc ends with period' },
  'errors.Wrap': { stated: 'way errors wrapped by package' },
  'errors.Is': { stated: 'style errors compared with Is' },
  'no unwrap': { stated: 'style failures propagated' },
  'alias @/': { stated: 'alias @/' },
  await: { stated: 'async Await promises', denied: 'async Chain promises with `then`' },
  'handle…': { stated: 'function handle' },
};

/** Gathers what several files demand; the first to speak of a choice in a language is heard. */
export class Demands {
  private readonly rules = new Map<string, ConfiguredRule>();
  private scope: ReadonlySet<Family> = new Set();

  /** From here on only rules of these languages count: those that the next file's folder holds. */
  within(families: ReadonlySet<Family>): void {
    this.scope = families;
  }

  add(family: Family, rule: string, wanted = true): void {
    if (!this.scope.has(family)) return;
    const width = /^width (\d+)$/.exec(rule);
    const pattern = width ? { stated: `style width ${width[1]}` } : PATTERNS[rule];
    if (pattern === undefined) throw new Error(`No pattern is known for the rule ${rule}.`);
    const [stated, denied] = [listOf(pattern.stated), listOf(pattern.denied ?? '')];
    const choice = width ? 'width' : [...stated, ...denied].sort().join();
    if (!this.rules.has(`${family} ${choice}`))
      this.rules.set(`${family} ${choice}`, { family, rule, stated, denied, wanted });
  }

  all(): ConfiguredRule[] {
    return [...this.rules.values()];
  }
}

/** The alias `@/` is one pattern for all its bar. */
const listOf = (patterns: string) =>
  patterns === '' ? [] : patterns === 'alias @/' ? [patterns] : patterns.split('/');
