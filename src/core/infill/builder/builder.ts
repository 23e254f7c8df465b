/** The Builder: plans to patches, one for each, the highest priority first; a plan that fails becomes an error patch and stops nobody. */
import { isCancelled, LodestoneError, throwIfAborted, toLodestoneError } from '../../../base/errors.ts';
import type { CallOptions } from '../../../base/progress.ts';
import { applyEdits, type TextEdit } from '../../../base/textEdit.ts';
import type { RiskModel } from '../../edits/risk.ts';
import type { ToolsVerdict } from '../../generation/validate.ts';
import { familyOf, type LanguageId } from '../../languages.ts';
import type { Parser, SourceFile } from '../../ports.ts';
import type { FileFacts } from '../../syntax/facts.ts';
import type { InfillCandidate, InfillReport, InfillRequest } from '../infill.ts';
import { type MaskedSpan, maskedSpan } from '../masker.ts';
import type { BuildReport, BuildRequest, BuiltPatch } from './build.ts';
import { CONTEXT_TOKENS, compressContext, type KnownFile } from './compressor.ts';
import { builtPatch, type Judged, judged, type Workpiece } from './patch.ts';
import { asRequest, nameOf, type Plan, wordingOf } from './plan.ts';

export interface BuilderDeps {
  readonly parser: Parser;
  readonly riskModel: RiskModel;
  infill(request: InfillRequest, options: CallOptions): Promise<InfillReport>;
  languageOf(path: string): LanguageId | undefined;
  /** Throws as `Files.read` does. */
  read(path: string): Promise<SourceFile>;
  facts(path: string, text: string): Promise<FileFacts>;
  /** All files of the repository, in path order. */
  known(): Iterable<KnownFile>;
  lineComment(language: LanguageId): string;
  /** What the real tools say of a change. */
  check(change: { path: string; before: string; after: string; trusted: boolean }): Promise<ToolsVerdict>;
  /** Versions of the engine, Node and these tools. */
  versions(tools: readonly string[], path: string): Promise<Readonly<Record<string, string>>>;
  /** SHA-256 of UTF-8, hex. */
  hash(text: string): string;
  freshId(): string;
  now(): Date;
}

/** Candidates that are asked for and, one after the other, shown to the tools until one gives no new error. */
const TRIED = 3;

/** Throws only `cancelled`. */
export async function buildPatches(
  request: BuildRequest,
  deps: BuilderDeps,
  options: CallOptions,
): Promise<BuildReport> {
  // Sorting is stable: plans of one priority stay in the order in which they were given.
  const plans = [...request.plans].sort((a, b) => b.priority - a.priority);
  const patches: BuiltPatch[] = [];
  for (const [done, plan] of plans.entries()) {
    throwIfAborted(options.signal);
    const progress = { step: `Building ${plan.filePath}`, done, total: plans.length };
    options.onProgress?.(progress);
    const inner: CallOptions = {
      ...options,
      onProgress: ({ partial }) => options.onProgress?.({ ...progress, ...(partial === undefined ? {} : { partial }) }),
    };
    patches.push(await buildOne(plan, request, deps, inner));
  }
  options.onProgress?.({ step: 'Built', done: plans.length, total: plans.length });
  return { patches };
}

async function buildOne(
  plan: Plan,
  request: BuildRequest,
  deps: BuilderDeps,
  options: CallOptions,
): Promise<BuiltPatch> {
  const piece: Workpiece = {
    plan,
    startedAt: deps.now(),
    original: '',
    fileHash: '',
    spans: [],
    context: '',
    isTold: false,
    held: [],
  };
  try {
    const chosen = await generate(piece, request, deps, options);
    return await builtPatch(piece, await firstSound(piece, chosen, request, deps, options), deps);
  } catch (error) {
    if (isCancelled(error)) throw error;
    return builtPatch(piece, toLodestoneError(error), deps);
  }
}

