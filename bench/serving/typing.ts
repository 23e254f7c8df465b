/** (a) Tokens that the server evaluates again at each key while a function is typed. */
import { line, spread } from './figures.ts';
import type { Session } from './session.ts';
import { contextAt, type Key, keys, questionAt, type TypedFunction } from './typedFunctions.ts';

/** Tokens besides the suffix that a key may cost: those of the word typed, the special ones around the suffix. */
const LIMIT = 16;

/** `pinned`: block and seed stay as they were at the function's beginning; else as the engine has them at each key. */
export async function typing(session: Session, functions: readonly TypedFunction[], pinned: boolean): Promise<void> {
  const extra: Record<Key, number[]> = { letter: [], enter: [] };
  const moved: Record<Key, number> = { letter: 0, enter: 0 };
  const suffixes: number[] = [];
  const prompts: number[] = [];
  let over = '';
  for (const each of functions) {
    let context = await contextAt(each, '');
    let isFirst = true;
    for (const { typed, key } of keys(each)) {
      if (!pinned) {
        const now = await contextAt(each, typed);
        if (!isFirst && (now.considerBlock !== context.considerBlock || now.seed !== context.seed)) moved[key]++;
        context = now;
      }
      const { prompt, evaluated, suffix } = await session.cost(questionAt(each, typed, context));
      // The first request warms the cache: what comes before the cursor is new.
      if (!isFirst) {
        extra[key].push(evaluated - suffix);
        suffixes.push(suffix);
        prompts.push(prompt);
        if (key === 'letter' && evaluated - suffix > LIMIT && over === '')
          over = `${each.repository}/${each.path} ${each.name} after ${JSON.stringify(typed.slice(-30))}: ${evaluated} of ${prompt}, suffix ${suffix}`;
      }
      isFirst = false;
    }
  }
  const passed = extra.letter.filter((tokens) => tokens <= LIMIT).length;
  const title = pinned ? 'block and seed pinned' : 'block and seed anew at each key';
  process.stdout.write(
    `\n(a) ${title}: ${functions.length} functions, prompts ${spread(prompts)} tokens, suffixes ${spread(suffixes)}\n`,
  );
  line(
    'tokens evaluated again at a letter, besides the suffix',
    `<= ${LIMIT}`,
    `${spread(extra.letter)}; within it ${passed} of ${extra.letter.length}${over ? `; first beyond it: ${over}` : ''}`,
  );
  line('… at Enter', 'beside it', `${spread(extra.enter)} (${extra.enter.length} times)`);
  if (!pinned)
    line(
      'block or seed moved',
      '0',
      `at ${moved.letter} of ${extra.letter.length} letters, ${moved.enter} of ${extra.enter.length} Enters`,
    );
}
