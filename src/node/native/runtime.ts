/** onnxruntime-node, loaded when first needed: an optional package with native code that may be absent. */
import type { InferenceSession } from 'onnxruntime-node';
import { LodestoneError } from '../../base/errors.ts';

type Runtime = typeof import('onnxruntime-node');

export type Session = InferenceSession;

/** Models from this size on are worth a graphics processor's start; int8 is faster on the processor in any case. */
const LARGE_PARAMETERS = 100e6;
/** What onnxruntime calls the processor. */
const PROCESSOR = 'cpu';

let loaded: Promise<Runtime> | undefined;

/** Throws LodestoneError denoiserUnavailable where the package is missing or has nothing for this platform. */
export async function loadRuntime(): Promise<Runtime> {
  loaded ??= withoutTelemetry();
  try {
    return await loaded;
  } catch (cause) {
    loaded = undefined;
    const reason = (cause as Error).message.split('\n')[0] ?? '';
    throw new LodestoneError('denoiserUnavailable', `onnxruntime-node cannot be loaded: ${reason}.`, {
      cause,
      advice:
        `Install Lodestone's package for this platform (${process.platform}-${process.arch}), or run "npm install" in its ` +
        'folder. Everything but the denoiser works without it.',
    });
  }
}

/**
 * From 1.30 on onnxruntime keeps a device id and a queue of events in the user's cache folder (Microsoft/DeveloperTools) and sends them
 * to its maker, unless this is set before it is loaded: nothing leaves this machine unasked.
 */
function withoutTelemetry(): Promise<Runtime> {
  process.env.ORT_DISABLE_TELEMETRY = '1';
  return import('onnxruntime-node');
}

export interface OpenedSession {
  readonly session: Session;
  /** Name of the execution provider and how many threads: "cpu, 2 threads". */
  readonly device: string;
}

/**
 * Opens a model on the best device that there is. A provider that fails is passed over for the processor. Throws LodestoneError
 * denoiserUnavailable.
 */
export async function openSession(
  path: string,
  { threads, precision = '', parameters = 0 }: { threads: number; precision?: string; parameters?: number },
): Promise<OpenedSession> {
  const { InferenceSession, listSupportedBackends } = await loadRuntime();
  const isWorthIt = parameters >= LARGE_PARAMETERS && !/^int/.test(precision);
  const others = listSupportedBackends().filter(({ name, bundled }) => bundled && name !== PROCESSOR);
  const onProcessor = { name: PROCESSOR, providers: [PROCESSOR] };
  const tries = [...(isWorthIt ? others.map(({ name }) => ({ name, providers: [name, PROCESSOR] })) : []), onProcessor];
  let failure: unknown;
  for (const { name, providers } of tries) {
    try {
      const options = {
        executionProviders: providers,
        intraOpNumThreads: threads,
        logSeverityLevel: 4,
        // Threads that wait by spinning take the editor's time: on a busy machine with two cores a pass took half as long again.
        extra: { session: { intra_op: { allow_spinning: '0' } } },
      } as const;
      const session = await InferenceSession.create(path, options);
      return { session, device: `${name}, ${threads} ${threads === 1 ? 'thread' : 'threads'}` };
    } catch (error) {
      failure = error;
    }
  }
  throw new LodestoneError(
    'denoiserUnavailable',
    `${path}: onnxruntime cannot open it: ${(failure as Error).message}.`,
    {
      cause: failure,
      advice: 'Export the model again, with operators that this onnxruntime has.',
    },
  );
}
