/** `lodestone generate`: code for a specification or a function's body, printed, or written where `--output` says. */
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, relative, resolve, sep } from 'node:path';
import { LodestoneError, toLodestoneError } from '../../base/errors.ts';
import { inShort } from '../../base/findings.ts';
import { unifiedDiff } from '../../core/edits/unifiedDiff.ts';
import type { RepositoryEngine } from '../../core/engine.ts';
import type { GenerateReport, GenerateRequest } from '../../core/generation/generation.ts';
import { LANGUAGE_IDS, type LanguageId } from '../../core/languages.ts';
import { chooseEndpoint } from '../../node/models/endpoint.ts';
import { wholeNumber } from '../arguments.ts';
import type { Command, Invocation } from '../command.ts';
import { EXIT } from '../exitCodes.ts';
import { printGenerated } from '../printers/generation.ts';
import { type LocatedFile, locateFile, locateFolder, repositoryRootOf } from '../repositoryRoot.ts';
import { askTrust, withRepository } from '../session.ts';

const MOST_RETRIES = 5;

export const generate: Command = {
  name: 'generate',
  summary: 'Write code for a specification, or the body of a function, as this repository writes it.',
  usage:
    'generate (--spec TEXT | --target NAME) [--language L] [--file FILE] [--output string|FILE] [--retries N] [--model NAME | --no-model] [--endpoint URL] [--json]',
  arity: [0, 0],
  options: {
    spec: { type: 'string', value: 'TEXT', help: 'What to write, in words.' },
    target: {
      type: 'string',
      value: 'NAME',
      help: 'Write the body of this function ("total", "Ledger.total", of several "total:12" at line 12) anew.',
    },
    language: { type: 'string', value: 'L', help: `Of a specification without a file: ${LANGUAGE_IDS.join(', ')}.` },
    file: { type: 'string', value: 'FILE', help: 'The file of the target, or that the code will stand in.' },
    output: {
      type: 'string',
      value: 'string|FILE',
      help: "Print the code (string, the default), or write it: into a new file, or the body into the target's own file.",
    },
    retries: { type: 'string', value: 'N', help: `Attempts after one that fails, up to ${MOST_RETRIES} (default 2).` },
    model: { type: 'string', value: 'NAME', help: 'Ask this model.' },
    'no-model': { type: 'boolean', help: "Ask no model: the repository's own nearest function answers." },
    endpoint: {
      type: 'string',
      value: 'URL',
      help: "Where the model's server is (default: OLLAMA_HOST, else http://127.0.0.1:11434).",
    },
  },
  async run(invocation) {
    const { options, cwd, call, terminal } = invocation;
    const request = requestFrom(invocation, `Usage: lodestone ${this.usage}`);
    chooseEndpoint({ option: options.endpoint as string | undefined, environment: process.env.OLLAMA_HOST });
    const file = typeof options.file === 'string' ? fileAt(cwd, options.file, request.target !== undefined) : undefined;
    const root = file?.root ?? repositoryRootOf(locateFolder(cwd, '.'));
    const output = outputAt(cwd, options.output, request.target !== undefined);
    const trusted = await askTrust(invocation, root);
    const { report, written, reason } = await withRepository(invocation, root, trusted, async (engine) => {
      await engine.mine({}, call);
      const { target } = request;
      const report = await engine.generate(
        {
          ...request,
          ...(file && target ? { target: { ...target, path: file.path } } : file ? { path: file.path } : {}),
          trusted,
        },
        call,
      );
      return { report, ...(await settle(invocation, engine, report, { root, output, trusted })) };
    });
    if (report.notice)
      terminal.log.warn(`${report.notice.message} ${report.notice.advice} The repository answers alone.`);
    const value = valueOf(report, { written, reason });
    return {
      exitCode: report.failure === null && report.validation.passed && reason === '' ? EXIT.fine : EXIT.findings,
      value,
      text: printGenerated(value, { colours: terminal.colours, toFile: output !== undefined }),
    };
  },
};

/** As published; `reason` says why nothing was written although a file was named. */
export type GeneratedValue = ReturnType<typeof valueOf>;

function valueOf(report: GenerateReport, outcome: { written: string; reason: string }) {
  const { patch, validation, ...rest } = report;
  const { passed, syntaxErrors, tools, added, notes } = validation;
  const errors = added.map(({ line, column, code, category, message, tool }) => ({
    ...{ line, column, code, category, message, tool },
  }));
  return {
    ...rest,
    validation: { passed, syntaxErrors, tools, errors, notes },
    diff: patch?.files.map(({ path, before, after }) => unifiedDiff(path, before, after)).join('') ?? '',
    risk: patch?.risk ?? null,
    ...outcome,
  };
}

