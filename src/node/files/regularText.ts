/** Reads files that tools are configured by, met by name: only regular ones, for a pipe of that name would be waited for without end. */
import { readFileSync, statSync } from 'node:fs';

/** False also for what cannot be looked at. */
export function isRegularFile(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
  } catch (error) {
    if (typeof (error as NodeJS.ErrnoException).code === 'string') return false;
    throw error;
  }
}

/** The text as UTF-8; undefined where there is no regular file or it cannot be read. */
export function readRegularText(path: string): string | undefined {
  if (!isRegularFile(path)) return undefined;
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (typeof (error as NodeJS.ErrnoException).code === 'string') return undefined;
    throw error;
  }
}
