/** What else could stand at a cursor, for somebody who asks: the likeliest next calls, each written as it is called here. */
import type { Proposal } from '../place.ts';
import { cellOf, idOf, spaceBefore } from './cells.ts';
import { OTHER_SPACE } from './lexer.ts';
import type { CallGuess } from './nextCalls.ts';
import type { CursorTokens } from './place.ts';
import type { Segment } from './segment.ts';
import { EDGE, IS_LOCAL_LIKE, IS_WORD, isNewLine, LONG } from './vocabulary.ts';

/** Guesses that are looked at. */
const GUESSES = 12;
/** Calls of a name that are looked at in each segment. */
const CALLS = 48;
/** Tokens of a line before a call that are taken over. */
const LONGEST = 10;
/** The first word that a bracket follows at once, as it stands in a text. */
const FIRST_CALL = /([\p{L}_$][\p{L}\p{N}_$]*)!?\(/u;

/** Behind these a statement begins. */
const STATEMENT_END = /^[{};:]$/;
/** Words before a name that bind it, and those that make it a declaration. */
const BINDERS: ReadonlySet<string> = new Set(['const', 'let', 'var', 'mut']);
const DECLARING: ReadonlySet<string> = new Set(['def', 'fn', 'func', 'function', 'class', 'import', 'from', 'use']);

/** What only code of a class has. */
const SELVES = ['self', 'this'] as const;

/** Name of the first call in a text; undefined where nothing is called. */
export function firstCallOf(text: string): string | undefined {
  return FIRST_CALL.exec(text)?.[1];
}

/**
 * What is worth showing and the alternatives to it, the surest first, a second one for the same call behind those for others.
 * Behind a receiver the odds of the calls order them, elsewhere what is worth showing comes first.
 */
export function merged(worthy: readonly Proposal[], others: readonly Proposal[], isMember: boolean): Proposal[] {
  const [first] = worthy;
  const byOdds = isMember && first !== undefined && firstCallOf(first.text) !== undefined;
  const called = (proposal: Proposal) =>
    worthy.find(({ text }) => firstCallOf(text) === firstCallOf(proposal.text)) ?? proposal;
  const all = byOdds ? [...others.map(called), ...worthy] : [...worthy, ...others];
  const calls = new Set<string>();
  const texts = new Set<string>();
  const again: Proposal[] = [];
  const apart = all.filter((proposal) => {
    if (texts.has(proposal.text)) return false;
    texts.add(proposal.text);
    const call = firstCallOf(proposal.text);
    if (call === undefined || !calls.has(call)) return calls.add(call ?? '');
    again.push(proposal);
    return false;
  });
  return [...apart, ...again];
}

/**
 * One proposal for each guessed name that can be written at the cursor, likeliest first. `written`: texts that may follow, best
 * first; where one of them makes the call, it is the proposal.
 */
export function alternatives(
  guesses: readonly CallGuess[],
  written: readonly string[],
  segments: readonly Segment[],
  tokens: CursorTokens,
): Proposal[] {
  const { vocabulary, cells, cursor, partial, spaced, rest, inText } = tokens;
  // Within a line only what stands between two calls' brackets can be left out.
  if (inText || (rest !== '' && !/^[()\]},;]/.test(rest))) return [];
  const before = vocabulary.text(idOf(cells[cursor - 1] as number));
  const isMember = isReceiver(before);
  // Right behind a word or a closing bracket no name begins.
  if (!isMember && partial === '' && !spaced && /[\p{L}\p{N}_$)\]}'"`]$/u.test(before)) return [];
  const foreign = SELVES.filter((self) => !tokens.words.has(vocabulary.find(self)));
  // A chain goes on below a value, not below a statement's end.
  const begins = (text: string) =>
    !/^[)\]}]/.test(text) &&
    !(/^\??\./.test(text) && STATEMENT_END.test(lastBefore(tokens))) &&
    !foreign.some((self) => new RegExp(`\\b${self}\\b`).test(text));
  const bracket = rest.startsWith('(') ? '' : '(';
  const proposals: Proposal[] = [];
  for (const { name, probability } of guesses.slice(0, GUESSES)) {
    if (!name.startsWith(partial)) continue;
    const bare = name.slice(partial.length) + bracket;
    const text =
      partial !== '' || bracket === ''
        ? bare
        : (written.find((each) => firstCallOf(each) === name && begins(each)) ??
          (isMember ? bare : formOf(name, segments, tokens, begins)));
    if (text !== undefined) proposals.push({ text, source: 'apiSequence', replaces: 0, confidence: probability });
  }
  return proposals;
}

