/** A blanked repository written to disk, with one request a span, so that the product is asked as a user asks it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { LineIndex } from '../../src/base/lineIndex.ts';
import type { BlankedFile, BlankedRepository, BlankedSpan } from './spans.ts';

export interface OnDisk {
  readonly folder: string;
  /** Absolute path of a file with one request a line for these spans. `known`: with the truth's length. */
  requests(spans: readonly BlankedSpan[], known: boolean): string;
  dispose(): void;
}

export function written({ name, files }: BlankedRepository): OnDisk {
  const parent = mkdtempSync(join(tmpdir(), 'lodestone-infill-'));
  const folder = join(parent, name);
  mkdirSync(join(folder, '.git'), { recursive: true });
  for (const { path, text } of files.values()) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return {
    folder,
    requests: (spans, known) => {
      const lines = spans.map((span) => {
        const { line, column } = new LineIndex((files.get(span.path) as BlankedFile).text).positionAt(span.at);
        const range = `${line}:${column}-${line}:${column}`;
        return JSON.stringify({ id: span.id, file: span.path, range, ...(known ? { length: span.lexemes } : {}) });
      });
      const file = join(parent, `requests-${known ? 'known' : 'unknown'}.jsonl`);
      writeFileSync(file, `${lines.join('\n')}\n`);
      return file;
    },
    dispose: () => rmSync(parent, { recursive: true, force: true }),
  };
}
