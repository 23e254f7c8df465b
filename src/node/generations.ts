/** Generation in an opened repository: a hole, what is known of it, a model's attempts, the tools' verdict, a patch. */
import { basename } from 'node:path';
import { LodestoneError } from '../base/errors.ts';
import type { CallOptions } from '../base/progress.ts';
import { hitRate } from '../core/completion/apiSeed.ts';
import { namesIn } from '../core/completion/codeLift.ts';
import type { Place } from '../core/completion/place.ts';
import type { RelatedFile } from '../core/completion/prompt/prompt.ts';
import type { RiskModel } from '../core/edits/risk.ts';
import { type Attempted, attempt } from '../core/generation/attempts.ts';
import { editRefusal, fitted } from '../core/generation/editAnswer.ts';
import type {
  EditReport,
  EditRequest,
  GenerateReport,
  GenerateRequest,
  Validation,
} from '../core/generation/generation.ts';
import { endOfFile, filled, type Hole, isComment, selectionHole, shownOf, windowsOf } from '../core/generation/hole.ts';
import { type Author, patchOf } from '../core/generation/patchOf.ts';
import { findTarget, isStub } from '../core/generation/targets.ts';
import { ownFrom, UNCHECKED, validate } from '../core/generation/validate.ts';
import type { PromptWords, Wanted } from '../core/generation/words.ts';
import { ModelWriter } from '../core/generation/writer.ts';
import type { ChangeCheck } from '../core/healing/checkChange.ts';
import type { LanguageId } from '../core/languages.ts';
import type { Parser, SourceFile } from '../core/ports.ts';
import { cleanLine } from '../core/retrieval/hygiene.ts';
import { subwords } from '../core/retrieval/subwords.ts';
import type { FileFacts, FunctionFact } from '../core/syntax/facts.ts';
import { isModelFailure, type ModelService } from './models/modelService.ts';
import type { RepositoryFunctions } from './repositoryFunctions.ts';
import type { Survey } from './surveyor.ts';

export interface GenerationsParts {
  readonly root: string;
  readonly models: ModelService;
  readonly parser: () => Parser;
  readonly lineComment: (language: LanguageId) => string;
  readonly words: (id: PromptWords['id']) => Promise<PromptWords>;
  readonly riskModel: () => Promise<RiskModel>;
  /** In [0, 1]: answers that use fewer of the expected calls are asked for again. */
  readonly threshold: number;
}

/** What the opened repository lends to one request. */
export interface GenerationScope {
  readonly functions: RepositoryFunctions;
  /** The file on disk; undefined where there is none. */
  disk(path: string): Promise<SourceFile | undefined>;
  facts(path: string, text: string): Promise<FileFacts>;
  /** `words`: what a person asked for. */
  survey(path: string, language: LanguageId, text: string, offset: number, words?: string): Promise<Survey>;
  check(change: { path: string; before: string; after: string; trusted: boolean }): Promise<ChangeCheck>;
}

/** A hole in a file with everything that is asked about it. */
interface Job {
  readonly path: string;
  readonly language: LanguageId;
  readonly before: string;
  readonly facts: FileFacts;
  readonly hole: Hole;
  /** Offset from which on, up to the hole's end, every error is the new code's own, whatever stood there; absent for an edit. */
  readonly ownFrom?: number;
  readonly trusted: boolean;
  readonly words: PromptWords;
  readonly survey: Survey;
  readonly wanted: Pick<Wanted, 'title' | 'instruction' | 'selection' | 'begun'>;
  readonly retries: number;
}

interface Answer {
  readonly after: string;
  readonly validation: Validation;
  readonly sources: readonly string[];
  readonly author: Author;
}

const RETRIES = 2;
/** Functions of the repository that are checked before the nearest stands in with its errors: each costs a run of the tools. */
const OWN_TRIED = 2;
/** Signatures that a prompt gets. */
const SIGNATURES = 16;

export class Generations {
  constructor(private readonly parts: GenerationsParts) {}

