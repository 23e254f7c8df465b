/** One request to a model server: its own abort signal, a watch for silence, and only whole lines of its answer. */
import { cancelled, LodestoneError } from '../../base/errors.ts';
import { type ModelServer, refusal, stalled, transportError } from './serverErrors.ts';

/** How long a server may say nothing, in milliseconds. Time in which nobody reads the answer does not count. */
export interface Patience {
  /** Until the first byte: a server may have to load the model and to read a long prompt before. */
  readonly firstMs: number;
  /** Between two pieces. */
  readonly nextMs: number;
}

export interface CallAbout {
  readonly signal?: AbortSignal | undefined;
  readonly patience: Patience;
  /** For messages. */
  readonly model?: string;
  /** The answer is JSON, one value a line: a half or broken line is an error instead of being passed on. */
  readonly jsonLines?: boolean;
}

export interface Connection {
  /** Fetches with this request's signal; an answer that is no success throws LodestoneError. */
  readonly fetch: typeof fetch;
  /** Any error of the request as the one to report. */
  explain(error: unknown): LodestoneError;
  /**
   * Ends the request. `complete`: the answer is whole, so that the connection is kept for the next request; otherwise
   * it is closed at once and the server stops working.
   */
  close(complete?: boolean): void;
}

/** How long the end of a whole answer is waited for before the connection is closed. */
const END_MS = 1000;

export function openConnection(server: ModelServer, about: CallAbout): Connection {
  const { signal, patience, model } = about;
  const controller = new AbortController();
  const onAbort = () => controller.abort(cancelled());
  if (signal?.aborted) onAbort();
  signal?.addEventListener('abort', onAbort, { once: true });
  let begun = false;
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;

  async function watched<T>(work: Promise<T>): Promise<T> {
    const ms = begun ? patience.nextMs : patience.firstMs;
    const timer = setTimeout(() => controller.abort(stalled(server, ms, begun)), ms);
    try {
      return await work;
    } finally {
      clearTimeout(timer);
    }
  }

  async function read(): Promise<Uint8Array | undefined> {
    const { value } = await watched((reader as ReadableStreamDefaultReader<Uint8Array>).read());
    begun = true;
    return value;
  }

  /** Reads the connection's end, which is on its way, so that it can be used again. */
  async function finish(): Promise<void> {
    const timer = setTimeout(() => controller.abort(cancelled()), END_MS);
    try {
      while (reader && !(await reader.read()).done);
    } catch {
      // The answer is whole: how its connection ended is nobody's concern, and the next request opens another.
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    async fetch(input, init) {
      // A redirect could carry the user's code to another machine than the one that was chosen.
      const send = () => fetch(input, { ...init, signal: controller.signal, redirect: 'manual' });
      const response = await watched(send().catch((error) => (isReset(error) ? send() : Promise.reject(error))));
      if (response.status >= 300 && response.status < 400) throw redirected(server, response);
      if (!response.ok) throw refusal(server, response.status, await watched(response.text()), model);
      if (response.body === null) return response;
      reader = response.body.getReader();
      const { status, headers } = response;
      return new Response(about.jsonLines ? wholeLines(server, read) : pieces(read), { status, headers });
    },
    explain(error) {
      if (controller.signal.aborted) return controller.signal.reason as LodestoneError;
      return transportError(server, error, begun);
    },
    close(complete = false) {
      signal?.removeEventListener('abort', onAbort);
      if (complete) void finish();
      else controller.abort(cancelled());
    },
  };
}

/** A connection that was kept from an earlier request may have died since: one more try opens another. */
function isReset(error: unknown): boolean {
  const code = ((error as Error).cause as NodeJS.ErrnoException | undefined)?.code ?? '';
  return ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'].includes(code);
}

type Read = () => Promise<Uint8Array | undefined>;

/** Nothing is read ahead: the watch for silence runs only while somebody waits. */
const ON_DEMAND = { highWaterMark: 0 };

function pieces(read: Read): ReadableStream<Uint8Array> {
  return new ReadableStream(
    {
      async pull(controller) {
        const chunk = await read();
        if (chunk === undefined) controller.close();
        else controller.enqueue(chunk);
      },
    },
    ON_DEMAND,
  );
}

const LINE_FEED = 10;

/** Passes on lines that are whole and valid: Ollama's client would print any other to the console and go on without it. */
function wholeLines(server: ModelServer, read: Read): ReadableStream<Uint8Array> {
  let rest: Buffer = Buffer.alloc(0);
  let failed = false;
  return new ReadableStream(
    {
      async pull(controller) {
        for (;;) {
          if (failed) throw broken(server);
          const chunk = await read();
          const bytes = chunk === undefined ? rest : Buffer.concat([rest, chunk]);
          const end = chunk === undefined ? bytes.length : bytes.lastIndexOf(LINE_FEED) + 1;
          const valid = validLength(bytes.subarray(0, end));
          rest = bytes.subarray(end);
          failed = valid < end;
          if (valid > 0) controller.enqueue(bytes.subarray(0, valid));
          if (chunk === undefined && !failed) controller.close();
          if (valid > 0 || (chunk === undefined && !failed)) return;
        }
      },
    },
    ON_DEMAND,
  );
}

/** Bytes up to the first line that is no JSON. */
function validLength(lines: Buffer): number {
  let start = 0;
  while (start < lines.length) {
    const feed = lines.indexOf(LINE_FEED, start);
    const end = feed === -1 ? lines.length : feed + 1;
    const line = lines.toString('utf8', start, end);
    if (line.trim() !== '' && !isJson(line)) return start;
    start = end;
  }
  return start;
}

function isJson(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}

/** The answer ended or went wrong within a line. */
export function broken({ endpoint }: ModelServer): LodestoneError {
  return new LodestoneError(
    'modelFailed',
    `The answer of the model server at ${endpoint.host} broke off within a line.`,
    {
      advice: 'Try again; the server, or a proxy before it, may have been restarted.',
      args: { endpoint: endpoint.url },
    },
  );
}

function redirected({ endpoint }: ModelServer, response: Response): LodestoneError {
  const to = URL.parse(response.headers.get('location') ?? '', endpoint.url)?.origin ?? 'another address';
  return new LodestoneError('modelFailed', `${endpoint.host} sends requests on to ${to}, which is not followed.`, {
    advice: `If ${to} is the server you mean, make it the endpoint.`,
    args: { endpoint: endpoint.url, to },
  });
}
