/** Facts written by hand, for tests of retrieval that need no parser. */
import type { LanguageId } from '../../../src/core/languages.ts';
import type { Attractor } from '../../../src/core/mining/attractor.ts';
import type { CallFact, FileFacts, FunctionFact } from '../../../src/core/syntax/facts.ts';

export interface Sketch {
  readonly language?: LanguageId;
  readonly imports?: readonly { module: string; names: readonly string[] }[];
  readonly functions: readonly {
    name: string;
    parameters?: readonly string[];
    calls: readonly string[];
    signature?: string;
    container?: string;
  }[];
}

/** Facts and a text of matching shape: each function takes three lines from line 10·i + 1. */
export function sketch(
  path: string,
  content: Sketch,
): { path: string; text: string; facts: FileFacts; language: LanguageId } {
  const language = content.language ?? 'typescript';
  const lines: string[] = [];
  const functions: FunctionFact[] = [];
  const calls: CallFact[] = [];
  content.functions.forEach((entry, i) => {
    const start = i * 10 + 1;
    while (lines.length < start + 9) lines.push('');
    const signature = entry.signature ?? `function ${entry.name}(${(entry.parameters ?? []).join(', ')})`;
    lines[start - 1] = `${signature} {`;
    lines[start] = entry.calls.map((call) => `${call}();`).join(' ');
    lines[start + 1] = '}';
    functions.push({
      name: entry.name,
      kind: 'function',
      signature,
      doc: '',
      container: entry.container ?? '',
      exported: true,
      async: false,
      parameters: (entry.parameters ?? []).map((parameter) => {
        const [name, type] = parameter.split(': ') as [string, string | undefined];
        return type === undefined ? { name } : { name, type };
      }),
      decorators: [],
      startLine: start,
      endLine: start + 2,
      start: start * 100,
      end: start * 100 + 90,
      body: { start: start * 100 + 40, end: start * 100 + 90 },
      parent: -1,
    });
    for (const callee of entry.calls) {
      calls.push({
        name: callee.split('.').at(-1) as string,
        callee,
        resolved: '',
        line: start + 1,
        arguments: 0,
        awaited: false,
        discarded: true,
        kind: 'call',
        function: i,
        start: start * 100 + 50,
        end: start * 100 + 60,
      });
    }
  });
  const facts: FileFacts = {
    language,
    lines: lines.length,
    syntaxErrors: 0,
    functions,
    types: [],
    calls,
    imports: (content.imports ?? []).map(({ module, names }) => ({
      module,
      names: names.map((name) => ({ name, alias: name })),
      relative: module.startsWith('.'),
      typeOnly: false,
      line: 1,
      start: 0,
      end: 1,
    })),
    errorHandling: [],
    awaits: [],
    loops: [],
    exports: functions.map(({ name }) => name),
  };
  return { path, text: lines.join('\n'), facts, language };
}

/** A small service repository: handlers of two kinds in six files. */
export function serviceRepository(): ReturnType<typeof sketch>[] {
  return ['user', 'order', 'invoice', 'ticket', 'coupon', 'session'].map((noun, i) =>
    sketch(`src/${noun}/${noun}.controller.ts`, {
      imports: [
        { module: '../http/reply', names: ['sendReply'] },
        { module: '../audit/trail', names: ['writeTrail'] },
      ],
      functions: [
        {
          name: `create${capital(noun)}`,
          parameters: ['req: Request', 'res: Response'],
          calls: ['validateBody', 'repository.insertOne', 'writeTrail', 'res.status'],
        },
        {
          name: `delete${capital(noun)}`,
          parameters: ['req: Request', 'res: Response'],
          calls: ['requireOwner', 'repository.removeOne', 'writeTrail'],
        },
        {
          name: `list${capital(noun)}s`,
          parameters: ['req: Request'],
          calls: ['parsePaging', 'repository.findMany', i % 2 ? 'sendReply' : 'res.json'],
        },
      ],
    }),
  );
}

export function capital(word: string): string {
  return (word[0] as string).toUpperCase() + word.slice(1);
}

export function attractor(values: Partial<Attractor> & Pick<Attractor, 'id' | 'apis' | 'snippets'>): Attractor {
  return {
    name: 'Write the audit trail',
    summary: 'Every change writes the audit trail.',
    language: 'typescript',
    kind: 'apiSequence',
    antipatterns: [],
    support: 12,
    files: 6,
    resonance: 0.9,
    components: [],
    common: false,
    page: true,
    provenance: 'mined',
    ...values,
  };
}
