/** Reads a language's facts.scm with the files it inherits and compiles them for its grammar. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LodestoneError } from '../../base/errors.ts';
import { compileFactQueries, type FactQueries } from '../../core/syntax/factQueries.ts';
import type { QuerySource } from '../../core/syntax/query/compileQuery.ts';
import type { LoadedLanguage } from './treeSitterRuntime.ts';

/**
 * `<folder>/facts.scm` after the files that its line `; inherits: a, b` names. Throws LodestoneError badData
 * where a folder is missing or inherits itself.
 */
export function readQueries(grammars: string, folder: string, above: readonly string[] = []): QuerySource[] {
  if (above.includes(folder)) {
    throw new LodestoneError('badData', `grammars/${folder}/facts.scm inherits itself.`, {
      advice: 'Remove the circle from the "; inherits:" lines.',
    });
  }
  let own: string;
  try {
    own = readFileSync(join(grammars, folder, 'facts.scm'), 'utf8');
  } catch (cause) {
    throw new LodestoneError('badData', `grammars/${folder}/facts.scm cannot be read.`, { cause });
  }
  const inherited = /^; inherits:(.*)$/m.exec(own)?.[1] ?? '';
  const parents = inherited.split(',').map((name) => name.trim());
  const origin = `grammars/${folder}/facts.scm`;
  return [
    ...parents.filter(Boolean).flatMap((name) => readQueries(grammars, name, [...above, folder])),
    { origin, text: own },
  ];
}

/** Compiled fact queries of a loaded language. Throws LodestoneError badData naming the file and line. */
export function loadFactQueries(grammars: string, loaded: LoadedLanguage): FactQueries {
  return compileFactQueries(readQueries(grammars, loaded.entry.queries), loaded.grammar);
}
