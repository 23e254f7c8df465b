/** A real Ollama server with one small code model, asked as the product asks; what its log says of each request. */
import { join } from 'node:path';
import type { CallOptions } from '../../src/base/progress.ts';
import { loadCatalog } from '../../src/core/catalog/catalog.ts';
import type { ModelCompletion, ModelQuestion } from '../../src/core/completion/modelCompletion.ts';
import { familiesFrom } from '../../src/core/completion/prompt/modelFamily.ts';
import type { LanguageModel, ModelPiece, ModelRequest } from '../../src/core/ports.ts';
import { NodeDataFiles } from '../../src/node/dataFiles.ts';
import { codeModelFolder, type OllamaServer, slowModelFolder, startOllama } from '../../test/model/ollamaServer.ts';
import { completionBy, ollamaAt } from '../../test/model/requests.ts';
import { evaluatedTokens } from '../../test/model/tokens.ts';
import { projectRoot } from '../../test/projectRoot.ts';

export const MODEL = 'coder';
/** Takes some milliseconds for a token; its weights are random. */
export const SLOW_MODEL = 'slow';

/** Shorter than the product's: nothing here takes so long. */
const STUCK_MS = 5000;

/** What one request cost the server. */
export interface Cost {
  /** Tokens of the prompt, and those of them that were not in its cache. */
  readonly prompt: number;
  readonly evaluated: number;
  /** Of what stands after the cursor. */
  readonly suffix: number;
  /** Milliseconds on the prompt, as the server says. */
  readonly promptMs: number;
  /** Processor seconds of the server for the whole request. */
  readonly processor: number;
}

export interface Session {
  readonly server: OllamaServer;
  readonly completion: ModelCompletion;
  /** Asks the same server through what is put around the model. */
  open(around: (model: LanguageModel) => LanguageModel): ModelCompletion;
  /** Asks for the prompt and one token of answer. */
  cost(question: ModelQuestion): Promise<Cost>;
  stop(): Promise<void>;
}

/** The request's own prompt, with one token of answer: what a prompt costs does not depend on the rest. */
function briefly(model: LanguageModel, ended: (request: ModelRequest, piece: ModelPiece) => void): LanguageModel {
  return {
    ...model,
    async *complete(request: ModelRequest, options: CallOptions) {
      for await (const piece of model.complete({ ...request, maxTokens: 1, stop: [] }, options)) {
        if (piece.end) ended(request, piece);
        yield piece;
      }
    },
  };
}

export async function openSession(): Promise<Session> {
  const server = await startOllama();
  await server.importModel(MODEL, codeModelFolder());
  await server.importModel(SLOW_MODEL, slowModelFolder());
  const folders = { data: join(projectRoot, 'src/data'), grammars: join(projectRoot, 'grammars') };
  const families = familiesFrom(await loadCatalog(new NodeDataFiles(projectRoot, folders)));
  let last: { request: ModelRequest; piece: ModelPiece } | undefined;
  const clock = { now: () => performance.now() };
  const open: Session['open'] = (around) =>
    completionBy(around(ollamaAt(server.endpoint, { stuckMs: STUCK_MS })), families, clock);
  const brief = open((model) => briefly(model, (request, piece) => (last = { request, piece })));
  const counted = new Map<string, number>();

  return {
    server,
    completion: open((model) => model),
    open,
    async cost(question) {
      const mark = server.mark();
      last = undefined;
      const before = server.processorSeconds();
      const { prompt } = await brief.ask(question, {});
      if (!last) throw new Error('The server did not end its answer.');
      const processor = server.processorSeconds() - before;
      const { request, piece } = last as { request: ModelRequest; piece: ModelPiece };
      const pattern = /loading cache slot.* prompt=(\d+) used=\d+ remaining=(\d+)/;
      await server.logged(pattern, mark);
      const requests = [...server.log(mark).matchAll(new RegExp(pattern, 'g'))];
      // A prompt that is new for the most part goes in slices: each of them evaluates its own tokens.
      const evaluated = requests.reduce((sum, [, , remaining]) => sum + Number(remaining), 0);
      const suffix = prompt.text.slice(prompt.text.lastIndexOf('<|fim_suffix|>') + '<|fim_suffix|>'.length);
      const text = suffix.slice(0, suffix.lastIndexOf('<|fim_middle|>'));
      let tokens = counted.get(text);
      if (tokens === undefined) {
        const { contextTokens } = request;
        tokens =
          text === ''
            ? 0
            : (await evaluatedTokens(server.endpoint, { model: MODEL, prompt: text, contextTokens })).ids.length;
        counted.set(text, tokens);
        // That request took the cache's place; it is put back.
        await brief.ask(question, {});
      }
      return {
        prompt: Number(requests.at(-1)?.[1]),
        evaluated,
        suffix: tokens,
        promptMs: piece.end?.promptMs ?? 0,
        processor,
      };
    },
    stop: () => server.stop(),
  };
}
