/** What functions call in public code at large: the prior that a small repository needs most. */
import { LodestoneError } from '../../base/errors.ts';
import type { Family } from './retrievalIndex.ts';

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

const NOTHING: FamilyBackground = { names: new Map(), lifts: new Map() };

/** Maps, since a plain object would find `constructor` in its prototype. */
export class Background {
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

  of(family: Family): FamilyBackground {
    return this.families.get(family) ?? NOTHING;
  }
}
