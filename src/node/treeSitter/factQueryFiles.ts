/** Reads a language's facts.scm with the files it inherits and compiles them for its grammar. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LodestoneError } from '../../base/errors.ts';
import { compileFactQueries, type FactQueries } from '../../core/syntax/factQueries.ts';
import type { LoadedLanguage } from './treeSitterRuntime.ts';

/**
 * The text of `<folder>/facts.scm` after what its first line names as `; inherits: a, b`. Throws LodestoneError badData
 * where a folder is missing or inherits itself.
 */
export function readQueries(grammars: string, folder: string, above: readonly string[] = []): string {
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
  return [...parents.filter(Boolean).map((name) => readQueries(grammars, name, [...above, folder])), own].join('\n');
}

/** Compiled fact queries of a loaded language. Throws LodestoneError badData naming the file and line. */
export function loadFactQueries(grammars: string, loaded: LoadedLanguage): FactQueries {
  const source = readQueries(grammars, loaded.entry.queries);
  return compileFactQueries(source, loaded.grammar, `grammars/${loaded.entry.queries}/facts.scm`);
}
