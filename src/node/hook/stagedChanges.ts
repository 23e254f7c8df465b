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
  const listed = await git(
    top,
    ['diff', '--cached', '--name-status', '-z', '-M', '--no-ext-diff', '--diff-filter=ACMR'],
    options,
  );
  const staged = entriesOf(listed).filter(({ path }) => isSource(path));
  if (staged.length === 0) return { files: [], others: {}, skipped: [] };
  const dirty = (await git(top, ['diff', '--name-only', '-z', '--no-ext-diff', '--diff-filter=M'], options))
    .split('\0')
    .filter((path) => path !== '' && isSource(path) && !staged.some((entry) => entry.path === path))
    .slice(0, OTHERS);
  const wanted = [
    ...staged.flatMap(({ path, from }) => [`:${path}`, ...(from === '' ? [] : [`HEAD:${from}`])]),
    ...dirty.map((path) => `:${path}`),
  ];
  const texts = new Map<string, string | undefined>();
  for (let from = 0; from < wanted.length; from += AT_ONCE)
    await Promise.all(
      wanted.slice(from, from + AT_ONCE).map(async (name) => texts.set(name, await textOf(top, name, options))),
    );
  const files: GateRequest['files'][number][] = [];
  const skipped: string[] = [];
  for (const { path, from } of staged) {
    const after = texts.get(`:${path}`);
    const before = from === '' ? '' : texts.get(`HEAD:${from}`);
    if (after === undefined || before === undefined) skipped.push(path);
    else files.push({ path, before, after });
  }
  const others = dirty.flatMap((path) => {
    const text = texts.get(`:${path}`);
    return text === undefined ? [] : [[path, text] as const];
  });
  return { files, others: Object.fromEntries(others), skipped };
}

/** `from` is '' for a file that HEAD does not have. */
function entriesOf(listed: string): { path: string; from: string }[] {
  const words = listed.split('\0');
  const entries: { path: string; from: string }[] = [];
  for (let at = 0; at < words.length - 1; at += 2) {
    const status = words[at] as string;
    const isPair = status.startsWith('R') || status.startsWith('C');
    if (isPair) at++;
    const path = words[at + 1] as string;
    entries.push({ path, from: status.startsWith('A') ? '' : isPair ? (words[at] as string) : path });
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
