/** The DataFiles port on disk: data shipped beside the bundle, and a trusted workspace's `.lodestone/` folder. */
import { lstat, readdir, readFile, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';
import { LodestoneError } from '../base/errors.ts';
import type { OverrideFile } from '../core/catalog/catalog.ts';
import type { LanguageEntry } from '../core/languages.ts';
import type { DataFiles } from '../core/ports.ts';

const MAX_OVERRIDE_BYTES = 1024 * 1024;
const MAX_OVERRIDES = 200;

export class NodeDataFiles implements DataFiles {
  private readonly data: string;
  private readonly grammars: string;

  /** `assetsDir` holds `data/` and `grammars/` (dist); tests may point the two elsewhere. */
  constructor(assetsDir: string, places: { data?: string; grammars?: string } = {}) {
    this.data = places.data ?? join(assetsDir, 'data');
    this.grammars = places.grammars ?? join(assetsDir, 'grammars');
  }

  /** Files below a folder, at any depth, sorted; [] where the folder does not exist. */
  async list(folder: string): Promise<string[]> {
    return filesBelow(this.inside(folder));
  }

  async read(path: string): Promise<string> {
    const file = this.inside(path);
    try {
      return await readFile(file, 'utf8');
    } catch (cause) {
      throw new LodestoneError('notFound', `The data file ${path} is missing.`, {
        cause,
        advice: 'Lodestone is not completely installed: install it again.',
      });
    }
  }

  /** A packed table (.br), unpacked. */
  async unpacked(path: string): Promise<Uint8Array> {
    const file = this.inside(path);
    try {
      return await promisify(brotliDecompress)(await readFile(file));
    } catch (cause) {
      throw new LodestoneError('badData', `The data file ${path} is missing or damaged.`, {
        cause,
        advice: 'Lodestone is not completely installed: install it again.',
      });
    }
  }

  async languages(): Promise<readonly LanguageEntry[]> {
    const path = join(this.grammars, 'languages.json');
    try {
      const value = JSON.parse(await readFile(path, 'utf8'));
      return Array.isArray(value) ? value : value.languages;
    } catch (cause) {
      throw new LodestoneError('badData', `The list of languages ${path} cannot be read.`, {
        cause,
        advice: 'Lodestone is not completely installed: install it again.',
      });
    }
  }

  private inside(path: string): string {
    const full = join(this.data, path);
    if (full !== this.data && !full.startsWith(this.data + sep))
      throw new LodestoneError('badArguments', `${path} is outside the data folder.`);
    return full;
  }
}

/**
 * The data files of `<root>/.lodestone/<folder>/…`. To be called for trusted workspaces only. Links, large files and
 * anything beyond 200 files are left out.
 */
export async function readWorkspaceOverrides(root: string): Promise<OverrideFile[]> {
  const home = join(root, '.lodestone');
  const stat = await lstat(home).catch(absent);
  if (!stat?.isDirectory()) return [];
  const resolved = await realpath(home);
  const overrides: OverrideFile[] = [];
  for (const name of await filesBelow(resolved)) {
    const slash = name.indexOf('/');
    if (slash === -1 || !/\.(ya?ml|json)$/.test(name) || overrides.length >= MAX_OVERRIDES) continue;
    const file = join(resolved, name);
    const { size } = await lstat(file);
    if (size > MAX_OVERRIDE_BYTES) continue;
    overrides.push({ folder: name.slice(0, slash), path: name.slice(slash + 1), text: await readFile(file, 'utf8') });
  }
  return overrides;
}

/** Regular files only: links are never followed. */
async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(absent);
  return (entries ?? [])
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll(sep, '/'),
    )
    .sort();
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
  throw error;
}
