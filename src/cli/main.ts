/** The CLI from argv to exit code: parse, run one command, print its value once, explain failures. */
import { text } from 'node:stream/consumers';
import { LodestoneError, toLodestoneError } from '../base/errors.ts';
import { neutralise } from '../base/neutralise.ts';
import { parseCommandLine } from './arguments.ts';
import type { Command, OpenRepository } from './command.ts';
import { bench } from './commands/bench.ts';
import { build } from './commands/build.ts';
import { complete } from './commands/complete.ts';
import { context } from './commands/context.ts';
import { doctor } from './commands/doctor.ts';
import { facts } from './commands/facts.ts';
import { generate } from './commands/generate.ts';
import { heal } from './commands/heal.ts';
import { helpCommand } from './commands/help.ts';
import { hook } from './commands/hook.ts';
import { infill } from './commands/infill.ts';
import { mcp } from './commands/mcp.ts';
import { mine } from './commands/mine.ts';
import { plan } from './commands/plan.ts';
import { trust } from './commands/trust.ts';
import { undo } from './commands/undo.ts';
import { version } from './commands/version.ts';
import { EXIT, type ExitCode, exitCodeOf } from './exitCodes.ts';
import { printJson } from './printers/json.ts';
import { Terminal } from './terminal.ts';

/** How long a cancelled command may take to close its store before the process ends anyway. */
const CLOSING_MS = 5_000;
/** A signal that comes twice within this time is one: a terminal and a parent may both send it. */
const SAME_SIGNAL_MS = 300;

export interface Host {
  readonly version: string;
  /** The folder that holds data/, grammars/ and the bundles: dist/. */
  readonly assetsDir: string;
  readonly open: OpenRepository;
}

const help: Command = helpCommand(() => COMMANDS);
export const COMMANDS: readonly Command[] = [
  mine,
  context,
  complete,
  generate,
  infill,
  build,
  plan,
  hook,
  heal,
  undo,
  facts,
  doctor,
  mcp,
  bench,
  trust,
  version,
  help,
];

/** Runs one command line in this process and returns its exit code; everything was written by then. */
export async function main(argv: readonly string[], host: Host): Promise<ExitCode> {
  let json = argv.includes('--json');
  const terminal = new Terminal(process.stdout, process.stderr, argv.includes('--verbose'));
  const cancel = new AbortController();
  let signalled: ExitCode | undefined;
  const stopListening = onSignals((code) => {
    signalled = code;
    cancel.abort();
    setTimeout(() => process.exit(code), CLOSING_MS).unref();
  });
  try {
    const { command, positionals, options } = parseCommandLine(argv, COMMANDS);
    json = options.json === true;
    const outcome = await command.run({
      positionals,
      options,
      json,
      cwd: workingDirectory(),
      version: host.version,
      assetsDir: host.assetsDir,
      open: host.open,
      terminal,
      input: () => text(process.stdin),
      call: { signal: cancel.signal, onProgress: terminal.progress },
    });
    if (!outcome.isWritten) await terminal.write(json ? printJson(outcome.value) : outcome.text);
    return outcome.exitCode;
  } catch (error) {
    const code = await explain(toLodestoneError(error), json, terminal);
    return signalled ?? code;
  } finally {
    stopListening();
  }
}

function workingDirectory(): string {
  try {
    return process.cwd();
  } catch (cause) {
    throw new LodestoneError('unreadable', 'The working directory is gone or cannot be read.', {
      advice: 'Change to another folder first.',
      cause,
    });
  }
}

/** Says on standard error what went wrong and what to do; with --json standard output still holds one value. */
async function explain(error: LodestoneError, json: boolean, terminal: Terminal): Promise<ExitCode> {
  terminal.note(`lodestone: ${error.message}`);
  if (error.advice) terminal.note(error.advice);
  if (error.code === 'internal' && error.stack) terminal.log.debug(error.stack);
  if (json) {
    const value = { error: { code: error.code, message: error.message, advice: error.advice ?? '' } };
    try {
      await terminal.write(printJson(value));
    } catch (failure) {
      terminal.note(`lodestone: standard output cannot be written: ${neutralise(String(failure))}`);
      return EXIT.environment;
    }
  }
  return exitCodeOf(error.code);
}

/** First signal: cancel. A second one: end at once. */
function onSignals(stop: (code: ExitCode) => void): () => void {
  let first: number | undefined;
  const listen = (code: ExitCode) => () => {
    const now = performance.now();
    if (first === undefined) {
      first = now;
      stop(code);
    } else if (now - first > SAME_SIGNAL_MS) process.exit(code);
  };
  const onInterrupt = listen(EXIT.interrupted);
  const onTerminate = listen(EXIT.terminated);
  process.on('SIGINT', onInterrupt).on('SIGTERM', onTerminate);
  return () => {
    process.off('SIGINT', onInterrupt).off('SIGTERM', onTerminate);
  };
}
