/** Rules about arguments: a keyword or an option that nearly every call of the same function is given. */
import type { Breather } from '../../base/progress.ts';
import { CALL_ARGUMENTS, CALL_LINE, CALL_NAME, CALL_RESOLVED, CALL_WIDTH, type FileDigest } from './fileDigest.ts';
import type { LabelTable } from './labelTable.ts';
import { type RuleBook, SPECIFIC } from './ruleBook.ts';

interface CalleeSite {
  readonly file: FileDigest;
  readonly node: number;
}

/** What one call is given, as the tree shows it. */
interface Keyed {
  readonly site: CalleeSite;
  readonly keys: ReadonlySet<string>;
  /** Something is spread, or options come from elsewhere: what it is given cannot be told. */
  readonly open: boolean;
  readonly hasObject: boolean;
}

interface Given extends Keyed {
  /** With its receiver. */
  readonly callee: string;
  readonly count: number;
}

/** Notes, for every callee with enough calls, what most of them are given. */
export async function argumentRules(
  book: RuleBook,
  files: readonly FileDigest[],
  labels: LabelTable,
  names: LabelTable,
  breather: Breather,
): Promise<void> {
  const calls = new CallsByLine(names);
  const parts = new ArgumentParts(labels);
  for (const [label, sites] of await breather.run(callSites(files, labels))) {
    if (breather.due) await breather.breathe();
    const keyed = sites.map((site) => keysAt(site, parts));
    if (!anyUsual(keyed)) continue;
    const callee = labels.name(label);
    const given = keyed.map((entry): Given => {
      const found = calls.at(entry.site, callee);
      return { ...entry, callee: found.callee || callee.replace(/^\S+ \.?/, ''), count: found.count };
    });
    // `modal.open` is not `window.open`, though `open` is all that the tree has of both.
    const isMethod = /^\S+ \./.test(callee);
    for (const [own, members] of Map.groupBy(given, (entry) => entry.callee))
      if (members.length > LEAST) noteKeys(book, isMethod ? own : callee.replace(/^\S+ /, ''), members);
  }
}

const LEAST = 10;
/** Share of the calls that must give a key, before those of which nothing can be told are set aside. */
const USUAL = 0.8;
/** Share of the keepers that have a key which is no sign of another use. */
const ALIKE = 0.3;
/** More breaches than this are a second way to call. */
const SLIPS = 0.02;

/** Whether some key is given often enough for a rule: most callees have none, and need no closer look. */
function anyUsual(given: readonly Keyed[]): boolean {
  const counts = new Map<string, number>();
  for (const { keys } of given)
    for (const key of keys) {
      const count = (counts.get(key) ?? 0) + 1;
      if (count >= LEAST) return true;
      counts.set(key, count);
    }
  return false;
}

function noteKeys(book: RuleBook, callee: string, given: readonly Given[]): void {
  for (const key of new Set(given.flatMap(({ keys }) => [...keys]))) {
    const keepers = given.filter(({ keys }) => keys.has(key));
    if (keepers.length < LEAST || keepers.length < given.length * USUAL) continue;
    const usual = usualCount(keepers);
    const shown = key.startsWith('(') ? `${key.slice(1)}(…)` : key.slice(1);
    const text = `\`${callee}\` is given \`${shown}\``;
    const rule = { id: `argument ${callee} ${key}`, text, least: SPECIFIC, share: SLIPS, apis: [callee] };
    /** A call with keys that the others lack, or with nothing, does something else. */
    const isAlike = ({ keys, count }: Given) =>
      count !== 0 &&
      [...keys].every((own) => keepers.filter((other) => other.keys.has(own)).length >= keepers.length * ALIKE);
    for (const entry of given) {
      const kept = entry.keys.has(key);
      if (!kept && (entry.open || !leavesOut(entry, key, usual) || !isAlike(entry))) continue;
      const { file, node } = entry.site;
      const line = file.trees.line[node] as number;
      book.note(rule, file, kept, line, Math.min(line + (file.trees.span[node] as number), line + 8));
    }
  }
}

/** Without the key, the call has its options written out, or fewer arguments than the others: nothing else can carry it. */
function leavesOut({ hasObject, count }: Given, key: string, usual: number): boolean {
  return (key.startsWith(':') && hasObject) || (count !== -1 && count < usual);
}

/** What a tenth of the calls stays below. */
function usualCount(given: readonly Given[]): number {
  const counts = given
    .map(({ count }) => count)
    .filter((count) => count !== -1)
    .sort((a, b) => a - b);
  return counts[Math.floor(counts.length / 10)] ?? 0;
}

function* callSites(files: readonly FileDigest[], labels: LabelTable): Generator<undefined, Map<number, CalleeSite[]>> {
  const counts = new Int32Array(labels.count);
  for (const { trees } of files) {
    yield;
    for (const label of trees.label) counts[label] = (counts[label] as number) + 1;
  }
  const isCallee = Uint8Array.from(counts, (count, label) =>
    count >= 11 && /^(?:call|new|chain) [\w.:]/.test(labels.name(label)) ? 1 : 0,
  );
  const found = new Map<number, CalleeSite[]>();
  for (const file of files) {
    yield;
    const { label } = file.trees;
    for (let node = 0; node < label.length; node++) {
      const name = label[node] as number;
      if (isCallee[name] === 0) continue;
      const list = found.get(name);
      if (list === undefined) found.set(name, [{ file, node }]);
      else list.push({ file, node });
    }
  }
  return found;
}