  async generate(request: GenerateRequest, scope: GenerationScope, options: CallOptions): Promise<GenerateReport> {
    const { target, spec } = request;
    if ((target === undefined) === (spec === undefined || spec.trim() === ''))
      throw new LodestoneError('badArguments', 'Either a specification or a target is wanted.', {
        advice: 'Say in words what to write, or name a function of the repository.',
      });
    const path = target
      ? (target.path ?? scope.functions.fileOf(target.name ?? ''))
      : (request.path ?? scope.functions.pathFor(request.language));
    const language = scope.functions.languageOf(path);
    if (request.language !== undefined && request.language !== language)
      throw new LodestoneError('badArguments', `${path} is not ${request.language}.`, {
        advice: 'Leave the language out where a file is named.',
      });
    const disk = target || request.path ? await sound(path, scope) : undefined;
    if (target && !disk && request.text === undefined)
      throw new LodestoneError('notFound', `${path} does not exist.`, { advice: 'Check the path.', args: { path } });
    const before = request.text ?? disk?.text ?? '';
    const facts = await scope.facts(path, before);
    const found = target ? findTarget(path, target, before, facts) : undefined;
    const hole = found?.hole ?? endOfFile(before, language);
    const cursor = hole.start + hole.lead.length;
    const survey = await scope.survey(path, language, filled(before, hole, ''), cursor, spec);
    const job: Job = {
      ...{ path, language, before, facts, hole, survey },
      ...{
        trusted: request.trusted,
        retries: request.retries ?? RETRIES,
        ownFrom: ownFrom(before, hole, found?.routine),
      },
      words: await this.parts.words(found ? 'body' : 'specification'),
      wanted: {
        title: found?.title ?? 'the code',
        instruction: spec ?? found?.routine?.doc ?? '',
        selection: '',
        begun: found ? headOf(before, hole, found.routine) : '',
      },
    };
    const model = request.model === undefined ? this.parts.models.configured : request.model;
    let tried: Attempted = { attempts: 0, rejected: [] };
    let notice: GenerateReport['notice'] = null;
    if (model !== null) {
      try {
        tried = await this.ask(model, job, scope, request.model !== undefined, options);
      } catch (error) {
        if (request.model !== undefined || !isModelFailure(error)) throw error;
        notice = { code: error.code, message: error.message, advice: error.advice ?? '' };
      }
    }
    const written = tried.best && this.answerOf(job, tried.best, model as string);
    const own = written ? { tried: 0, why: '' } : await this.fromRepository(job, found?.routine, spec, scope, options);
    const answered = written ?? own.answer;
    const code = answered ? shownOf(before, answered.after, hole) : '';
    const names = survey.expected.map(({ name }) => name);
    const patch =
      answered && answered.after !== before && (disk || request.text !== undefined)
        ? patchOf(
            {
              ...{ title: found ? `Write ${found.title}` : 'Code for a specification', path, before },
              ...{ beforeHash: disk?.hash ?? '', after: answered.after },
              ...{ sources: answered.sources, author: answered.author },
            },
            answered.validation,
            await this.parts.riskModel(),
          )
        : undefined;
    return {
      ...{ code, language, path: target || request.path ? path : '' },
      validation: answered?.validation ?? UNCHECKED,
      attempts: tried.attempts + own.tried,
      rejected: tried.rejected,
      apiHitRate: answered ? hitRate(writtenIn(before, answered.after, hole), names, false) : null,
      attractors: survey.named.map(({ id, name }) => ({ id, name })),
      sources: answered?.sources ?? [],
      failure: answered ? null : whyNone(model, tried, notice !== null, own.why),
      model: notice ? null : model,
      notice,
      ...(patch ? { patch } : {}),
    };
  }

