/** The CLI's exit codes, stable from the first release, and how failures map to them. */
import type { ErrorCode } from '../base/errors.ts';

export const EXIT = {
  fine: 0,
  /** The command did its work and something deserves attention: errors left, tools missing. */
  findings: 1,
  wrongUse: 2,
  /** Something the command needs from this machine is missing or refused to work. */
  environment: 3,
  /** 128 + SIGINT, as shells expect. */
  interrupted: 130,
  /** 128 + SIGTERM. */
  terminated: 143,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

const WRONG_USE: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'badArguments',
  'notFound',
  'notARepositoryFile',
  'unsupportedLanguage',
  'fileTooLarge',
  'binaryFile',
]);

/** Failures that speak about the arguments are wrong use; everything else is the machine's. */
export function exitCodeOf(code: ErrorCode): ExitCode {
  if (code === 'cancelled') return EXIT.interrupted;
  if (code === 'fileChanged') return EXIT.findings;
  return WRONG_USE.has(code) ? EXIT.wrongUse : EXIT.environment;
}
