/** Reads what a server evaluated, token by token: for golden tests of prompts. */
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { byteCharacters } from './randomTokenizer.ts';

export interface Token {
  readonly bytes: Buffer;
  /** A token of the model's own, whose bytes are its name. */
  readonly special: boolean;
}

/** Turns token ids of the model in a Hugging Face folder into tokens. */
export function tokenDecoder(folder: string): (ids: readonly number[]) => Token[] {
  const { model, added_tokens: added } = JSON.parse(readFileSync(join(folder, 'tokenizer.json'), 'utf8')) as {
    model: { vocab: Record<string, number> };
    added_tokens: { id: number; content: string }[];
  };
  const bytes = new Map(byteCharacters().map((character, byte) => [character, byte]));
  const plain = (token: string) => Buffer.from([...token].map((character) => bytes.get(character) ?? 0));
  const tokens = new Map<number, Token>(
    Object.entries(model.vocab).map(([token, id]) => [id, { bytes: plain(token), special: false }]),
  );
  for (const { id, content } of added) tokens.set(id, { bytes: Buffer.from(content), special: true });
  return (ids) =>
    ids.map((id) => {
      const token = tokens.get(id);
      assert.ok(token !== undefined, `${folder} has no token ${id}`);
      return token;
    });
}

/** Their texts; special tokens keep their names, and a token with part of a character is no text. */
export function tokenReader(folder: string): (ids: readonly number[]) => string[] {
  const decode = tokenDecoder(folder);
  return (ids) => decode(ids).map(({ bytes }) => bytes.toString('utf8'));
}

export interface Evaluated {
  /** Without the token that some tokenizers put before every prompt. */
  readonly ids: number[];
  /** Tokens of the prompt that the model was given, with that one. */
  readonly count: number;
}

/**
 * Token ids that the server makes of a prompt: through the model's own template with a suffix, otherwise of the text as
 * raw mode takes it (a template that is the prompt alone; raw mode itself does not tell them). `contextTokens` spares a
 * server that has the model loaded with so many to load it anew.
 */
export async function evaluatedTokens(
  endpoint: string,
  asked: { model: string; prompt: string; suffix?: string | undefined; contextTokens?: number },
): Promise<Evaluated> {
  const { model, prompt, suffix, contextTokens } = asked;
  const answer = await fetch(`${endpoint}/api/generate`, {
    method: 'POST',
    body: JSON.stringify({
      model,
      prompt,
      ...(suffix === undefined ? { template: '{{ .Prompt }}' } : { suffix }),
      stream: false,
      truncate: false,
      options: {
        num_predict: 1,
        temperature: 0,
        // Any text has this in it: the answer is empty, and what comes back is the prompt alone.
        stop: [''],
        ...(contextTokens === undefined ? {} : { num_ctx: contextTokens }),
      },
    }),
  });
  const text = await answer.text();
  assert.equal(answer.status, 200, text);
  const said = JSON.parse(text) as { context: number[]; prompt_eval_count: number; response: string };
  assert.equal(said.response, '');
  return { ids: said.context, count: said.prompt_eval_count };
}
