/** The Parser port on web-tree-sitter. */
import treeSitter = require('web-tree-sitter');

import { LodestoneError } from '../../base/errors.ts';
import type { LanguageId } from '../../core/languages.ts';
import type { Parser } from '../../core/ports.ts';
import type { FlatTree, Grammar } from '../../core/syntax/flatTree.ts';
import { walkTree } from './cursorWalk.ts';
import type { TreeSitterRuntime } from './treeSitterRuntime.ts';

export class TreeSitterParser implements Parser {
  private parser: treeSitter.Parser | undefined;

  constructor(private readonly runtime: TreeSitterRuntime) {}

  async grammar(language: LanguageId): Promise<Grammar> {
    return (await this.runtime.language(language)).grammar;
  }

  /** Parses a whole text. Throws LodestoneError unsupportedLanguage | internal. */
  async parse(language: LanguageId, text: string): Promise<FlatTree> {
    const loaded = await this.runtime.language(language);
    this.parser ??= new treeSitter.Parser();
    this.parser.setLanguage(loaded.language);
    const tree = this.parser.parse(text);
    if (!tree) throw new LodestoneError('internal', 'tree-sitter gave no tree.');
    try {
      return walkTree(tree, loaded.grammar);
    } finally {
      tree.delete();
    }
  }
}
