/** `lodestone complete FILE --line N`: what to write at a cursor, by a model or by the repository itself. */
import { LodestoneError } from '../../base/errors.ts';
import { SETTINGS } from '../../core/settings.ts';
import { chooseEndpoint } from '../../node/models/endpoint.ts';
import { wholeNumber } from '../arguments.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exitCodes.ts';
import { printCompletion } from '../printers/completion.ts';
import { locateFile } from '../repositoryRoot.ts';
import { isTrusted, withRepository } from '../session.ts';

const DEFAULT_MODEL = SETTINGS.find(({ id }) => id === 'lodestone.model.name')?.default;

export const complete: Command = {
  name: 'complete',
  summary: 'Print what could be written at a place in a file, by a local model or by the repository itself.',
  usage: 'complete FILE --line N [--column M] [--stdin] [--model NAME | --no-model] [--endpoint URL] [--json]',
  arity: [1, 1],
  options: {
    line: { type: 'string', value: 'N', help: 'The line, from 1.' },
    column: {
      type: 'string',
      value: 'M',
      help: "The cursor stands before this character, from 1, in UTF-16 units (default: the line's end).",
    },
    stdin: { type: 'boolean', help: "Read the file's text from standard input: what an editor has not saved yet." },
    model: { type: 'string', value: 'NAME', help: `Ask this model (default: ${DEFAULT_MODEL}).` },
    'no-model': { type: 'boolean', help: 'Ask no model: the repository alone answers.' },
    endpoint: {
      type: 'string',
      value: 'URL',
      help: "Where the model's server is (default: OLLAMA_HOST, else http://127.0.0.1:11434).",
    },
  },
  async run(invocation) {
    const { options, call, terminal } = invocation;
    const line = wholeNumber('line', options.line, 1);
    const column = wholeNumber('column', options.column, 1);
    const usage = `Usage: lodestone ${this.usage}`;
    if (line === undefined) throw new LodestoneError('badArguments', 'The line is missing.', { advice: usage });
    if (options.model !== undefined && options['no-model'])
      throw new LodestoneError('badArguments', '--model and --no-model exclude each other.', { advice: usage });
    // An address that is none is told before anything is mined.
    chooseEndpoint({ option: options.endpoint as string | undefined, environment: process.env.OLLAMA_HOST });
    const { root, path } = locateFile(invocation.cwd, invocation.positionals[0] as string);
    const text = options.stdin ? await invocation.input() : undefined;
    const at = { path, line, ...(column === undefined ? {} : { column }), ...(text === undefined ? {} : { text }) };
    const report = await withRepository(invocation, root, isTrusted(invocation, root), async (engine) => {
      await engine.mine({}, call);
      const model = options['no-model'] ? null : (options.model as string | undefined);
      return engine.complete({ ...at, manual: true, ...(model === undefined ? {} : { model }) }, call);
    });
    if (report.notice)
      terminal.log.warn(`${report.notice.message} ${report.notice.advice} The repository answers alone.`);
    return {
      exitCode: EXIT.fine,
      value: { ...report },
      text: printCompletion(report),
    };
  },
};
