/** A file's sketch with the repository's numbers for its words: what the mining reducer keeps. */

import { familyOf, type LanguageId } from '../languages.ts';
import type { ErrorHandlingFact, FunctionKind } from '../syntax/facts.ts';
import {
  CALL_NAME,
  CALL_RECEIVER,
  CALL_RESOLVED,
  CALL_WIDTH,
  type FileDigest,
  type FunctionDigest,
  type ImportDigest,
} from './fileDigest.ts';
import {
  type FileSketch,
  FUNCTION_ASYNC,
  FUNCTION_DOCUMENTED,
  FUNCTION_EXPORTED,
  IMPORT_RELATIVE,
  IMPORT_TYPE_ONLY,
  Sketcher,
} from './fileSketch.ts';
import type { FileTrees } from './forest.ts';
import type { LabelTable } from './labelTable.ts';
import { decodeMiningTrees } from './miningTrees.ts';
import type { MinedFile } from './reducerContract.ts';

/** Digests one analysis; `labels` and `names` are shared by all files of a repository. */
export function digestFile(path: string, analysis: MinedFile, labels: LabelTable, names: LabelTable): FileDigest {
  const sketch =
    analysis.sketch ?? new Sketcher().sketch(analysis.language, analysis.facts, decodeMiningTrees(analysis.trees));
  return new SketchReader(path, sketch).read(labels, names);
}

class SketchReader {
  private at = 0;

  constructor(
    private readonly path: string,
    private readonly sketch: FileSketch,
  ) {}

  read(labels: LabelTable, names: LabelTable): FileDigest {
    const { words } = this.sketch;
    const language = this.word() as LanguageId;
    const lines = this.number();
    const label = this.take(this.number());
    labels.internAll(words, label);
    const trees = this.trees(label, Uint16Array.from(this.take(this.number())));
    const calls = this.take(this.number() * CALL_WIDTH);
    names.internAll(words, calls, CALL_WIDTH, CALL_NAME);
    names.internAll(words, calls, CALL_WIDTH, CALL_RESOLVED);
    names.internAll(words, calls, CALL_WIDTH, CALL_RECEIVER);
    return {
      path: this.path,
      language,
      family: familyOf(language),
      lines,
      trees,
      calls,
      functions: this.list(() => this.function()),
      types: this.list(() => ({ name: this.word(), kind: this.word(), line: this.number() })),
      imports: this.list(() => this.import()),
      errors: this.list(() => ({
        kind: this.word() as ErrorHandlingFact['kind'],
        type: this.word(),
        empty: this.number() === 1,
        line: this.number(),
        function: this.number(),
      })),
      style: this.take(this.number()),
    };
  }

  private trees(label: Int32Array, variables: Uint16Array): FileTrees {
    const { columns } = this.sketch;
    const [nodes, functions, statements, slots] = columns as unknown as [number, number, number, number];
    let at = 4;
    const column = (length: number) => {
      at += length;
      return columns.subarray(at - length, at);
    };
    return {
      path: this.path,
      label,
      size: column(nodes),
      line: column(nodes),
      span: column(nodes),
      functionNodes: column(functions),
      functionFacts: column(functions),
      statementNodes: column(statements),
      variableStart: column(statements + 1),
      slotNodes: column(slots),
      slots: column(slots),
      variables,
    };
  }

  private function(): FunctionDigest {
    const name = this.word();
    const kind = this.word() as FunctionKind;
    const container = this.word();
    const flags = this.number();
    return {
      ...{ name, kind, container },
      async: (flags & FUNCTION_ASYNC) !== 0,
      exported: (flags & FUNCTION_EXPORTED) !== 0,
      documented: (flags & FUNCTION_DOCUMENTED) !== 0,
      line: this.number(),
      endLine: this.number(),
      returnType: this.word(),
      decorators: this.list(() => this.word()),
    };
  }

  private import(): ImportDigest {
    const module = this.word();
    const flags = this.number();
    return {
      module,
      relative: (flags & IMPORT_RELATIVE) !== 0,
      typeOnly: (flags & IMPORT_TYPE_ONLY) !== 0,
      line: this.number(),
      names: this.list(() => ({ name: this.word(), alias: this.word() })),
    };
  }

  private number(): number {
    return this.sketch.numbers[this.at++] as number;
  }

  private word(): string {
    return this.sketch.words[this.number()] as string;
  }

  /** A copy of the next numbers: it is kept when the sketch is not. */
  private take(length: number): Int32Array {
    this.at += length;
    return this.sketch.numbers.slice(this.at - length, this.at);
  }

  private list<T>(read: () => T): T[] {
    const length = this.number();
    const values = new Array<T>(length);
    for (let index = 0; index < length; index++) values[index] = read();
    return values;
  }
}
