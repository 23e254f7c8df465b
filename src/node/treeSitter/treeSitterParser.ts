/** The Parser port on web-tree-sitter, with the fast serialiser where it agrees with the public cursor. */
import { join } from 'node:path';

import treeSitter = require('web-tree-sitter');

import { LodestoneError, toLodestoneError } from '../../base/errors.ts';
import type { LanguageId } from '../../core/languages.ts';
import type { Log, Parser } from '../../core/ports.ts';
import type { FlatTree, Grammar } from '../../core/syntax/flatTree.ts';
import { walkTree } from './cursorWalk.ts';
import { differingArray, TreeSerializer } from './treeSerializer.ts';
import type { LoadedLanguage, TreeSitterRuntime } from './treeSitterRuntime.ts';

/** Parsed once per language by both ways: calls, strings, a comment, a field, an error; beyond ASCII for the offsets. */
const SELF_CHECK = 'f(x.y, "żółć 🜁"); // note\n# note\n{ a: [1, (2)] }\nif (a) { b() } else )\n';

export class TreeSitterParser implements Parser {
  private parser: treeSitter.Parser | undefined;
  private serializer: TreeSerializer | undefined;
  /** Languages whose self-check was made; true where the serialiser may be used. */
  private readonly fast = new Map<LanguageId, boolean>();

  constructor(
    private readonly runtime: TreeSitterRuntime,
    private readonly log?: Pick<Log, 'warn'>,
  ) {}

  async grammar(language: LanguageId): Promise<Grammar> {
    return (await this.runtime.language(language)).grammar;
  }

  /** Parses a whole text. Throws LodestoneError unsupportedLanguage | badData | internal. */
  async parse(language: LanguageId, text: string): Promise<FlatTree> {
    const loaded = await this.runtime.language(language);
    const fast = this.fast.get(language) ?? (await this.selfCheck(loaded));
    return this.parseWith(loaded, text, (tree) =>
      fast && this.serializer ? this.serializer.serialize(tree, loaded.grammar) : walkTree(tree, loaded.grammar),
    );
  }

  private parseWith<T>(loaded: LoadedLanguage, text: string, read: (tree: treeSitter.Tree) => T): T {
    this.parser ??= new treeSitter.Parser();
    this.parser.setLanguage(loaded.language);
    const tree = this.parser.parse(text);
    if (!tree) throw new LodestoneError('internal', 'tree-sitter gave no tree.');
    try {
      return read(tree);
    } finally {
      tree.delete();
    }
  }

  /** The serialiser reads private structs, so it is trusted only where it agrees with the public interface. */
  private async selfCheck(loaded: LoadedLanguage): Promise<boolean> {
    const { grammar } = loaded;
    let difference: string | undefined;
    try {
      this.serializer ??= new TreeSerializer(
        await this.runtime.instance(),
        join(this.runtime.grammarsFolder, 'serializeTree.wasm'),
      );
      const { serializer } = this;
      difference = this.parseWith(loaded, SELF_CHECK, (tree) =>
        differingArray(serializer.serialize(tree, grammar), walkTree(tree, grammar)),
      );
    } catch (error) {
      difference = toLodestoneError(error).message;
    }
    if (difference !== undefined) {
      this.log?.warn(`The fast tree reader is off for ${grammar.language} (${difference}); mining is slower.`);
    }
    this.fast.set(grammar.language, difference === undefined);
    return difference === undefined;
  }
}
