/** A language model asked to fill the hole: tiny-coder by its own fill-in-the-middle, on a real Ollama server. */
import { join } from 'node:path';
import { lexemesOf } from '../../src/core/infill/place.ts';
import { startOllama } from '../../test/model/ollamaServer.ts';
import { projectRoot } from '../../test/projectRoot.ts';
import { type Arm, placeOf } from './arms.ts';
import type { BlankedRepository } from './spans.ts';

const MODEL = 'tiny-coder';
/** UTF-16 units around the hole: the model's card asks for prompts below 256 tokens. */
const BEFORE = 480;
const AFTER = 200;
const STOP = ['<|endoftext|>', '<|fim_prefix|>', '<|fim_suffix|>', '<|fim_middle|>', '<|file_sep|>'];

export async function fimArm(repository: BlankedRepository): Promise<Arm> {
  const server = await startOllama();
  const folder = process.env['LODESTONE_CODER'] ?? join(projectRoot, '../shared/models/tiny-coder');
  await server.importModel(MODEL, folder);
  return {
    name: 'fim',
    async answer(span, known) {
      const { prefix, suffix } = placeOf(repository, span, known);
      const prompt = `<|fim_prefix|>${prefix.slice(-BEFORE)}<|fim_suffix|>${suffix.slice(0, AFTER)}<|fim_middle|>`;
      const isLine = span.kind === 'line';
      const options = { temperature: 0, num_predict: 64, num_ctx: 512, stop: isLine ? [...STOP, '\n'] : STOP };
      const response = await fetch(`${server.endpoint}/api/generate`, {
        method: 'POST',
        body: JSON.stringify({ model: MODEL, prompt, raw: true, stream: false, options }),
      });
      const { response: text = '', error } = (await response.json()) as { response?: string; error?: string };
      if (error !== undefined) throw new Error(`The model's server says: ${error}`);
      return [{ text: known === undefined ? text.trimEnd() : cut(text, known) }];
    },
    dispose: () => void server.stop(),
  };
}

/** So many lexemes of a text: what the model had not been told. */
function cut(text: string, lexemes: number): string {
  return lexemesOf(text).slice(0, lexemes).join(' ');
}
