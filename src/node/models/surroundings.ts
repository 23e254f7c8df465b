/** Where this process runs, as far as it decides which model server it can reach. */
import { existsSync } from 'node:fs';
import type { Surroundings } from './unreachable.ts';

/** `remoteName`: VS Code's, in a remote window. */
export function surroundingsHere(remoteName: string | undefined): Surroundings {
  return {
    ...(remoteName ? { remoteName } : {}),
    wsl: process.env.WSL_DISTRO_NAME !== undefined,
    container: existsSync('/.dockerenv') || existsSync('/run/.containerenv'),
  };
}
