/** Many infills in one process: a request a line in, an answer a line out, in order; a bad line costs itself alone. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { LodestoneError, throwIfAborted, toLodestoneError } from '../../base/errors.ts';
import type { InfillRequest } from '../../core/infill/infill.ts';
import type { Invocation } from '../command.ts';
import { valueOf } from '../commands/infill.ts';
import { printLine } from '../printers/json.ts';
import { locateFile } from '../repositoryRoot.ts';
import { BatchEngines } from './batchEngines.ts';
import { MOST_LEXEMES, rangeOf, targetOf } from './place.ts';

interface BatchLine {
  readonly id: string | number;
  readonly file: string;
  readonly target?: string;
  readonly range?: string;
  readonly intent?: string;
  readonly length?: number | 'predict';
  readonly seed?: number;
}

/**
 * How many lines could not be answered. Tools are not asked about the candidates; files are named from the current folder. Where nobody reads
 * the answers any more it ends.
 */
export async function runBatch(
  invocation: Invocation,
  file: string,
  common: Omit<InfillRequest, 'path' | 'trusted'>,
): Promise<number> {
  const { cwd, call, terminal } = invocation;
  const lines = readLines(cwd, file);
  const engines = new BatchEngines(invocation, common.model === undefined && common.fallback !== false);
  let failed = 0;
  try {
    for (const [index, line] of lines.entries()) {
      if (line.trim() === '') continue;
      throwIfAborted(call.signal);
      if (!terminal.isRead) break;
      call.onProgress?.({ step: 'Filling', done: index, total: lines.length });
      let id: BatchLine['id'] | null = null;
      try {
        const value = read(line);
        if (isId(value.id)) id = value.id;
        const request = checked(value);
        const { root, path } = locateFile(cwd, request.file);
        const { engine, model } = await engines.of(root);
        const answer = await engine.infill(
          { ...merge(common, request, root, path), ...model },
          { signal: call.signal },
        );
        await terminal.write(printLine({ id, ...valueOf(answer) }));
      } catch (error) {
        const { code, message, advice } = toLodestoneError(error);
        if (code === 'cancelled') throw error;
        failed++;
        // What every answer has stands here, too: whoever reads the lines need not tell two shapes apart.
        const silent = { candidates: [], fallback: null, why: message };
        const failure = { code, message, advice: advice ?? '' };
        await terminal.write(printLine({ id, line: index + 1, ...silent, error: failure }));
      }
    }
  } finally {
    await engines.close();
  }
  return failed;
}

function readLines(cwd: string, file: string): string[] {
  try {
    return readFileSync(resolve(cwd, file), 'utf8')
      .replace(/^\uFEFF/, '')
      .split('\n');
  } catch (cause) {
    throw new LodestoneError('notFound', `"${file}" cannot be read: ${(cause as NodeJS.ErrnoException).code}.`, {
      advice: 'Name a file with one JSON object a line.',
      cause,
    });
  }
}

function merge(
  common: Omit<InfillRequest, 'path' | 'trusted'>,
  { target, range, intent, length, seed }: BatchLine,
  root: string,
  path: string,
): InfillRequest {
  const at = target === undefined ? { range: rangeOf(root, path, range as string) } : { target: targetOf(target) };
  return {
    ...{ ...common, ...at, path, trusted: false },
    ...(intent === undefined ? {} : { intent }),
    ...(length === undefined ? {} : { length }),
    ...(seed === undefined ? {} : { sampling: { ...common.sampling, seed } }),
  };
}

type Given = Partial<Record<keyof BatchLine, unknown>>;

const wrong = (message: string) =>
  new LodestoneError('badArguments', message, {
    advice: 'A line is {"id": "1", "file": "src/a.ts", "range": "3:5-3:5"}, or with "target" instead of "range".',
  });

const isId = (id: unknown): id is BatchLine['id'] => (typeof id === 'string' && id !== '') || Number.isFinite(id);

/** Many writers say null of what is absent. */
function read(line: string): Given {
  try {
    const given = (JSON.parse(line) as Given | null) ?? {};
    return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null));
  } catch (cause) {
    throw wrong(`The line is no JSON: ${(cause as Error).message}.`);
  }
}

/** Throws `badArguments` that names the field. */
function checked(value: Given): BatchLine {
  const { id, file, target, range, intent, length, seed } = value;
  const isText = (each: unknown) => typeof each === 'string' && each !== '';
  const isWhole = (each: unknown, least: number, most = Number.MAX_SAFE_INTEGER) =>
    Number.isSafeInteger(each) && (each as number) >= least && (each as number) <= most;
  if (!isId(id)) throw wrong('"id" is missing: a text or a number.');
  if (!isText(file)) throw wrong('"file" is missing: a path from the current folder.');
  if ((target === undefined) === (range === undefined)) throw wrong('Either "target" or "range" is wanted.');
  if (target !== undefined && !isText(target)) throw wrong('"target" is a name.');
  if (range !== undefined && !isText(range)) throw wrong('"range" is written "L:C-L:C".');
  if (intent !== undefined && typeof intent !== 'string') throw wrong('"intent" is a text.');
  if (length !== undefined && length !== 'predict' && !isWhole(length, 1, MOST_LEXEMES))
    throw wrong(`"length" is a whole number from 1 to ${MOST_LEXEMES}, or "predict".`);
  if (seed !== undefined && !isWhole(seed, 0)) throw wrong('"seed" is a whole number from 0.');
  return value as unknown as BatchLine;
}
