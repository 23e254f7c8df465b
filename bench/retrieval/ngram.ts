/** A token n-gram with Witten–Bell interpolation (Bell, Cleary, Witten, 1990) from which a text can be taken out again. */

/** Keys are node × TOKENS + token, exact in a double. */
const TOKENS = 2 ** 22;

/** Length of the contexts whose estimate is mixed with another. */
const MIXED = 1;

export class NGram {
  private readonly ids = new Map<string, number>();
  /** Nodes of the trie of token sequences; node 0 is the empty one. Open addressing from (node, token) to child. */
  private keys = new Float64Array(2 ** 20).fill(-1);
  private children = new Int32Array(2 ** 20);
  private nodes = 1;
  /** How often a sequence stands in the texts, how often something follows it, and how many different tokens do. */
  private counts = new Int32Array(2 ** 19);
  private totals = new Int32Array(2 ** 19);
  private kinds = new Int32Array(2 ** 19);

  constructor(private readonly order: number) {}

  /** Counts a text's tokens; with `by` −1 takes it out. */
  add(tokens: readonly string[], by: 1 | -1): void {
    let contexts: number[] = [0];
    for (const token of tokens) {
      const id = this.intern(token);
      const next = [0];
      contexts.forEach((context, k) => {
        const node = this.child(context, id, true);
        const before = this.counts[node] as number;
        this.counts[node] = before + by;
        this.totals[context] = (this.totals[context] as number) + by;
        if (before === 0) this.kinds[context] = (this.kinds[context] as number) + 1;
        else if (before + by === 0) this.kinds[context] = (this.kinds[context] as number) - 1;
        if (k + 1 < this.order) next.push(node);
      });
      contexts = next;
    }
  }

  /**
   * Probability of each token of `text` after `history`. `mix` changes the estimate from bigrams, with which longer contexts
   * are then interpolated: where those are sure of themselves, it says little.
   */
  probabilities(
    history: readonly string[],
    text: readonly string[],
    mix: (estimate: number, at: number) => number = (estimate) => estimate,
  ): number[] {
    const result: number[] = [];
    let contexts: number[] = [0];
    const kept = history.slice(1 - this.order);
    [...kept, ...text].forEach((token, at) => {
      const id = this.ids.get(token) ?? -1;
      let p = this.base(token, id);
      const next = [0];
      contexts.forEach((context, k) => {
        const node = context < 0 || id < 0 ? -1 : this.child(context, id, false);
        if (k + 1 < this.order) next.push(node);
        const total = context < 0 ? 0 : (this.totals[context] as number);
        const kinds = context < 0 ? 0 : (this.kinds[context] as number);
        if (total > 0) p = ((node < 0 ? 0 : (this.counts[node] as number)) + kinds * p) / (total + kinds);
        if (k === MIXED && at >= kept.length) p = mix(p, at - kept.length);
      });
      contexts = next;
      if (at >= kept.length) result.push(p);
    });
    return result;
  }

  /** A token that never occurred is spelt: half the mass is for any text of 64 letters. */
  private base(token: string, id: number): number {
    const spelt = 64 ** -(token.length + 1);
    return id < 0 ? spelt / 2 : 0.5 / this.ids.size + spelt / 2;
  }

  private intern(token: string): number {
    let id = this.ids.get(token);
    if (id === undefined) this.ids.set(token, (id = this.ids.size));
    return id;
  }

  /** The node of a sequence continued by a token; -1 where it is unknown and not to be made. */
  private child(node: number, token: number, make: boolean): number {
    const key = node * TOKENS + token;
    const mask = this.keys.length - 1;
    let at = Math.imul(Math.imul(node, 0x9e3779b1) ^ token, 0x85ebca6b) >>> 0;
    at = (at ^ (at >>> 15)) & mask;
    for (; this.keys[at] !== -1; at = (at + 1) & mask) if (this.keys[at] === key) return this.children[at] as number;
    if (!make) return -1;
    if (this.nodes * 2 > this.keys.length) {
      this.grow();
      return this.child(node, token, true);
    }
    this.keys[at] = key;
    this.children[at] = this.nodes;
    return this.nodes++;
  }

  private grow(): void {
    const [keys, children] = [this.keys, this.children];
    const size = keys.length * 2;
    this.keys = new Float64Array(size).fill(-1);
    this.children = new Int32Array(size);
    const wider = (old: Int32Array) => {
      const grown = new Int32Array(size / 2);
      grown.set(old);
      return grown;
    };
    this.counts = wider(this.counts);
    this.totals = wider(this.totals);
    this.kinds = wider(this.kinds);
    const mask = size - 1;
    keys.forEach((key, i) => {
      if (key === -1) return;
      const [node, token] = [Math.floor(key / TOKENS), key % TOKENS];
      let at = Math.imul(Math.imul(node, 0x9e3779b1) ^ token, 0x85ebca6b) >>> 0;
      at = (at ^ (at >>> 15)) & mask;
      while (this.keys[at] !== -1) at = (at + 1) & mask;
      this.keys[at] = key;
      this.children[at] = children[i] as number;
    });
  }
}
