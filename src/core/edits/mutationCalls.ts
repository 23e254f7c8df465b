/** Mutations of what stands between brackets: swapped arguments, bounds off by one, operands that are too much. */
import { type CodeToken, isClosing, isOpening } from './codeTokens.ts';
import { endsOperand, type Mutation, type MutationSite } from './mutationSite.ts';

/** Arguments and list items, by the index of their tokens. */
interface Part {
  readonly from: number;
  readonly to: number;
}

export function mutateCalls(site: MutationSite): Mutation[] {
  const found: Mutation[] = [];
  const { tokens, text } = site;
  const start = (index: number) => (tokens[index] as CodeToken).start;
  const end = (index: number) => (tokens[index] as CodeToken).end;
  tokens.forEach((token, index) => {
    if (token.text !== '(' && token.text !== '[') return;
    const parts = partsOf(tokens, index);
    const isSubscript = token.text === '[' && endsOperand(tokens[index - 1]);
    const isCall = token.text === '(' && tokens[index - 1]?.kind === 'word' && endsOperand(tokens[index - 1]);
    const isRange = isCall && /^(?:range|slice|substring|substr|islice)$/.test(tokens[index - 1]?.text ?? '');
    if (isCall && !isDeclaration(tokens, index)) {
      for (let at = 0; at + 1 < parts.length; at++) {
        const [a, b] = [parts[at] as Part, parts[at + 1] as Part];
        const one = text.slice(start(a.from), end(a.to));
        const two = text.slice(start(b.from), end(b.to));
        found.push({
          edits: [
            { start: start(a.from), end: end(a.to), newText: two },
            { start: start(b.from), end: end(b.to), newText: one },
          ],
          weight: 0.4,
          title: `Swap ${one.slice(0, 20)} and ${two.slice(0, 20)}`,
        });
      }
      if (isRange && parts.length >= 2)
        found.push(
          remove(start((parts[0] as Part).from), start((parts[1] as Part).from), 0.4, 'Start at the beginning'),
        );
    }
    if (!isRange && !isSubscript) return;
    for (const { from, to } of parts) {
      // `x + 1` is off by one already: its number is mutated.
      if (tokens[to]?.kind === 'number') continue;
      const weight = isRange ? 0.65 : 0.45;
      for (const more of [' + 1', ' - 1'])
        found.push({
          edits: [{ start: end(to), end: end(to), newText: more }],
          weight,
          title: `Write ${text.slice(start(from), end(to)).slice(0, 30)}${more}`,
        });
    }
  });
  return [...found, ...dropOperands(site), ...swapOperands(site), ...addReturns(site)];
}

/** `a * b * c` without `* b`, `a and b` without `and b`: simple operands only. */
function dropOperands({ tokens, text }: MutationSite): Mutation[] {
  const found: Mutation[] = [];
  tokens.forEach((token, index) => {
    if (!/^(?:[+\-*/%]|\/\/|\*\*|and|or|&&|\|\|)$/.test(token.text) || !endsOperand(tokens[index - 1])) return;
    const last = operandEnd(tokens, index + 1, /^(?:and|or|&&|\|\|)$/.test(token.text));
    if (last === undefined) return;
    const from = (tokens[index - 1] as CodeToken).end;
    const to = (tokens[last] as CodeToken).end;
    found.push(remove(from, to, 0.35, `Leave out ${text.slice(from, to).trim().slice(0, 30)}`));
  });
  return found;
}

/** `a - b` as `b - a`, and the halves of a slice or a sum of strings: names and numbers only. */
function swapOperands({ tokens }: MutationSite): Mutation[] {
  const found: Mutation[] = [];
  tokens.forEach((token, index) => {
    const [a, b] = [tokens[index - 1], tokens[index + 1]];
    if (!/^(?:-|\/|\/\/|%|\*\*|,|\+)$/.test(token.text) || !a || !b || !isAtom(a) || !isAtom(b)) return;
    if (isOpening(tokens[index + 2] ?? b) || tokens[index - 2]?.text === '.' || tokens[index + 2]?.text === '.') return;
    if (token.text === ',' && tokens[index + 2]?.text !== '=' && tokens[index + 2]?.text !== ']') return;
    found.push({
      edits: [
        { start: a.start, end: a.end, newText: b.text },
        { start: b.start, end: b.end, newText: a.text },
      ],
      weight: 0.4,
      title: `Swap ${a.text} and ${b.text}`,
    });
  });
  return found;
}

/** A call or a value that stands alone at the end of a block, where its result was meant. */
function addReturns({ tokens, text, family }: MutationSite): Mutation[] {
  const found: Mutation[] = [];
  tokens.forEach((token, index) => {
    const line = text.lastIndexOf('\n', token.start - 1) + 1;
    if (token.kind !== 'word' || text.slice(line, token.start).trim() !== '' || token.start === line) return;
    const next = tokens[index + 1];
    if (
      !next ||
      !(next.text === '(' || next.text === '.') ||
      /^(?:if|for|while|return|print|switch|catch|function|def|class|super)$/.test(token.text)
    )
      return;
    const stop = text.indexOf('\n', token.start);
    const statement = text.slice(token.start, stop === -1 ? text.length : stop);
    if (/[^=!<>]=[^=>]/.test(statement) || (family === 'python' && statement.trimEnd().endsWith(':'))) return;
    found.push({
      edits: [{ start: token.start, end: token.start, newText: 'return ' }],
      weight: 0.35,
      title: 'Return the result',
    });
  });
  return found;
}

function remove(start: number, end: number, weight: number, title: string): Mutation {
  return { edits: [{ start, end, newText: '' }], weight, title };
}

/** The parts between the bracket at `open` and its partner, at their outermost commas (and the colons of a slice). */
function partsOf(tokens: readonly CodeToken[], open: number): Part[] {
  const parts: Part[] = [];
  let depth = 0;
  let from = open + 1;
  for (let index = open; index < tokens.length; index++) {
    const token = tokens[index] as CodeToken;
    if (isOpening(token)) depth++;
    const closes = isClosing(token) && --depth === 0;
    if (closes || (depth === 1 && (token.text === ',' || token.text === ':'))) {
      if (index > from) parts.push({ from, to: index - 1 });
      from = index + 1;
    }
    if (closes) return parts;
  }
  return [];
}

/** The brackets of `def f(…)` and `function f(…)` list parameters. */
function isDeclaration(tokens: readonly CodeToken[], open: number): boolean {
  return /^(?:def|function|class)$/.test(tokens[open - 2]?.text ?? '');
}

/** Index of the last token of the operand that begins at `from`; of a whole comparison where `condition`. */
function operandEnd(tokens: readonly CodeToken[], from: number, condition: boolean): number | undefined {
  let depth = 0;
  for (let index = from; index < tokens.length; index++) {
    const token = tokens[index] as CodeToken;
    if (depth === 0 && index > from) {
      const ends = isClosing(token) || /^(?:[,:;?]|and|or|&&|\|\||if|else|for)$/.test(token.text);
      const arithmetic =
        !condition &&
        (token.kind === 'operator' || token.kind === 'word') &&
        token.text !== '.' &&
        tokens[index - 1]?.text !== '.';
      if (ends || arithmetic) return index - 1;
      if (token.kind === 'word' && endsOperand(tokens[index - 1]) && tokens[index - 1]?.text !== '.' && !condition)
        return index - 1;
    }
    if (isOpening(token)) depth++;
    if (isClosing(token) && --depth < 0) return undefined;
  }
  return undefined;
}

function isAtom({ kind }: CodeToken): boolean {
  return kind === 'word' || kind === 'number';
}
