/** The Builder in an opened repository: patches from plans, their execution, and the record of both. */
import { createHash, randomUUID } from 'node:crypto';
import { toLodestoneError } from '../../base/errors.ts';
import type { CallOptions } from '../../base/progress.ts';
import { fileErrors } from '../../core/completion/filters/syntaxErrors.ts';
import type { RiskModel } from '../../core/edits/risk.ts';
import type { BuildReport, BuildRequest, ExecuteReport, ExecuteRequest } from '../../core/infill/builder/build.ts';
import { buildPatches } from '../../core/infill/builder/builder.ts';
import type { KnownFile } from '../../core/infill/builder/compressor.ts';
import { type ExecutorDeps, execute } from '../../core/infill/builder/executor.ts';
import {
  comparePresets,
  type PresetComparison,
  type RecordInfillRequest,
} from '../../core/infill/builder/provenance.ts';
import type { InfillReport, InfillRequest } from '../../core/infill/infill.ts';
import type { LanguageId } from '../../core/languages.ts';
import type { Parser, SourceFile, Toolchain } from '../../core/ports.ts';
import type { FileFacts } from '../../core/syntax/facts.ts';
import type { GenerationScope } from '../generations.ts';
import type { ProvenanceStore } from '../store/provenanceStore.ts';

export interface BuildsParts {
  readonly root: string;
  readonly parser: () => Parser;
  readonly riskModel: () => Promise<RiskModel>;
  readonly languageOf: (path: string) => LanguageId | undefined;
  readonly lineComment: (language: LanguageId) => string;
  readonly read: (path: string) => Promise<SourceFile>;
  readonly paths: () => readonly string[];
  readonly facts: (path: string) => FileFacts | undefined;
  /** Hashes of what decides an analysis and a report, as the build wrote them. */
  readonly versions: Readonly<Record<string, string>>;
  readonly toolchains: () => Promise<readonly Toolchain[]>;
  readonly provenance: () => ProvenanceStore;
}

/** What the opened repository lends to one call. */
export interface BuildScope extends Pick<GenerationScope, 'facts' | 'check'> {
  readonly infill: (request: InfillRequest, options: CallOptions) => Promise<InfillReport>;
  readonly apply: ExecutorDeps['apply'];
}

export class Builds {
  constructor(private readonly parts: BuildsParts) {}

  /** Every sample is recorded before anybody decides about it. Throws `cancelled` only. */
  async build(request: BuildRequest, scope: BuildScope, options: CallOptions): Promise<BuildReport> {
    const { parts } = this;
    const report = await buildPatches(
      request,
      {
        ...{ parser: parts.parser(), riskModel: await parts.riskModel(), infill: scope.infill, facts: scope.facts },
        ...{ languageOf: parts.languageOf, lineComment: parts.lineComment, read: parts.read, check: scope.check },
        known: () => this.known(),
        versions: (tools, path) => this.versions(tools, path, request.trusted),
        ...{ hash: sha256, freshId: randomUUID, now: () => new Date() },
      },
      options,
    );
    parts.provenance().add(
      report.patches.flatMap(({ provenance, error }) =>
        provenance.map((each) => ({
          provenance: each,
          outcome: error ? ('failed' as const) : ('proposed' as const),
        })),
      ),
    );
    return report;
  }

  execute(request: ExecuteRequest, scope: BuildScope): Promise<ExecuteReport> {
    return execute(request, {
      apply: scope.apply,
      parses: async (path, text) => {
        const language = this.parts.languageOf(path);
        return language !== undefined && (await fileErrors(this.parts.parser(), language, text)) === 0;
      },
      record: (ids, outcome) => this.parts.provenance().decide(ids, outcome),
    });
  }

  /** A candidate that a person was shown outside a plan, and what they made of it; or a decision about recorded samples. */
  async record(request: RecordInfillRequest, trusted: boolean): Promise<void> {
    const { outcome } = request;
    if ('ids' in request) return this.parts.provenance().decide(request.ids, outcome);
    const { path, report, candidate } = request;
    const { text, source, from, confidence, risk, meta, patch } = candidate;
    const tools = await this.versions(patch?.validatedBy ?? [], path, trusted);
    const id = randomUUID();
    this.parts.provenance().add([
      {
        outcome: 'proposed',
        provenance: {
          ...meta,
          ...{ id, createdAt: new Date().toISOString(), path, symbol: report.symbol, unit: report.unit },
          ...{ span: report.span, fileHash: patch?.files[0]?.beforeHash ?? '', textHash: sha256(text), planHash: '' },
          ...{ source, from, confidence, risk, canApply: patch?.canApply ?? false, tools },
        },
      },
    ]);
    this.parts.provenance().decide([id], outcome);
  }

  compare(): PresetComparison {
    return comparePresets(this.parts.provenance().records());
  }

  private *known(): Generator<KnownFile> {
    for (const path of this.parts.paths()) {
      const facts = this.parts.facts(path);
      if (facts) yield { path, facts };
    }
  }

  /** A tool that does not say its version is named all the same. */
  private async versions(ids: readonly string[], path: string, trusted: boolean): Promise<Record<string, string>> {
    const versions: Record<string, string> = { ...this.parts.versions, node: process.versions.node };
    const toolchains = ids.length > 0 ? await this.parts.toolchains() : [];
    for (const id of ids) {
      const toolchain = toolchains.find((each) => each.id === id);
      try {
        versions[id] = (await toolchain?.probe(this.parts.root, trusted, { path }))?.version ?? '';
      } catch (error) {
        versions[id] = `unknown: ${toLodestoneError(error).message}`;
      }
    }
    return versions;
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
