/** Puts into words what is wanted: as a conversation, or as a comment for a model that only continues text. */
import type { Catalog } from '../catalog/catalog.ts';
import { bytesOf, cutPrefix, cutSuffix } from '../completion/prompt/cuts.ts';
import type { ModelFamily } from '../completion/prompt/modelFamily.ts';
import type { Prompt, PromptBudget, RelatedFile } from '../completion/prompt/prompt.ts';
import { maskSecrets } from '../completion/prompt/secretMask.ts';
import { SpecialTokens } from '../completion/prompt/specialTokens.ts';

/** One file of src/data/prompts (schema: src/data/schemas/catalog/prompts.json). */
export interface PromptWords {
  readonly id: 'body' | 'specification' | 'edit';
  readonly title: string;
  readonly system: string;
  readonly user: string;
  readonly comment: string;
}

/** What the words speak about; texts are as they stand in the files. */
export interface Wanted {
  readonly path: string;
  readonly language: string;
  readonly considerBlock: string;
  /** Signatures in reach, by file. */
  readonly signatures: readonly RelatedFile[];
  readonly before: string;
  readonly after: string;
  readonly selection: string;
  readonly title: string;
  readonly instruction: string;
  /** What was wrong with the attempts before. */
  readonly problems: readonly string[];
  /** What the answer begins with: the function's own head. */
  readonly begun: string;
}

/** What the code of a conversation's answer stands in. */
export const FENCE = '```';
const MARGIN = 64;
/** Shares of the room that the file takes before and after the place. */
const BEFORE = 0.5;
const AFTER = 0.15;

export function wordsFrom(catalog: Catalog, id: PromptWords['id']): PromptWords {
  const found = catalog.of<PromptWords>('prompts').find(({ value }) => value.id === id);
  if (!found) throw new Error(`The prompt "${id}" is missing.`);
  return found.value;
}

/** A raw prompt of a conversation whose answer has begun with a fence, so that code follows and its end is told. */
export function chatPrompt(
  family: ModelFamily & { readonly chat: NonNullable<ModelFamily['chat']> },
  words: PromptWords,
  wanted: Wanted,
  { contextTokens, answerTokens }: PromptBudget,
): Prompt {
  const tokens = new SpecialTokens(family.special);
  let room = Math.max(0, (contextTokens - answerTokens - MARGIN) * family.bytesPerToken);
  room -= [words.system, words.user, wanted.instruction, wanted.selection, wanted.begun, ...wanted.problems].reduce(
    (sum, text) => sum + bytesOf(text),
    0,
  );
  const considerBlock = bytesOf(wanted.considerBlock) <= room / 4 ? wanted.considerBlock : '';
  const after = cutSuffix(maskSecrets(wanted.after), Math.max(0, room * AFTER));
  const before = cutPrefix(maskSecrets(wanted.before), Math.max(0, room * BEFORE));
  let left = room - [considerBlock, before, after].reduce((sum, text) => sum + bytesOf(text), 0);
  const signatures: string[] = [];
  for (const { path, text } of wanted.signatures) {
    const file = `${path}:\n${text}`;
    left -= bytesOf(file) + 1;
    if (left < 0) break;
    signatures.push(file);
  }
  const user = filledLines(words.user, {
    ...wanted,
    considerBlock,
    before: unfenced(before.trimEnd()),
    after: unfenced(after.trim()),
    selection: unfenced(wanted.selection),
    signatures: signatures.join('\n'),
    problems: problemsOf(wanted.problems),
  });
  const text = filledWords(family.chat.prompt, {
    system: tokens.hide(words.system.trim()),
    user: tokens.hide(user),
    answer: tokens.hide(`${FENCE}${wanted.language}\n${wanted.begun}`),
  });
  return { mode: 'raw', text, stop: [...family.stop, FENCE] };
}

/** Comment lines for above the place; '' where nothing is to be said. */
export function commentOf(words: PromptWords, wanted: Wanted, lineComment: string): string[] {
  const text = filledLines(words.comment, { ...wanted, signatures: '', problems: problemsOf(wanted.problems) });
  return text === '' ? [] : text.split(/\r?\n/).map((line) => `${lineComment} ${line}`.trimEnd());
}

function problemsOf(problems: readonly string[]): string {
  return problems.length === 0 ? '' : `An earlier answer failed: ${problems.join('; ')}`;
}

/** A line of the template whose values are all empty is left out. */
function filledLines(template: string, values: Readonly<Record<string, unknown>>): string {
  return template
    .split('\n')
    .flatMap((line) => {
      const filled = filledWords(line, values);
      return filled.trim() === '' && /\{\w+\}/.test(line) ? [] : [filled];
    })
    .join('\n')
    .trim();
}

/** Replaces every {name} at once: what is put in is not read again. */
function filledWords(template: string, values: Readonly<Record<string, unknown>>): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    return typeof value === 'string' ? value : whole;
  });
}

/** A fence in the file would end the quotation. */
function unfenced(text: string): string {
  return text.replaceAll(FENCE, "'''");
}
