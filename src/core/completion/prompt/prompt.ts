/** Puts a prompt together in the order that lets a server keep what it has read: what changes least comes first. */
import { bytesOf, cutPrefix, cutSuffix } from './cuts.ts';
import type { ModelFamily } from './modelFamily.ts';
import { maskSecrets } from './secretMask.ts';
import { SpecialTokens } from './specialTokens.ts';

export interface RelatedFile {
  /** Repository-relative. */
  readonly path: string;
  readonly text: string;
}

/** What a prompt is made of. Texts are as they stand in the files; nothing is escaped yet. */
export interface PromptParts {
  /** Name of the repository; '' for none. */
  readonly repository: string;
  readonly path: string;
  /** Comment lines, pinned for the file and the function around the cursor; '' for none. */
  readonly considerBlock: string;
  /** Other places that may help, those first that change least. */
  readonly related: readonly RelatedFile[];
  readonly prefix: string;
  /** Line of the file, from 0, on which `prefix` begins. */
  readonly prefixLine: number;
  readonly suffix: string;
  /** A comment that primes the model at the cursor; '' for none. It stands on a line of its own above the cursor's. */
  readonly seed: string;
}

export type PromptMode = 'raw' | 'template';

export interface Prompt {
  readonly mode: PromptMode;
  readonly text: string;
  /** In template mode: what the server puts behind the cursor. */
  readonly suffix?: string;
  readonly stop: readonly string[];
}

/** What a prompt may take of a context, in tokens. */
export interface PromptBudget {
  readonly contextTokens: number;
  /** Left for the answer. */
  readonly answerTokens: number;
  /** Default: `SHARES`. */
  readonly shares?: PromptShares;
}

/** Shares of the room, in [0, 1]: the related files take what is left of theirs, the prefix all that nobody else took. */
export interface PromptShares {
  readonly suffix: number;
  /** Of consider-block and related files together. */
  readonly related: number;
}

/** Measured: bench/completion/BUDGET.md. */
const SHARES: PromptShares = { suffix: 0.2, related: 0.3 };
/**
 * Most bytes of a suffix, which is read anew at every key: 1,024 hold 86 % of the names that twice as many hold and the
 * prefix does not (bench/completion/BUDGET.md).
 */
const SUFFIX_BYTES = 1024;
/** Bytes below which a block says nothing. */
const LEAST_BLOCK = 150;
/** Tokens of the model's own and of paths. */
const MARGIN = 48;
/** A model that nobody knows: tokens of any family, and few bytes to a token. */
const UNKNOWN_BYTES = 2.5;
/** Bytes that the comment signs of a related file's lines take, about. */
const COMMENTED = 100;

/** A raw prompt with the family's own tokens. */
export function rawPrompt(family: ModelFamily, parts: PromptParts, budget: PromptBudget): Prompt {
  const tokens = new SpecialTokens(family.special);
  const wrapper = bytesOf(family.file);
  const { considerBlock, related, prefix, suffix } = fitted(parts, budget, family.bytesPerToken, wrapper);
  const file = (path: string, text: string) =>
    filled(family.file, { path: tokens.hide(path), text: tokens.hide(text.replace(/\n$/, '')) });
  const files = [
    ...(considerBlock === '' ? [] : [file(blockPath(parts.path), considerBlock)]),
    ...related.map(({ path, text }) => file(path, text)),
  ];
  const form = files.length === 0 ? (family.alone ?? family.prompt) : family.prompt;
  const text = filled(form, {
    repository:
      family.repository && parts.repository ? filled(family.repository, { name: tokens.hide(parts.repository) }) : '',
    files: files.join(''),
    path: tokens.hide(parts.path),
    prefix: tokens.hide(prefix),
    suffix: tokens.hide(suffix),
  });
  return { mode: 'raw', text, stop: family.stop };
}

