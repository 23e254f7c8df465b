/** The two baselines of a replay together: they know the file as it is being typed, not as it was. */
import type { LanguageId } from '../../languages.ts';
import type { TokenCorpus } from '../repository/tokenCorpus.ts';
import { ContextCopy } from './contextCopy.ts';
import { ngramOptions } from './ngram.ts';
import type { Option } from './policy.ts';
import type { TypedLine } from './typedLines.ts';

export class Baselines {
  private readonly context = new ContextCopy();

  /** `corpus`: of the n-gram; it follows `set` too. */
  constructor(private readonly corpus: TokenCorpus) {}

  /** Takes a source's text, new or changed; undefined where it goes. */
  set(path: string, language: LanguageId, text: string | undefined): void {
    this.context.set(path, text);
    if (text === undefined) this.corpus.delete(path);
    else this.corpus.set(path, language, text);
  }

  /** What each has to say at each stop of a line. */
  options(line: TypedLine): { copy: Option[][]; ngram: Option[][] } {
    const { path, language, before } = line.change;
    this.set(path, language, undefined);
    const copy = this.context.options(line);
    this.corpus.set(path, language, `${line.above.trimEnd()}${line.below}`);
    const ngram = ngramOptions(this.corpus.family(language), line);
    this.set(path, language, before);
    this.corpus.settle();
    return { copy, ngram };
  }
}
