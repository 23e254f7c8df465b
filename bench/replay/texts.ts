/** Tracked sources of a checked-out clone, texts alone. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LanguageEntry, LanguageId } from '../../src/core/languages.ts';
import { isGenerated, MAX_SIZE } from '../../src/node/git/commitReplay.ts';

export interface Source {
  readonly path: string;
  readonly language: LanguageId;
  readonly text: string;
}

export function readRepositoryTexts(folder: string, languages: readonly LanguageEntry[]): Source[] {
  const listed = execFileSync('git', ['-C', folder, 'ls-files', '-z'], { encoding: 'utf8', maxBuffer: 2 ** 28 });
  const sources: Source[] = [];
  for (const path of listed.split('\0')) {
    const language = languages.find(({ extensions }) => extensions.some((extension) => path.endsWith(extension)))?.id;
    if (language === undefined || isGenerated(path) || !existsSync(join(folder, path))) continue;
    const bytes = readFileSync(join(folder, path));
    if (bytes.length <= MAX_SIZE && !bytes.includes(0)) sources.push({ path, language, text: bytes.toString('utf8') });
  }
  return sources;
}
