/**
 * What our prompts cost a real Ollama server: tokens evaluated again at each key, the price of consider-block and seed, work left behind by cancellations.
 * Usage: npm run -s bench -- serving [typing|unpinned|block|cancel] [--functions 2]   Repositories come from ../shared/data/repos, the model is tiny-coder.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { blockCost } from './serving/blockCost.ts';
import { cancelling } from './serving/cancelling.ts';
import { MODEL, openSession, SLOW_MODEL } from './serving/session.ts';
import { functionsOf, type TypedFunction } from './serving/typedFunctions.ts';
import { typing } from './serving/typing.ts';

const PARTS = ['typing', 'unpinned', 'block', 'cancel'];
const REPOSITORIES = ['got', 'starlette', 'hyperfine'];

async function main(args: readonly string[]): Promise<void> {
  const at = args.indexOf('--functions');
  const count = at === -1 ? 2 : Number(args[at + 1]);
  const only = args.find((arg) => PARTS.includes(arg));
  const wants = (part: string) => only === undefined || only === part;
  const work = mkdtempSync(join(tmpdir(), 'lodestone-serving-'));
  const session = await openSession();
  const functions: TypedFunction[] = [];
  try {
    for (const name of REPOSITORIES) functions.push(...(await functionsOf(name, work, count)));
    for (const { repository, path, name, body } of functions)
      process.stdout.write(`${repository}/${path} ${name}: ${body.length} characters typed\n`);
    if (wants('typing')) await typing(session, functions, true);
    if (wants('unpinned')) await typing(session, functions, false);
    if (wants('block')) await blockCost(session, functions);
    if (wants('cancel')) for (const model of [SLOW_MODEL, MODEL]) await cancelling(session, functions, model);
  } finally {
    await session.stop();
    for (const engine of new Set(functions.map((each) => each.engine))) await engine.close();
    rmSync(work, { recursive: true, force: true });
  }
}

void main(process.argv.slice(2));