/** What a node among a call's arguments is; the key that it gives stands in `ArgumentParts.key`. */
type Part = 'args' | 'key' | 'open' | 'object' | 'other';

/** Looks at each label once. */
class ArgumentParts {
  private readonly parts: (Part | undefined)[];
  private readonly keys = new Map<number, string>();
  private readonly inObjects: (string | undefined)[];

  constructor(private readonly labels: LabelTable) {
    this.parts = labels.column();
    this.inObjects = labels.column();
  }

  part(label: number): Part {
    let part = this.parts[label];
    if (part === undefined) {
      const name = this.labels.name(label);
      if (name === 'args' || name === 'object') part = name;
      else if (name.startsWith('kwarg ') || /^call \w[\w.]*$/.test(name)) {
        part = 'key';
        this.keys.set(label, name.startsWith('kwarg ') ? `=${name.slice(6)}` : `(${name.slice(5)}`);
      } else part = /spread|splat|variadic/.test(name) ? 'open' : 'other';
      this.parts[label] = part;
    }
    return part;
  }

  /** Of a label whose part is 'key'. */
  key(label: number): string {
    return this.keys.get(label) as string;
  }

  /** Key of an object literal's member, 'open' where members come from elsewhere, '' for anything else. */
  member(label: number): string {
    let key = this.inObjects[label];
    if (key === undefined) {
      const name = this.labels.name(label);
      key = name.startsWith('key ') ? `:${name.slice(4)}` : /spread|splat/.test(name) ? 'open' : '';
      this.inObjects[label] = key;
    }
    return key;
  }
}

/** Keyword arguments (`=key`) of a call, keys (`:key`) of the object literals among its arguments, and calls (`(name`). */
function keysAt(site: CalleeSite, parts: ArgumentParts): Keyed {
  const { label: all, size } = site.file.trees;
  const keys = new Set<string>();
  let open = false;
  let hasObject = false;
  const end = site.node + (size[site.node] as number);
  for (let child = site.node + 1; child < end; ) {
    const label = all[child] as number;
    const part = parts.part(label);
    // A chain's arguments lie one level below.
    if (part === 'args') {
      child++;
      continue;
    }
    const next = child + (size[child] as number);
    if (part === 'key') keys.add(parts.key(label));
    else if (part === 'open') open = true;
    else if (part === 'object') {
      hasObject = true;
      for (let member = child + 1; member < next; member += size[member] as number) {
        const key = parts.member(all[member] as number);
        if (key === 'open') open = true;
        else if (key !== '') keys.add(key);
      }
    }
    child = next;
  }
  return { site, keys, open, hasObject };
}

interface LineCall {
  readonly count: number;
  readonly callee: string;
}

/** Calls by line and name: what the trees do not say of them. */
class CallsByLine {
  private readonly byFile = new Map<FileDigest, Map<number, LineCall>>();
  /** By number of the resolved callee. */
  private readonly callees: (string | undefined)[];

  constructor(private readonly names: LabelTable) {
    this.callees = names.column();
  }

  /** Number of arguments, -1 where several calls of the name on the line differ; callee with its receiver, '' if computed. */
  at({ file, node }: CalleeSite, label: string): LineCall {
    let calls = this.byFile.get(file);
    if (calls === undefined) {
      calls = new Map();
      this.byFile.set(file, calls);
      for (let at = 0; at < file.calls.length; at += CALL_WIDTH) {
        const key = lineKey(file.calls[at + CALL_LINE] as number, file.calls[at + CALL_NAME] as number);
        const count = file.calls[at + CALL_ARGUMENTS] as number;
        const callee = this.callee(file.calls[at + CALL_RESOLVED] as number);
        const known = calls.get(key);
        calls.set(key, {
          count: known === undefined || known.count === count ? count : -1,
          callee: known === undefined || known.callee === callee ? callee : '',
        });
      }
    }
    const name = this.names.idOf(label.split(/[ .:]+/).pop() as string);
    return calls.get(lineKey(file.trees.line[node] as number, name)) ?? { count: -1, callee: '' };
  }

  /** With at most one receiver, which is not the object itself; '' if computed. */
  private callee(resolved: number): string {
    let callee = this.callees[resolved];
    if (callee === undefined) {
      const full = this.names.name(resolved).replace(/^.*\//, '');
      const last = full.split('.').slice(-2).join('.');
      callee = /^[\w$.]+$/.test(full) ? last.replace(/^(?:this|self)\./, '') : '';
      this.callees[resolved] = callee;
    }
    return callee;
  }
}

function lineKey(line: number, name: number): number {
  return line * 0x4000000 + name;
}
