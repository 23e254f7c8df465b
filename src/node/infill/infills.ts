/** Infilling in an opened repository: a hole, what everybody proposes for it, how sure each is, and what is worth showing. */
import { LodestoneError, throwIfAborted } from '../../base/errors.ts';
import type { CallOptions } from '../../base/progress.ts';
import type { RiskModel } from '../../core/edits/risk.ts';
import { unifiedDiff } from '../../core/edits/unifiedDiff.ts';
import type { Validation } from '../../core/generation/generation.ts';
import type { Hole } from '../../core/generation/hole.ts';
import { type Author, patchOf } from '../../core/generation/patchOf.ts';
import { isStub } from '../../core/generation/targets.ts';
import { UNCHECKED, validate } from '../../core/generation/validate.ts';
import type { ProposalScorer } from '../../core/infill/candidates/scorer.ts';
import { routineAround } from '../../core/infill/conditioning.ts';
import type { InfillCandidate, InfillMeta, InfillReport, InfillRequest } from '../../core/infill/infill.ts';
import { isSymbolUnit, type MaskedSpan, maskedSpan } from '../../core/infill/masker.ts';
import type { InfillPlace } from '../../core/infill/place.ts';
import type { Proposal } from '../../core/infill/proposal.ts';
import { merged, type Ranked, ranked, thresholdAt } from '../../core/infill/ranking.ts';
import type { ResolvedSampling } from '../../core/infill/resolveSampling.ts';
import type { LanguageId } from '../../core/languages.ts';
import type { Denoiser, Parser } from '../../core/ports.ts';
import type { GenerationScope } from '../generations.ts';
import { askDenoiser, type DenoiserAnswer } from './denoiserAnswer.ts';
import type { Fallback } from './fallback.ts';
import { type Parsed, parsedProposals, withErrors } from './parsedProposals.ts';
import type { InfillSources, SoughtHole } from './sources.ts';
import { ToolReview, type Verdicts, withVerdicts } from './toolReview.ts';

export interface InfillsParts {
  readonly parser: () => Parser;
  readonly denoiser: () => Denoiser;
  readonly scorer: () => Promise<ProposalScorer>;
  readonly riskModel: () => Promise<RiskModel>;
  /** A request's sampling options: its own, the environment's, the settings', the preset's. */
  readonly sampling: (request: InfillRequest, masked: string) => Promise<ResolvedSampling>;
}

/** What one request needs besides: the opened repository, and who stands in. */
export interface InfillScope extends GenerationScope {
  readonly sources: InfillSources;
  readonly fallback: Fallback;
}

/** A hole with everything that is asked about it. */
interface Job {
  readonly request: InfillRequest;
  readonly language: LanguageId;
  readonly before: string;
  readonly beforeHash: string;
  readonly span: MaskedSpan;
  readonly hole: SoughtHole;
  readonly sampling: ResolvedSampling;
}

/** What is told of every candidate, and who can say more of it. */
interface Telling {
  readonly meta: InfillMeta;
  readonly verdicts: Verdicts;
  readonly scope: InfillScope;
}

/** Of the repository's own proposals so many are held against the denoiser's; there are 38 in the mean. */
const SCORED = 48;
/** Of those that are not shown so many are told. */
const WITHHELD = 8;

export class Infills {
  private readonly tools = new ToolReview();

  constructor(private readonly parts: InfillsParts) {}

  /** Whether a denoiser can be asked. */
  async hasDenoiser(options: CallOptions): Promise<boolean> {
    return (await this.parts.denoiser().state(options)).available;
  }

