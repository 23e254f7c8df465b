/** Which repositories the user trusts: kept in the user's own configuration folder, never in a repository. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { LodestoneError } from '../base/errors.ts';
import { folderFrom, homeFolder } from '../node/userFolders.ts';

/** `$XDG_CONFIG_HOME/lodestone`, or the platform's own place. */
export function configFolder(env: NodeJS.ProcessEnv, platform: NodeJS.Platform = process.platform): string {
  const xdg = folderFrom(env.XDG_CONFIG_HOME);
  if (xdg !== undefined) return join(xdg, 'lodestone');
  if (platform === 'win32' && env.APPDATA) return join(env.APPDATA, 'lodestone');
  return platform === 'darwin'
    ? join(homeFolder(), 'Library', 'Application Support', 'lodestone')
    : join(homeFolder(), '.config', 'lodestone');
}

/** Remembered answers by the repository's real path. */
export class TrustStore {
  private readonly file: string;

  constructor(folder: string) {
    this.file = join(folder, 'trust.json');
  }

  /** The remembered answer, or undefined if the user was never asked; throws LodestoneError badData. */
  answer(root: string): boolean | undefined {
    return this.read()[root];
  }

  /** Remembers an answer, or forgets it where `trusted` is undefined; throws LodestoneError badData | unreadable. */
  remember(root: string, trusted: boolean | undefined): void {
    const { [root]: _, ...rest } = this.read();
    const repositories = trusted === undefined ? rest : { ...rest, [root]: trusted };
    const sorted = Object.fromEntries(Object.entries(repositories).sort(([a], [b]) => (a < b ? -1 : 1)));
    const temporary = `${this.file}.${process.pid}`;
    try {
      mkdirSync(dirname(this.file), { recursive: true, mode: 0o700 });
      writeFileSync(temporary, `${JSON.stringify({ schemaVersion: 1, repositories: sorted }, undefined, 2)}\n`, {
        mode: 0o600,
      });
      renameSync(temporary, this.file);
    } catch (cause) {
      throw new LodestoneError('unreadable', `${this.file} cannot be written: ${(cause as Error).message}`, {
        advice: 'Use --trust for this run, or make the folder writable.',
        cause,
      });
    }
  }

  private read(): Record<string, boolean> {
    let text: string;
    try {
      text = readFileSync(this.file, 'utf8');
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return {};
      throw new LodestoneError('unreadable', `${this.file} cannot be read.`, {
        advice: 'Check its permissions.',
        cause,
      });
    }
    try {
      const { repositories } = JSON.parse(text) as { repositories?: unknown };
      const entries = Object.entries((repositories ?? {}) as Record<string, unknown>);
      return Object.fromEntries(entries.filter((entry): entry is [string, boolean] => typeof entry[1] === 'boolean'));
    } catch (cause) {
      throw new LodestoneError('badData', `${this.file} is not valid JSON.`, { advice: 'Repair or delete it.', cause });
    }
  }
}
