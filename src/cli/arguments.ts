/** Command lines to invocations: `lodestone <command> [options] [arguments]`, strict about what it does not know. */
import { parseArgs } from 'node:util';
import { LodestoneError } from '../base/errors.ts';
import type { Command, OptionSpec } from './command.ts';

/** Options that every command takes. */
export const COMMON_OPTIONS: Readonly<Record<string, OptionSpec>> = {
  json: { type: 'boolean', help: 'Print one JSON value on standard output and nothing else.' },
  cache: { type: 'string', value: 'DIR', help: "Keep the store in DIR (default: the user's cache folder)." },
  trust: {
    type: 'boolean',
    help: 'Trust this repository for this run: its git history and its own tools may be used.',
  },
  verbose: { type: 'boolean', help: 'Log what is done on standard error.' },
  help: { type: 'boolean', help: 'Show this help.' },
};

export interface ParsedArguments {
  readonly command: Command;
  readonly positionals: readonly string[];
  readonly options: Readonly<Record<string, string | boolean | undefined>>;
}

function wrongUse(message: string, advice: string): LodestoneError {
  return new LodestoneError('badArguments', message, { advice });
}

/** Splits a command line; throws LodestoneError badArguments with the usage as advice. */
export function parseCommandLine(argv: readonly string[], commands: readonly Command[]): ParsedArguments {
  const args = [...argv];
  if (args.length === 0) args.push('help');
  if (args[0] === '--version' || args[0] === '-v') args[0] = 'version';
  if (args[0] === '-h') args[0] = '--help';
  const at = commandIndex(args);
  const isHelp =
    at === -1 && (args.includes('--help') || args.every((word) => Object.hasOwn(COMMON_OPTIONS, word.slice(2))));
  if (isHelp) args.unshift('help');
  const [name] = at === -1 ? args.splice(0, 1) : args.splice(at, 1);
  const command = commands.find((candidate) => candidate.name === name);
  if (!command) throw wrongUse(`There is no command "${name}".`, 'Run "lodestone help" for the list of commands.');

  const known: Record<string, OptionSpec> = { ...COMMON_OPTIONS, ...command.options };
  const usage = `Usage: lodestone ${command.usage}`;
  let parsed: { values: Record<string, string | boolean | undefined>; positionals: string[] };
  try {
    parsed = parseArgs({
      args,
      allowPositionals: true,
      strict: true,
      options: Object.fromEntries(Object.entries(known).map(([option, { type }]) => [option, { type }])),
    });
  } catch (error) {
    throw wrongUse((error as Error).message.split('\n')[0] as string, usage);
  }
  const { values, positionals } = parsed;
  if (values.help)
    return {
      command: commands.find(({ name: other }) => other === 'help') as Command,
      positionals: [command.name],
      options: values,
    };
  for (const [option, value] of Object.entries(values))
    if (value === '') throw wrongUse(`--${option} has no value.`, usage);
  if (positionals.includes('')) throw wrongUse('An argument is empty.', usage);
  if (positionals.length < command.arity[0]) throw wrongUse('An argument is missing.', usage);
  if (positionals.length > command.arity[1])
    throw wrongUse(`Unexpected argument "${positionals[command.arity[1]]}".`, usage);
  return { command, positionals, options: values };
}

/** Index of the first word that is neither an option nor the value of a common option. */
function commandIndex(args: readonly string[]): number {
  for (let at = 0; at < args.length; at++) {
    const word = args[at] as string;
    if (!word.startsWith('-')) return at;
    if (word === '--') return -1;
    const spec = COMMON_OPTIONS[word.slice(2)];
    if (spec?.type === 'string') at++;
  }
  return -1;
}

/** A whole number ≥ `least` given to an option; throws LodestoneError badArguments. */
export function wholeNumber(option: string, value: string | boolean | undefined, least: number): number | undefined {
  if (value === undefined) return undefined;
  const number = Number(value);
  if (typeof value !== 'string' || !/^\d+$/.test(value) || !Number.isSafeInteger(number) || number < least)
    throw wrongUse(
      `--${option} takes a whole number from ${least}, not "${value}".`,
      `Example: --${option} ${Math.max(least, 10)}`,
    );
  return number;
}

/** A number in [0, 1] given to an option; throws LodestoneError badArguments. */
export function fraction(option: string, value: string | boolean | undefined): number | undefined {
  if (value === undefined) return undefined;
  const number = Number(value);
  if (typeof value !== 'string' || value.trim() === '' || !(number >= 0 && number <= 1))
    throw wrongUse(`--${option} takes a number from 0 to 1, not "${value}".`, `Example: --${option} 0.3`);
  return number;
}