/** The last token before the cursor that is no line end. */
function lastBefore({ cells, cursor, vocabulary }: CursorTokens): string {
  let at = cursor - 1;
  while (at > 0 && isNewLine(idOf(cells[at] as number))) at--;
  return vocabulary.text(idOf(cells[at] as number));
}

/** Behind this token a member is named. */
export function isReceiver(token: string): boolean {
  return token === '.' || token === '::' || token === '?.';
}

/**
 * The commonest beginning of a line with a call of the name, as far as its names are known here; within a line the call with its
 * receivers, if somewhere it stands behind the same token.
 */
function formOf(
  name: string,
  segments: readonly Segment[],
  { vocabulary, words, column, cells: typed, cursor }: CursorTokens,
  begins: (text: string) => boolean,
): string | undefined {
  const [id, open] = [vocabulary.find(name), vocabulary.find('(')];
  const before = idOf(typed[cursor - 1] as number);
  const counts = new Map<string, number>();
  for (const segment of segments) {
    const range = segment.exactRanges(Int32Array.of(cellOf(id), cellOf(open)))[1];
    if (!range) continue;
    const step = Math.max(1, Math.floor((range.to - range.from) / CALLS));
    for (let rank = range.from; rank < range.to; rank += step) {
      const position = segment.exactAt(rank) - 2;
      if (segment.slotAt(position) < 0) continue;
      const text = beginningOf(segment.cells, position, column === 0);
      if (text !== undefined && begins(text)) counts.set(text, (counts.get(text) ?? 0) + 1);
    }
  }
  let best: { text: string; count: number } | undefined;
  for (const [text, count] of counts) if (count > (best?.count ?? 0)) best = { text, count };
  return best && `${best.text}(`;

  /** The line up to the call, or within a line the receivers alone; undefined where that cannot stand here. */
  function beginningOf(cells: Int32Array, at: number, wholeLine: boolean): string | undefined {
    let text = vocabulary.text(idOf(cells[at] as number));
    for (let i = at; at - i < LONGEST; i--) {
      const first = idOf(cells[i - 1] as number);
      const glued = spaceBefore(cells[i] as number) === 0;
      const isStart = wholeLine ? first === EDGE || isNewLine(first) : !glued || !isChain(first);
      if (isStart) return wholeLine || first === before ? text : undefined;
      if (first === LONG || spaceBefore(cells[i] as number) === OTHER_SPACE) return undefined;
      const word = vocabulary.text(first);
      if (DECLARING.has(word)) return undefined;
      if (isOwnName(cells, i - 1) && !words.has(first)) return undefined;
      text = `${word}${glued ? '' : ' '}${text}`;
    }
    return undefined;
  }

  /** A name that is neither a member nor just being bound: it must be known where it is written. */
  function isOwnName(cells: Int32Array, at: number): boolean {
    if ((vocabulary.traits(idOf(cells[at] as number)) & IS_LOCAL_LIKE) === 0) return false;
    const before = vocabulary.text(idOf(cells[at - 1] as number));
    return !isReceiver(before) && !BINDERS.has(before);
  }

  function isChain(id: number): boolean {
    return (vocabulary.traits(id) & IS_WORD) !== 0 || /^(?:\.|\?\.|::)$/.test(vocabulary.text(id));
  }
}
