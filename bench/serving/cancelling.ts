/** (c) Work that the server goes on with after rapid cancellations, before and after the first token. */
import { setTimeout as pause } from 'node:timers/promises';
import type { LodestoneError } from '../../src/base/errors.ts';
import type { ModelCompletion } from '../../src/core/completion/modelCompletion.ts';
import type { LanguageModel, ModelRequest } from '../../src/core/ports.ts';
import { line } from './figures.ts';
import { type Session, SLOW_MODEL } from './session.ts';
import { contextAt, questionAt, type TypedFunction } from './typedFunctions.ts';

const CANCELLATIONS = 50;
const AFTER_MS = 2000;
const NEAR = 200;
const NOTHING = { considerBlock: '', seed: '' };

/** A model that takes some milliseconds for a token, as real ones do, gets the file's nearest lines alone. */
export async function cancelling(session: Session, functions: readonly TypedFunction[], model: string): Promise<void> {
  const { server } = session;
  const question = async (i: number, name: string) => {
    const whole = functions[i % functions.length] as TypedFunction;
    const near = { ...whole, before: whole.before.slice(-NEAR), after: whole.after.slice(0, NEAR) };
    const each = model === SLOW_MODEL ? near : whole;
    // Another beginning each time: nothing of it is in the server's cache.
    const another = { ...each, repository: `${each.repository} ${name} ${i}` };
    return { ...questionAt(another, '', model === SLOW_MODEL ? NOTHING : await contextAt(each, '')), model };
  };
  // A model that is still being loaded when its only request is given up is not loaded at all.
  await session.completion.ask(await question(0, 'first'), {});
  let current = new AbortController();
  const completions = { before: session.completion, after: stoppingAtFirst(session, () => current.abort()) };
  for (const when of ['before', 'after'] as const) {
    const idle = await secondsIn(session, AFTER_MS);
    const mark = server.mark();
    let cancelled = 0;
    for (let i = 0; i < CANCELLATIONS; i++) {
      const stop = new AbortController();
      current = stop;
      const asked = await question(i, when);
      if (when === 'before') setTimeout(() => stop.abort(), (i * 37) % 101);
      await completions[when].ask(asked, { signal: stop.signal }).catch((error: LodestoneError) => {
        if (error.code !== 'cancelled') throw error;
        cancelled++;
      });
    }
    const last = server.mark();
    const used = (await secondsIn(session, AFTER_MS)) - idle;
    const begun = [...server.log(last).matchAll(/loading cache slot/g)].length;
    const open = [...server.log(mark).matchAll(/processing request finished event.*refCount=(\d+)/g)].at(-1)?.[1];
    process.stdout.write(`\n(c) ${model}: ${cancelled} requests given up ${when} the first token\n`);
    line(
      `processor seconds of the server in the ${AFTER_MS / 1000} s after, without those of an idle one (${idle.toFixed(2)})`,
      'none',
      used.toFixed(2),
    );
    const lost = server.log(mark).split('runner expired event received').length - 1;
    line('times that the server lost its turn (ollama/ollama#17131) and was brought round', 'beside it', `${lost}`);
    line(
      'requests that it still has open; begun after the last was given up',
      '0; 0',
      `${open ?? 'unknown'}; ${begun}`,
    );
  }
}

async function secondsIn({ server }: Session, ms: number): Promise<number> {
  const start = server.processorSeconds();
  await pause(ms);
  return server.processorSeconds() - start;
}

/** Gives up as soon as the server has said anything. */
function stoppingAtFirst(session: Session, abort: () => void): ModelCompletion {
  return session.open((model: LanguageModel) => ({
    ...model,
    async *complete(request: ModelRequest, options) {
      for await (const piece of model.complete(request, options)) {
        abort();
        yield piece;
      }
    },
  }));
}
