/** The rules that deviants are looked for in: about calls, pairs of calls, arguments, imports, names and documentation. */
import { isTestPath } from './candidate.ts';
import type { Rule, RuleSite } from './deviants.ts';
import {
  CALL_FLAGS,
  CALL_FUNCTION,
  CALL_LINE,
  CALL_NAME,
  CALL_RESOLVED,
  CALL_WIDTH,
  type FileDigest,
  FLAG_AWAITED,
  FLAG_DECORATOR,
  FLAG_DISCARDED,
  FLAG_JSX,
  FLAG_MACRO,
} from './fileDigest.ts';
import type { LabelTable } from './labelTable.ts';
import { caseOf } from './nameCases.ts';

class RuleBook {
  private readonly rules = new Map<
    string,
    { text: string; language: FileDigest['language']; kept: RuleSite[]; broken: RuleSite[] }
  >();

  note(id: string, text: string, file: FileDigest, kept: boolean, line: number, endLine = line): void {
    const key = `${file.family} ${id}`;
    let rule = this.rules.get(key);
    if (rule === undefined) {
      rule = { text, language: file.language, kept: [], broken: [] };
      this.rules.set(key, rule);
    }
    (kept ? rule.kept : rule.broken).push({ path: file.path, line, endLine });
  }

  all(): Rule[] {
    return [...this.rules.entries()].map(([id, rule]) => ({ id, ...rule }));
  }
}

