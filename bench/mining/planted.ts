/** Planted idioms: ten invented habits in a real repository, five to ten places each, a third of them bent. Are they on the page? */
import type { Family } from '../../src/core/languages.ts';
import { isBuiltPath, type Site } from '../../src/core/mining/candidate.ts';

import type { BenchMiner, Found, Snapshot } from './miner.ts';
import { familyOfPath, random, shuffled } from './samples.ts';

const LEAST_SITES = 5;
const MORE_SITES = 6;
/** Share of a place's statements that are bent: left out, with others in between, with other arguments. */
const BENT = 0.3;

/** Lines that an idiom was planted in. */
interface Place {
  readonly path: string;
  readonly from: number;
  readonly to: number;
}

interface Planted {
  readonly texts: Map<string, string>;
  /** By idiom. */
  readonly places: readonly (readonly Place[])[];
}

/** How many of the ten have an entry on the page, or anywhere, of which most places are theirs. */
export async function plantedFound(
  miner: BenchMiner,
  snapshot: Snapshot,
  family: Family,
): Promise<{ page: number; all: number }> {
  const { texts, places } = plant(snapshot, family);
  const { page, all } = await miner.mine({ ...snapshot, texts });
  const count = (found: readonly Found[]) => places.filter((own) => found.some((one) => isAbout(one, own))).length;
  return { page: count(page), all: count(all) };
}

/** Half of the entry's places are the idiom's, and it has half of these. */
function isAbout({ candidate: { sites } }: Found, places: readonly Place[]): boolean {
  const lies = ({ path, line }: Site, place: Place) => path === place.path && line >= place.from && line <= place.to;
  const theirs = sites.filter((site) => places.some((place) => lies(site, place)));
  const held = places.filter((place) => sites.some((site) => lies(site, place)));
  return theirs.length >= sites.length / 2 && held.length >= places.length / 2;
}

/** Each idiom in functions of its own at the end of files that are there already. */
function plant(snapshot: Snapshot, family: Family): Planted {
  const next = random(`planted ${snapshot.name}`);
  const texts = new Map(snapshot.texts);
  const hosts = [...texts.keys()]
    .filter((path) => familyOfPath(path) === family && !/test|spec|\.d\.ts$/.test(path) && !isBuiltPath(path))
    .sort();
  const places: Place[][] = [];
  for (const [idiom, words] of WORDS.entries()) {
    const count = Math.min(hosts.length, LEAST_SITES + Math.floor(next() * MORE_SITES));
    const own: Place[] = [];
    for (const [site, path] of shuffled(hosts, `${idiom} ${snapshot.name}`).slice(0, count).entries()) {
      const before = (texts.get(path) as string).replace(/\n*$/, '\n\n');
      const statements = bend(SHAPES[idiom % SHAPES.length]?.(words) ?? [], next);
      const code = functionOf(family, `${words.verb}${idiom}At${site}`, statements);
      const from = before.split('\n').length;
      texts.set(path, before + code);
      own.push({ path, from, to: from + code.split('\n').length - 1 });
    }
    places.push(own);
  }
  return { texts, places };
}

interface Words {
  readonly noun: string;
  readonly verb: string;
  readonly end: string;
  readonly other: string;
}

/** Names that no repository has. */
const WORDS: readonly Words[] = [
  ['quellFrame', 'openQuell', 'sealQuell', 'quellDepth'],
  ['tarnLedger', 'beginTarn', 'settleTarn', 'tarnBalance'],
  ['veskToken', 'mintVesk', 'burnVesk', 'veskOwner'],
  ['brindleMap', 'loadBrindle', 'storeBrindle', 'brindleKey'],
  ['corvidLease', 'takeCorvid', 'yieldCorvid', 'corvidHolder'],
  ['dapplePage', 'fetchDapple', 'mergeDapple', 'dappleIndex'],
  ['ebonTrace', 'startEbon', 'finishEbon', 'ebonLabel'],
  ['flintQueue', 'pushFlint', 'drainFlint', 'flintSize'],
  ['gorseView', 'bindGorse', 'renderGorse', 'gorseState'],
  ['hollowGate', 'enterHollow', 'leaveHollow', 'hollowGuard'],
].map(([noun = '', verb = '', end = '', other = '']) => ({ noun, verb, end, other }));

