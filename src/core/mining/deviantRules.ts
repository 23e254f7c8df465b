/** The rules that deviants are looked for in: about calls, decorators, imports, names and documentation. */
import type { Breather } from '../../base/progress.ts';
import { argumentRules } from './argumentRules.ts';
import { isTestPath } from './candidate.ts';
import type { Rule } from './deviants.ts';
import {
  CALL_FLAGS,
  CALL_FUNCTION,
  CALL_LINE,
  CALL_NAME,
  CALL_RECEIVER,
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
import { LIKELY, RuleBook, SPECIFIC, STYLE } from './ruleBook.ts';

/** All rules with their sites, unfiltered. `files` are sorted by path. */
export async function collectRules(
  files: readonly FileDigest[],
  labels: LabelTable,
  names: LabelTable,
  breather: Breather,
): Promise<Rule[]> {
  const breathe = async () => {
    if (breather.due) await breather.breathe();
  };
  const book = new RuleBook();
  const callees = new CalleeTexts(names);
  for (const file of files) {
    callRules(book, file, labels, names, callees);
    nameRules(book, file);
    importRules(book, file);
    await breathe();
  }
  for (const family of new Set(files.map((file) => file.family))) {
    const members = files.filter((file) => file.family === family);
    // Tests set up and check as each case needs.
    const production = members.filter(({ path }) => !isTestPath(path));
    await argumentRules(book, production, labels, names, breather);
    withRules(book, production, labels);
    await breathe();
    memberRules(book, production, extendedTypes(members, labels), labels);
    await breathe();
    testNameRules(book, members);
    await breathe();
    decoratorRules(book, production);
    await breathe();
    await breather.run(closingRules(book, production, names));
  }
  return book.all();
}

/** Callees as they are shown, without the path of their module; '' for what is computed. */
class CalleeTexts {
  private readonly texts: (string | undefined)[];
  private readonly ends: (string | undefined)[];

  constructor(private readonly names: LabelTable) {
    this.texts = names.column();
    this.ends = names.column();
  }

  of(name: number): string {
    const text = this.texts[name] ?? /^[\w$.:]+$/.exec(this.names.name(name).replace(/^.*\//, ''))?.[0] ?? '';
    this.texts[name] = text;
    return text;
  }

  /** The last two segments: `all` of Promise is not `all` of a server, so the receiver stays part of the name. */
  endOf(name: number): string {
    const end = this.ends[name] ?? this.of(name).split('.').slice(-2).join('.');
    this.ends[name] = end;
    return end;
  }
}

/** Results are awaited; errors that a call returns are taken. Tests call for effect and are left out of the second. */
function callRules(
  book: RuleBook,
  file: FileDigest,
  labels: LabelTable,
  names: LabelTable,
  callees: CalleeTexts,
): void {
  const test = isTestPath(file.path);
  const callbacks = callbackLines(file, labels);
  const { calls } = file;
  for (let at = 0; at < calls.length; at += CALL_WIDTH) {
    const flags = calls[at + CALL_FLAGS] as number;
    if (flags & (FLAG_DECORATOR | FLAG_JSX | FLAG_MACRO)) continue;
    const resolved = callees.of(calls[at + CALL_RESOLVED] as number);
    if ((names.name(calls[at + CALL_NAME] as number) as string).length < 3 || resolved === '') continue;
    const line = calls[at + CALL_LINE] as number;
    const awaited = (flags & FLAG_AWAITED) !== 0;
    const discarded = (flags & FLAG_DISCARDED) !== 0;
    const receiver = calls[at + CALL_RECEIVER] as number;
    const type = receiver === -1 ? '' : names.name(receiver);
    const name = callees.endOf(calls[at + CALL_RESOLVED] as number);
    if (file.family === 'go') {
      // Methods of one name belong to many types: only functions of packages and of known receivers are compared.
      const known = type !== '' || /^[a-z]\w*\.[A-Z]\w*$/.test(resolved);
      if (!test && known)
        book.note(
          {
            id: `use ${type} ${name}`,
            text: `the result of \`${name}\` is taken, if only by \`_\``,
            least: LIKELY,
            apis: [name],
          },
          file,
          !discarded,
          line,
        );
      continue;
    }
    // Returned and collected promises are awaited by someone else: only a thrown-away one breaks the rule.
    if ((!awaited && !discarded) || name.startsWith('Promise.')) continue;
    // Outside a coroutine nothing can be awaited: what has the same name there is something else. JavaScript calls methods
    // of its receivers from anywhere.
    const strict = file.family !== 'ecmascript' || !name.includes('.');
    if (!awaited && strict && file.functions[calls[at + CALL_FUNCTION] as number]?.async !== true) continue;
    if (!awaited && callbacks.has(line)) continue;
    const key = file.family === 'ecmascript' ? name : resolved;
    book.note(
      { id: `await ${type} ${key}`, text: `the result of \`${name}\` is awaited`, least: SPECIFIC, apis: [name] },
      file,
      awaited,
      line,
    );
  }
}

/** Lines of functions that take an error first: who is called back awaits nothing. */
function callbackLines({ trees, family }: FileDigest, labels: LabelTable): Set<number> {
  const found = new Set<number>();
  if (family !== 'ecmascript') return found;
  const errors = new Set(['err', 'error', 'e', '_err'].map((name) => labels.idOf(`param ${name}`)));
  trees.label.forEach((label, node) => {
    if (errors.has(label)) found.add(trees.line[node] as number);
  });
  return found;
}

function nameRules(book: RuleBook, file: FileDigest): void {
  if (isTestPath(file.path)) return;
  for (const { name, kind, line, exported, documented, endLine, container } of file.functions) {
    const style = caseOf(name);
    // Methods and members are named by what they implement or configure.
    if (style !== undefined && kind === 'function' && container === '' && file.family !== 'go') {
      const wanted = file.family === 'ecmascript' ? 'camelCase' : 'snake_case';
      const component = file.family === 'ecmascript' && style === 'PascalCase';
      if (!component)
        book.note(
          { id: `case ${wanted}`, text: `functions are named in ${wanted}`, least: STYLE },
          file,
          style === wanted || style === 'flat',
          line,
        );
    }
    if (exported && name !== '' && kind !== 'constructor' && endLine - line >= 4) {
      const folder = file.path.split('/').slice(0, -1).join('/');
      const where = folder || 'the root folder';
      book.note(
        { id: `doc ${folder}`, text: `exported functions in ${where} are documented`, least: STYLE },
        file,
        documented,
        line,
      );
    }
  }
}

const NODE_MODULES =
  /^(?:fs|path|os|util|url|http|https|crypto|events|stream|buffer|child_process|assert|zlib|net|process|timers|worker_threads)(?:\/|$)/;

function importRules(book: RuleBook, file: FileDigest): void {
  if (file.family !== 'ecmascript') return;
  for (const { module, line } of file.imports) {
    const plain = module.replace(/^node:/, '');
    if (!NODE_MODULES.test(plain)) continue;
    const text = "Node's own modules are imported";
    book.note({ id: 'node-prefix', text: `${text} as \`node:…\``, least: LIKELY }, file, module !== plain, line);
    book.note({ id: 'no-node-prefix', text: `${text} without \`node:\``, least: LIKELY }, file, module === plain, line);
  }
}

/** What is opened in a with statement, here and there is not. */
function withRules(book: RuleBook, files: readonly FileDigest[], labels: LabelTable): void {
  const item = labels.idOf('item');
  if (item === -1) return;
  const opened = new Set<number>();
  for (const { trees } of files)
    trees.label.forEach((label, node) => {
      if (label === item && node + 1 < trees.label.length) opened.add(trees.label[node + 1] as number);
    });
  // Handed to a caller, to `enter_context` or to another call, it is closed by somebody else.
  const passing = new Set(['return', 'yield', 'args', 'await'].map((label) => labels.idOf(label)));
  for (const file of files) {
    const { label, size, line, span } = file.trees;
    const visit = (node: number, parent: number): void => {
      const own = label[node] as number;
      const text = labels.name(own);
      const above = parent === -1 ? '' : labels.name(label[parent] as number);
      const handed =
        parent !== -1 && (passing.has(label[parent] as number) || /^(?:call|new|chain|decorator) /.test(above));
      if (opened.has(own) && /^call \.?[\w.]+$/.test(text) && !(handed && above !== 'item')) {
        const shown = text.slice(5).replace(/^\./, '');
        const at = line[node] as number;
        book.note(
          { id: `with ${text}`, text: `\`${shown}\` is opened in a with statement`, least: SPECIFIC, apis: [shown] },
          file,
          above === 'item',
          at,
          at + Math.min(8, span[node] as number),
        );
      }
      for (let child = node + 1; child < node + (size[node] as number); child += size[child] as number)
        visit(child, node);
    };
    for (let node = 0; node < label.length; node += size[node] as number) visit(node, -1);
  }
}

/** Names of the types that others extend. */
function extendedTypes(files: readonly FileDigest[], labels: LabelTable): Set<string> {
  const seen = new Uint8Array(labels.count);
  for (const { trees } of files) for (const label of trees.label) seen[label] = 1;
  const extended = new Set<string>();
  seen.forEach((used, label) => {
    const name = used === 1 ? labels.name(label) : '';
    if (name.startsWith('base ')) extended.add(name.slice(5).replace(/<.*$/s, ''));
  });
  return extended;
}

/** Methods that nearly all classes of one base define. */
function memberRules(
  book: RuleBook,
  files: readonly FileDigest[],
  extended: ReadonlySet<string>,
  labels: LabelTable,
): void {
  const classLabel = labels.idOf('class');
  const byBase = new Map<string, { file: FileDigest; line: number; members: ReadonlySet<string> }[]>();
  for (const file of files) {
    const { label, size, line } = file.trees;
    const typeAt = new Map(file.types.map((type) => [type.line, type.name]));
    label.forEach((own, node) => {
      // What others extend leaves it to them.
      if (own !== classLabel || extended.has(typeAt.get(line[node] as number) ?? '')) return;
      const members = new Set<string>();
      const bases: string[] = [];
      for (let child = node + 1; child < node + (size[node] as number); child += size[child] as number) {
        const text = labels.name(label[child] as number);
        if (text.startsWith('base ')) bases.push(text.slice(5));
        else if (/^(?:async )?function$/.test(text) && (size[child] as number) > 1) {
          const end = child + (size[child] as number);
          for (let part = child + 1; part < end; part += size[part] as number) {
            const name = labels.name(label[part] as number);
            if (name.startsWith('name ') && name !== 'name constructor' && name !== 'name __init__')
              members.add(name.slice(5));
          }
        }
      }
      // Of two bases one may define it.
      for (const base of bases.length === 1 ? bases : [])
        byBase.set(base, [...(byBase.get(base) ?? []), { file, line: line[node] as number, members }]);
    });
  }
  for (const [base, classes] of byBase) {
    const counts = new Map<string, number>();
    for (const { members } of classes) for (const name of members) counts.set(name, (counts.get(name) ?? 0) + 1);
    for (const [name, count] of counts) {
      if (count < 10 || count < classes.length * 0.9) continue;
      const rule = {
        id: `member ${base} ${name}`,
        text: `classes that extend \`${base}\` define \`${name}\``,
        least: SPECIFIC,
        apis: [base],
      };
      for (const { file, line, members } of classes) book.note(rule, file, members.has(name), line, line + 3);
    }
  }
}

/** `*.test.ts` against `*.spec.ts`. */
function testNameRules(book: RuleBook, files: readonly FileDigest[]): void {
  const folderOf = (path: string) => path.slice(0, path.lastIndexOf('/') + 1);
  const forms = files.map((file) => ({ file, form: /\.(test|spec)\.[jt]sx?$/.exec(file.path)?.[1] }));
  const tests = forms.filter((entry) => entry.form === 'test').length;
  const form = tests * 2 > forms.filter((entry) => entry.form !== undefined).length ? 'test' : 'spec';
  // End-to-end tests in a folder of their own may have a form of their own.
  const folders = new Set(forms.filter((entry) => entry.form === form).map(({ file }) => folderOf(file.path)));
  for (const { file, form: own } of forms)
    if (own !== undefined && folders.has(folderOf(file.path)))
      book.note(
        { id: `tests ${form}`, text: `test files are named \`*.${form}.*\``, least: LIKELY },
        file,
        own === form,
        1,
        3,
      );
}

/** Functions under one decorator that nearly all stand under another as well. */
function decoratorRules(book: RuleBook, files: readonly FileDigest[]): void {
  const sites: { file: FileDigest; line: number; endLine: number; own: ReadonlySet<string> }[] = [];
  const counts = new Map<string, number>();
  const pairs = new Map<string, number>();
  for (const file of files) {
    if (file.family === 'rust' || file.family === 'go') continue;
    for (const { decorators, line, endLine } of file.functions) {
      const own = new Set(
        decorators.map((text) => text.replace(/^@|\(.*$/gs, '').trim()).filter((name) => /^[\w.]+$/.test(name)),
      );
      if (own.size === 0) continue;
      sites.push({ file, line, endLine, own });
      for (const a of own) {
        counts.set(a, (counts.get(a) ?? 0) + 1);
        for (const b of own) if (a !== b) pairs.set(`${a} ${b}`, (pairs.get(`${a} ${b}`) ?? 0) + 1);
      }
    }
  }
  const partners = new Map<string, string[]>();
  for (const [pair, count] of pairs) {
    const [a = '', b = ''] = pair.split(' ');
    const all = counts.get(a) ?? 0;
    if (count >= 10 && count >= all * 0.9 && count < all) partners.set(a, [...(partners.get(a) ?? []), b]);
  }
  for (const { file, line, endLine, own } of sites)
    for (const a of own)
      for (const b of partners.get(a) ?? [])
        book.note(
          {
            id: `decorator ${a} ${b}`,
            text: `functions under \`@${a}\` stand under \`@${b}\` too`,
            least: SPECIFIC,
            apis: [`@${a}`, `@${b}`],
          },
          file,
          own.has(b),
          line,
          Math.min(endLine, line + own.size + 1),
        );
}

/** Names of calls that end what another call began. */
const ENDS =
  /^(?:un(?:lock|subscribe|register|mount|link|watch|ref)|[a-z_]*(?:close|release|dispose|destroy|stop|cancel|commit|rollback|flush|free|shutdown|restore|disconnect|cleanup|finish|done|end)|clear(?:Timeout|Interval)|remove(?:Event)?Listener|off)$/i;

/** Names of calls that begin what has to end. */
const BEGINS =
  /^(?:open|begin|start|lock|r_?lock|acquire|connect|dial|accept|subscribe|register|mount|listen|watch|query|spawn|create|new|set(?:Timeout|Interval)|add(?:Event)?Listener|on)(?![a-z])/i;

/** Functions that must call what begins something. */
const LEAST_CALLERS = 11;

interface CallingFunction {
  readonly file: FileDigest;
  readonly line: number;
  readonly endLine: number;
  /** Callee → line of its first call. */
  readonly calls: ReadonlyMap<number, number>;
}

/** Functions that call A also call B, which ends what A began: `lock` and `unlock`, `open` and `close`. */
function* closingRules(book: RuleBook, files: readonly FileDigest[], names: LabelTable): Generator<undefined, void> {
  const functions = yield* callingFunctions(files);
  const users = new Int32Array(names.count);
  for (const { calls } of functions) for (const name of calls.keys()) users[name] = (users[name] as number) + 1;
  yield;
  const ends = new Set<number>();
  const callers = new Map<number, number[]>();
  for (let name = 0; name < users.length; name++) {
    // Who ends something has nine tenths of the callers of who begins it.
    if ((users[name] as number) < LEAST_CALLERS - 1) continue;
    if (ENDS.test(names.name(name))) ends.add(name);
    const last = /^[\w$]+(?:\.[\w$]+)*\.([\w$]+)$/.exec(names.name(name))?.[1];
    if ((users[name] as number) >= LEAST_CALLERS && last !== undefined && BEGINS.test(last)) callers.set(name, []);
  }
  for (const [index, { calls }] of functions.entries()) for (const name of calls.keys()) callers.get(name)?.push(index);
  const together = new Int32Array(names.count);
  const rules = new Map<number, number[]>();
  for (const [a, indices] of callers) {
    const all = indices.length;
    yield;
    const met: number[] = [];
    for (const index of indices)
      for (const b of functions[index]?.calls.keys() ?? []) {
        if (!ends.has(b)) continue;
        if (together[b] === 0) met.push(b);
        together[b] = (together[b] as number) + 1;
      }
    for (const b of met) {
      const count = together[b] as number;
      together[b] = 0;
      // B must be about A: a call that stands everywhere ends nothing in particular.
      if (count < all * 0.9 || count === all || count < (users[b] as number) * 0.3) continue;
      rules.set(a, [...(rules.get(a) ?? []), b]);
    }
  }
  if (rules.size > 0) yield* notePairs(book, functions, rules, names);
}

function* callingFunctions(files: readonly FileDigest[]): Generator<undefined, CallingFunction[]> {
  const found: CallingFunction[] = [];
  for (const file of files) {
    yield;
    const perFunction = new Map<number, Map<number, number>>();
    for (let at = 0; at < file.calls.length; at += CALL_WIDTH) {
      if ((file.calls[at + CALL_FLAGS] as number) & (FLAG_JSX | FLAG_MACRO)) continue;
      const owner = file.calls[at + CALL_FUNCTION] as number;
      if (owner === -1) continue;
      const calls = perFunction.get(owner) ?? new Map<number, number>();
      perFunction.set(owner, calls);
      const name = file.calls[at + CALL_NAME] as number;
      const line = file.calls[at + CALL_LINE] as number;
      if (!calls.has(name)) calls.set(name, line);
      // `rows.Next` is not `schedule.Next`.
      const resolved = file.calls[at + CALL_RESOLVED] as number;
      if (!calls.has(resolved)) calls.set(resolved, line);
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

function* notePairs(
  book: RuleBook,
  functions: readonly CallingFunction[],
  rules: ReadonlyMap<number, readonly number[]>,
  names: LabelTable,
): Generator<undefined, void> {
  const byPath = Map.groupBy(functions, ({ file }) => file.path);
  for (const entry of functions) {
    yield;
    const { file, calls } = entry;
    for (const [a, line] of calls) {
      for (const b of rules.get(a) ?? []) {
        // A closure may end what the function around it began, and the other way round.
        const elsewhere = () =>
          (byPath.get(file.path) ?? []).some((other) => other.calls.has(b) && overlaps(entry, other));
        if (!calls.has(b) && elsewhere()) continue;
        const [first, second] = [names.name(a), names.name(b)];
        const text = `a function that calls \`${first}\` also calls \`${second}\``;
        book.note(
          { id: `pair ${first} ${second}`, text, least: SPECIFIC, apis: [first, second] },
          file,
          calls.has(b),
          line,
        );
      }
    }
  }
}
