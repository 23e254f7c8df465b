/** One attempt of a model at a hole: asked in its own form, cut where the hole ends, judged by completion's filters. */
import type { CallOptions } from '../../base/progress.ts';
import { type ExpectedCall, hitRate, type Pressure, pressed } from '../completion/apiSeed.ts';
import type { AvoidedPattern, FilterId } from '../completion/filters/filter.ts';
import { FILTERS, judgeWithParser, SYNTAX_EXPLANATION } from '../completion/filters/judge.ts';
import { loopsAtEnd } from '../completion/filters/repetition.ts';
import type { KnownModel, KnownModels } from '../completion/knownModels.ts';
import type { Place, Proposal } from '../completion/place.ts';
import type { ModelFamily } from '../completion/prompt/modelFamily.ts';
import { type Prompt, type PromptParts, rawPrompt, templatePrompt } from '../completion/prompt/prompt.ts';
import { SpecialTokens } from '../completion/prompt/specialTokens.ts';
import { Surroundings } from '../completion/surroundings.ts';
import type { Extent } from '../completion/trim/extent.ts';
import { StreamTrimmer } from '../completion/trim/streamTrimmer.ts';
import type { Parser } from '../ports.ts';
import { chatPrompt, commentOf, FENCE, type PromptWords, type Wanted } from './words.ts';

export interface WriteQuestion {
  readonly model: string;
  readonly place: Place;
  /** Line of the file, from 0, on which the place's prefix begins. */
  readonly prefixLine: number;
  readonly extent?: Extent;
  readonly repository: string;
  readonly words: PromptWords;
  readonly wanted: Omit<Wanted, 'problems'>;
  readonly seed: string;
  readonly lineComment: string;
  readonly avoided: readonly AvoidedPattern[];
  readonly expected: readonly ExpectedCall[];
  /** Of an edit: brings an answer into the selection's shape, so that its indentation needs no judging. */
  readonly shape?: (answer: string) => string;
}

export interface Written {
  readonly text: string;
  readonly replaces: number;
  /** Why a filter rejected it, in a sentence. */
  readonly rejected?: string;
  /** Null where nothing is expected. */
  readonly hitRate: number | null;
}

/** Tokens of an answer, at most a quarter of the context; and lines. */
const ANSWER_TOKENS = 768;
const MAX_LINES = 120;
const AFTER_FENCE = /\n[ \t]*```[^]*$/;
const SHAPED: ReadonlySet<FilterId> = new Set(['brokenIndentation']);
const GREEDY = { temperature: 0, topP: 1, topK: 1, repeatPenalty: 1, seed: 0 } as const;

export class ModelWriter {
  constructor(
    private readonly models: KnownModels,
    private readonly parser: Parser,
  ) {}

  /** Undefined where the prompt would be one that was asked already. Throws what the server throws. */
  async write(
    question: WriteQuestion,
    { pressure, problems, asked }: { pressure: Pressure; problems: readonly string[]; asked: Set<string> },
    options: CallOptions,
  ): Promise<Written | undefined> {
    const { model, place, extent, avoided, expected, lineComment } = question;
    const known = await this.models.get(model, options);
    const answerTokens = Math.min(ANSWER_TOKENS, Math.floor(known.contextTokens / 4));
    const seeded = pressed(pressure, { seed: question.seed, expected, lineComment, place });
    const { seed, begun } = seeded ?? { seed: question.seed, begun: '' };
    const prompt = this.prompt(question, known, { seed, begun, problems, answerTokens });
    const key = `${prompt.text}\0${prompt.suffix ?? ''}`;
    if (asked.has(key)) return undefined;
    asked.add(key);
    const around = new Surroundings(place);
    const trimmer = new StreamTrimmer(place, { around, maxLines: MAX_LINES, ...(extent ? { extent } : {}) });
    const request = {
      ...{ model, prompt: prompt.text, ...(prompt.suffix === undefined ? {} : { suffix: prompt.suffix }) },
      ...{ stop: prompt.stop, maxTokens: answerTokens, contextTokens: known.contextTokens, ...GREEDY },
    };
    let reason: 'stop' | 'length' = 'stop';
    if (begun !== '') trimmer.push(begun);
    for await (const piece of this.models.server.complete(request, options)) {
      const { text, done } = trimmer.push(piece.text);
      options.onProgress?.({ step: 'Writing', done: text.length, partial: text });
      if (piece.end) reason = piece.end.reason;
      else if (done || loopsAtEnd(text)) break;
    }
    const { text, replaces, partial } = trimmer.end(reason);
    // A server that does not stop where it was told to: what follows the fence is no code.
    const code = prompt.stop.includes(FENCE) ? text.replace(AFTER_FENCE, '') : text;
    const restored = new SpecialTokens(known.special).restore(code);
    // An expression's end of the statement stands there already.
    const answer = place.suffix.startsWith(';') ? restored.replace(/;$/, '') : restored;
    const { shape = (same: string) => same } = question;
    const proposal: Proposal = { text: shape(answer), source: 'model', replaces };
    const off = question.shape ? SHAPED : undefined;
    const judging = { around, avoided, partial, ...(off ? { off } : {}) };
    const { kept, rejected } = await judgeWithParser(proposal, place, this.parser, judging);
    const names = expected.map(({ name }) => name);
    return {
      ...{ text: proposal.text, replaces },
      ...(rejected ? { rejected: explained(rejected.filter) } : {}),
      hitRate: kept ? hitRate(kept.text, names, false) : null,
    };
  }

  private prompt(
    { place, prefixLine, repository, words, wanted, lineComment }: WriteQuestion,
    { family, special, contextTokens, followsInstructions }: KnownModel,
    about: { seed: string; begun: string; problems: readonly string[]; answerTokens: number },
  ): Prompt {
    const { seed, begun, problems, answerTokens } = about;
    const budget = { contextTokens, answerTokens };
    const whole = { ...wanted, problems };
    if (followsInstructions && canTalk(family)) {
      // A seed is a comment in the code; in a conversation it is said.
      const instruction = [wanted.instruction, seed.replace(lineComment, '').trim()].filter(Boolean).join('\n');
      return chatPrompt(family, words, { ...whole, instruction, begun: wanted.begun + begun }, budget);
    }
    const comment = commentOf(words, whole, lineComment);
    const parts: PromptParts = {
      ...{ repository, path: place.path, considerBlock: wanted.considerBlock, related: wanted.signatures },
      ...{ prefix: above(place.prefix, comment) + begun, prefixLine, suffix: place.suffix, seed },
    };
    return family ? rawPrompt(family, parts, budget) : templatePrompt(special, parts, budget, lineComment);
  }
}

function canTalk(
  family: ModelFamily | undefined,
): family is ModelFamily & { readonly chat: NonNullable<ModelFamily['chat']> } {
  return family?.chat !== undefined;
}

/** Comment lines above the line that the place stands on, indented like it. */
function above(prefix: string, comment: readonly string[]): string {
  if (comment.length === 0) return prefix;
  const start = prefix.lastIndexOf('\n') + 1;
  const line = prefix.slice(start);
  const indent = line.slice(0, line.length - line.trimStart().length);
  const eol = prefix.slice(0, start).endsWith('\r\n') ? '\r\n' : '\n';
  return prefix.slice(0, start) + comment.map((each) => `${indent}${each}${eol}`).join('') + line;
}

function explained(filter: FilterId): string {
  return FILTERS.find(({ id }) => id === filter)?.explain ?? SYNTAX_EXPLANATION;
}
