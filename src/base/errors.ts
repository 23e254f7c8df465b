/** Errors as values: a stable code, arguments for the host's text, a cause, and advice on what to do next. */

/** Every failure Lodestone reports. Hosts map codes to words and the CLI maps them to exit codes. */
export type ErrorCode =
  | 'badArguments'
  | 'notFound'
  | 'unreadable'
  | 'notARepositoryFile'
  | 'unsupportedLanguage'
  | 'fileTooLarge'
  | 'binaryFile'
  | 'fileChanged'
  | 'storeReadOnly'
  | 'storeFull'
  | 'storeBusy'
  | 'storeCorrupt'
  | 'toolMissing'
  | 'toolFailed'
  | 'toolTimedOut'
  | 'modelServerDown'
  | 'modelServerTooOld'
  | 'modelMissing'
  | 'modelOutOfMemory'
  | 'modelStalled'
  | 'modelPromptTooLong'
  | 'modelFailed'
  | 'denoiserUnavailable'
  | 'untrusted'
  | 'engineStopped'
  | 'cancelled'
  | 'badData'
  | 'internal';

/** An expected failure with what a person can do about it; `message` is English and fit for a log or the CLI. */
export class LodestoneError extends Error {
  override readonly name = 'LodestoneError';
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly options: { advice?: string; args?: Record<string, string | number>; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
  }
  get advice(): string | undefined {
    return this.options.advice;
  }
}

/** The error thrown when an AbortSignal fired. */
export function cancelled(): LodestoneError {
  return new LodestoneError('cancelled', 'Cancelled.');
}

/** Throws `cancelled()` if the signal has fired: the check that every long loop makes. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw cancelled();
}

export function isCancelled(error: unknown): boolean {
  return error instanceof LodestoneError ? error.code === 'cancelled' : (error as Error)?.name === 'AbortError';
}

/** Any thrown value as a LodestoneError, so that nothing reaches a person without a code. */
export function toLodestoneError(error: unknown): LodestoneError {
  if (error instanceof LodestoneError) return error;
  if (isCancelled(error)) return cancelled();
  const message = error instanceof Error ? error.message : String(error);
  return new LodestoneError('internal', message, { cause: error });
}
