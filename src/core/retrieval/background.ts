/** What functions call in public code at large: the prior that a small repository needs most. */

import { LodestoneError } from '../../base/errors.ts';
import type { Family } from '../languages.ts';

import type { SymbolTable } from './symbols.ts';

/** The `background` section of weights.json, computed by bench/retrieval-background.ts. */
export interface BackgroundTable {
  readonly provenance: string;
  readonly families: Readonly<
    Record<
      string,
      {
        /** log2(1 + 4096 × mean share of functions that call the name). */
        readonly names: Readonly<Record<string, number>>;
        /** Word of a function's name → called name → log2 of how much likelier the call is. */
        readonly lifts: Readonly<Record<string, Readonly<Record<string, number>>>>;
      }
    >
  >;
}

interface FamilyBackground {
  readonly names: ReadonlyMap<string, number>;
  readonly lifts: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

interface ResolvedNames {
  readonly size: number;
  readonly names: readonly number[];
  readonly values: readonly number[];
}

const NOTHING: FamilyBackground = { names: new Map(), lifts: new Map() };

/** Maps, since a plain object would find `constructor` in its prototype. */
export class Background {
  private readonly cache = new Map<Family, ResolvedNames>();
  private readonly families = new Map<string, FamilyBackground>();

  /** Throws LodestoneError badData where the table has another shape. */
  constructor(table: BackgroundTable | undefined) {
    try {
      for (const [family, { names, lifts }] of Object.entries(table?.families ?? {})) {
        this.families.set(family, {
          names: new Map(Object.entries(names)),
          lifts: new Map(Object.entries(lifts).map(([word, calls]) => [word, new Map(Object.entries(calls))])),
        });
      }
    } catch (cause) {
      throw new LodestoneError('badData', 'The background table of the retrieval weights has another shape.', {
        cause,
        advice: 'Rebuild data/retrieval/weights.json with bench/retrieval-train.ts, or reinstall Lodestone.',
      });
    }
  }

  /** Names as symbols, those that the symbol table knows; recomputed only when it grew. */
  resolved(family: Family, symbols: SymbolTable): ResolvedNames {
    const known = this.cache.get(family);
    if (known?.size === symbols.size) return known;
    const names: number[] = [];
    const values: number[] = [];
    for (const [text, value] of this.of(family).names) {
      const name = symbols.find(text);
      if (name < 0) continue;
      names.push(name);
      values.push(value);
    }
    const fresh = { size: symbols.size, names, values };
    this.cache.set(family, fresh);
    return fresh;
  }

  of(family: Family): FamilyBackground {
    return this.families.get(family) ?? NOTHING;
  }
}
