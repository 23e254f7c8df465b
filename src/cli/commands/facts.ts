/** `lodestone facts FILE`: what one file says, without mining anything. */
import type { FileFacts } from '../../core/syntax/facts.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exitCodes.ts';
import { printFacts } from '../printers/facts.ts';
import { locateFile } from '../repositoryRoot.ts';
import { isTrusted, withRepository } from '../session.ts';

export const facts: Command = {
  name: 'facts',
  summary: 'List the functions, types, calls and imports of a file.',
  usage: 'facts FILE [--json]',
  arity: [1, 1],
  options: {},
  async run(invocation) {
    const { root, path } = locateFile(invocation.cwd, invocation.positionals[0] as string);
    const found = await withRepository(invocation, root, isTrusted(invocation, root), (engine) =>
      engine.facts({ path }, invocation.call),
    );
    return { exitCode: EXIT.fine, value: factsValue(path, found), text: printFacts(path, found) };
  },
};

function factsValue(path: string, found: FileFacts): Record<string, unknown> {
  return {
    path,
    language: found.language,
    lines: found.lines,
    syntaxErrors: found.syntaxErrors,
    functions: found.functions.map(({ name, kind, signature, startLine, endLine, container }) => ({
      name,
      kind,
      signature,
      startLine,
      endLine,
      container,
    })),
    types: found.types.map(({ name, kind, signature, startLine, endLine }) => ({
      name,
      kind,
      signature,
      startLine,
      endLine,
    })),
    calls: found.calls.map(({ name, line, callee, resolved }) => ({ name, line, callee, resolved })),
    imports: found.imports.map(({ module, names, line }) => ({ module, names, line })),
  };
}
