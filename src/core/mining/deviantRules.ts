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
  for (const file of files) {
    callRules(book, file, names);
    nameRules(book, file);
    importRules(book, file);
  }
  argumentRules(book, files, labels);
  pairRules(book, files, names);
  return book.all();
}

/** Results are awaited, results are used. Tests call for effect and are left out of the second. */
function callRules(book: RuleBook, file: FileDigest, names: LabelTable): void {
  const test = isTestPath(file.path);
  const { calls } = file;
  for (let at = 0; at < calls.length; at += CALL_WIDTH) {
    const flags = calls[at + CALL_FLAGS] as number;
    if (flags & (FLAG_DECORATOR | FLAG_JSX | FLAG_MACRO)) continue;
    const resolved = names.name(calls[at + CALL_RESOLVED] as number).replace(/^.*\//, '');
    const last = names.name(calls[at + CALL_NAME] as number);
    if (last.length < 3 || !/^[\w$.:]+$/.test(resolved)) continue;
    const line = calls[at + CALL_LINE] as number;
    const awaited = (flags & FLAG_AWAITED) !== 0;
    const discarded = (flags & FLAG_DISCARDED) !== 0;
    // Returned and collected promises are awaited by someone else: only a thrown-away one breaks the rule.
    if (file.family !== 'go' && (awaited || discarded))
      book.note(`await ${last}`, `the result of \`${last}\` is awaited`, file, awaited, line);
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
  const perCallee = new Map<string, { file: FileDigest; line: number; endLine: number; keys: Set<string> }[]>();
  for (const file of files) {
    const { label, size, line, span } = file.trees;
    for (let node = 0; node < label.length; node++) {
      const name = labels.name(label[node] as number);
      if (!/^(?:call|new|chain) /.test(name)) continue;
      const keys = new Set<string>();
      const end = node + (size[node] as number);
      for (let child = node + 1; child < end; child += size[child] as number) {
        const inner = labels.name(label[child] as number);
        if (inner.startsWith('kwarg ')) keys.add(inner.slice(6));
        else if (inner === 'object')
          for (let key = child + 1; key < child + (size[child] as number); key += size[key] as number) {
            const text = labels.name(label[key] as number);
            if (text.startsWith('key ')) keys.add(text.slice(4));
          }
      }
      const callee = `${file.family} ${name}`;
      const list = perCallee.get(callee) ?? [];
      list.push({ file, line: line[node] as number, endLine: (line[node] as number) + (span[node] as number), keys });
      perCallee.set(callee, list);
    }
  }
  for (const [callee, sites] of perCallee) {
    if (sites.length < 11) continue;
    const counts = new Map<string, number>();
    for (const { keys } of sites) for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
    const shown = callee.replace(/^\S+ \S+ \.?/, '');
    for (const [key, count] of counts) {
      if (count < sites.length * 0.88) continue;
      for (const { file, line, endLine, keys } of sites)
        book.note(
          `argument ${callee} ${key}`,
          `\`${shown}\` is given \`${key}\``,
          file,
          keys.has(key),
          line,
          Math.min(endLine, line + 8),
        );
    }
  }
}

/** Functions that call A also call B: `lock` and `unlock`, `open` and `close`. */
function pairRules(book: RuleBook, files: readonly FileDigest[], names: LabelTable): void {
  const byFunction: { file: FileDigest; line: number; calls: Map<number, number> }[] = [];
  const total = new Map<string, number>();
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
      byFunction.push({ file, line: file.functions[owner]?.line ?? 1, calls });
      for (const name of calls.keys())
        total.set(`${file.family} ${name}`, (total.get(`${file.family} ${name}`) ?? 0) + 1);
    }
  }
  const pairs = new Map<string, number>();
  for (const { file, calls } of byFunction) {
    if (calls.size > 40) continue;
    for (const a of calls.keys()) {
      if ((total.get(`${file.family} ${a}`) ?? 0) < 11) continue;
      for (const b of calls.keys())
        if (a !== b) pairs.set(`${file.family} ${a} ${b}`, (pairs.get(`${file.family} ${a} ${b}`) ?? 0) + 1);
    }
  }
  const rules = new Map<string, number[]>();
  for (const [key, count] of pairs) {
    const [family, a, b] = key.split(' ') as [string, string, string];
    const all = total.get(`${family} ${a}`) ?? 0;
    const other = total.get(`${family} ${b}`) ?? 0;
    // B must be about A: a call that stands everywhere makes no pair.
    if (count < all * 0.9 || count === all || count < other * 0.3 || names.name(Number(a)).length < 3) continue;
    rules.set(`${family} ${a}`, [...(rules.get(`${family} ${a}`) ?? []), Number(b)]);
  }
  for (const { file, calls } of byFunction) {
    for (const [a, line] of calls) {
      for (const b of rules.get(`${file.family} ${a}`) ?? []) {
        const [first, second] = [names.name(a), names.name(b)];
        book.note(
          `pair ${first} ${second}`,
          `a function that calls \`${first}\` also calls \`${second}\``,
          file,
          calls.has(b),
          line,
        );
      }
    }
  }
}