function requestFrom({ options }: Invocation, usage: string): Omit<GenerateRequest, 'trusted'> {
  const { spec, target, language } = options;
  const retries = wholeNumber('retries', options.retries, 0);
  if ((spec === undefined) === (target === undefined))
    throw new LodestoneError('badArguments', 'Give either --spec or --target.', { advice: usage });
  if (options.model !== undefined && options['no-model'])
    throw new LodestoneError('badArguments', '--model and --no-model exclude each other.', { advice: usage });
  if (retries !== undefined && retries > MOST_RETRIES)
    throw new LodestoneError('badArguments', `--retries takes at most ${MOST_RETRIES}.`, { advice: usage });
  if (language !== undefined && !(LANGUAGE_IDS as readonly unknown[]).includes(language))
    throw new LodestoneError('badArguments', `Lodestone does not know the language "${language}".`, {
      advice: `It knows ${LANGUAGE_IDS.join(', ')}.`,
    });
  const model = options['no-model'] ? null : (options.model as string | undefined);
  return {
    ...(typeof spec === 'string' ? { spec } : { target: targetFrom(target as string) }),
    ...(language === undefined ? {} : { language: language as LanguageId }),
    ...(retries === undefined ? {} : { retries }),
    ...(model === undefined ? {} : { model }),
  };
}

/** `NAME` or `NAME:LINE`. */
function targetFrom(text: string): { name: string; line?: number } {
  const [, name = text, line] = /^(.+):(\d+)$/.exec(text) ?? [];
  return { name, ...(line === undefined ? {} : { line: Number(line) }) };
}

/** A specification's file need not exist, its folder must. */
function fileAt(cwd: string, argument: string, mustExist: boolean): LocatedFile {
  const absolute = resolve(cwd, argument);
  if (mustExist || existsSync(absolute)) return locateFile(cwd, argument);
  const folder = locateFolder(cwd, dirname(absolute));
  const root = repositoryRootOf(folder);
  const path = relative(root, `${folder}${sep}${basename(absolute)}`)
    .split(sep)
    .join('/');
  return { root, path };
}

/** Absolute path to write to; undefined for standard output. A file that exists is written only for its own target. */
function outputAt(cwd: string, argument: unknown, hasTarget: boolean): string | undefined {
  if (argument === undefined || argument === 'string') return undefined;
  const absolute = resolve(cwd, argument as string);
  locateFolder(cwd, dirname(absolute));
  if (existsSync(absolute) && !hasTarget) throw exists(argument as string);
  return absolute;
}

async function settle(
  { call }: Invocation,
  engine: RepositoryEngine,
  { code, failure, validation, patch, path }: GenerateReport,
  { root, output, trusted }: { root: string; output: string | undefined; trusted: boolean },
): Promise<{ written: string; reason: string }> {
  if (output === undefined) return { written: '', reason: '' };
  if (failure !== null) return { written: '', reason: `Not written: ${failure}` };
  if (!validation.passed) return { written: '', reason: 'Not written: with it the tools report new errors.' };
  const shown = relative(root, output).split(sep).join('/');
  if (!existsSync(output)) {
    writeNew(output, `${code}\n`);
    return { written: shown, reason: '' };
  }
  // Only the body changes, through the journal, so that it can be taken back.
  if (resolve(root, path) !== output) throw exists(shown);
  if (!patch) return { written: '', reason: 'Not written: it is what stands there already.' };
  try {
    const { regression } = await engine.applyPatch(
      { patch, files: [{ path, after: validation.after }], trusted },
      call,
    );
    return regression
      ? { written: '', reason: `Written and taken back: ${inShort(regression.errors)}` }
      : { written: shown, reason: '' };
  } catch (error) {
    const failed = toLodestoneError(error);
    if (failed.code !== 'fileChanged') throw failed;
    return { written: '', reason: `Not written: ${failed.message}` };
  }
}

/** All of it or nothing, and never over something that came to be in the meantime. */
function writeNew(file: string, text: string): void {
  let begun = false;
  try {
    writeFileSync(file, '', { flag: 'wx' });
    begun = true;
    writeFileSync(file, text);
  } catch (cause) {
    if (begun) rmSync(file, { force: true });
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') throw exists(file);
    throw new LodestoneError('unreadable', `${file} cannot be written: ${(cause as Error).message}`, {
      advice: 'Check the permissions of its folder.',
      cause,
    });
  }
}

function exists(file: string): LodestoneError {
  return new LodestoneError('badArguments', `"${file}" exists and is not overwritten.`, {
    advice: "Name a new file; only a target's own file is edited, and only its body.",
  });
}
