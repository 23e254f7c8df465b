/** What a commit would hold: staged files as they stand in the index and at HEAD, and what else differs on disk. */
import type { CallOptions } from '../../base/progress.ts';
import type { GateRequest } from '../../core/healing/gate.ts';
import { git } from './git.ts';

export interface StagedChanges {
  readonly files: GateRequest['files'];
  readonly others: Readonly<Record<string, string>>;
  /** Staged files that are no text, or larger than what tools should read. */
  readonly skipped: readonly string[];
}

/** UTF-16 units of the largest file that is checked. */
const LARGEST = 2_000_000;
/** Git processes that read at the same time. */
const AT_ONCE = 8;
/** Of files that are changed and not staged: in a tree where everything is, the disk has to do. */
const OTHERS = 200;

/** `isSource` says which paths anybody can check. `top` is the working tree's top folder. */
export async function stagedChanges(
  top: string,
  isSource: (path: string) => boolean,
  options: CallOptions,
): Promise<StagedChanges> {
  const raw = ['diff', '--raw', '--no-abbrev', '-z', '--no-ext-diff'];
  const listed = await git(top, [...raw, '--cached', '-M', '--diff-filter=ACMRT'], options);
  const staged = entriesOf(listed).filter(({ path, after }) => isSource(path) && after !== '');
  if (staged.length === 0) return { files: [], others: {}, skipped: [] };
  const paths = new Set(staged.map(({ path }) => path));
  const dirty = entriesOf(await git(top, [...raw, '--diff-filter=M'], options))
    .filter(({ path, before }) => isSource(path) && before !== '' && !paths.has(path))
    .slice(0, OTHERS);
  const wanted = [
    ...new Set([...staged.flatMap(({ before, after }) => [before, after]), ...dirty.map(({ before }) => before)]),
  ].filter((object) => object !== '');
  const texts = new Map<string, string | undefined>();
  for (let from = 0; from < wanted.length; from += AT_ONCE)
    await Promise.all(
      wanted.slice(from, from + AT_ONCE).map(async (object) => texts.set(object, await textOf(top, object, options))),
    );
  const files: GateRequest['files'][number][] = [];
  const skipped: string[] = [];
  for (const entry of staged) {
    const after = texts.get(entry.after);
    const before = entry.before === '' ? '' : texts.get(entry.before);
    if (after === undefined || before === undefined) skipped.push(entry.path);
    else files.push({ path: entry.path, before, after });
  }
  const others = dirty.flatMap(({ path, before }) => {
    const text = texts.get(before);
    return text === undefined ? [] : [[path, text] as const];
  });
  return { files, others: Object.fromEntries(others), skipped };
}

interface Entry {
  readonly path: string;
  /** Objects of the file; '' where there is none, or a link or a submodule: the text of a link is a path, and no code. */
  readonly before: string;
  readonly after: string;
}

/** Of `:100644 100644 SHA SHA R086␀from␀to␀`, as `git diff --raw -z` prints it. */
function entriesOf(listed: string): Entry[] {
  const words = listed.split('\0');
  const entries: Entry[] = [];
  for (let at = 0; at < words.length - 1; at += 2) {
    const [oldMode = '', newMode = '', before = '', after = '', status = ''] = (words[at] as string)
      .slice(1)
      .split(' ');
    if (/^[RC]/.test(status)) at++;
    const file = (mode: string, object: string) => (mode.startsWith('100') ? object : '');
    entries.push({ path: words[at + 1] as string, before: file(oldMode, before), after: file(newMode, after) });
  }
  return entries;
}

/** Undefined where it is no text, or too large. */
async function textOf(top: string, object: string, options: CallOptions): Promise<string | undefined> {
  const text = await git(top, ['cat-file', 'blob', object], options);
  if (text.length > LARGEST || text.includes('\0')) return undefined;
  // Bytes that are no UTF-8 arrive as U+FFFD: then nobody can say what a tool would see.
  return !text.includes('\uFFFD') ? text.replace(/^\uFEFF/, '') : undefined;
}
