/** A prompt set as JSON lines, `{prompt, context, fileExt}`: what is to be written is a comment below the context. */
import { readFileSync } from 'node:fs';
import { LodestoneError } from '../../base/errors.ts';
import type { LanguageEntry } from '../../core/languages.ts';
import type { Task } from './completionTasks.ts';

const ADVICE = 'A line is one JSON object: {"prompt": "…", "context": "…", "fileExt": ".ts"}.';

/** Throws LodestoneError notFound | badArguments with the line. */
export function readPromptSet(file: string, languages: readonly LanguageEntry[]): Task[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const message = code === 'ENOENT' ? `There is no "${file}".` : `"${file}" cannot be read: ${code}.`;
    throw new LodestoneError('notFound', message, { advice: 'Name a file with a prompt a line.', cause });
  }
  const tasks = text
    .split('\n')
    .flatMap((line, at) => (line.trim() === '' ? [] : taskOf(line, at + 1, file, languages)));
  if (tasks.length === 0) throw new LodestoneError('badArguments', `"${file}" holds no prompt.`, { advice: ADVICE });
  return tasks;
}

function taskOf(line: string, number: number, file: string, languages: readonly LanguageEntry[]): Task {
  const wrong = (what: string) =>
    new LodestoneError('badArguments', `Line ${number} of "${file}" ${what}.`, { advice: ADVICE });
  let value: { prompt?: unknown; context?: unknown; fileExt?: unknown } | null;
  try {
    value = JSON.parse(line) as typeof value;
  } catch {
    throw wrong('is no JSON');
  }
  const { prompt, context = '', fileExt } = value ?? {};
  if (typeof prompt !== 'string' || prompt.trim() === '') throw wrong('has no prompt');
  if (typeof context !== 'string') throw wrong('has a context that is no text');
  if (typeof fileExt !== 'string') throw wrong('has no fileExt');
  const extension = fileExt.startsWith('.') ? fileExt : `.${fileExt}`;
  const language = languages.find(({ extensions }) => extensions.includes(extension));
  if (!language) throw wrong(`has the extension ${extension}, of no language that Lodestone reads`);
  const comment = prompt
    .trim()
    .split(/\r?\n/)
    .map((part) => `${language.lineComment} ${part}`.trimEnd());
  const head = context === '' || context.endsWith('\n') ? context : `${context}\n`;
  const prefix = `${head}${comment.join('\n')}\n`;
  const name = `prompt-${number}`;
  return {
    ...{ group: name, kind: 'prompt', path: `${name}${extension}`, language: language.id },
    ...{ prefix, suffix: '', truth: null, apis: [], related: [], whole: (text) => prefix + text },
  };
}
