/**
 * The null: "repositories" stitched from functions of many public ones, two of each, in which nothing is anybody's habit.
 * What is found there on the first page is found by chance.
 */

import type { Family } from '../../src/core/languages.ts';
import { publicFunctions, sourceOf } from './corpus.ts';
import type { BenchMiner, Snapshot } from './miner.ts';
import { familyOfPath, shuffled } from './samples.ts';

const EXTENSIONS: Readonly<Record<Family, string>> = { ecmascript: 'ts', go: 'go', python: 'py', rust: 'rs' };
const EACH = 2;
const PER_FILE = 4;

export interface NullFigures {
  readonly family: Family;
  /** First-page attractors per 1,000 functions, in stitched code and in the real repository cut to the same size. */
  readonly stitched: number;
  readonly real: number;
  readonly functions: number;
}

/** Undefined where the corpus is missing or the repository has no such family. */
export async function nullFigures(
  miner: BenchMiner,
  snapshot: Snapshot,
  family: Family,
): Promise<NullFigures | undefined> {
  const functions = publicFunctions(family, EACH);
  if (!functions || ![...snapshot.texts.keys()].some((path) => familyOfPath(path) === family)) return undefined;
  const texts = new Map<string, string>();
  const mixed = shuffled(functions, 'null');
  for (let at = 0; at < mixed.length; at += PER_FILE) {
    const head = family === 'go' ? 'package part\n\n' : '';
    const parts = mixed.slice(at, at + PER_FILE).map(sourceOf);
    texts.set(`part${at % 7}/file${at}.${EXTENSIONS[family]}`, head + parts.join('\n'));
  }
  const empty = { manifests: new Map(), history: new Map(), headDate: undefined };
  const stitched = await miner.mine({ name: 'stitched', texts, ...empty });
  const real = await miner.mine({
    ...snapshot,
    ...empty,
    texts: await cut(miner, snapshot, family, stitched.functions),
  });
  return {
    ...{ family, functions: stitched.functions },
    stitched: (stitched.page.length / stitched.functions) * 1000,
    real: (real.page.length / real.functions) * 1000,
  };
}

/** Whole files in path order until they hold as many functions. */
async function cut(
  miner: BenchMiner,
  snapshot: Snapshot,
  family: Family,
  functions: number,
): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  let count = 0;
  for (const [path, text] of [...snapshot.texts].sort()) {
    if (familyOfPath(path) !== family || count >= functions) continue;
    count += (await miner.analyse(path, text))?.facts.functions.length ?? 0;
    texts.set(path, text);
  }
  return texts;
}
