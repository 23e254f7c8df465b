/** How a call is written, and what its receiver or import says about who declares it. */
import type { LanguageId } from '../languages.ts';
import type { CallFact } from '../syntax/facts.ts';

/** A path of names that can stand in a block: no computed parts. */
const WRITABLE = /^[\w$#@]+(\.[\w$#@]+)*$/;
/** Longest path shown; of longer ones the last segment alone. */
const LONGEST_PATH = 36;
/** A segment that names a type, after which Rust writes `::`; constants are all capitals. */
const RUST_TYPE = /^(Self|[A-Z]|[A-Z]\w*[a-z]\w*)$/;
const RUST_ROOTS = new Set(['crate', 'super', 'std', 'core', 'alloc']);

/**
 * The call as it is written, its arguments left out: `res.json()`, `new Map()`, `<Button>`, `println!()`, `@property`;
 * what is called on the value of another call, or on a long path, has its last segment alone: `.map_err()`; '' for an attribute.
 */
export function callForm(call: CallFact, language: LanguageId, modules: ReadonlyMap<string, boolean>): string {
  const { kind, name, callee } = call;
  if (kind === 'jsx') return `<${WRITABLE.test(callee) ? callee : name}>`;
  // An attribute is not called where the cursor is.
  if (language === 'rust' && kind === 'decorator') return '';
  const bare = !callee.includes('.');
  const path = WRITABLE.test(callee) && callee.length <= LONGEST_PATH ? callee : bare ? name : `.${name}`;
  const isPath = () => kind === 'macro' || call.resolved !== '' || isCrate(path.split('.')[0] as string, modules);
  const written = language === 'rust' && !path.startsWith('.') ? rustPath(path, isPath()) : path;
  if (kind === 'decorator') return call.arguments > 0 ? `@${written}()` : `@${written}`;
  if (kind === 'macro') return `${written}!()`;
  return kind === 'new' ? `new ${written.replace(/^\./, '')}()` : `${written}()`;
}

/** True for a crate that the file imports something else from. */
function isCrate(root: string, modules: ReadonlyMap<string, boolean>): boolean {
  for (const module of modules.keys()) if (module === root || module.startsWith(`${root}::`)) return true;
  return false;
}

/** `Arc.new` → `Arc::new`: facts join every path with dots. */
function rustPath(path: string, imported: boolean): string {
  const segments = path.split('.');
  let isPath = imported || RUST_ROOTS.has(segments[0] as string) || segments.some((part) => RUST_TYPE.test(part));
  let text = segments[0] as string;
  for (let i = 1; i < segments.length; i++) {
    text += `${isPath ? '::' : '.'}${segments[i]}`;
    // What follows a constructor's or constant's name is a member of a value.
    if (/^[a-z_]/.test(segments[i] as string) && RUST_TYPE.test(segments[i - 1] as string)) isPath = false;
  }
  return text;
}

/**
 * Who declares what is called, as far as the file's imports tell: the module and, where the call is made on one of its
 * types or values, that one's name (`app.crud`, `crate::command::Command`, relative modules as paths from the root);
 * UNKNOWN where the imports do not tell; ELSEWHERE for members of what such a module's calls and fields yield.
 */
export function callOwner(call: CallFact, path: string, modules: ReadonlyMap<string, boolean>): string {
  const isReceiver = call.resolved === '';
  const source = isReceiver ? (call.receiver ?? '') : call.resolved;
  const module = importedModule(source, modules);
  if (module === undefined) return isReceiver && source !== '' ? ELSEWHERE : UNKNOWN;
  const rest = source
    .slice(module.length)
    .split(/\.|::/)
    .filter((part) => part !== '');
  if (!isReceiver) rest.pop();
  if (rest.length > 1 || /[()[\]]/.test(rest.join('')) || (isReceiver && !call.callee.includes('.'))) return ELSEWHERE;
  const root = modules.get(module) === true ? fromRoot(module, path) : module;
  return rest.length === 0 ? root : `${root}${root.includes('::') ? '::' : '.'}${rest[0]}`;
}

export const UNKNOWN = '';
export const ELSEWHERE = '?';

/** The longest imported module that a resolved path begins with. */
export function importedModule(resolved: string, modules: ReadonlyMap<string, boolean>): string | undefined {
  for (let cut = resolved; cut !== ''; ) {
    if (modules.has(cut)) return cut;
    const at = Math.max(cut.lastIndexOf('.'), cut.lastIndexOf('::'));
    if (at <= 0) return undefined;
    cut = cut.slice(0, at);
  }
  return undefined;
}

/** A relative module as '/'-path from the repository's root: `../db` in src/http/a.ts → /src/db, `.models` in app/x.py → /app/models. */
function fromRoot(module: string, path: string): string {
  if (module.includes('::') || /^(crate|self|super)$/.test(module)) return module;
  const folders = path.split('/').slice(0, -1);
  if (!module.includes('/') && /^\.+\w*/.test(module) && !module.startsWith('./')) {
    const dots = /^\.+/.exec(module)?.[0].length ?? 1;
    const rest = module
      .slice(dots)
      .split('.')
      .filter((part) => part !== '');
    return `/${[...folders.slice(0, Math.max(0, folders.length - dots + 1)), ...rest].join('/')}`;
  }
  for (const part of module.split('/')) {
    if (part === '..') folders.pop();
    else if (part !== '.' && part !== '') folders.push(part);
  }
  return `/${folders.join('/')}`;
}
