/** Completions for a person: each text, then who wrote it, or why there is none. */
import { neutralise } from '../../base/neutralise.ts';
import type { CompletionReport } from '../../core/completion/completion.ts';

export function printCompletion({ completions, why, rejected, model, prompt, timings }: CompletionReport): string {
  const lines: string[] = [];
  for (const { text, source } of completions) lines.push(`${neutralise(text)}\n  (${source})`);
  if (why !== null) lines.push(neutralise(why, { oneLine: true }));
  for (const { filter, text } of rejected)
    lines.push(`Rejected (${filter}): ${neutralise(text.slice(0, 200), { oneLine: true })}`);
  if (model !== null) {
    const tokens = prompt?.tokens == null ? '' : `, ${prompt.tokens} tokens asked`;
    lines.push(`${neutralise(model, { oneLine: true })}${tokens}, ${timings.totalMs.toFixed(0)} ms`);
  }
  return `${lines.join('\n')}\n`;
}
