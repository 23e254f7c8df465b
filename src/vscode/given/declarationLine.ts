/** Finds an API that is in reach among the declarations of its file. */
import type { ApiInReach } from '../../core/retrieval/context.ts';
import type { FileFacts, FunctionFact } from '../../core/syntax/facts.ts';

/** The declaration's line, from 1; 1 where the file no longer declares the API. */
export function declarationLine(facts: Pick<FileFacts, 'functions' | 'types'>, api: ApiInReach): number {
  const functions = facts.functions.filter(({ name }) => name === api.name);
  const found =
    functions.find((declared) => isShownAs(declared, api.signature)) ??
    functions[0] ??
    facts.types.find(({ name }) => name === api.name);
  return found?.startLine ?? 1;
}

/** True where `shown` is the signature, shortened, with the class before a member's. */
function isShownAs({ signature, container }: FunctionFact, shown: string): boolean {
  const prefix = `${container}: `;
  const own = shown.startsWith(prefix) ? shown.slice(prefix.length) : shown;
  return signature.includes(own.replace(/…$/, ''));
}
