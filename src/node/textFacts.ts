/** Facts of texts as they are now: stored ones where the text is what was indexed, else those of the text itself. */
import { LodestoneError, toLodestoneError } from '../base/errors.ts';
import { LruMap } from '../base/lru.ts';
import type { CallOptions } from '../base/progress.ts';
import type { RepositoryIndex } from '../core/indexing/repositoryIndex.ts';
import type { LanguageId } from '../core/languages.ts';
import type { Log } from '../core/ports.ts';
import type { FileFacts } from '../core/syntax/facts.ts';
import type { AnalyserPool } from './workers/analyserPool.ts';
import type { SyntaxRequest } from './workers/syntaxApi.ts';

export interface TextFactsParts {
  readonly index: RepositoryIndex;
  readonly analyser: () => Pick<AnalyserPool, 'analyse'>;
  readonly languageOf: (path: string) => LanguageId | undefined;
  readonly log: Log;
}

/** Facts of unsaved texts that are kept: one per open editor is plenty. */
const RECENT_FACTS = 32;

export class TextFacts {
  private readonly recent = new LruMap<string, { text: string; facts: FileFacts }>(RECENT_FACTS);

  constructor(private readonly parts: TextFactsParts) {}

  /** Throws `unreadable` for what mining passes over. */
  async of(path: string, text: string, options: CallOptions): Promise<FileFacts> {
    const recent = this.recent.get(path);
    if (recent?.text === text) return recent.facts;
    const indexed = (await this.parts.index.text(path)) === text ? this.parts.index.facts(path) : undefined;
    const facts = indexed ?? (await this.analysed({ path, text }, options));
    this.recent.set(path, { text, facts });
    return facts;
  }

  /** Those of a file that somebody asks about, which is read although mining passes it over. */
  async ofNamed(path: string, text: string, options: CallOptions): Promise<FileFacts> {
    try {
      return await this.of(path, text, options);
    } catch (error) {
      const reason = toLodestoneError(error).options.args?.reason;
      if (reason !== 'generated' && reason !== 'minified') throw error;
      return this.analysed({ path, text, named: true }, options);
    }
  }

  /** Undefined where the text has none. */
  async ifKnown(path: string, text: string, options: CallOptions): Promise<FileFacts | undefined> {
    if (!this.parts.languageOf(path)) return undefined;
    try {
      return await this.of(path, text, options);
    } catch (error) {
      const { code, message } = toLodestoneError(error);
      if (code !== 'unreadable') throw error;
      this.parts.log.debug(message);
      return undefined;
    }
  }

  private async analysed(request: SyntaxRequest, options: CallOptions): Promise<FileFacts> {
    const { path } = request;
    const analysis = await this.parts.analyser().analyse(request, options);
    if (!('skipped' in analysis)) return analysis.facts;
    throw new LodestoneError('unreadable', `${path} was not parsed: ${analysis.skipped}.`, {
      advice: 'Generated, minified and very large files are passed over; see lodestone.mining.maxFileKilobytes.',
      args: { path, reason: analysis.skipped },
    });
  }
}
