/** The tasks of the completion benchmark: bodies of functions that were taken out before anything was mined, and lines of them. */
import { basename } from 'node:path';
import type { CallOptions } from '../../base/progress.ts';
import { mix } from '../../base/statistics.ts';
import type { RelatedFile } from '../../core/completion/prompt/prompt.ts';
import type { RepositoryEngine } from '../../core/engine.ts';
import type { LanguageEntry, LanguageId } from '../../core/languages.ts';
import { callingFiles, hide, type SourceText, targetsOf } from '../../core/retrieval/heldOut.ts';
import { isGenerated } from '../../node/git/commitReplay.ts';
import type { WorkCopy } from './workCopy.ts';

export interface Task {
  /** The function, or the prompt, that it belongs to. */
  readonly group: string;
  readonly kind: 'body' | 'line' | 'prompt';
  readonly path: string;
  readonly language: LanguageId;
  /** The buffer before and after the cursor. */
  readonly prefix: string;
  readonly suffix: string;
  /** What stood there; null where nobody knows. */
  readonly truth: string | null;
  /** Names that it calls and that two other files call. */
  readonly apis: readonly string[];
  readonly related: readonly RelatedFile[];
  /** The file with a text in the place of the truth: the repository's own, with the imports that were taken out too. */
  readonly whole: (text: string) => string;
}

/** Fewer true APIs say nothing of a repository's habits. */
const LEAST_APIS = 2;
const RELATED = 2;
const RELATED_CHARACTERS = 1500;

/** Takes up to `count` bodies out of the copy, one of a file, and answers what is to be written there. */
export async function holdOut(
  copy: WorkCopy,
  engine: Pick<RepositoryEngine, 'facts'>,
  sources: readonly { path: string; text: string }[],
  languages: readonly LanguageEntry[],
  { count, seed }: { count: number; seed: number },
  call: CallOptions,
): Promise<Task[]> {
  const { signal } = call;
  const extensions = new Map(languages.map(({ id, extensions }) => [id, extensions[0] as string]));
  const reader = {
    read: (language: LanguageId, text: string) =>
      engine.facts({ path: `held-out${extensions.get(language)}`, text }, signal ? { signal } : {}),
  };
  const files: SourceText[] = [];
  for (const { path, text } of sources) {
    call.onProgress?.({ step: 'Reading functions', done: files.length, total: sources.length });
    const language = languages.find(({ extensions: all }) => all.some((end) => path.endsWith(end)))?.id;
    if (language === undefined || isGenerated(path)) continue;
    files.push({ path, language, text, facts: await reader.read(language, text) });
  }
  const counts = callingFiles(files);
  const name = basename(copy.root);
  const order = ({ file, index }: { file: SourceText; index: number }) => mix(`${seed} ${file.path}#${index}`);
  const targets = targetsOf(files, counts, LEAST_APIS).sort((a, b) => order(a) - order(b));
  const tasks: Omit<Task, 'related'>[] = [];
  /** Texts without what was taken out, by path. */
  const held = new Map<string, string>();
  for (const { file, index, truth } of targets) {
    if (held.size >= count) break;
    if (held.has(file.path)) continue;
    const hidden = await hide(file, index, truth, counts, reader);
    const target = file.facts.functions[index];
    const emptied = hidden?.file.facts.functions.find(
      ({ startLine, name: own }) => startLine === hidden.line && own === hidden.name,
    );
    if (!hidden || !target || !emptied) continue;
    const { text } = file;
    const { lead, body, tail } = partsOf(text.slice(target.body.start, target.body.end), file.language);
    if (body.split('\n').length < 2) continue;
    copy.write(file.path, hidden.file.text);
    held.set(file.path, hidden.file.text);
    const common = { group: `${name}/${file.path}#${target.name}`, path: file.path, language: file.language };
    // What stands for an emptied body may be indented in its own way.
    const indent = /[ \t]*$/.exec(text.slice(0, target.body.start))?.[0] ?? '';
    const prefix = hidden.file.text.slice(0, emptied.body.start).replace(/[ \t]*$/, indent) + lead;
    const suffix = tail + hidden.file.text.slice(emptied.body.end);
    const before = text.slice(0, target.body.start) + lead;
    const after = tail + text.slice(target.body.end);
    tasks.push({
      ...{ ...common, kind: 'body', prefix, suffix, truth: body, apis: [...truth] },
      whole: (written) => before + written + after,
    });
    const line = lineOf(body, truth, `${seed} ${common.group}`);
    if (line)
      tasks.push({
        ...{ ...common, kind: 'line', prefix: prefix + body.slice(0, line.start), suffix, truth: line.text },
        apis: line.apis,
        whole: (written) =>
          before + body.slice(0, line.start) + written + body.slice(line.start + line.text.length) + after,
      });
  }
  return tasks.map((task) => ({ ...task, related: relatedTo(task, files, held) }));
}

/** What is given of a body (bracket, docstring, comments, indentation), what is to be written, and what closes it. */
export function partsOf(body: string, language: LanguageId): { lead: string; body: string; tail: string } {
  const opening =
    language === 'python'
      ? /^\s*(?:[rRuU]?(?:"""[\s\S]*?"""|'''[\s\S]*?''')[^\n]*\n\s*)?(?:#[^\n]*\n\s*)*/
      : /^\{?\s*(?:\/\/[^\n]*\n\s*)*/;
  const lead = opening.exec(body)?.[0] ?? '';
  const tail = (language === 'python' ? /\s*$/ : /\s*\}?\s*$/).exec(body.slice(lead.length))?.[0] ?? '';
  return { lead, body: body.slice(lead.length, body.length - tail.length), tail };
}

/** A line after the first that calls one of the names, drawn by `seed`; its start without indentation. */
function lineOf(
  body: string,
  truth: ReadonlySet<string>,
  seed: string,
): { start: number; text: string; apis: string[] } | undefined {
  const found: { start: number; text: string; apis: string[]; order: number }[] = [];
  let at = 0;
  for (const [number, line] of body.split('\n').entries()) {
    const text = line.trim();
    const apis = [...truth].filter((name) => calls(text, name));
    const start = at + (line.length - line.trimStart().length);
    if (number > 0 && apis.length > 0) found.push({ start, text, apis, order: mix(`${seed} ${number}`) });
    at += line.length + 1;
  }
  return found.sort((a, b) => a.order - b.order)[0];
}

function calls(line: string, name: string): boolean {
  const at = line.search(new RegExp(`(?<![\\p{L}\\p{N}_$])${name.replace(/\W/g, '\\$&')}\\s*\\(`, 'u'));
  return at >= 0 && !/^(?:\/\/|#|\*)/.test(line);
}

/** The beginnings of the files beside it: what somebody who works there has open. */
function relatedTo(
  file: Pick<Task, 'path' | 'language'>,
  files: readonly SourceText[],
  held: ReadonlyMap<string, string>,
): RelatedFile[] {
  const folder = (path: string) => path.slice(0, path.lastIndexOf('/') + 1);
  return files
    .filter(
      ({ path, language }) => path !== file.path && language === file.language && folder(path) === folder(file.path),
    )
    .sort((a, b) => mix(file.path + a.path) - mix(file.path + b.path))
    .slice(0, RELATED)
    .map(({ path, text }) => ({ path, text: held.get(path) ?? text }))
    .map(({ path, text }) => ({ path, text: text.slice(0, RELATED_CHARACTERS).replace(/[^\n]*$/, '') }));
}
