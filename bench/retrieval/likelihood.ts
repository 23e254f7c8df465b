/** The second measure: how many bits of the true body a block saves, under an n-gram of the repository with caches. */

import type { SourceText } from '../../src/core/retrieval/heldOut.ts';
import { NGram } from './ngram.ts';
import type { Scene } from './samples.ts';
import { isIdentifier, tokensOf } from './tokens.ts';

const ORDER = 4;
/** Shares of the caches of the file and of the block, as they served best on repositories that are not reported. */
const FILE_SHARE = 0.3;
const BLOCK_SHARE = 0.1;
/** Bodies are read up to here. */
const MOST_TOKENS = 600;
const IDENTIFIER = 'x';

const kindsOf = (tokens: readonly string[]) => tokens.map((token) => (isIdentifier(token) ? IDENTIFIER : token));

/**
 * Tokens are predicted by an n-gram of the repository without the hidden body. Its bigrams are mixed with caches (Kuhn and De
 * Mori, 1990) before longer contexts are interpolated: an n-gram over kinds of tokens says whether an identifier comes, the
 * cache which. One cache holds the identifiers of the rest of the file, in every arm; the other those of the block, each once.
 */
export class RepositoryLikelihood {
  private readonly tokens = new NGram(ORDER);
  private readonly kinds = new NGram(ORDER);
  private held: ReadonlyMap<string, SourceText> = new Map();

  /** Bits of a scene's body without a block and after each of the given ones. */
  bits({ files, hidden, body }: Scene, blocks: readonly string[]): { none: number; with: number[] } {
    this.hold(files);
    const original = files.get(hidden.path);
    if (original) this.count(original, -1);
    this.count(hidden.file, 1);
    const header = hidden.file.facts.functions.find(({ startLine }) => startLine === hidden.line)?.signature ?? '';
    const text = tokensOf(body).slice(0, MOST_TOKENS);
    const history = tokensOf(header);
    const byKind = this.kinds.probabilities(kindsOf(history), kindsOf(text));
    const isMember = text.map((_, at) => isMemberAt(text, at));
    const own = new Cache(tokensOf(hidden.file.text));
    const bitsWith = (block: string | undefined): number => {
      const given = block === undefined ? undefined : new Cache(codeOf(block), true);
      const mixed = (estimate: number, at: number): number => {
        let rest = 1;
        let cached = 0;
        for (const [cache, share] of [[own, FILE_SHARE] as const, [given, BLOCK_SHARE] as const]) {
          const chance = cache?.chance(text[at] as string, isMember[at] as boolean);
          if (chance === undefined) continue;
          rest -= share;
          cached += share * chance;
        }
        return rest * estimate + (byKind[at] as number) * cached;
      };
      return this.tokens
        .probabilities(history, text, mixed)
        .reduce((bits, probability) => bits - Math.log2(probability), 0);
    };
    const bits = { none: bitsWith(undefined), with: blocks.map(bitsWith) };
    this.count(hidden.file, -1);
    if (original) this.count(original, 1);
    return bits;
  }

  /** Brings the counts to a state of the repository. */
  private hold(files: ReadonlyMap<string, SourceText>): void {
    if (files === this.held) return;
    for (const [path, file] of this.held) if (files.get(path) !== file) this.count(file, -1);
    for (const [path, file] of files) if (this.held.get(path) !== file) this.count(file, 1);
    this.held = files;
  }

  private count({ text }: SourceText, by: 1 | -1): void {
    const tokens = tokensOf(text);
    this.tokens.add(tokens, by);
    this.kinds.add(kindsOf(tokens), by);
  }
}

function isMemberAt(tokens: readonly string[], at: number): boolean {
  return tokens[at - 1] === '.' || (tokens[at - 1] === ':' && tokens[at - 2] === ':');
}

/** Identifiers of a text: members, which follow a dot or two colons, and others apart. */
class Cache {
  private readonly counts = [new Map<string, number>(), new Map<string, number>()] as const;
  private readonly totals: [number, number] = [0, 0];

  constructor(tokens: readonly string[], once = false) {
    tokens.forEach((token, at) => {
      const kind = isMemberAt(tokens, at) ? 1 : 0;
      if (!isIdentifier(token) || (once && this.counts[kind].has(token))) return;
      this.counts[kind].set(token, (this.counts[kind].get(token) ?? 0) + 1);
      this.totals[kind]++;
    });
  }

  /** Share of an identifier among those that may stand there, 1 for what is none; undefined where the cache knows nothing. */
  chance(token: string, isMember: boolean): number | undefined {
    const kind = isMember ? 1 : 0;
    if (this.totals[kind] === 0) return undefined;
    return isIdentifier(token) ? (this.counts[kind].get(token) ?? 0) / this.totals[kind] : 1;
  }
}

/** Tokens of a block's code, `db.find,save` written out as `db.find db.save`; its comment signs are no code. */
function codeOf(block: string): string[] {
  const written = block.split('\n').map((line) => {
    const calls = /^\S+ calls: (.*)$/.exec(line)?.[1];
    return calls === undefined ? line.replace(/^\S+ /, '') : calls.split(' ').map(writtenOut).join(' ');
  });
  return tokensOf(written.join('\n'));
}

function writtenOut(group: string): string {
  const [, prefix = '', names = ''] = /^(.*(?:\.|::))?(.*)$/.exec(group) ?? [];
  return names
    .split(',')
    .map((name) => `${prefix}${name}`)
    .join(' ');
}
