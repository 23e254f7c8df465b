/** The user's own folders from the environment, absolute always: a relative one would let the folder we stand in speak for the user. */
import { homedir, userInfo } from 'node:os';
import { isAbsolute } from 'node:path';

/** The home folder; where HOME is empty or relative, what the system has on record. */
export function homeFolder(): string {
  const home = homedir();
  return isAbsolute(home) ? home : userInfo().homedir;
}

/** A folder named by a variable; undefined where it is unset or relative (which the XDG specification has ignored). */
export function folderFrom(value: string | undefined): string | undefined {
  return value !== undefined && isAbsolute(value) ? value : undefined;
}