/** Candidates of each span, in the order of the file. Fills in the workpiece as far as it gets. */
async function generate(
  piece: Workpiece,
  request: BuildRequest,
  deps: BuilderDeps,
  options: CallOptions,
): Promise<readonly (readonly InfillCandidate[])[]> {
  const { plan } = piece;
  const path = plan.filePath;
  const language = languageFor(plan, deps);
  const file = await deps.read(path);
  if (file.lossy)
    throw new LodestoneError('unreadable', `${path} is not valid in its encoding, so it is not changed.`, {
      advice: 'Save it as UTF-8 first.',
    });
  piece.original = file.text;
  piece.fileHash = file.hash;
  const facts = await deps.facts(path, file.text);
  piece.facts = facts;
  const [tree, grammar] = [await deps.parser.parse(language, file.text), await deps.parser.grammar(language)];
  const masked = plan.editTargets.map((target) => {
    const { target: named, range } = asRequest(target, file.text);
    const span = maskedSpan({ path, text: file.text, tree, grammar, facts }, named ?? (range ? { range } : {}));
    return { target, span };
  });
  masked.sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
  piece.spans = masked.map(({ span }) => span);
  masked.forEach(({ target, span }, at) => {
    const next = masked[at + 1];
    if (next && (next.span.start < span.end || next.span.start === span.start))
      throw new LodestoneError('badArguments', `${nameOf(target)} and ${nameOf(next.target)} overlap in ${path}.`, {
        advice: 'Name only the outer one, or make a plan of each and apply them one after the other.',
        args: { path },
      });
  });
  const brought = plan.context?.compressedContext ?? '';
  piece.isTold = brought !== '' || request.context === true;
  piece.context =
    brought ||
    compressContext(
      {
        ...{ file: { path, facts }, spans: piece.spans, others: deps.known() },
        ...{ lineComment: deps.lineComment(language), tokens: CONTEXT_TOKENS },
      },
      plan.context,
    );
  const found: (readonly InfillCandidate[])[] = [];
  for (const { target, span } of masked) {
    const report = await deps.infill(infillRequest(piece, target, request), options);
    const [surest] = report.candidates;
    if (surest === undefined) {
      piece.held = report.withheld.slice(0, 1).map((candidate) => ({ candidate, span }));
      const [notice] = report.notices;
      throw new LodestoneError(
        notice?.code ?? 'notFound',
        `Nothing is sure enough for ${nameOf(target)} in ${path}: ${report.why || (notice?.message ?? 'no source proposed anything.')}`,
        {
          advice: notice?.advice || 'Say more in the intent, name a smaller target, or let a language model stand in.',
        },
      );
    }
    found.push(report.candidates);
  }
  return found;
}

function infillRequest(piece: Workpiece, target: Plan['editTargets'][number], request: BuildRequest): InfillRequest {
  const { plan, original, context, isTold } = piece;
  const { sampling, model, fallback, deadlineMs, trusted } = request;
  return {
    ...{ path: plan.filePath, text: original, ...asRequest(target, original), intent: wordingOf(plan), trusted },
    // The whole patch is validated at once, below: a target alone may need the others.
    ...{ candidates: TRIED, validate: false },
    ...(isTold && context !== '' ? { context } : {}),
    ...(sampling ? { sampling } : {}),
    ...(model === undefined ? {} : { model }),
    ...(fallback === undefined ? {} : { fallback }),
    ...(deadlineMs === undefined ? {} : { deadlineMs }),
  };
}

/** The surest candidates; where the tools report new errors with them, the next ones; the first again where all have some. */
async function firstSound(
  piece: Workpiece,
  candidates: readonly (readonly InfillCandidate[])[],
  { trusted }: BuildRequest,
  deps: BuilderDeps,
  { signal }: CallOptions,
): Promise<Judged> {
  const language = languageFor(piece.plan, deps);
  let first: Judged | undefined;
  const rounds = Math.min(TRIED, Math.max(...candidates.map(({ length }) => length)));
  for (let round = 0; round < rounds; round++) {
    throwIfAborted(signal);
    const chosen = candidates.map((list) => (list[round] ?? list[0]) as InfillCandidate);
    const after = applyEdits(piece.original, editsOf(piece.spans, chosen));
    const verdict = await judged(piece, chosen, after, language, trusted, deps);
    if (verdict.syntaxErrors === 0 && verdict.added.length === 0) return verdict;
    first ??= verdict;
  }
  return first as Judged;
}

function editsOf(spans: readonly MaskedSpan[], chosen: readonly Pick<InfillCandidate, 'text'>[]): TextEdit[] {
  return spans.map(({ start, end }, at) => ({ start, end, newText: chosen[at]?.text ?? '' }));
}

/** Throws unsupportedLanguage and badArguments. */
function languageFor({ filePath, language }: Plan, deps: BuilderDeps): LanguageId {
  const own = deps.languageOf(filePath);
  if (!own)
    throw new LodestoneError('unsupportedLanguage', `Lodestone does not know the language of ${filePath}.`, {
      advice: 'It reads TypeScript, JavaScript, Python, Rust and Go.',
      args: { path: filePath },
    });
  if (language !== undefined && familyOf(language) !== familyOf(own))
    throw new LodestoneError('badArguments', `The plan says ${language}, but ${filePath} is ${own}.`, {
      advice: 'Correct the language, or leave it out: the file name says it.',
      args: { path: filePath },
    });
  return own;
}