/** A statement in no language yet. */
type Statement =
  | { readonly kind: 'assign'; readonly call: string; readonly args: readonly string[]; readonly to: string }
  | { readonly kind: 'call'; readonly on: string; readonly call: string; readonly args: readonly string[] }
  | { readonly kind: 'guard'; readonly on: string; readonly call: string };

const SHAPES: readonly ((words: Words) => Statement[])[] = [
  ({ verb, end, other }) => [
    { kind: 'assign', call: verb, args: ['item'], to: 'held' },
    { kind: 'call', on: 'held', call: other, args: ['"part"'] },
    { kind: 'call', on: 'held', call: end, args: [] },
  ],
  ({ noun, verb, end }) => [
    { kind: 'assign', call: noun, args: ['item', '"main"'], to: 'held' },
    { kind: 'guard', on: 'held', call: end },
    { kind: 'call', on: 'held', call: verb, args: ['item'] },
  ],
  ({ noun, verb, end, other }) => [
    { kind: 'assign', call: verb, args: ['item'], to: 'held' },
    { kind: 'assign', call: other, args: ['held'], to: 'made' },
    { kind: 'call', on: 'made', call: noun, args: ['held'] },
    { kind: 'call', on: 'held', call: end, args: ['made'] },
  ],
];

const FILLERS: readonly Statement[] = [
  { kind: 'assign', call: 'measure', args: ['item'], to: 'width' },
  { kind: 'call', on: 'item', call: 'touch', args: [] },
  { kind: 'assign', call: 'describe', args: ['item', '"x"'], to: 'note' },
];

function bend(statements: readonly Statement[], next: () => number): Statement[] {
  const renamed = next() < BENT ? 'kept' : 'held';
  const rename = (name: string) => (name === 'held' ? renamed : name);
  const bent: Statement[] = [];
  for (const statement of statements) {
    const choice = next() < BENT ? Math.floor(next() * 3) : -1;
    if (choice === 0 && bent.length > 0 && statement !== statements[1]) continue;
    if (choice === 1) bent.push(FILLERS[Math.floor(next() * FILLERS.length)] as Statement);
    const own: Statement =
      statement.kind === 'assign'
        ? { ...statement, to: rename(statement.to), args: statement.args.map(rename) }
        : statement.kind === 'call'
          ? { ...statement, on: rename(statement.on), args: statement.args.map(rename) }
          : { ...statement, on: rename(statement.on) };
    bent.push(choice === 2 && own.kind !== 'guard' ? { ...own, args: [...own.args, '7'] } : own);
  }
  return bent;
}

function functionOf(family: Family, name: string, statements: readonly Statement[]): string {
  const lines = statements.map((statement) => WRITERS[family](statement));
  const body = lines.map((line) => `    ${line}\n`).join('');
  if (family === 'python') return `def ${name}(item):\n${body}    return item\n`;
  if (family === 'rust') return `pub fn ${name}(item: Item) -> Item {\n${body}    item\n}\n`;
  if (family === 'go') return `func ${name}(item Item) Item {\n${body}    return item\n}\n`;
  return `export function ${name}(item) {\n${body}    return item;\n}\n`;
}

const WRITERS: Readonly<Record<Family, (statement: Statement) => string>> = {
  python: (s) =>
    s.kind === 'assign'
      ? `${s.to} = ${s.call}(${s.args.join(', ')})`
      : s.kind === 'call'
        ? `${s.on}.${s.call}(${s.args.join(', ')})`
        : `if not ${s.on}.${s.call}(): return None`,
  ecmascript: (s) =>
    s.kind === 'assign'
      ? `const ${s.to} = ${s.call}(${s.args.join(', ')});`
      : s.kind === 'call'
        ? `${s.on}.${s.call}(${s.args.join(', ')});`
        : `if (!${s.on}.${s.call}()) return null;`,
  rust: (s) =>
    s.kind === 'assign'
      ? `let ${s.to} = ${s.call}(${s.args.join(', ')});`
      : s.kind === 'call'
        ? `${s.on}.${s.call}(${s.args.join(', ')});`
        : `if !${s.on}.${s.call}() { return item; }`,
  go: (s) =>
    s.kind === 'assign'
      ? `${s.to} := ${s.call}(${s.args.join(', ')})`
      : s.kind === 'call'
        ? `${s.on}.${s.call}(${s.args.join(', ')})`
        : `if !${s.on}.${s.call}() { return item }`,
};