  async infill(request: InfillRequest, scope: InfillScope, options: CallOptions): Promise<InfillReport> {
    const { sources } = scope;
    const job = await this.jobOf(request, scope);
    const { place } = job.hole;
    options.onProgress?.({ step: 'Looking for the like', done: 0 });
    const leftOut: readonly string[] = request.leaveOut ?? [];
    const asked = await sources.ask(job.hole, options);
    const own = asked.proposals.filter(({ source, text }) => !leftOut.includes(source) && !isStillOpen(job, text));
    throwIfAborted(options.signal);
    const scorer = await this.parts.scorer();
    const surest = ranked(own, place, scorer).map(({ proposal }) => proposal);
    const draft = surest.find(({ source }) => source === 'copy' || source === 'kin');
    // Bodies are ranked by what like functions say, whatever the denoiser thinks of them.
    const scored = isSymbolUnit(place.unit) ? [] : surest.slice(0, SCORED);
    const answer = await askDenoiser(this.parts.denoiser(), job, sources, { scored, draft }, placed(options, job.span));
    const proposals = merged([...own, ...answer.proposals]).map((proposal) => ({
      ...proposal,
      evidence: { ...asked.rate(proposal.text), ...proposal.evidence, ...answer.evidence(proposal) },
    }));
    const threshold = request.threshold ?? thresholdAt(proposals, place, scorer);
    const told = request.withheld ?? WITHHELD;
    const parsed = await this.parsed(job, ranked(proposals, place, scorer), told, options);
    const known = new Map(parsed.map((each) => [each.proposal.text, each]));
    /** In the order in which they stand now. */
    const again = (others: readonly Proposal[]): Parsed[] =>
      ranked(others, place, scorer).flatMap((each) => {
        const before = known.get(each.proposal.text);
        return before ? [{ ...before, ...each }] : [];
      });
    const reviewed = withErrors(proposals, parsed);
    const verdicts: Verdicts =
      request.validate === false || leftOut.includes('tools')
        ? new Map()
        : await this.tools.verdicts(
            job.language,
            again(reviewed),
            (after) => this.validation(job, after, scope),
            options,
          );
    const likely = again(withVerdicts(reviewed, verdicts));
    const isSure = ({ confidence, errors }: Parsed) => confidence >= threshold && errors === 0;
    const telling = { meta: metaOf(job, answer), verdicts, scope };
    const shown = likely.filter(isSure).slice(0, request.candidates ?? 1);
    // The surer ones of these may be sure enough: there was no room for more.
    const rest = likely.filter((each) => !shown.includes(each));
    const candidates = await this.candidatesOf(job, shown, telling, request.validate !== false);
    const withheld = await this.candidatesOf(job, rest, telling, false);
    const report = {
      ...{ span: { start: job.span.start, end: job.span.end }, unit: job.span.unit, symbol: job.span.symbol },
      ...{ candidates, withheld, threshold },
      notices: answer.notice ? [answer.notice] : [],
    };
    const answered =
      candidates.length > 0
        ? { ...report, fallback: null, why: '' }
        : await this.standIn(job, report, whyNone(job.hole, withheld, threshold, answer.dropped), telling, options);
    return { ...answered, withheld: answered.withheld.slice(0, told) };
  }

  /** Nothing was sure enough: what somebody else writes. */
  private async standIn(
    job: Job,
    report: Omit<InfillReport, 'fallback' | 'why'>,
    why: string,
    telling: Telling,
    options: CallOptions,
  ): Promise<InfillReport> {
    if (job.request.fallback === false) return { ...report, fallback: null, why };
    const bodies = report.withheld.filter(({ parses, evidence }) => parses && evidence.bodyChance !== undefined);
    const stood = await telling.scope.fallback.answer(job.hole, { ...job, bodies }, options);
    const notices = stood.notice ? [...report.notices, stood.notice] : report.notices;
    if (!stood.by) return { ...report, notices, fallback: null, why: [why, stood.why].filter(Boolean).join(' ') };
    const author = ({ evidence: { bodyChance, likeness } }: Proposal): Author => {
      if (stood.by === 'model') return { model: stood.model };
      return bodyChance === undefined ? { likeness } : { confidence: bodyChance };
    };
    const all = stood.proposals.map((proposal) => ({ proposal, confidence: proposal.evidence.bodyChance ?? 0 }));
    const parsed = await this.parsed(job, all, all.length, options);
    const candidates = await this.candidatesOf(job, parsed, telling, job.request.validate !== false, author);
    // What stands in is not told a second time as what was withheld.
    const withheld = report.withheld.filter(({ text }) => !candidates.some((each) => each.text === text));
    return { ...report, candidates, withheld, notices, fallback: stood.by, why };
  }

  /** Throws `notFound`, `badArguments`, `unreadable` and `unsupportedLanguage` with what to do. */
  private async jobOf(request: InfillRequest, scope: InfillScope): Promise<Job> {
    const { path, target, range, unit, length } = request;
    const language = scope.functions.languageOf(path);
    if ((target === undefined) === (range === undefined))
      throw new LodestoneError('badArguments', 'Either a target or a range is wanted.', {
        advice: 'Name a function of the file, or a range of it.',
      });
    const disk = await scope.disk(path);
    if (disk?.lossy)
      throw new LodestoneError('unreadable', `${path} is not valid in its encoding, so it is not changed.`, {
        advice: 'Save it as UTF-8 first.',
        args: { path },
      });
    const before = request.text ?? disk?.text;
    if (before === undefined)
      throw new LodestoneError('notFound', `${path} does not exist.`, { advice: 'Check the path.', args: { path } });
    const parser = this.parts.parser();
    const facts = await scope.facts(path, before);
    const [tree, grammar] = [await parser.parse(language, before), await parser.grammar(language)];
    const span = maskedSpan(
      { path, text: before, tree, grammar, facts },
      { ...target, ...(range ? { range } : {}), ...(unit ? { unit } : {}) },
    );
    const masked = before.slice(span.start, span.end);
    const linesTaken = masked.split('\n').length - 1;
    const isSeveral = span.unit !== 'body' && masked.trim().includes('\n');
    const place: InfillPlace = {
      ...{ path, language, unit: span.unit, nodeType: span.nodeType },
      ...{ prefix: before.slice(0, span.start), suffix: before.slice(span.end) },
      ...(typeof length === 'number' ? { lexemes: length } : {}),
      ...(isSeveral ? { severalLines: true } : {}),
      ...(linesTaken > 0 ? { linesTaken } : {}),
    };
    return {
      ...{ request, language, before, span, beforeHash: disk?.hash ?? '' },
      hole: { place, text: before, facts, routine: routineAround(facts, span) },
      // How long it will be nobody knows by a stub.
      sampling: await this.parts.sampling(request, isStub(masked, language) ? '' : masked),
    };
  }

