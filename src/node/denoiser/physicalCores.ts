/** How many cores this machine has, threads of one core counted once: more threads than that make matrix products slower. */
import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

const CPUS = '/sys/devices/system/cpu';

/** At least 1; never more than the process may use. */
export function physicalCores(): number {
  const usable = availableParallelism();
  return Math.max(1, Math.min(usable, process.platform === 'linux' ? (siblings() ?? usable) : withoutSiblings(usable)));
}

/** Groups of hardware threads that Linux calls siblings; undefined where it does not say. */
function siblings(): number | undefined {
  const groups = new Set<string>();
  try {
    for (const name of readdirSync(CPUS))
      if (/^cpu\d+$/.test(name)) groups.add(readFileSync(`${CPUS}/${name}/topology/thread_siblings_list`, 'utf8'));
  } catch (error) {
    // Some containers hide this folder.
    if ((error as NodeJS.ErrnoException).code !== undefined) return undefined;
    throw error;
  }
  return groups.size || undefined;
}

/** Elsewhere Intel's and AMD's processors are taken to have two threads a core, ARM's one. */
function withoutSiblings(usable: number): number {
  return process.arch === 'x64' ? Math.ceil(usable / 2) : usable;
}