  async edit(request: EditRequest, scope: GenerationScope, options: CallOptions): Promise<EditReport> {
    const { path, startLine, endLine, instruction } = request;
    const language = scope.functions.languageOf(path);
    const disk = await sound(path, scope);
    const before = request.text ?? disk?.text;
    if (before === undefined)
      throw new LodestoneError('notFound', `${path} does not exist.`, { advice: 'Check the path.', args: { path } });
    const lines = before.split('\n').length;
    if (!(startLine >= 1 && endLine >= startLine && endLine <= lines) || instruction.trim() === '')
      throw new LodestoneError('badArguments', `Lines ${startLine} to ${endLine} cannot be edited.`, {
        advice: `Select lines of the file (it has ${lines}) and say what is to change.`,
      });
    const model = request.model ?? this.parts.models.configured;
    if (model === null)
      throw new LodestoneError('modelMissing', 'An edit by instruction needs a model, and none is configured.', {
        advice: 'Set lodestone.model.name to one that your server has.',
      });
    const hole = selectionHole(before, startLine, endLine);
    const selection = before.slice(hole.start, hole.end);
    const survey = await scope.survey(path, language, before, hole.start, instruction);
    const job: Job = {
      ...{ path, language, before, hole, survey, facts: await scope.facts(path, before) },
      ...{ trusted: request.trusted, retries: request.retries ?? RETRIES },
      words: await this.parts.words('edit'),
      wanted: { title: 'the selected lines', instruction: instruction.trim(), selection, begun: '' },
    };
    const tried = await this.ask(model, job, scope, request.model !== undefined, options);
    const answer = tried.best && this.answerOf(job, tried.best, model);
    const patch = answer
      ? patchOf(
          {
            ...{ title: instruction.trim().split('\n')[0] as string, path, before, after: answer.after },
            ...{ beforeHash: disk?.hash ?? '', sources: answer.sources, author: answer.author },
          },
          answer.validation,
          await this.parts.riskModel(),
        )
      : undefined;
    return {
      ...(patch ? { patch } : {}),
      validation: answer?.validation ?? UNCHECKED,
      ...{ attempts: tried.attempts, rejected: tried.rejected, model },
      failure: patch ? null : whyNone(model, tried, false, ''),
    };
  }

  /** Attempts of a model. Throws what the server throws. */
  private ask(model: string, job: Job, scope: GenerationScope, manual: boolean, options: CallOptions) {
    const { path, language, before, hole, survey, words } = job;
    const isEdit = words.id === 'edit';
    const { prefix, suffix, prefixLine } = windowsOf(before, hole);
    const place: Place = { path, language, prefix, suffix };
    const lineComment = this.parts.lineComment(language);
    const question = {
      ...{ model, place, prefixLine, words, lineComment },
      ...(hole.extent ? { extent: hole.extent } : {}),
      repository: basename(this.parts.root),
      wanted: {
        ...job.wanted,
        ...{ path, language, considerBlock: survey.context.considerBlock, signatures: signaturesOf(survey, path) },
        ...{ before: prefix, after: suffix },
      },
      ...{ seed: isEdit ? '' : survey.context.seed, avoided: survey.avoided },
      expected: isEdit ? [] : survey.expected,
      ...(isEdit ? { shape: (answer: string) => fitted(answer, job.wanted.selection) } : {}),
    };
    return this.parts.models.use(
      (known) => {
        const writer = new ModelWriter(known, this.parts.parser());
        const asked = new Set<string>();
        return attempt(
          {
            ...{ retries: job.retries, threshold: this.parts.threshold },
            write: (pressure, problems) => writer.write(question, { pressure, problems, asked }, options),
            refuses: (text) =>
              isEdit ? editRefusal(text, job.wanted.selection, prefix, suffix) : withoutCode(text, language),
            validate: (written) => this.validate(job, filled(before, hole, written.text, written.replaces), scope),
          },
          options,
        );
      },
      { manual },
    );
  }

  private answerOf(job: Job, { written, validation }: NonNullable<Attempted['best']>, model: string): Answer {
    const after = filled(job.before, job.hole, written.text, written.replaces);
    return { after, validation, sources: [`model ${model}`], author: { model } };
  }

