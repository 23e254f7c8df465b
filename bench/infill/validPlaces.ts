/** Holes in the functions that training holds back: each function as a file that parses, a span of it taken out, and what the denoiser is told. */
import { spawnSync } from 'node:child_process';
import { mix } from '../../src/base/statistics.ts';
import { wordsOfName } from '../../src/core/infill/conditioning.ts';
import type { DenoiserPlace } from '../../src/core/infill/denoiser.ts';
import type { LanguageId } from '../../src/core/languages.ts';
import { blankedTexts } from './read.ts';
import type { BlankedSpan } from './spans.ts';

interface FunctionRecord {
  readonly id: string;
  readonly repo: string;
  readonly path: string;
  readonly language: LanguageId;
  readonly kind: 'function' | 'method' | 'arrow';
  readonly name: string;
  readonly signature: string;
  readonly doc: string;
  readonly context: string;
  readonly body: string;
}

export interface ValidPlace {
  readonly span: BlankedSpan;
  readonly place: DenoiserPlace;
  /** The function has a documentation; otherwise the intent is its name's words. */
  readonly documented: boolean;
}

const EXTENSIONS: Readonly<Record<LanguageId, string>> = {
  ...{ typescript: 'ts', tsx: 'tsx', javascript: 'js', python: 'py', rust: 'rs', go: 'go' },
};

/** Up to `each` places of every kind and length. `shard`: functions.valid.00.jsonl.xz. */
export async function validPlaces(shard: string, functions: number, each: number, seed: number): Promise<ValidPlace[]> {
  const { stdout, status } = spawnSync('xz', ['-dc', shard], { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(`${shard} cannot be unpacked.`);
  const records = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as FunctionRecord)
    .sort((a, b) => mix(`${seed} ${a.id}`) - mix(`${seed} ${b.id}`))
    .slice(0, functions);
  const texts = new Map<string, string>();
  const byPath = new Map<string, FunctionRecord>();
  for (const record of records) {
    const text = asFile(record);
    if (text === undefined) continue;
    const path = `${record.id}.${EXTENSIONS[record.language]}`;
    texts.set(path, text);
    byPath.set(path, record);
  }
  const others = Map.groupBy(records, ({ repo, path }) => `${repo} ${path}`);
  const { spans, files } = await blankedTexts('valid', texts, each, seed);
  return spans.map((span) => {
    const record = byPath.get(span.path) as FunctionRecord;
    const text = files.get(span.path)?.text as string;
    const near = others.get(`${record.repo} ${record.path}`)?.find(({ id }) => id !== record.id);
    const doc =
      record.doc
        .split(/\n\s*\n|\n\s*@/)[0]
        ?.split(/\s+/)
        .join(' ')
        .trim() ?? '';
    return {
      span,
      documented: doc !== '',
      place: {
        ...{ language: span.language, prefix: text.slice(0, span.at), suffix: text.slice(span.at) },
        ...{ intent: doc || wordsOfName(record.name), consider: considered(record) },
        near: near ? `${near.signature} ${near.body}` : '',
        nodeType: span.nodeType,
      },
    };
  });
}

/** Lines of the file's head whose last words the signature has. */
function considered({ context, signature }: FunctionRecord): string {
  const lines = context.split('\n').map((line) => line.trim().slice(0, 100));
  return lines
    .filter((line) => (line.match(/[A-Za-z_]\w{3,}/g) ?? []).slice(-3).some((word) => signature.includes(word)))
    .join('\n');
}

/** Undefined for a function that stands deeper than in a class. */
function asFile({ language, kind, signature, body }: FunctionRecord): string | undefined {
  if (language === 'python') {
    const indent = /^[ \t]*/.exec(body)?.[0] ?? '';
    if (indent === '    ') return `${signature}\n${body}\n`;
    return indent === '        ' ? `class Owner:\n    ${signature}\n${body}\n` : undefined;
  }
  const whole = `${signature} ${body}`;
  if (language === 'go') return `package main\n\n${whole}\n`;
  if (kind !== 'method') return `${whole}\n`;
  return language === 'rust' ? `impl Owner {\n    ${whole}\n}\n` : `class Owner {\n  ${whole}\n}\n`;
}
