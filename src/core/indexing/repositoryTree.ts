/** The Files port with what the index asks of it besides: parts of the tree, and which files decide about others. */
import type { FileStat, Files } from '../ports.ts';

export interface Listing {
  files: { path: string; stat: FileStat }[];
  skipped: { path: string; reason: 'tooLarge' | 'unreadable' }[];
}

export interface RepositoryTree extends Files {
  /** With `under`, only these files and what lies below these folders, by the same rules as the whole walk. */
  list(options: { signal?: AbortSignal; under?: readonly string[] }): Promise<Listing>;
  /** Undefined for a file that is not listed by its name. */
  roleOf(path: string): 'source' | 'manifest' | undefined;
  /** True for ignore files: when one changes, everything is listed anew. */
  decidesWhatIsListed(path: string): boolean;
}
