/** A small HTTP server that answers as told: for faults that no real model server commits on demand. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FakeModelServer {
  readonly endpoint: string;
  /** Bodies of the requests so far, as JSON (undefined without one), with their paths and headers. */
  readonly requests: { path: string; headers: IncomingMessage['headers']; body: unknown }[];
  /** Connections opened so far, and requests whose connection the client closed before the answer's end. */
  readonly connections: () => number;
  readonly brokenOff: () => number;
  stop(): Promise<void>;
}

export type Answer = (response: ServerResponse, path: string, body: unknown) => void;

/** `running`: what /api/ps lists; nobody has to answer that question, and it is none of `requests`. */
export async function startFakeModelServer(
  answer: Answer,
  running: () => readonly object[] = () => [],
): Promise<FakeModelServer> {
  let connections = 0;
  let brokenOff = 0;
  const requests: FakeModelServer['requests'] = [];
  const server = createServer((request, response) => {
    response.on('close', () => {
      if (!response.writableFinished) brokenOff++;
    });
    let text = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    request.on('end', () => {
      const body: unknown = text === '' ? undefined : JSON.parse(text);
      const path = request.url ?? '';
      if (path === '/api/ps') return response.end(JSON.stringify({ models: running() }));
      requests.push({ path, headers: request.headers, body });
      answer(response, path, body);
    });
  });
  server.on('connection', () => connections++);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    connections: () => connections,
    brokenOff: () => brokenOff,
    async stop() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

/** Lines as Ollama streams them. */
export function ollamaLine(response: string, last?: object): string {
  return `${JSON.stringify({ model: 'coder', response, done: last !== undefined, ...last })}\n`;
}

/** An event as OpenAI's protocol streams them. */
export function completionEvent(text: string, rest: object = {}): string {
  return `data: ${JSON.stringify({ choices: [{ text, finish_reason: null }], ...rest })}\n\n`;
}