  private parsed({ hole, before }: Job, all: readonly Ranked[], least: number, { signal }: CallOptions) {
    return parsedProposals(this.parts.parser(), hole.place, before, all, least, signal);
  }

  private async candidatesOf(
    job: Job,
    all: readonly Parsed[],
    { meta, verdicts, scope }: Telling,
    isChecked: boolean,
    authorOf: (proposal: Proposal, confidence: number) => Author = (_, confidence) => ({ confidence }),
  ): Promise<InfillCandidate[]> {
    const { path } = job.request;
    const { before, beforeHash, span } = job;
    const riskModel = await this.parts.riskModel();
    const candidates: InfillCandidate[] = [];
    for (const { proposal, confidence, after, errors } of all) {
      const { text, source, from, evidence } = proposal;
      const known = verdicts.get(text) ?? (isChecked ? await this.validation(job, after, scope) : undefined);
      const validation = known ?? { ...UNCHECKED, passed: errors === 0, syntaxErrors: errors };
      const title = `${isSymbolUnit(span.unit) ? 'Regenerate' : 'Fill in'} ${span.symbol || path}`;
      const change = { title, path, beforeHash, before, after, sources: [`${source}: ${from}`] };
      const patch = patchOf({ ...change, author: authorOf(proposal, confidence) }, validation, riskModel);
      candidates.push({
        ...{ text, confidence, source, from, evidence, meta, parses: errors === 0, risk: patch.risk.score },
        diff: unifiedDiff(path, before, after),
        ...(after === before ? {} : { patch }),
        ...(known ? { validation } : {}),
      });
    }
    return candidates;
  }

  private validation({ request, before, language, span }: Job, after: string, scope: InfillScope): Promise<Validation> {
    const { path, trusted } = request;
    const { start, end } = span;
    const hole: Hole = { start, end, lead: '', tail: '', shownFrom: start, shownTo: end };
    const ask = () => scope.check({ path, before, after, trusted });
    return validate({ language, before, after, hole, ownFrom: start }, this.parts.parser(), ask);
  }
}

/** For a body that is still to be written another such body is no answer. */
function isStillOpen({ span, before, language }: Job, text: string): boolean {
  const original = before.slice(span.start, span.end);
  return span.unit === 'body' && original.trim() !== '' && isStub(original, language) && isStub(text, language);
}

/** Whoever watches is told where the text so far stands. */
function placed(options: CallOptions, { start, end }: MaskedSpan): CallOptions {
  const { onProgress } = options;
  if (!onProgress) return options;
  return {
    ...options,
    onProgress: (progress) =>
      onProgress(progress.partial === undefined ? progress : { ...progress, span: { start, end } }),
  };
}

function metaOf({ sampling }: Job, { model, promptHash, msModel, msOwn }: DenoiserAnswer): InfillMeta {
  const { seed, schedule, sampler, guidance, steps, temperature } = sampling.sampling;
  return {
    ...{ model: model?.name ?? null, sha256: model?.sha256 ?? null, seed, preset: sampling.preset, schedule, sampler },
    ...{ guidance, steps, temperature, promptHash, msModel, msOwn },
  };
}

/** `dropped`: samples of the denoiser that nothing could make parse. */
function whyNone(
  { place }: SoughtHole,
  withheld: InfillReport['withheld'],
  threshold: number,
  dropped: number,
): string {
  const best = withheld.find(({ parses }) => parses);
  const percent = (share: number) => `${Math.round(share * 100)} %`;
  if (best) {
    const surest = best === withheld[0] ? 'The surest candidate' : 'The surest candidate that parses';
    return `${surest} is right with ${percent(best.confidence)}; below ${percent(threshold)} none is shown.`;
  }
  if (withheld.length + dropped > 0) return 'What was proposed does not parse here.';
  if (place.lexemes === undefined) return 'Nothing was proposed for this place.';
  return `Nothing with ${place.lexemes} words and signs was proposed for this place.`;
}
