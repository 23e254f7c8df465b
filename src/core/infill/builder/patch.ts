/** A plan's samples as one patch with everything that is known of it; an error patch has the same fields. */

import { LodestoneError } from '../../../base/errors.ts';
import { findingLine } from '../../../base/findings.ts';
import { LineIndex } from '../../../base/lineIndex.ts';
import { fileErrors } from '../../completion/filters/syntaxErrors.ts';
import { buildPatch } from '../../edits/buildPatch.ts';
import { changedExports } from '../../edits/exportedSignatures.ts';
import type { Patch, Risk } from '../../edits/patch.ts';
import { scoreRisk } from '../../edits/risk.ts';
import { unifiedDiff } from '../../edits/unifiedDiff.ts';
import type { Finding } from '../../generation/generation.ts';
import type { ToolsVerdict } from '../../generation/validate.ts';
import type { LanguageId } from '../../languages.ts';
import type { FileFacts, Span } from '../../syntax/facts.ts';
import { routineAround } from '../conditioning.ts';
import type { InfillCandidate } from '../infill.ts';
import type { MaskedSpan } from '../masker.ts';
import { SyntaxReview } from '../repair.ts';
import type { BuiltPatch } from './build.ts';
import type { BuilderDeps } from './builder.ts';
import type { Plan } from './plan.ts';
import { canonicalJson, type Provenance } from './provenance.ts';

/** What is known of a plan so far: how far it came is what an error patch shows. */
export interface Workpiece {
  readonly plan: Plan;
  readonly startedAt: Date;
  original: string;
  fileHash: string;
  facts?: FileFacts;
  spans: readonly MaskedSpan[];
  context: string;
  /** The model is told of the context. */
  isTold: boolean;
  /** What was sampled but not sure enough. */
  held: readonly { readonly candidate: InfillCandidate; readonly span: MaskedSpan }[];
}

/** The file with one choice of candidates, and what parser and tools say of it. */
export interface Judged {
  readonly chosen: readonly InfillCandidate[];
  readonly after: string;
  /** Of the whole file, or samples that the language refuses; with one of them no tool is asked. */
  readonly syntaxErrors: number;
  readonly verdict: ToolsVerdict;
  /** Errors that it adds, and those in the new code itself, whatever stood there before. */
  readonly added: readonly Finding[];
}

const UNASKED: ToolsVerdict = { before: [], after: [], added: [], tools: [], notes: [] };

export async function judged(
  piece: Workpiece,
  chosen: readonly InfillCandidate[],
  after: string,
  language: LanguageId,
  trusted: boolean,
  deps: BuilderDeps,
): Promise<Judged> {
  const syntaxErrors = await errorsWith(placedSpans(piece.spans, chosen), after, language, deps);
  const isChanged = after !== piece.original;
  const verdict =
    syntaxErrors > 0 || !isChanged
      ? UNASKED
      : await deps.check({ path: piece.plan.filePath, before: piece.original, after, trusted });
  const lines = new LineIndex(after);
  const own = newSpans(piece, chosen);
  const isOwn = ({ line, column }: Finding) => {
    const at = lines.offsetAt(line, column);
    return own.some(({ start, end }) => at >= start && at <= end);
  };
  const added = verdict.after.filter((error) => verdict.added.includes(error) || isOwn(error));
  return { chosen, after, syntaxErrors, verdict, added };
}

/** Errors of the whole file; where a lenient grammar finds none, the samples that the language's stricter rules refuse. */
async function errorsWith(own: readonly Span[], after: string, language: LanguageId, deps: BuilderDeps) {
  const errors = await fileErrors(deps.parser, language, after);
  if (errors > 0) return errors;
  let refused = 0;
  for (const { start, end } of own) {
    const place = { language, prefix: after.slice(0, start), suffix: after.slice(end) };
    const { parses } = await (await SyntaxReview.open(deps.parser, place)).verdict(after.slice(start, end));
    if (!parses) refused++;
  }
  return refused;
}

/** Where the samples stand in the text after. */
function placedSpans(spans: readonly Span[], chosen: readonly InfillCandidate[]): Span[] {
  let moved = 0;
  return spans.map(({ start, end }, at) => {
    const length = chosen[at]?.text.length ?? 0;
    const placed = { start: start + moved, end: start + moved + length };
    moved += length - (end - start);
    return placed;
  });
}

/** Where the new code stands in the text after; of a body from the written type of the result on, where its absence is reported. */
function newSpans({ original, spans, facts }: Workpiece, chosen: readonly InfillCandidate[]): Span[] {
  return placedSpans(spans, chosen).map(({ start, end }, at) => {
    const span = spans[at] as MaskedSpan;
    const routine = facts && span.unit === 'body' ? routineAround(facts, span) : undefined;
    const type = routine?.returnType ? original.lastIndexOf(routine.returnType, routine.body.start) : -1;
    return { start: routine && type >= routine.start ? start - (span.start - type) : start, end };
  });
}