/** All rules with their sites, unfiltered. `files` are sorted by path. */
export function collectRules(files: readonly FileDigest[], labels: LabelTable, names: LabelTable): Rule[] {
  const book = new RuleBook();
  const texts: string[] = [];
  // A callee without the path of its module; '' for what is computed.
  const shown = (name: number): string => {
    texts[name] ??= /^[\w$.:]+$/.exec(names.name(name).replace(/^.*\//, ''))?.[0] ?? '';
    return texts[name];
  };
  for (const file of files) {
    callRules(book, file, names, shown);
    nameRules(book, file);
    importRules(book, file);
  }
  for (const family of new Set(files.map((file) => file.family))) {
    const members = files.filter((file) => file.family === family);
    argumentRules(book, members, labels);
    // Tests set up and check as each case needs.
    pairRules(
      book,
      members.filter(({ path }) => !isTestPath(path)),
      names,
    );
  }
  return book.all();
}

/** Results are awaited, results are used. Tests call for effect and are left out of the second. */
function callRules(book: RuleBook, file: FileDigest, names: LabelTable, shown: (name: number) => string): void {
  const test = isTestPath(file.path);
  const { calls } = file;
  for (let at = 0; at < calls.length; at += CALL_WIDTH) {
    const flags = calls[at + CALL_FLAGS] as number;
    if (flags & (FLAG_DECORATOR | FLAG_JSX | FLAG_MACRO)) continue;
    const resolved = shown(calls[at + CALL_RESOLVED] as number);
    const last = names.name(calls[at + CALL_NAME] as number);
    if (last.length < 3 || resolved === '') continue;
    const line = calls[at + CALL_LINE] as number;
    const awaited = (flags & FLAG_AWAITED) !== 0;
    const discarded = (flags & FLAG_DISCARDED) !== 0;
    // Returned and collected promises are awaited by someone else: only a thrown-away one breaks the rule.
    if (file.family !== 'go' && (awaited || discarded)) {
      // `all` of Promise is not `all` of a server: the receiver stays part of the name.
      const name = resolved.split('.').slice(-2).join('.');
      book.note(`await ${name}`, `the result of \`${name}\` is awaited`, file, awaited, line);
    }
    if (!test && !awaited)
      book.note(`use ${resolved}`, `the result of \`${resolved}\` is used`, file, !discarded, line);
  }
}

function nameRules(book: RuleBook, file: FileDigest): void {
  for (const { name, kind, line, exported, documented, endLine } of file.functions) {
    const style = caseOf(name);
    if (style !== undefined && kind !== 'constructor' && !isTestPath(file.path) && file.family !== 'go') {
      const wanted = file.family === 'ecmascript' ? 'camelCase' : 'snake_case';
      const component = file.family === 'ecmascript' && style === 'PascalCase';
      if (!component)
        book.note(
          `case ${wanted}`,
          `functions are named in ${wanted}`,
          file,
          style === wanted || style === 'flat',
          line,
        );
    }
    if (exported && name !== '' && kind !== 'constructor' && endLine - line >= 4 && !isTestPath(file.path)) {
      const folder = file.path.split('/').slice(0, -1).join('/');
      book.note(
        `doc ${folder}`,
        `exported functions in ${folder || 'the root folder'} are documented`,
        file,
        documented,
        line,
      );
    }
  }
}

function importRules(book: RuleBook, file: FileDigest): void {
  if (file.family !== 'ecmascript') return;
  for (const { module, line } of file.imports) {
    const plain = module.replace(/^node:/, '');
    if (
      !/^(?:fs|path|os|util|url|http|https|crypto|events|stream|buffer|child_process|assert|zlib|net|process|timers|worker_threads)(?:\/|$)/.test(
        plain,
      )
    )
      continue;
    book.note('node-prefix', "Node's own modules are imported as `node:…`", file, module !== plain, line);
    book.note('no-node-prefix', "Node's own modules are imported without `node:`", file, module === plain, line);
  }
}

/** A keyword argument or option that nearly every call of the same function gives. */
function argumentRules(book: RuleBook, files: readonly FileDigest[], labels: LabelTable): void {
  const callees = new Int32Array(labels.count);
  for (const { trees } of files) for (const label of trees.label) callees[label] = (callees[label] as number) + 1;
  const isCallee = Uint8Array.from(callees, (count, label) =>
    count >= 11 && /^(?:call|new|chain) /.test(labels.name(label)) ? 1 : 0,
  );
  const perCallee = new Map<number, CalleeSite[]>();
  for (const file of files) {
    const { label } = file.trees;
    for (let node = 0; node < label.length; node++) {
      const name = label[node] as number;
      if (isCallee[name] === 0) continue;
      const list = perCallee.get(name);
      if (list === undefined) perCallee.set(name, [{ file, node }]);
      else list.push({ file, node });
    }
  }
  for (const [label, sites] of perCallee) {
    const callee = labels.name(label);
    const keyed = sites.map((site) => ({ ...site, keys: keysOf(site, labels) }));
    const counts = new Map<string, number>();
    for (const { keys } of keyed) for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
    const shown = callee.replace(/^\S+ \.?/, '');
    for (const [key, count] of counts) {
      if (count < sites.length * 0.88 || count === sites.length) continue;
      for (const { file, node, keys } of keyed) {
        const line = file.trees.line[node] as number;
        const last = Math.min(line + (file.trees.span[node] as number), line + 8);
        book.note(`argument ${callee} ${key}`, `\`${shown}\` is given \`${key}\``, file, keys.has(key), line, last);
      }
    }
  }
}

interface CalleeSite {
  readonly file: FileDigest;
  readonly node: number;
}

/** Keyword arguments of a call and keys of the object literals among its arguments. */
function keysOf({ file, node }: CalleeSite, labels: LabelTable): Set<string> {
  const { label, size } = file.trees;
  const keys = new Set<string>();
  const end = node + (size[node] as number);
  for (let child = node + 1; child < end; ) {
    const inner = labels.name(label[child] as number);
    // A chain's arguments lie one level below.
    if (inner === 'args') {
      child++;
      continue;
    }
    const next = child + (size[child] as number);
    if (inner.startsWith('kwarg ')) keys.add(inner.slice(6));
    else if (inner === 'object')
      for (let key = child + 1; key < next; key += size[key] as number) {
        const text = labels.name(label[key] as number);
        if (text.startsWith('key ')) keys.add(text.slice(4));
      }
    child = next;
  }
  return keys;
}

interface CallingFunction {
  readonly file: FileDigest;
  readonly line: number;
  readonly endLine: number;
  /** Callee → line of its first call. */
  readonly calls: ReadonlyMap<number, number>;
}

/** Functions that call A also call B: `lock` and `unlock`, `open` and `close`. */
function pairRules(book: RuleBook, files: readonly FileDigest[], names: LabelTable): void {
  const functions = callingFunctions(files);
  const users: number[][] = [];
  functions.forEach(({ calls }, index) => {
    for (const name of calls.keys()) {
      users[name] ??= [];
      users[name].push(index);
    }
  });
  const together = new Int32Array(names.count);
  const rules = new Map<number, number[]>();
  users.forEach((indices, a) => {
    const all = indices.length;
    if (all < 11 || names.name(a).length < 3) return;
    const met: number[] = [];
    for (const index of indices)
      for (const b of functions[index]?.calls.keys() ?? []) {
        if (together[b] === 0) met.push(b);
        together[b] = (together[b] as number) + 1;
      }
    for (const b of met) {
      const count = together[b] as number;
      together[b] = 0;
      // B must be about A: a call that stands everywhere makes no pair.
      if (a === b || count < all * 0.9 || count === all || count < (users[b]?.length ?? 0) * 0.3) continue;
      rules.set(a, [...(rules.get(a) ?? []), b]);
    }
  });
  notePairs(book, functions, rules, names);
}

function callingFunctions(files: readonly FileDigest[]): CallingFunction[] {
  const found: CallingFunction[] = [];
  for (const file of files) {
    const perFunction = new Map<number, Map<number, number>>();
    for (let at = 0; at < file.calls.length; at += CALL_WIDTH) {
      if ((file.calls[at + CALL_FLAGS] as number) & (FLAG_JSX | FLAG_MACRO)) continue;
      const owner = file.calls[at + CALL_FUNCTION] as number;
      if (owner === -1) continue;
      const calls = perFunction.get(owner) ?? new Map<number, number>();
      perFunction.set(owner, calls);
      const name = file.calls[at + CALL_NAME] as number;
      if (!calls.has(name)) calls.set(name, file.calls[at + CALL_LINE] as number);
    }
    for (const [owner, calls] of perFunction) {
      const { line = 1, endLine = line } = file.functions[owner] ?? {};
      found.push({ file, line, endLine, calls });
    }
  }
  return found;
}

function overlaps(a: CallingFunction, b: CallingFunction): boolean {
  return (a.line <= b.line && b.endLine <= a.endLine) || (b.line <= a.line && a.endLine <= b.endLine);
}

function notePairs(
  book: RuleBook,
  functions: readonly CallingFunction[],
  rules: ReadonlyMap<number, readonly number[]>,
  names: LabelTable,
): void {
  const byPath = Map.groupBy(functions, ({ file }) => file.path);
  for (const entry of functions) {
    const { file, calls } = entry;
    for (const [a, line] of calls) {
      for (const b of rules.get(a) ?? []) {
        // A closure may do what the function around it began, and the other way round.
        const elsewhere = () =>
          (byPath.get(file.path) ?? []).some((other) => other.calls.has(b) && overlaps(entry, other));
        if (!calls.has(b) && elsewhere()) continue;
        const [first, second] = [names.name(a), names.name(b)];
        const text = `a function that calls \`${first}\` also calls \`${second}\``;
        book.note(`pair ${first} ${second}`, text, file, calls.has(b), line);
      }
    }
  }
}
