/** Measures how long our own code holds the extension host's thread, from a sampling profile of it. */
import type { Profiler } from 'node:inspector';
import { Session } from 'node:inspector/promises';

export interface Stretch {
  /** Longest run of samples in a row that were taken inside our code, in milliseconds. */
  readonly longestMs: number;
  /** All time inside our code, in milliseconds. */
  readonly totalMs: number;
  /** Names of our functions during the longest run, most seen first. */
  readonly functions: readonly string[];
}

/** Frames that are ours: the bundle, and Node's decoding of the messages that the engine sends us. */
const OURS = /dist\/extension\.js$|^node:internal\/child_process/;

/** The same, and the loading of modules: for the measurement of a start. */
export const OURS_AND_LOADING = /dist\/extension\.js$|^node:internal\/(child_process|modules\/)/;

/** Runs `work` under the profiler (a sample every 0.5 ms). */
export async function profiled(work: () => Promise<void>, frames = OURS): Promise<Stretch> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: 500 });
  await session.post('Profiler.start');
  let profile: Profiler.Profile;
  try {
    await work();
  } finally {
    ({ profile } = await session.post('Profiler.stop'));
    session.disconnect();
  }
  return stretchOf(profile.nodes, profile.samples ?? [], profile.timeDeltas ?? [], frames);
}

function stretchOf(
  nodes: readonly Profiler.ProfileNode[],
  samples: readonly number[],
  deltas: readonly number[],
  frames: RegExp,
): Stretch {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap((node) => (node.children ?? []).map((child) => [child, node.id] as const)));
  const known = new Map<number, string | undefined>();
  /** Our innermost function around a sample; undefined if none of its frames is ours. */
  const ours = (id: number): string | undefined => {
    if (known.has(id)) return known.get(id);
    const node = byId.get(id);
    const parent = parents.get(id);
    const found =
      node && frames.test(node.callFrame.url)
        ? node.callFrame.functionName || '(anonymous)'
        : parent === undefined
          ? undefined
          : ours(parent);
    known.set(id, found);
    return found;
  };
  let longest = { micros: 0, names: new Map<string, number>() };
  let run = { micros: 0, names: new Map<string, number>() };
  let total = 0;
  samples.forEach((id, index) => {
    const name = ours(id);
    if (name === undefined) {
      run = { micros: 0, names: new Map() };
      return;
    }
    // A delta is the time since the sample before: the stretch that this sample stands at the end of.
    const micros = Math.max(0, deltas[index] ?? 0);
    run.micros += micros;
    total += micros;
    run.names.set(name, (run.names.get(name) ?? 0) + 1);
    if (run.micros > longest.micros) longest = { micros: run.micros, names: new Map(run.names) };
  });
  const functions = [...longest.names].sort((a, b) => b[1] - a[1]).map(([name]) => name);
  return { longestMs: longest.micros / 1000, totalMs: total / 1000, functions: functions.slice(0, 6) };
}
