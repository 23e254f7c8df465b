/** Reads what a server evaluated, token by token: for golden tests of prompts. */
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { byteCharacters } from './randomModel.ts';

/** Turns token ids of the model in a Hugging Face folder into their texts; special tokens keep their names. */
export function tokenReader(folder: string): (ids: readonly number[]) => string[] {
  const { model, added_tokens: added } = JSON.parse(readFileSync(join(folder, 'tokenizer.json'), 'utf8')) as {
    model: { vocab: Record<string, number> };
    added_tokens: { id: number; content: string }[];
  };
  const bytes = new Map(byteCharacters().map((character, byte) => [character, byte]));
  const plain = (token: string) =>
    Buffer.from([...token].map((character) => bytes.get(character) ?? 0)).toString('utf8');
  const texts = new Map(Object.entries(model.vocab).map(([token, id]) => [id, plain(token)]));
  for (const { id, content } of added) texts.set(id, content);
  return (ids) =>
    ids.map((id) => {
      const text = texts.get(id);
      assert.ok(text !== undefined, `${folder} has no token ${id}`);
      return text;
    });
}

/**
 * Token ids that the server makes of a prompt: through the model's own template with a suffix, otherwise of the text as
 * raw mode takes it (a template that is the prompt alone; raw mode itself does not tell them).
 */
export async function evaluatedTokens(
  endpoint: string,
  { model, prompt, suffix }: { model: string; prompt: string; suffix?: string },
): Promise<number[]> {
  const answer = await fetch(`${endpoint}/api/generate`, {
    method: 'POST',
    body: JSON.stringify({
      model,
      prompt,
      ...(suffix === undefined ? { template: '{{ .Prompt }}' } : { suffix }),
      stream: false,
      options: { num_predict: 1, temperature: 0 },
    }),
  });
  const text = await answer.text();
  assert.equal(answer.status, 200, text);
  const { context, prompt_eval_count: count } = JSON.parse(text) as { context: number[]; prompt_eval_count: number };
  return context.slice(0, count);
}
