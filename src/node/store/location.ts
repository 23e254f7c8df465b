/** Where a repository's store lies: one folder per repository root in the user's cache folder. */

import { hash } from 'node:crypto';
import { realpathSync, statfsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { folderFrom, homeFolder } from '../userFolders.ts';

export interface StoreLocation {
  /** Holds everything about one repository. */
  readonly folder: string;
  /** What can be rebuilt. */
  readonly index: string;
  /** The user's decisions, applied patches, journal and repair memory: what cannot be rebuilt. */
  readonly user: string;
  /** Counts of completions. */
  readonly completions: string;
}

/** The platform's cache folder for Lodestone; `XDG_CACHE_HOME` wins everywhere so that tests and containers can say. */
export function defaultCacheFolder(
  env: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  const xdg = folderFrom(env['XDG_CACHE_HOME']);
  if (xdg !== undefined) return join(xdg, 'lodestone');
  if (platform === 'darwin') return join(homeFolder(), 'Library', 'Caches', 'lodestone');
  if (platform === 'win32')
    return join(env['LOCALAPPDATA'] ?? join(homeFolder(), 'AppData', 'Local'), 'lodestone', 'Cache');
  return join(homeFolder(), '.cache', 'lodestone');
}

/** The same for every way to write the same root (links, relative paths): the name hashes the real path. */
export function storeLocation(root: string, cacheFolder: string = defaultCacheFolder()): StoreLocation {
  const real = realpathSync(root);
  const readable =
    basename(real)
      .replace(/[^A-Za-z0-9._-]+/g, '-')
      .slice(0, 40) || 'root';
  const folder = join(cacheFolder, `${readable}-${hash('sha256', real).slice(0, 16)}`);
  const [index, user, completions] = ['index', 'user', 'completions'].map((name) => join(folder, `${name}.sqlite`));
  return { folder, index, user, completions } as StoreLocation;
}

/**
 * File systems on which WAL's shared memory does not work or cannot be trusted, by statfs magic number
 * (linux/include/uapi/linux/magic.h): NFS, SMB, CIFS, SMB2, 9p (WSL's /mnt/c), AFS, Ceph, Lustre, GPFS, FUSE (sshfs).
 */
const NETWORK_MAGIC = new Set([
  0x6969, 0x517b, 0xff534d42, 0xfe534d42, 0x01021997, 0x5346414f, 0x00c36400, 0x0bd00bd0, 0x47504653, 0x65735546,
]);

export function isNetworkFileSystem(magic: number): boolean {
  return NETWORK_MAGIC.has(magic >>> 0);
}

/** True where the folder lies on a network file system; there a rollback journal takes the place of WAL. */
export function onNetworkFileSystem(folder: string): boolean {
  if (process.platform === 'win32') return folder.startsWith('\\\\');
  return isNetworkFileSystem(statfsSync(folder).type);
}