/** The beginning of a raw prompt up to the cursor: what stays the same while the line is written. */
export function stablePrompt(family: ModelFamily, parts: PromptParts, budget: PromptBudget): string {
  const stable = (form: string) => form.slice(0, form.indexOf('{prefix}') + '{prefix}'.length);
  const alone = family.alone === undefined ? {} : { alone: stable(family.alone) };
  return rawPrompt({ ...family, prompt: stable(family.prompt), ...alone }, parts, budget).text;
}

/**
 * For a model that nobody knows, on a server that knows its template: what else there is stands in comments at the top.
 * `special`: whatever may be a token of its own.
 */
export function templatePrompt(
  special: readonly string[],
  parts: PromptParts,
  budget: PromptBudget,
  lineComment: string,
): Prompt {
  const tokens = new SpecialTokens(special);
  const { considerBlock, related, prefix, suffix } = fitted(parts, budget, UNKNOWN_BYTES, COMMENTED);
  const commented = related.map(({ path, text }) =>
    [`${path}:`, ...text.trimEnd().split(/\r?\n/)].map((line) => `${lineComment} ${line}`.trimEnd()).join('\n'),
  );
  const head = [...(considerBlock === '' ? [] : [considerBlock.trimEnd()]), ...commented].map((part) => `${part}\n`);
  return {
    ...{ mode: 'template', text: tokens.hide(head.join('') + prefix), stop: [] },
    // Without a suffix a server takes the prompt for something that was said to the model, and the model chats.
    suffix: tokens.hide(suffix === '' ? '\n' : suffix),
  };
}

/** The block is shown as a file beside the one at the cursor. */
function blockPath(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const extension = name.slice(Math.max(0, name.lastIndexOf('.')));
  return `${path.slice(0, path.length - name.length)}conventions${extension}`;
}

/** Cuts the parts to the budget: block and seed are small and stay whole, then the suffix, the related files, the prefix. */
function fitted(
  parts: PromptParts,
  { contextTokens, answerTokens, shares = SHARES }: PromptBudget,
  bytesPerToken: number,
  /** Bytes that a related file takes besides its path and text. */
  wrapper: number,
) {
  let room = Math.max(0, (contextTokens - answerTokens - MARGIN) * bytesPerToken);
  // In a small context the file itself comes first: of the block its first lines, which say most.
  const considerBlock = room / 4 < LEAST_BLOCK ? '' : cutSuffix(parts.considerBlock, room / 4).trimEnd();
  const seed = bytesOf(parts.seed) <= room / 8 ? parts.seed : '';
  const suffix = cutSuffix(maskSecrets(parts.suffix), Math.min(SUFFIX_BYTES, room * shares.suffix));
  const related: RelatedFile[] = [];
  let left = room * shares.related - bytesOf(considerBlock);
  for (const { path, text } of parts.related) {
    const file = { path, text: maskSecrets(text) };
    const bytes = bytesOf(file.text) + bytesOf(file.path) + wrapper;
    if (bytes > left) break;
    left -= bytes;
    room -= bytes;
    related.push(file);
  }
  const taken = [considerBlock, seed, suffix].reduce((sum, part) => sum + bytesOf(part), 0);
  const prefix = cutPrefix(maskSecrets(parts.prefix), Math.max(0, room - taken), parts.prefixLine);
  return { considerBlock, related, prefix: withSeed(prefix, seed), suffix };
}

/** The seed on a line of its own above the cursor's, indented like it and ended like the lines above. */
function withSeed(prefix: string, seed: string): string {
  if (seed === '') return prefix;
  const start = prefix.lastIndexOf('\n') + 1;
  const line = prefix.slice(start);
  const indent = line.slice(0, line.length - line.trimStart().length);
  const end = prefix.slice(0, start).endsWith('\r\n') ? '\r\n' : '\n';
  return `${prefix.slice(0, start)}${indent}${seed}${end}${line}`;
}

/** Replaces every {name} at once: what is put in is not read again. */
function filled(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}
