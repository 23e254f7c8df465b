/** (b) What consider-block and seed cost in prompt evaluation at a key, the cache being warm. */
import { line, median, quantile } from './figures.ts';
import type { Cost, Session } from './session.ts';
import { contextAt, type Key, keys, questionAt, type TypedFunction } from './typedFunctions.ts';

const LIMIT = 1.1;
const LETTERS = 5;
const ENTERS = 2;
/** Each key is measured so often, its state before being warmed in between. */
const REPEATS = 4;
const NOTHING = { considerBlock: '', seed: '' };

interface Pair {
  readonly key: Key;
  readonly withBlock: Cost;
  readonly without: Cost;
}

export async function blockCost(session: Session, functions: readonly TypedFunction[]): Promise<void> {
  const pairs: Pair[] = [];
  const blocks: number[] = [];
  for (const [at, each] of functions.entries()) {
    const context = await contextAt(each, '');
    blocks.push(context.bytes);
    const states = [...keys(each)];
    const measure = async (before: string, typed: string, given: typeof NOTHING) => {
      const costs: Cost[] = [];
      for (let i = 0; i < REPEATS; i++) {
        await session.cost(questionAt(each, before, given));
        costs.push(await session.cost(questionAt(each, typed, given)));
      }
      const processor = costs.reduce((sum, cost) => sum + cost.processor, 0) / REPEATS;
      return { ...(costs.sort((a, b) => a.promptMs - b.promptMs)[Math.floor(REPEATS / 2)] as Cost), processor };
    };
    for (const [i, { before, typed, key }] of spreadOut(states).entries()) {
      // Who comes first changes: neighbours on the machine come and go.
      const arms = (at + i) % 2 === 0 ? [context, NOTHING] : [NOTHING, context];
      const costs = new Map<typeof NOTHING, Cost>();
      for (const given of arms) costs.set(given, await measure(before, typed, given));
      pairs.push({ key, withBlock: costs.get(context) as Cost, without: costs.get(NOTHING) as Cost });
    }
  }
  process.stdout.write(`\n(b) ${functions.length} functions, blocks of ${blocks.join(', ')} bytes\n`);
  for (const key of ['letter', 'enter'] as const)
    report(
      key,
      pairs.filter((pair) => pair.key === key),
    );
}

function report(key: Key, pairs: readonly Pair[]): void {
  const of = (arm: 'withBlock' | 'without', what: 'promptMs' | 'evaluated' | 'prompt') =>
    pairs.map((pair) => pair[arm][what]);
  const ms = (arm: 'withBlock' | 'without') => median(of(arm, 'promptMs'));
  const tokens = (arm: 'withBlock' | 'without') => `${median(of(arm, 'evaluated'))} of ${median(of(arm, 'prompt'))}`;
  const processor = (arm: 'withBlock' | 'without') =>
    pairs.reduce((sum, pair) => sum + pair[arm].processor, 0) / pairs.length;
  const ratios = pairs.map(({ withBlock, without }) => withBlock.promptMs / without.promptMs);
  line(
    `prompt evaluation at ${key === 'letter' ? 'a letter' : 'Enter'}, with ÷ without block and seed`,
    key === 'letter' ? `<= ${LIMIT.toFixed(2)}` : 'beside it',
    `medians ${ms('withBlock').toFixed(1)} ÷ ${ms('without').toFixed(1)} ms = ${(ms('withBlock') / ms('without')).toFixed(3)}; ` +
      `of the pairs' ratios: median ${median(ratios).toFixed(3)}, middle half ${quantile(ratios, 0.25).toFixed(2)}–${quantile(ratios, 0.75).toFixed(2)} ` +
      `(${pairs.length} pairs; tokens evaluated, medians: ${tokens('withBlock')} against ${tokens('without')})`,
  );
  const [more, less] = [processor('withBlock'), processor('without')];
  line(
    '… in processor seconds of the server, which a busy machine hardly changes',
    key === 'letter' ? `<= ${LIMIT.toFixed(2)}` : 'beside it',
    `means ${(1000 * more).toFixed(1)} ÷ ${(1000 * less).toFixed(1)} ms = ${(more / less).toFixed(3)}`,
  );
}

/** Some letters and some line breaks of a function, with the state before each. */
function spreadOut(states: readonly { typed: string; key: Key }[]): { before: string; typed: string; key: Key }[] {
  const steps = states.slice(1).map((state, at) => ({ ...state, before: states[at]?.typed as string }));
  const some = (key: Key, most: number) => {
    const all = steps.filter((step) => step.key === key);
    return Array.from(
      { length: Math.min(most, all.length) },
      (_, i) => all[Math.floor(((i + 0.5) * all.length) / Math.min(most, all.length))],
    );
  };
  return [...some('letter', LETTERS), ...some('enter', ENTERS)].filter((step) => step !== undefined);
}
