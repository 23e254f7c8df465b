/** Who stands in where nothing is sure enough (BD7): a language model, then the bodies of the repository's own nearest functions. */

import { LineIndex } from '../../base/lineIndex.ts';
import type { CallOptions } from '../../base/progress.ts';
import type { CompletionReport, CompletionRequest } from '../../core/completion/completion.ts';
import type { GenerateReport, GenerateRequest } from '../../core/generation/generation.ts';
import type { InfillReport, InfillRequest } from '../../core/infill/infill.ts';
import type { MaskedSpan } from '../../core/infill/masker.ts';
import type { Proposal } from '../../core/infill/proposal.ts';
import type { SoughtHole } from './sources.ts';

export interface FallbackParts {
  readonly generate: (request: GenerateRequest, options: CallOptions) => Promise<GenerateReport>;
  readonly complete: (request: CompletionRequest, options: CallOptions) => Promise<CompletionReport>;
  /** The configured model; null: none is wanted. */
  readonly model: string | null;
}

type Notice = InfillReport['notices'][number];

export type StoodIn =
  | { readonly by: 'model'; readonly model: string; readonly proposals: readonly Proposal[]; readonly notice?: Notice }
  | { readonly by: 'nearest'; readonly proposals: readonly Proposal[]; readonly notice?: Notice }
  | { readonly by?: undefined; readonly why: string; readonly notice?: Notice };

/** What is asked for, and what the repository itself has that nobody was sure of. */
export interface Unanswered {
  readonly request: InfillRequest;
  readonly span: MaskedSpan;
  /** Bodies of like functions that parse at the place, each another one, the surest first. */
  readonly bodies: readonly Proposal[];
}

export class Fallback {
  constructor(private readonly parts: FallbackParts) {}

  /** A body is written by generation, as `lodestone generate` would; anything else as at a cursor. Throws `cancelled`. */
  answer(hole: SoughtHole, { request, span, bodies }: Unanswered, options: CallOptions): Promise<StoodIn> {
    const model = request.model === undefined ? this.parts.model : request.model;
    if (span.unit === 'body' && hole.routine) {
      const nearest = bodies
        .slice(0, request.candidates ?? 1)
        .map(({ text, from, evidence }): Proposal => ({ text, source: 'nearest', from, evidence }));
      if (model === null && nearest.length > 0) return Promise.resolve({ by: 'nearest', proposals: nearest });
      return this.body(hole, request, nearest, options);
    }
    if (model === null) return Promise.resolve({ why: '' });
    return this.cursor(hole, request, model, options);
  }

  private async body(
    { place, text, routine }: SoughtHole,
    request: InfillRequest,
    nearest: readonly Proposal[],
    options: CallOptions,
  ): Promise<StoodIn> {
    const { path, model } = request;
    const target = { path, name: routine?.name ?? '', line: routine?.startLine ?? 1 };
    const asked = model === undefined ? {} : { model };
    const report = await this.parts.generate({ target, text, trusted: request.trusted, ...asked }, options);
    const notice = report.notice ? { notice: report.notice } : {};
    const after = report.patch?.files.find((file) => file.path === path)?.after;
    const written = after === undefined ? undefined : between(after, place.prefix, place.suffix);
    const isModels = report.sources.some((source) => source.startsWith('model '));
    if (nearest.length > 0 && (written === undefined || !isModels))
      return { by: 'nearest', proposals: nearest, ...notice };
    if (written === undefined) return { why: report.failure ?? 'It is what stands there already.', ...notice };
    const from = report.sources.join('; ');
    if (isModels)
      return {
        ...{ by: 'model', model: report.model ?? from, ...notice },
        proposals: [{ text: written, source: 'model', from, evidence: {} }],
      };
    const likeness = Number(/\((\d+) % alike\)/.exec(from)?.[1] ?? 0) / 100;
    const evidence = { likeness };
    return { by: 'nearest', proposals: [{ text: written, source: 'nearest', from, evidence }], ...notice };
  }

  private async cursor(
    { place }: SoughtHole,
    { path, model: given }: InfillRequest,
    model: string,
    options: CallOptions,
  ): Promise<StoodIn> {
    const text = place.prefix + place.suffix;
    const { line, column } = new LineIndex(text).positionAt(place.prefix.length);
    const asked = { path, text, line, column, manual: true, hole: true };
    const report = await this.parts.complete({ ...asked, ...(given === undefined ? {} : { model: given }) }, options);
    const notice = report.notice ? { notice: report.notice } : {};
    const found = report.completions.find(({ source, range }) => source === 'model' && isEmpty(range));
    if (!found) return { why: report.why ?? '', ...notice };
    return {
      by: 'model',
      model,
      proposals: [{ text: found.text, source: 'model', from: model, evidence: {} }],
      ...notice,
    };
  }
}

function isEmpty({ start, end }: CompletionReport['completions'][number]['range']): boolean {
  return start.line === end.line && start.column === end.column;
}

/** What stands between two texts that were kept. */
function between(after: string, prefix: string, suffix: string): string | undefined {
  if (after.length < prefix.length + suffix.length) return undefined;
  if (!after.startsWith(prefix) || !after.endsWith(suffix)) return undefined;
  return after.slice(prefix.length, after.length - suffix.length);
}
