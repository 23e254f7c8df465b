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

  /** The base that was asked with last. */
  private kept: { language: treeSitter.Language; text: string; tree: treeSitter.Tree } | undefined;

  constructor(
    private readonly runtime: TreeSitterRuntime,
    private readonly log?: Pick<Log, 'warn'>,
  ) {}

  async grammar(language: LanguageId): Promise<Grammar> {
    return (await this.runtime.language(language)).grammar;
  }

  /** Parses a whole text. Throws LodestoneError unsupportedLanguage | badData | internal. */
  async parse(language: LanguageId, text: string, base?: string): Promise<FlatTree> {
    const loaded = await this.runtime.language(language);
    const fast = this.fast.get(language) ?? (await this.selfCheck(loaded));
    const read = (tree: treeSitter.Tree) =>
      fast && this.serializer ? this.serializer.serialize(tree, loaded.grammar) : walkTree(tree, loaded.grammar);
    return this.parseWith(loaded, text, read, base);
  }

  private treeOf({ language }: LoadedLanguage, text: string, base: string | undefined): treeSitter.Tree {
    this.parser ??= new treeSitter.Parser();
    this.parser.setLanguage(language);
    const { parser } = this;
    const parse = (source: string, old?: treeSitter.Tree) => {
      const tree = parser.parse(source, old);
      if (!tree) throw new LodestoneError('internal', 'tree-sitter gave no tree.');
      return tree;
    };
    if (base === undefined) return parse(text);
    if (this.kept?.language !== language || this.kept.text !== base) {
      this.kept?.tree.delete();
      this.kept = undefined;
      this.kept = { language, text: base, tree: parse(base) };
    }
    const edited = this.kept.tree.copy();
    try {
      if (base !== text) edited.edit(new treeSitter.Edit(editBetween(base, text)));
      return parse(text, edited);
    } finally {
      edited.delete();
    }
  }

  private parseWith<T>(loaded: LoadedLanguage, text: string, read: (tree: treeSitter.Tree) => T, base?: string): T {
    const tree = this.treeOf(loaded, text, base);
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

/** The one stretch in which two texts differ, as tree-sitter wants it: in UTF-16 units and rows and columns from 0. */
function editBetween(before: string, after: string) {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before.charCodeAt(start) === after.charCodeAt(start)) start++;
  let same = 0;
  const most = shorter - start;
  while (same < most && before.charCodeAt(before.length - 1 - same) === after.charCodeAt(after.length - 1 - same))
    same++;
  const [oldEnd, newEnd] = [before.length - same, after.length - same];
  const startPosition = pointAt(before, start, { row: 0, column: 0 }, 0);
  return {
    startPosition,
    oldEndPosition: pointAt(before, oldEnd, startPosition, start),
    newEndPosition: pointAt(after, newEnd, startPosition, start),
    ...{ startIndex: start, oldEndIndex: oldEnd, newEndIndex: newEnd },
  };
}

/** Counts on from a known point at `from`. */
function pointAt(text: string, offset: number, known: treeSitter.Point, from: number): treeSitter.Point {
  let { row, column } = known;
  let at = from;
  for (let next = text.indexOf('\n', at); next !== -1 && next < offset; next = text.indexOf('\n', at)) {
    row++;
    column = 0;
    at = next + 1;
  }
  return { row, column: column + (offset - at) };
}
