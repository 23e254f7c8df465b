/** Small changes to a text's logic, likeliest first: what to try where it compiles and its tests fail. */
import { parse } from 'yaml';
import { LodestoneError } from '../../base/errors.ts';
import { applyEdits, type TextEdit } from '../../base/textEdit.ts';
import { type CodeToken, type LexicalFamily, tokenize } from './codeTokens.ts';
import { mutateCalls } from './mutationCalls.ts';
import { mutateNames } from './mutationNames.ts';
import { endsOperand, type Mutation, type MutationSite } from './mutationSite.ts';

type Swaps = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** src/data/healing/mutations.yml: what stands there → what may be meant → prior belief in [0, 1]. */
export interface MutationTable {
  readonly operators: Swaps;
  readonly words: Readonly<Record<LexicalFamily, Swaps>>;
}

/** Reads the table; throws LodestoneError badData. */
export function parseMutations(yaml: string): MutationTable {
  const data = parse(yaml) as Partial<MutationTable> | null;
  if (!data?.operators || !data.words?.python || !data.words.ecmascript)
    throw new LodestoneError('badData', 'healing/mutations.yml needs operators, words.python and words.ecmascript.');
  return data as MutationTable;
}

/** Every mutation of the text, likeliest first, equal results once; statements are never taken away. */
export function proposeMutations(text: string, family: LexicalFamily, table: MutationTable): Mutation[] {
  const tokens = tokenize(text, family).filter(({ kind }) => kind !== 'comment' && kind !== 'newline');
  const site: MutationSite = { text, family, tokens };
  const all = [...swapTokens(site, table), ...mutateNumbers(site), ...mutateCalls(site), ...mutateNames(site)];
  const unique = new Map<string, Mutation>();
  for (const mutation of all) {
    const key = applyEdits(text, mutation.edits);
    const known = unique.get(key);
    if (key !== text && (!known || known.weight < mutation.weight)) unique.set(key, mutation);
  }
  const place = ({ edits }: Mutation) => (edits[0] as TextEdit).start;
  return [...unique.values()].sort(
    (a, b) => b.weight - a.weight || place(a) - place(b) || (a.title < b.title ? -1 : 1),
  );
}

/** Another operator, another literal, another function of the same family. */
function swapTokens({ text, family, tokens }: MutationSite, table: MutationTable): Mutation[] {
  const found: Mutation[] = [];
  tokens.forEach((token, index) => {
    const swaps = token.kind === 'operator' ? table.operators : token.kind === 'word' ? table.words[family] : undefined;
    const options = swaps && Object.hasOwn(swaps, token.text) ? swaps[token.text] : undefined;
    if (!options || isImport(text, token)) return;
    const unary = token.kind === 'operator' && !endsOperand(tokens[index - 1]);
    for (const [to, weight] of Object.entries(options)) {
      // `//` is a comment elsewhere, and `-x` is no difference.
      if (family !== 'python' && to.startsWith('//')) continue;
      if (unary && token.text !== '++' && token.text !== '--') continue;
      const title = `Change ${token.text} to ${to}`;
      found.push({ edits: [{ start: token.start, end: token.end, newText: to }], weight, title });
    }
  });
  return found;
}

/** Off by one, and the sign: of numbers, and of `not`. */
function mutateNumbers({ text, family, tokens }: MutationSite): Mutation[] {
  const found: Mutation[] = [];
  tokens.forEach((token, index) => {
    if (token.kind === 'number' && /^\d{1,9}$/.test(token.text)) {
      const value = Number(token.text);
      for (const [to, weight] of [
        [value + 1, 0.6],
        [value - 1, 0.6],
        [value + 2, 0.25],
        [value === 0 ? -1 : 0, 0.3],
      ] as const) {
        if (to < 0 && value > 0) continue;
        const title = `Change ${token.text} to ${to}`;
        found.push({ edits: [{ start: token.start, end: token.end, newText: String(to) }], weight, title });
      }
    }
    const next = tokens[index + 1];
    if (!next) return;
    const isNot = family === 'python' ? token.text === 'not' && tokens[index - 1]?.text !== 'is' : token.text === '!';
    if (isNot && next.text !== 'in')
      found.push({
        edits: [{ start: token.start, end: next.start, newText: '' }],
        weight: 0.55,
        title: 'Drop the negation',
      });
    if (/^(?:if|while|elif)$/.test(token.text) && token.kind === 'word') {
      if (family === 'python' && next.text !== 'not')
        found.push({
          edits: [{ start: next.start, end: next.start, newText: 'not ' }],
          weight: 0.45,
          title: 'Negate the condition',
        });
    }
    if (family === 'python' && token.text === 'in' && isMembership(text, tokens, index))
      found.push({
        edits: [{ start: token.start, end: token.start, newText: 'not ' }],
        weight: 0.5,
        title: 'Negate the membership',
      });
  });
  return found;
}

/** `x in y` as a test, not the head of a loop or a comprehension. */
function isMembership(text: string, tokens: readonly CodeToken[], index: number): boolean {
  const from = text.lastIndexOf('\n', (tokens[index] as CodeToken).start) + 1;
  for (let at = index - 1; at >= 0 && (tokens[at] as CodeToken).start >= from; at--) {
    if (tokens[at]?.text === 'for' || tokens[at]?.text === 'not') return false;
    if (/^(?:if|elif|while|and|or|return)$/.test(tokens[at]?.text ?? '')) return true;
  }
  return false;
}

function isImport(text: string, token: CodeToken): boolean {
  const line = text.slice(text.lastIndexOf('\n', token.start - 1) + 1, token.start);
  return /^\s*(?:import|from|export\s+\*|const\s+\{[^}]*$)/.test(line);
}