export async function builtPatch(
  piece: Workpiece,
  outcome: Judged | LodestoneError,
  deps: BuilderDeps,
): Promise<BuiltPatch> {
  const { plan, original, fileHash, spans } = piece;
  const failed = outcome instanceof LodestoneError ? outcome : undefined;
  const result = outcome instanceof LodestoneError ? undefined : outcome;
  const { chosen = [], after = original, syntaxErrors = 0, added = [], verdict = UNASKED } = result ?? {};
  const path = plan.filePath;
  const risk = result ? await riskOf(piece, result, deps) : FAILED;
  const patch: Patch | undefined =
    result && after !== original
      ? buildPatch({
          title: titleOf(plan, spans),
          files: [{ path, beforeHash: fileHash, before: original, after }],
          ...{ risk, syntaxErrors, validationErrors: added.length },
          sources: chosen.map(({ source, from }) => `${source}: ${from}`),
          validatedBy: verdict.tools,
        })
      : undefined;
  const generated = patch?.files[0]?.after ?? original;
  const samples = chosen.map(({ text, source, from, confidence, evidence, meta }) => ({
    ...{ text, source, from, confidence, evidence, meta },
  }));
  const built: Omit<BuiltPatch, 'provenance'> = {
    ...{ plan, filePath: path, originalCode: original, generatedCode: generated },
    unifiedDiff: unifiedDiff(path, original, generated),
    ...{ maskedSpans: spans, samples, compressedContext: piece.context, contextTold: piece.isTold },
    isValidSyntax: result !== undefined && syntaxErrors === 0,
    validationErrors: failed
      ? [failed.message]
      : [
          ...(syntaxErrors > 0
            ? [`${syntaxErrors} syntax ${syntaxErrors === 1 ? 'error' : 'errors'} in the result.`]
            : []),
          ...added.map((finding) => findingLine(path, finding)),
        ],
    ...{ validatedBy: verdict.tools, notes: verdict.notes, canApply: patch?.canApply ?? false },
    ...{ riskScore: risk.score, risk, startedAt: piece.startedAt.toISOString(), generatedAt: deps.now().toISOString() },
    error: failed ? { code: failed.code, message: failed.message, advice: failed.advice || ADVICE } : null,
    ...{ promised: verdict.after, ...(patch ? { patch } : {}) },
  };
  return { ...built, provenance: await provenanceOf(piece, built, chosen, deps) };
}

const ADVICE = "Check the plan's filePath and editTargets.";

/** Nothing was generated: nothing may be trusted in it. */
const FAILED: Risk = { score: 1, components: [] };

/** That of the change as such, and the chance that each sample is right: one wrong sample makes the whole patch wrong. */
async function riskOf(piece: Workpiece, { chosen, after, syntaxErrors, verdict, added }: Judged, deps: BuilderDeps) {
  const path = piece.plan.filePath;
  const now = piece.facts && syntaxErrors === 0 ? await deps.facts(path, after) : undefined;
  const ofChange = scoreRisk(
    {
      files: [{ path, before: piece.original, after }],
      targets: [path],
      ...{ syntaxErrors, errorsBefore: verdict.before.length, errorsAdded: added.length },
      errorsLeft: verdict.after.filter((error) => !added.includes(error)).length,
      changedExports: piece.facts && now ? changedExports(piece.facts, now) : [],
      ...{ tests: 'notRun', confidence: 1 },
    },
    deps.riskModel,
  );
  const right = chosen.reduce((product, candidate) => product * trustIn(candidate), 1);
  const explanation = `The chance that ${chosen.length === 1 ? 'the sample is' : 'all samples are'} just what belongs there is ${Math.round(right * 100)} %.`;
  return {
    score: round(1 - right * (1 - ofChange.score)),
    components: ofChange.components.map((component) =>
      component.name === 'source' ? { ...component, value: round(1 - right), explanation } : component,
    ),
  };
}

/** Whoever stands in has no calibrated confidence: what is assumed of them is a component of the candidate's own risk. */
function trustIn({ confidence, patch }: InfillCandidate): number {
  const doubt = patch?.risk.components.find(({ name }) => name === 'source')?.value;
  return doubt === undefined ? confidence : 1 - doubt;
}

async function provenanceOf(
  piece: Workpiece,
  built: Omit<BuiltPatch, 'provenance'>,
  chosen: readonly InfillCandidate[],
  deps: BuilderDeps,
): Promise<Provenance[]> {
  const { plan, spans, fileHash, held } = piece;
  const sampled = [...chosen.map((candidate, at) => ({ candidate, span: spans[at] as MaskedSpan })), ...held];
  if (sampled.length === 0) return [];
  const tools = await deps.versions(built.validatedBy, plan.filePath);
  const planHash = deps.hash(canonicalJson(plan));
  return sampled.map(({ candidate: { text, source, from, confidence, meta }, span }) => ({
    ...meta,
    ...{ id: deps.freshId(), createdAt: built.generatedAt, path: plan.filePath, symbol: span.symbol, unit: span.unit },
    ...{ span: { start: span.start, end: span.end }, fileHash, textHash: deps.hash(text), planHash },
    ...{ source, from, confidence, risk: built.riskScore, canApply: built.canApply, tools },
  }));
}

function titleOf({ intent, filePath }: Plan, spans: readonly MaskedSpan[]): string {
  const named = [...new Set(spans.map(({ symbol }) => symbol).filter((name) => name !== ''))].join(', ');
  const words = intent.replace(/\s+/g, ' ').trim();
  const wanted = words.length > 60 ? `${words.slice(0, 59)}…` : words;
  return `Regenerate ${named || 'code'} in ${filePath}${wanted ? `: ${wanted}` : ''}`;
}

const round = (value: number): number => Math.round(value * 10_000) / 10_000;
