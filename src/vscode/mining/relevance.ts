/** Which file events concern mining at all: a first sieve in the host; the engine applies the ignore rules. */

/** Manifests and ignore files beside the languages' extensions. */
const NAMES = /(^|\/)(package\.json|pyproject\.toml|requirements[^/]*\.txt|setup\.(py|cfg)|Cargo\.toml|go\.mod)$/;
const IGNORE_FILES = /(^|\/)\.(gitignore|lodestoneignore)$/;
const NEVER = /(^|\/)(\.git|node_modules|\.hg|\.svn|__pycache__|\.venv)(\/|$)/;

export type Relevance = 'file' | 'reconcile' | 'folder?' | 'none';

/**
 * 'file': send the change; 'reconcile': what is ignored may have changed; 'folder?': a name without an extension, which
 * may be a folder that was moved or removed; 'none': not ours. `extensions` come from grammars/languages.json.
 */
export function relevanceOf(path: string, extensions: ReadonlySet<string>): Relevance {
  if (NEVER.test(path)) return 'none';
  if (IGNORE_FILES.test(path)) return 'reconcile';
  const name = path.slice(path.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  if (dot > 0 && extensions.has(name.slice(dot))) return 'file';
  if (NAMES.test(path)) return 'file';
  return dot <= 0 ? 'folder?' : 'none';
}