  /** The nearest function of the repository that fits without a new error, else the nearest; `why` says why there is none. */
  private async fromRepository(
    job: Job,
    routine: FunctionFact | undefined,
    spec: string | undefined,
    scope: GenerationScope,
    options: CallOptions,
  ): Promise<{ readonly answer?: Answer; readonly tried: number; readonly why: string }> {
    const { path, language, before, facts, hole, survey } = job;
    if (!routine && spec === undefined)
      return { tried: 0, why: 'Without a model only a function with a signature can be written.' };
    const expected = survey
      .ranked()
      .slice(0, 12)
      .map(({ name }) => name);
    const sought = {
      ...{ path, language, expected, text: before, facts },
      words: [...namesIn(spec ?? '')].flatMap(subwords),
      ...(routine ? { fact: routine } : {}),
    };
    let nearest: Answer | undefined;
    let tried = 0;
    let why = 'Nothing in the repository is near enough to follow.';
    for await (const { text, source, likeness } of scope.functions.answers(sought, hole, options)) {
      options.onProgress?.({ step: 'Checking', done: tried, total: OWN_TRIED });
      tried++;
      const after = filled(before, hole, text);
      const validation = await this.validate(job, after, scope);
      const author = { likeness: routine ? likeness : undefined };
      const answer: Answer = { after, validation, sources: [`repository: ${source}`], author };
      if (validation.passed) return { answer, tried, why: '' };
      if (validation.syntaxErrors === 0) nearest ??= answer;
      else why = `The nearest function, ${source}, does not fit here.`;
      if (tried === OWN_TRIED) break;
    }
    return { ...(nearest ? { answer: nearest } : {}), tried, why };
  }

  private validate({ path, language, before, hole, ownFrom, trusted }: Job, after: string, scope: GenerationScope) {
    const written = { language, before, after, hole, ...(ownFrom === undefined ? {} : { ownFrom }) };
    return validate(written, this.parts.parser(), () => scope.check({ path, before, after, trusted }));
  }
}

/** Comments alone are no answer, and a promise of one is none either. */
function withoutCode(text: string, language: LanguageId): string | undefined {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  if (lines.every((line) => isComment(line, language))) return 'It holds nothing but comments.';
  return isStub(text, language) ? 'It leaves the body to be written.' : undefined;
}

/** What stands in the hole. */
function writtenIn(before: string, after: string, { start, end, lead, tail }: Hole): string {
  return after.slice(start + lead.length, after.length - (before.length - end) - tail.length);
}

/** The file on disk, unless its bytes are no text that can be written back. */
async function sound(path: string, scope: GenerationScope): Promise<SourceFile | undefined> {
  const disk = await scope.disk(path);
  if (!disk?.lossy) return disk;
  throw new LodestoneError('unreadable', `${path} is not valid in its encoding, so it is not changed.`, {
    advice: 'Save it as UTF-8 first.',
    args: { path },
  });
}

/** The function's head as it stands in the file, up to where its body begins: what a conversation's answer has begun with. */
function headOf(before: string, hole: Hole, routine: FunctionFact | undefined): string {
  if (!routine) return '';
  const start = before.lastIndexOf('\n', routine.start - 1) + 1;
  return before.slice(start, hole.start) + hole.lead;
}

/** Signatures of other files that may be called, those of one file together. */
function signaturesOf({ context }: Survey, own: string): RelatedFile[] {
  const named = context.apis.filter(({ path, signature }) => path !== '' && path !== own && signature !== '');
  const byFile = Map.groupBy(named.slice(0, SIGNATURES), ({ path }) => path);
  return [...byFile].flatMap(([path, apis]) => {
    const lines = apis.map(({ signature }) => cleanLine(signature)).filter((line) => line !== '');
    return lines.length > 0 ? [{ path, text: lines.join('\n') }] : [];
  });
}

function whyNone(model: string | null, { attempts, rejected }: Attempted, isDown: boolean, own: string): string {
  const last = rejected.at(-1);
  const said =
    model === null || isDown
      ? ''
      : last
        ? `What ${model} wrote was rejected: ${last.why}`
        : attempts > 0
          ? `${model} wrote nothing.`
          : `${model} was not asked.`;
  return [said, own].filter(Boolean).join(' ');
}
