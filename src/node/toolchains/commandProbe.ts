/** Whether a command that runs the project's own code can be asked: trust, the project's manifest, the command on PATH. */
import type { DoctorEntry } from '../../core/engine.ts';
import { findOnPath } from './executables.ts';
import { manifestAbove } from './manifests.ts';

export interface ProjectCommand {
  /** Id of the toolchain. */
  readonly tool: string;
  readonly command: string;
  /** File name by which a project is known: "go.mod". */
  readonly manifest: string;
  /** What to do where the command is missing. */
  readonly advice: string;
}

/** `path`: a file of the project, repository-relative; absent: the repository's root. */
export function probeCommand(
  { tool, command, manifest, advice }: ProjectCommand,
  root: string,
  trusted: boolean,
  path: string | undefined,
): DoctorEntry {
  const entry = { tool, version: '', path: '', advice: '' };
  if (!trusted) return { ...entry, status: 'notNeeded', detail: 'Runs in trusted workspaces only.' };
  if (manifestAbove(root, path, manifest) === undefined)
    return { ...entry, status: 'notNeeded', detail: `There is no ${manifest}.` };
  const found = findOnPath(command, { outside: root });
  if (found === undefined) return { ...entry, status: 'missing', detail: 'Not found on PATH.', advice };
  return { ...entry, status: 'ok', path: found, detail: 'from PATH' };
}
