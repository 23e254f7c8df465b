/** Which function a cursor means, and which functions of a file still want a body. */
import { fullName, isStub } from '../../core/generation/targets.ts';
import type { FileFacts, FunctionFact } from '../../core/syntax/facts.ts';

/** What is abstract or a mere signature is finished as it stands. */
const BODILESS = /\b(?:abstractmethod|overload|abstract)\b/;
const IN_BETWEEN = /^\s*(?:$|\/\/|\/\*|\*|#|@)/;

/** The innermost named function around a line (from 1), else the one right below a comment or decorator on that line. */
export function functionAt({ functions }: FileFacts, text: string, line: number): FunctionFact | undefined {
  const named = functions.filter(({ name }) => name !== '');
  const around = named
    .filter(({ startLine, endLine }) => startLine <= line && line <= endLine)
    .sort((a, b) => a.end - a.start - (b.end - b.start))[0];
  const lines = text.split('\n');
  let below = line;
  while (below < lines.length && IN_BETWEEN.test(lines[below - 1] ?? '') && (lines[below - 1] ?? '').trim() !== '')
    below++;
  // Decorators are part of some functions, and stand above others.
  const documented = named.find(({ startLine }) => startLine > line && startLine <= below);
  return documented ?? around;
}

export interface Stub {
  readonly fact: FunctionFact;
  /** The same before and after bodies of the file were written. */
  readonly key: string;
}

/** Functions whose bodies are still to be written, from the top. An empty constructor is finished: its parameters may be all. */
export function stubsIn({ functions, language }: FileFacts, text: string): Stub[] {
  const seen = new Map<string, number>();
  return functions
    .filter(({ name }) => name !== '')
    .sort((a, b) => a.start - b.start)
    .flatMap((fact) => {
      const name = fullName(fact);
      const count = (seen.get(name) ?? 0) + 1;
      seen.set(name, count);
      const { start, end } = fact.body;
      const isOpen =
        end > start &&
        fact.kind !== 'constructor' &&
        !BODILESS.test(`${fact.decorators.join(' ')} ${fact.signature}`) &&
        isStub(text.slice(start, end), language);
      return isOpen ? [{ fact, key: `${name}#${count}` }] : [];
    });
}
