/** Places whose surroundings are told alike but for names: what stands there, with its names changed as those around it are. */
import { idOf } from '../../completion/repository/cells.ts';
import { EDGE, IS_WORD, isNewLine } from '../../completion/repository/vocabulary.ts';
import { changed, type WordChange, wordChange } from '../../generation/wordChange.ts';
import type { CopyPlace } from './contextCopies.ts';
import type { HoleTokens, Source } from './holeTokens.ts';

export interface KinPlace extends CopyPlace {
  /** Texts of tokens there and what stands for them here. */
  readonly names: ReadonlyMap<string, string>;
  /** Of the tokens around it that were compared, the share that is the same. */
  readonly likeness: number;
}

/** Places that are compared, and tokens on each side. */
const MOST_PLACES = 1200;
const SIDE = 60;
/** Names that may differ on one side. */
const MOST_DIFFERENT = 8;
/** Tokens back to the name of the function that a place is in. */
const TO_DEFINITION = 300;
const DEFINES = new Set(['def', 'func', 'fn', 'function', 'class', 'struct', 'impl', 'trait', 'interface', 'type']);

/** The exact matches of `copyPlaces`, looked at again from farther away. */
export function kinPlaces(hole: HoleTokens, places: readonly CopyPlace[]): KinPlace[] {
  const here = definitionBefore(hole, hole.leftCells, hole.leftCells.length);
  const best = places
    .filter(({ renames }) => renames === undefined)
    .sort((a, b) => b.left + b.right + b.near - a.left - a.right - a.near)
    .slice(0, MOST_PLACES);
  const compared = new Comparison(hole, here);
  return best.flatMap((place) => compared.kinOf(place) ?? []);
}

class Comparison {
  private readonly written = new Map<string, number>();

  constructor(
    private readonly hole: HoleTokens,
    private readonly definition: string | undefined,
  ) {}

  kinOf(place: CopyPlace): KinPlace | undefined {
    const { hole } = this;
    const { source, from, to } = place;
    const { cells } = source.segment;
    const names = new Map<string, string>();
    const left = this.walk(hole.left, cells, from - 1, -1, names);
    const right = this.walk(hole.right, cells, to, 1, names);
    const there = definitionBefore(hole, cells, from);
    if (there !== undefined && this.definition !== undefined && there !== this.definition)
      names.set(there, this.definition);
    const changes = [...names].flatMap(([a, b]) => wordChange(a, b) ?? []);
    const { key, used } = this.keyOf(source, from, to, names, changes);
    const same = left.same + right.same;
    return {
      ...place,
      ...{ left: left.same, right: right.same, key, names: used },
      likeness: same / (same + left.different + right.different + 2),
    };
  }

  /** From the hole outwards: names may differ, the code around them may not. */
  private walk(
    wanted: Int32Array,
    cells: Int32Array,
    from: number,
    step: number,
    names: Map<string, string>,
  ): { same: number; different: number } {
    const { hole } = this;
    const { vocabulary } = hole;
    const most = Math.min(SIDE, wanted.length);
    let same = 0;
    let different = 0;
    for (let i = 0, at = from; i < most && at >= 0 && at < cells.length; i++, at += step) {
      const [there, here] = [idOf(cells[at] as number), wanted[i] as number];
      if (there === EDGE || here === EDGE) break;
      if (there === here || (isNewLine(there) && isNewLine(here))) same++;
      else if (hole.isName(there) && hole.isName(here) && different < MOST_DIFFERENT) {
        different++;
        const [a, b] = [vocabulary.text(there), vocabulary.text(here)];
        if (!names.has(a)) names.set(a, b);
      } else break;
    }
    return { same, different };
  }

  /** The stretch's text with the names changed, as the key that tells it apart; and what was changed in it. */
  private keyOf(
    { segment: { cells } }: Source,
    from: number,
    to: number,
    names: ReadonlyMap<string, string>,
    changes: readonly WordChange[],
  ): { key: string; used: ReadonlyMap<string, string> } {
    const { vocabulary } = this.hole;
    const used = new Map<string, string>();
    let key = '';
    for (let at = from; at < to; at++) {
      const id = idOf(cells[at] as number);
      if (isNewLine(id)) continue;
      const text = vocabulary.text(id);
      let other = names.get(text);
      // A word in a name is changed only where what comes of it is a name.
      if (other === undefined && this.hole.isName(id) && names.size > 0)
        other = changes.map((change) => changed(text, change)).find((each) => each !== text && this.isKnown(each));
      if (other === undefined || other === text) key += `${id} `;
      else {
        used.set(text, other);
        key += `${this.numberOf(other)} `;
      }
    }
    return { key, used };
  }

  private isKnown(name: string): boolean {
    return this.hole.vocabulary.find(name) >= 0;
  }

  private numberOf(name: string): number {
    const known = this.hole.vocabulary.find(name);
    if (known >= 0) return known;
    const own = this.written.get(name) ?? -1 - this.written.size;
    this.written.set(name, own);
    return own;
  }
}

/** The name that was last defined before a position, by the language's own words for that. */
function definitionBefore({ vocabulary }: HoleTokens, cells: Int32Array, position: number): string | undefined {
  for (let at = position - 2; at >= Math.max(0, position - TO_DEFINITION); at--) {
    const id = idOf(cells[at] as number);
    if (id === EDGE) return undefined;
    if (!DEFINES.has(vocabulary.text(id))) continue;
    let next = at + 1;
    // A Go method's receiver stands between.
    if (vocabulary.text(idOf(cells[next] as number)) === '(') {
      while (next < position && vocabulary.text(idOf(cells[next] as number)) !== ')') next++;
      next++;
    }
    const name = next < position ? idOf(cells[next] as number) : EDGE;
    if (vocabulary.traits(name) & IS_WORD) return vocabulary.text(name);
  }
  return undefined;
}
