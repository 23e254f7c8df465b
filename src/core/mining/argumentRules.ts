/** Rules about arguments: a keyword or an option that nearly every call of the same function is given. */
import { CALL_ARGUMENTS, CALL_LINE, CALL_NAME, CALL_RESOLVED, CALL_WIDTH, type FileDigest } from './fileDigest.ts';
import type { LabelTable } from './labelTable.ts';
import { type RuleBook, SPECIFIC } from './ruleBook.ts';

interface CalleeSite {
  readonly file: FileDigest;
  readonly node: number;
}

/** What one call is given. */
interface Given {
  readonly site: CalleeSite;
  /** With its receiver. */
  readonly callee: string;
  readonly keys: ReadonlySet<string>;
  /** Something is spread, or options come from elsewhere: what it is given cannot be told. */
  readonly open: boolean;
  readonly hasObject: boolean;
  readonly count: number;
}

/** Notes, for every callee with enough calls, what most of them are given. */
export function argumentRules(
  book: RuleBook,
  files: readonly FileDigest[],
  labels: LabelTable,
  names: LabelTable,
): void {
  const calls = new CallsByLine(names);
  for (const [label, sites] of callSites(files, labels)) {
    const callee = labels.name(label);
    const given = sites.map((site) => givenAt(site, callee, labels, calls));
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
const SLIPS = 0.05;

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
      [...keys].every(
        (own) => own.startsWith('(') || keepers.filter((other) => other.keys.has(own)).length >= keepers.length * ALIKE,
      );
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

function callSites(files: readonly FileDigest[], labels: LabelTable): Map<number, CalleeSite[]> {
  const counts = new Int32Array(labels.count);
  for (const { trees } of files) for (const label of trees.label) counts[label] = (counts[label] as number) + 1;
  const isCallee = Uint8Array.from(counts, (count, label) =>
    count >= 11 && /^(?:call|new|chain) [\w.:]/.test(labels.name(label)) ? 1 : 0,
  );
  const found = new Map<number, CalleeSite[]>();
  for (const file of files) {
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

/** Keyword arguments (`=key`) of a call, keys (`:key`) of the object literals among its arguments, and calls (`(name`). */
function givenAt(site: CalleeSite, label: string, labels: LabelTable, calls: CallsByLine): Given {
  const { label: all, size } = site.file.trees;
  const keys = new Set<string>();
  let open = false;
  let hasObject = false;
  const end = site.node + (size[site.node] as number);
  for (let child = site.node + 1; child < end; ) {
    const inner = labels.name(all[child] as number);
    // A chain's arguments lie one level below.
    if (inner === 'args') {
      child++;
      continue;
    }
    const next = child + (size[child] as number);
    if (inner.startsWith('kwarg ')) keys.add(`=${inner.slice(6)}`);
    else if (/^call \w[\w.]*$/.test(inner)) keys.add(`(${inner.slice(5)}`);
    else if (/spread|splat|variadic/.test(inner)) open = true;
    else if (inner === 'object') {
      hasObject = true;
      for (let key = child + 1; key < next; key += size[key] as number) {
        const text = labels.name(all[key] as number);
        if (text.startsWith('key ')) keys.add(`:${text.slice(4)}`);
        else if (/spread|splat/.test(text)) open = true;
      }
    }
    child = next;
  }
  const found = calls.at(site, label);
  return { site, keys, open, hasObject, callee: found.callee || label.replace(/^\S+ \.?/, ''), count: found.count };
}

interface LineCall {
  readonly count: number;
  readonly callee: string;
}

/** Calls by line and name: what the trees do not say of them. */
class CallsByLine {
  private readonly byFile = new Map<FileDigest, Map<string, LineCall>>();

  constructor(private readonly names: LabelTable) {}

  /** Number of arguments, -1 where several calls of the name on the line differ; callee with its receiver, '' if computed. */
  at({ file, node }: CalleeSite, label: string): LineCall {
    let calls = this.byFile.get(file);
    if (calls === undefined) {
      calls = new Map();
      this.byFile.set(file, calls);
      for (let at = 0; at < file.calls.length; at += CALL_WIDTH) {
        const key = `${file.calls[at + CALL_LINE]} ${file.calls[at + CALL_NAME]}`;
        const count = file.calls[at + CALL_ARGUMENTS] as number;
        const full = this.names.name(file.calls[at + CALL_RESOLVED] as number).replace(/^.*\//, '');
        const callee = /^[\w$.]+$/.test(full)
          ? full
              .split('.')
              .slice(-2)
              .join('.')
              .replace(/^(?:this|self)\./, '')
          : '';
        const known = calls.get(key);
        calls.set(key, {
          count: known === undefined || known.count === count ? count : -1,
          callee: known === undefined || known.callee === callee ? callee : '',
        });
      }
    }
    const name = this.names.idOf(label.split(/[ .:]+/).pop() as string);
    return calls.get(`${file.trees.line[node]} ${name}`) ?? { count: -1, callee: '' };
  }
}
