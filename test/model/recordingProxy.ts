/** Stands between a client and a real model server, passes everything on, and keeps what the client said. */
import { createServer, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface RecordingProxy {
  readonly endpoint: string;
  /** Bodies of the requests for text so far, as the client sent them. */
  readonly generated: GenerateBody[];
  stop(): Promise<void>;
}

/** What the tests read of a body of Ollama's /api/generate. */
export interface GenerateBody {
  readonly model: string;
  readonly prompt: string;
  readonly suffix?: string;
  readonly raw: boolean;
  readonly options: { readonly num_ctx: number; readonly num_predict: number; readonly stop: readonly string[] };
}

/** `endpoint`: "http://127.0.0.1:PORT" of the server behind it. */
export async function startRecordingProxy(endpoint: string): Promise<RecordingProxy> {
  const generated: GenerateBody[] = [];
  const proxy = createServer((incoming, response) => {
    const { method, url = '/', headers } = incoming;
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const body = Buffer.concat(chunks);
      if (url === '/api/generate') generated.push(JSON.parse(body.toString('utf8')) as GenerateBody);
      const { host: _, ...kept } = headers;
      const outgoing = send(`${endpoint}${url}`, { method, headers: kept }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        // Read to its end although the client may have enough: a server that is left in mid-sentence can lose its turn.
        answer.on('data', (chunk: Buffer) => response.write(chunk)).on('end', () => response.end());
      });
      outgoing.on('error', () => response.destroy());
      response.on('error', () => undefined);
      outgoing.end(body);
    });
  });
  await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done));
  return {
    endpoint: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    generated,
    async stop() {
      proxy.closeAllConnections();
      await new Promise((done) => proxy.close(done));
    },
  };
}
