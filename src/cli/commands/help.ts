/** `lodestone help [COMMAND]`: the usage of everything, or of one command. */
import { LodestoneError } from '../../base/errors.ts';
import { COMMON_OPTIONS } from '../arguments.ts';
import type { Command, OptionSpec } from '../command.ts';
import { EXIT } from '../exitCodes.ts';

/** The help command over a list of commands, itself included. */
export function helpCommand(commands: () => readonly Command[]): Command {
  return {
    name: 'help',
    summary: 'Show this help, or that of a command.',
    usage: 'help [COMMAND] [--json]',
    arity: [0, 1],
    options: {},
    async run({ positionals: [name] }) {
      const command = commands().find((candidate) => candidate.name === name);
      if (name !== undefined && !command)
        throw new LodestoneError('badArguments', `There is no command "${name}".`, { advice: 'Run "lodestone help".' });
      const shown = command ? [command] : commands();
      return {
        exitCode: EXIT.fine,
        value: {
          commands: shown.map((each) => ({ name: each.name, usage: `lodestone ${each.usage}`, summary: each.summary })),
        },
        text: command ? commandHelp(command) : overview(commands()),
      };
    },
  };
}

function overview(commands: readonly Command[]): string {
  return [
    'Lodestone learns how a repository writes code, and heals broken files with verified, risk-scored patches.',
    '',
    'Usage: lodestone <command> [--json] [--cache DIR]',
    '',
    ...table(commands.map(({ name, summary }) => [name, summary])),
    '',
    'Options of every command:',
    ...optionTable(COMMON_OPTIONS),
    '',
    'Exit codes: 0 fine, 1 findings, 2 wrong use, 3 something this needs is missing; 130 when interrupted.',
    '',
  ].join('\n');
}

function commandHelp(command: Command): string {
  const own = optionTable(command.options);
  return [
    `Usage: lodestone ${command.usage}`,
    '',
    command.summary,
    '',
    ...(own.length ? ['Options:', ...own, ''] : []),
    'Options of every command:',
    ...optionTable(COMMON_OPTIONS),
    '',
  ].join('\n');
}

function optionTable(options: Readonly<Record<string, OptionSpec>>): string[] {
  return table(
    Object.entries(options).map(([name, { value, help }]) => [`--${name}${value ? ` ${value}` : ''}`, help]),
  );
}

function table(rows: readonly (readonly [string, string] | readonly string[])[]): string[] {
  const width = Math.max(0, ...rows.map(([left]) => (left as string).length));
  return rows.map(([left, right]) => `  ${(left as string).padEnd(width)}  ${right}`);
}
