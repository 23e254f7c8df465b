/** One file's text to facts and mining trees, in the calling thread: what a syntax worker does. */
import { LodestoneError } from '../../base/errors.ts';
import type { FileAnalysis } from '../../core/indexing/contracts.ts';
import type { LanguageId } from '../../core/languages.ts';
import type { SkippedFile } from '../../core/mining/attractor.ts';
import { encodeMiningTrees } from '../../core/mining/encodeMiningTrees.ts';
import { type FileSketch, Sketcher } from '../../core/mining/fileSketch.ts';
import type { Log } from '../../core/ports.ts';
import { extractFacts } from '../../core/syntax/extractFacts.ts';
import type { FactQueries } from '../../core/syntax/factQueries.ts';
import { LineCounter } from '../../core/syntax/lineCounter.ts';
import { styleOf } from '../../core/syntax/styleOfTree.ts';
import { MAX_TREE_DEPTH, treeDepth } from '../../core/syntax/treeDepth.ts';
import { unusualText } from '../../core/syntax/unusualText.ts';
import { loadFactQueries } from './factQueryFiles.ts';
import { TreeSitterParser } from './treeSitterParser.ts';
import type { TreeSitterRuntime } from './treeSitterRuntime.ts';

export interface AnalysisLimits {
  /** Longest text that is analysed, in UTF-16 units. */
  readonly maxLength: number;
}

export const DEFAULT_LIMITS: AnalysisLimits = { maxLength: 1024 * 1024 };

export class FileAnalyser {
  private readonly parser: TreeSitterParser;
  private readonly queries = new Map<LanguageId, FactQueries>();
  private readonly sketcher = new Sketcher();
  private readonly languages = new Map<string, LanguageId>();

  constructor(
    private readonly runtime: TreeSitterRuntime,
    private readonly limits: AnalysisLimits = DEFAULT_LIMITS,
    log?: Pick<Log, 'warn'>,
  ) {
    this.parser = new TreeSitterParser(runtime, log);
    for (const { id, extensions } of runtime.entries) for (const one of extensions) this.languages.set(one, id);
  }

  /** Throws LodestoneError unsupportedLanguage. */
  languageOf(path: string): LanguageId {
    const extension = /\.[^./]+$/.exec(path)?.[0].toLowerCase() ?? '';
    const language = this.languages.get(extension);
    if (language === undefined) {
      throw new LodestoneError('unsupportedLanguage', `${path} is in no language that Lodestone reads.`, {
        advice: `It reads ${[...this.languages.keys()].join(', ')}.`,
        args: { path },
      });
    }
    return language;
  }

  /** Facts and mining trees, or why the file was passed over; `named` as in SyntaxRequest. Throws LodestoneError unsupportedLanguage | internal. */
  async analyse(
    path: string,
    text: string,
    named = false,
  ): Promise<(Omit<FileAnalysis, 'packed'> & { sketch: FileSketch }) | { skipped: SkippedFile['reason'] }> {
    const language = this.languageOf(path);
    if (text.length > this.limits.maxLength) return { skipped: 'tooLarge' };
    const unusual = named ? undefined : unusualText(text);
    if (unusual) return { skipped: unusual };
    const tree = await this.parser.parse(language, text);
    if (treeDepth(tree) > MAX_TREE_DEPTH) return { skipped: 'tooDeep' };
    const { grammar } = await this.runtime.language(language);
    const lines = new LineCounter(text);
    const found = extractFacts(tree, grammar, text, await this.factQueries(language), lines);
    const facts = { ...found, style: styleOf(tree, grammar, text, lines) };
    const { bytes, trees } = encodeMiningTrees(tree, grammar, text, facts, lines);
    return { language, facts, trees: bytes, sketch: this.sketcher.sketch(language, facts, trees) };
  }

  private async factQueries(language: LanguageId): Promise<FactQueries> {
    let queries = this.queries.get(language);
    if (!queries) {
      queries = loadFactQueries(this.runtime.grammarsFolder, await this.runtime.language(language));
      this.queries.set(language, queries);
    }
    return queries;
  }
}
