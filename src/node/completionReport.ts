/** What a completion's asker is told: the proposals and all that led to them. */
import { randomUUID } from 'node:crypto';
import type { LodestoneError } from '../base/errors.ts';
import { codeLift } from '../core/completion/codeLift.ts';
import type { Completion, CompletionReport } from '../core/completion/completion.ts';
import type { ModelAnswer, Rejected } from '../core/completion/modelCompletion.ts';
import type { Proposal } from '../core/completion/place.ts';
import type { Windows } from '../core/completion/windows.ts';
import type { Survey } from './surveyor.ts';

export interface Found {
  readonly answer?: ModelAnswer | undefined;
  readonly proposals: readonly Proposal[];
  readonly rejected: readonly Rejected[];
  readonly notice?: LodestoneError | undefined;
}

export function report(
  model: string | null,
  {
    survey,
    windows,
    found,
    times,
  }: { survey: Survey; windows: Windows; found: Found; times: { contextMs: number; totalMs: number } },
): CompletionReport {
  const { line, column } = windows;
  const { context } = survey;
  const { answer, proposals, rejected, notice } = found;
  const [first] = proposals;
  const lift = first
    ? codeLift(
        first.text,
        survey.expected.map(({ name }) => name),
        survey.named,
      )
    : null;
  const { end } = answer ?? {};
  return {
    id: randomUUID(),
    completions: proposals.map(
      ({ text, source, replaces }): Completion => ({
        ...{ text, source },
        range: { start: { line, column }, end: { line, column: column + replaces } },
      }),
    ),
    model: notice ? null : model,
    prompt: answer
      ? {
          ...{ family: answer.family ?? null, mode: answer.prompt.mode },
          ...{ tokens: end?.promptTokens ?? null, cachedTokens: end?.cachedTokens ?? null },
        }
      : null,
    considerBlock: context.considerBlock,
    seed: answer?.seed ?? context.seed,
    apiHits: lift?.hits ?? [],
    lift,
    antipatternHits: rejected.flatMap(({ filter, text }) =>
      filter === 'antipattern'
        ? survey.avoided.filter((pattern) => pattern.test(text)).map(({ summary }) => summary)
        : [],
    ),
    retries: answer?.retries ?? 0,
    rejected,
    timings: {
      ...times,
      firstMs: answer?.firstMs ?? null,
      modelMs: answer?.modelMs ?? null,
      promptMs: end?.promptMs ?? null,
    },
    why: first ? null : whyNone(model, rejected, notice !== undefined),
    notice: notice ? { code: notice.code, message: notice.message, advice: notice.advice ?? '' } : null,
  };
}

/** `isSilent`: the model was to be asked and did not answer. */
function whyNone(model: string | null, rejected: readonly Rejected[], isSilent: boolean): string {
  const [first] = rejected;
  const asked = isSilent ? null : model;
  if (first) return `What ${asked ?? 'the repository'} proposed was rejected: ${first.filter}.`;
  if (asked !== null) return `${asked} proposed nothing.`;
  return `Nothing in the repository is likely enough to follow here${isSilent ? ', and no model answered' : ''}.`;
}
