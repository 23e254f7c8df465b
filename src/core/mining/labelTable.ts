/** Labels of normalised trees as numbers, with what the miners ask of a label: may it root, does it anchor. */

/** How much a label says about a repository's own ways. */
export const ANCHOR_NONE = 0;
/** A key, keyword, attribute or parameter name: worth naming, not worth showing alone. */
export const ANCHOR_WEAK = 1;
/** An API, a type or a decorator. */
export const ANCHOR_STRONG = 2;

// An element of HTML says nothing; a component does.
const STRONG = /^(?:(?:call|chain|new|macro|decorator|base) \S|jsx [^a-z])/;
const WEAK = /^(?:kwarg|key|attr|type|returns|ref|name|param) \S|^\.\w/;
const ROOT =
  /^(?:call|chain|new|macro|jsx|assign) |^(?:block|declare|if|for|while|switch|try|throw|return|with|assert|go|defer|propagate|await|function|async function|class|catch|delete|yield)$/;

/** What nobody asked of a label yet. */
const UNASKED = -1;

export class LabelTable {
  private readonly ids = new Map<string, number>();
  readonly names: string[] = [];
  /** Found out when they are asked for: of most words nobody ever asks. */
  private readonly anchors: number[] = [];
  private readonly roots: number[] = [];
  private readonly hashes: number[] = [];
  /** By a list of words that may grow: this table's numbers for them, -1 where not asked yet. */
  private readonly translations = new WeakMap<readonly string[], number[]>();

  get count(): number {
    return this.names.length;
  }

  intern(name: string): number {
    let id = this.ids.get(name);
    if (id === undefined) {
      id = this.names.length;
      this.ids.set(name, id);
      this.names.push(name);
      this.anchors.push(UNASKED);
      this.roots.push(UNASKED);
      this.hashes.push(UNASKED);
    }
    return id;
  }

  /** Replaces numbers of `words` (every `stride`th, from `first` on) by this table's own, -1 apart; looks each word up once. */
  internAll(words: readonly string[], column: Int32Array, stride = 1, first = 0): void {
    const known = this.translations.get(words) ?? [];
    this.translations.set(words, known);
    // Without holes, which would make every look-up slow.
    while (known.length < words.length) known.push(-1);
    for (let at = first; at < column.length; at += stride) {
      const word = column[at] as number;
      if (word < 0) continue;
      let id = known[word] as number;
      if (id === -1) {
        id = this.intern(words[word] as string);
        known[word] = id;
      }
      column[at] = id;
    }
  }

  name(id: number): string {
    return this.names[id] as string;
  }

  idOf(name: string): number {
    return this.ids.get(name) ?? -1;
  }

  /** False for names that only tell one place from another: parameters and properties. */
  tells(id: number): boolean {
    return !/^(?:param |\.)/.test(this.name(id));
  }

  /** A place for something of each label. (An array that is filled here and there from nothing becomes a hash table.) */
  column<T>(): (T | undefined)[] {
    return new Array(this.count);
  }

  /** Hash of the label's text. */
  hash(id: number): number {
    let hash = this.hashes[id] as number;
    if (hash === UNASKED) {
      hash = hashOf(this.name(id));
      this.hashes[id] = hash;
    }
    return hash;
  }

  anchor(id: number): number {
    let anchor = this.anchors[id] as number;
    if (anchor === UNASKED) {
      anchor = anchorOf(this.name(id));
      this.anchors[id] = anchor;
    }
    return anchor;
  }

  mayRoot(id: number): boolean {
    let root = this.roots[id] as number;
    if (root === UNASKED) {
      root = ROOT.test(this.name(id)) ? 1 : 0;
      this.roots[id] = root;
    }
    return root === 1;
  }
}

function anchorOf(name: string): number {
  if (STRONG.test(name) && name !== 'call ()') return ANCHOR_STRONG;
  return WEAK.test(name) ? ANCHOR_WEAK : ANCHOR_NONE;
}

function hashOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < name.length; at++) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
  return hash;
}
