/** A repository map as Aider draws it: definitions by the PageRank of the files that refer to them. */

import type { SourceText } from '../../src/core/retrieval/heldOut.ts';
import { subwords } from '../../src/core/retrieval/subwords.ts';
import type { Baseline } from './baselines.ts';

/** Damping and rounds of the power iteration; networkx, which Aider uses, has .85 and stops at 1e-6. */
const DAMPING = 0.85;
const ROUNDS = 30;
/** Factors of aider/repomap.py: names mentioned, long names of several words, private ones, those that many files define, what the open file refers to. */
const MENTIONED = 10;
const TELLING = 10;
const TELLING_LENGTH = 8;
const PRIVATE = 0.1;
const WIDESPREAD = 0.1;
const WIDESPREAD_FROM = 5;
const OPEN_FILE = 50;

interface Tags {
  readonly defined: ReadonlySet<string>;
  /** Name → how often it is called. */
  readonly referred: ReadonlyMap<string, number>;
}

const tagged = new WeakMap<SourceText, Tags>();

function tagsOf(file: SourceText): Tags {
  let tags = tagged.get(file);
  if (!tags) {
    const { functions, types, calls } = file.facts;
    const referred = new Map<string, number>();
    for (const { name } of calls) referred.set(name, (referred.get(name) ?? 0) + 1);
    const defined = new Set([...functions, ...types].map(({ name }) => name).filter((name) => name !== ''));
    tagged.set(file, (tags = { defined, referred }));
  }
  return tags;
}

/** Aider's weight of an identifier, before the number of references. */
function factor(name: string, definers: number, mentioned: ReadonlySet<string>): number {
  let weight = 1;
  if (mentioned.has(name)) weight *= MENTIONED;
  if (name.length >= TELLING_LENGTH && subwords(name).length > 1) weight *= TELLING;
  if (name.startsWith('_')) weight *= PRIVATE;
  if (definers > WIDESPREAD_FROM) weight *= WIDESPREAD;
  return weight;
}

/**
 * Names of definitions by the rank that flows to them, most first (Aider, "Building a better repository map with tree
 * sitter", 2023, and aider/repomap.py): files are nodes; an edge goes from a file that refers to a name to each that defines
 * it, of weight √references × the factors; the walk restarts at the file at the cursor. An edge's share of the rank goes to
 * the definition; the open file's own are not printed, since it is in the prompt already.
 */
export const repositoryMap: Baseline = (hidden, files) => {
  const nodes = [...files.values()].filter(({ path }) => path !== hidden.path);
  nodes.push(hidden.file);
  const open = nodes.length - 1;
  const definers = new Map<string, number[]>();
  nodes.forEach((file, node) => {
    for (const name of tagsOf(file).defined) {
      const known = definers.get(name);
      if (known) known.push(node);
      else definers.set(name, [node]);
    }
  });
  const header = hidden.file.facts.functions.find(({ startLine }) => startLine === hidden.line)?.signature ?? '';
  const mentioned = new Set(header.match(/[\p{L}_$][\p{L}\p{N}_$]*/gu) ?? []);
  const names = [...definers.keys()];
  const idOf = new Map(names.map((name, id) => [name, id]));
  const targets = names.map((name) => definers.get(name) as number[]);
  const factors = names.map((name, id) => factor(name, (targets[id] as number[]).length, mentioned));
  // An edge to each definer: what flows to a name is split among them, so edges are kept per name.
  const edges = nodes.map((file, node) => {
    const out: { id: number; weight: number }[] = [];
    let total = 0;
    for (const [name, count] of tagsOf(file).referred) {
      const id = idOf.get(name);
      if (id === undefined) continue;
      const weight = (factors[id] as number) * (node === open ? OPEN_FILE : 1) * Math.sqrt(count);
      out.push({ id, weight });
      total += weight * (targets[id] as number[]).length;
    }
    return { out, total };
  });
  let rank = new Float64Array(nodes.length);
  rank[open] = 1;
  const flow = new Float64Array(names.length);
  for (let round = 0; round < ROUNDS; round++) {
    flow.fill(0);
    let dangling = 0;
    edges.forEach(({ out, total }, node) => {
      const held = rank[node] as number;
      if (total === 0) dangling += held;
      else for (const { id, weight } of out) flow[id] = (flow[id] as number) + (held * weight) / total;
    });
    const next = new Float64Array(nodes.length);
    next[open] = 1 - DAMPING + DAMPING * dangling;
    flow.forEach((share, id) => {
      for (const node of targets[id] as number[]) next[node] = (next[node] as number) + DAMPING * share;
    });
    rank = next;
  }
  return names
    .map((name, id) => ({
      name,
      share: flow[id] as number,
      elsewhere: (targets[id] as number[]).some((n) => n !== open),
    }))
    .filter(({ elsewhere }) => elsewhere)
    .sort((a, b) => b.share - a.share || (a.name < b.name ? -1 : 1))
    .map(({ name }) => name);
};
