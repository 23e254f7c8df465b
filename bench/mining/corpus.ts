/** Functions of public code (../shared/data/functions), read by language family. */

import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Family, familyOf, type LanguageId } from '../../src/core/languages.ts';

import { projectRoot } from '../../test/projectRoot.ts';

export interface PublicFunction {
  readonly repo: string;
  readonly path: string;
  readonly language: LanguageId;
  readonly kind: 'function' | 'method' | 'arrow';
  readonly signature: string;
  readonly body: string;
}

const FOLDER = join(projectRoot, '../shared/data/functions');

/** Functions that stand alone in a file, at most `each` of a repository; undefined where the data is missing. */
export function publicFunctions(family: Family, each: number): PublicFunction[] | undefined {
  if (!existsSync(FOLDER)) return undefined;
  const counts = new Map<string, number>();
  const found: PublicFunction[] = [];
  for (const shard of readdirSync(FOLDER).filter((name) => /train\.\d+\.jsonl\.xz$/.test(name))) {
    const text = execFileSync('xz', ['-dc', join(FOLDER, shard)], { encoding: 'utf8', maxBuffer: 1 << 29 });
    for (const line of text.split('\n')) {
      if (line === '') continue;
      const record = JSON.parse(line) as PublicFunction;
      const count = counts.get(record.repo) ?? 0;
      if (familyOf(record.language) !== family || count >= each || !standsAlone(record, family)) continue;
      counts.set(record.repo, count + 1);
      found.push(record);
    }
  }
  return found;
}

function standsAlone({ kind, path }: PublicFunction, family: Family): boolean {
  return (family === 'go' || kind === 'function') && !/test|spec/i.test(path);
}

/** The function as it was written. */
export function sourceOf({ signature, body, language }: PublicFunction): string {
  return language === 'python' ? `${signature}\n${body}\n` : `${signature} ${body}\n`;
}
