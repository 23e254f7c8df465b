/** What a fill costs in the model and outside of it: whole rows and remembered context, with and without guidance. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FillRequest } from '../../src/core/infill/denoiser.ts';
import type { LoadedModel } from '../../src/core/infill/denoiserModel.ts';
import { fill } from '../../src/core/infill/fill.ts';
import { lengthLogs } from '../../src/core/infill/lengths.ts';
import { PRESET_VALUES, samplingOf } from '../../src/core/infill/presets.ts';
import { scoreTexts } from '../../src/core/infill/scoring.ts';
import { loadDenoiser } from '../../src/node/denoiser/loadDenoiser.ts';
import { TreeSitterParser } from '../../src/node/treeSitter/treeSitterParser.ts';
import { assetsBelow, TreeSitterRuntime } from '../../src/node/treeSitter/treeSitterRuntime.ts';
import { projectRoot } from '../../test/projectRoot.ts';
import { python } from '../../test/training/python.ts';
import { median } from '../serving/figures.ts';

export interface SpeedFigures {
  readonly model: string;
  readonly parameters: number;
  readonly threads: number;
  readonly rounds: number;
  /** Load of the machine over the last minute, before and after; the bench itself is `threads` of it. */
  readonly load: readonly [number, number];
  /** Median in ms of the look that tells how long a hole is, which no fill below holds. */
  readonly msLength: number;
  /** Medians in ms of a hole of 64 tokens, known to be so many, in 16 steps. */
  readonly fills: readonly {
    readonly what: string;
    readonly passes: number;
    readonly msModel: number;
    readonly msOwn: number;
    readonly msBoth: number;
    /** Time of all processors, which a busy machine lengthens less. */
    readonly msProcessor: number;
    /** Own time as a share of the model's, in the median round. */
    readonly share: number;
  }[];
  /** Medians in ms of scoring twelve lines. */
  readonly score: {
    readonly texts: number;
    readonly msModel: number;
    readonly msOwn: number;
    readonly msProcessor: number;
  };
}

const HOLE = 64;
const SAMPLING = samplingOf({ ...PRESET_VALUES.thorough, steps: 16 }, 1);
/** What a person would write there or not: the scorer's usual load. */
const LINES = [
  'const found = await this.index.facts(path);',
  'return undefined;',
  'if (!facts) return [];',
  'for (const each of all) out.push(each.name);',
  "throw new LodestoneError('notFound', path);",
  "const name = path.split('/').at(-1);",
  'this.log.warn(message);',
  'yield* this.all(call);',
  'await this.miner.catchUp(feed, call);',
  'return { path, text };',
  'const key = [path, line].join();',
  'index.set(key, value);',
];

/** `folder` undefined: a random int8 export of 33M parameters, made here. */
export async function measureSpeed(folder: string | undefined, threads: number, rounds: number): Promise<SpeedFigures> {
  const made = folder === undefined ? mkdtempSync(join(tmpdir(), 'lodestone-speed-')) : undefined;
  if (made !== undefined) exportRandom(made);
  try {
    return await measure(folder ?? (made as string), threads, rounds);
  } finally {
    if (made !== undefined) rmSync(made, { recursive: true });
  }
}

function exportRandom(folder: string): void {
  const script = join(projectRoot, 'bench/infill/random_export.py');
  const args = [script, 'gpu', join(projectRoot, 'models/denoiser/tokenizer.json'), folder];
  const { status, stderr } = spawnSync(python, args, {
    encoding: 'utf8',
    env: { ...process.env, OMP_NUM_THREADS: '1' },
  });
  if (status !== 0) throw new Error(`The random export failed: ${stderr}`);
}

async function measure(folder: string, threads: number, rounds: number): Promise<SpeedFigures> {
  const freeBytes = () => process.availableMemory();
  const dataFolder = join(projectRoot, 'src/data');
  const { model, description } = await loadDenoiser({ folder, dataFolder, threads, freeBytes });
  const parser = new TreeSitterParser(new TreeSitterRuntime(assetsBelow(join(projectRoot, 'dist'))));
  const now = () => performance.now();
  const text = readFileSync(join(projectRoot, 'src/node/repository.ts'), 'utf8');
  const at = text.indexOf('\n', text.length / 2) + 1;
  const place: FillRequest['place'] = {
    ...{ language: 'typescript', intent: 'repository', nodeType: 'body', near: text.slice(2000, 2500) },
    ...{
      consider: 'function facts(path: string): FileFacts | undefined;',
      prefix: text.slice(0, at),
      suffix: text.slice(at),
    },
  };
  const variants = [
    { what: 'whole rows', guidance: 1, remember: false },
    { what: 'remembered context', guidance: 1, remember: true },
    { what: 'whole rows, guidance 2', guidance: 2, remember: false },
    { what: 'remembered context, guidance 2', guidance: 2, remember: true },
  ];
  const results = variants.map(() => [] as { model: number; own: number; passes: number; processor: number }[]);
  const scores: { model: number; own: number; processor: number }[] = [];
  const lengths: number[] = [];
  const fixed = withLength(model, HOLE);
  const before = loadavg()[0] as number;
  // The first round warms up.
  for (let round = 0; round <= rounds; round++) {
    for (const [i, { guidance, remember }] of variants.entries()) {
      const sampling = { ...SAMPLING, guidance };
      const request: FillRequest = { place, length: 'predict', lengths: 1, sampling, automaton: true, repairs: 0 };
      const begin = process.cpuUsage();
      const { msModel, msOwn, passes, samples } = await fill(request, fixed, { parser, now, remember }, {});
      if (samples[0]?.tokens !== HOLE) throw new Error(`The hole has ${samples[0]?.tokens} tokens.`);
      const { user, system } = process.cpuUsage(begin);
      const processor = (user + system) / 1000;
      if (round > 0) results[i]?.push({ model: msModel, own: msOwn, passes, processor });
    }
    const start = now();
    await lengthLogs(place, model);
    if (round > 0) lengths.push(now() - start);
    const begin = process.cpuUsage();
    const { msModel, msOwn } = await scoreTexts({ place: { ...place, nodeType: 'line' }, texts: LINES }, model, {
      now,
    });
    const { user, system } = process.cpuUsage(begin);
    if (round > 0) scores.push({ model: msModel, own: msOwn, processor: (user + system) / 1000 });
  }
  return {
    model: description.name,
    parameters: description.parameters,
    threads,
    rounds,
    load: [before, loadavg()[0] as number],
    msLength: median(lengths),
    fills: variants.map(({ what }, i) => {
      const of = results[i] ?? [];
      return {
        what,
        passes: of[0]?.passes ?? 0,
        msModel: median(of.map((each) => each.model)),
        msOwn: median(of.map(({ own }) => own)),
        msBoth: median(of.map((each) => each.model + each.own)),
        msProcessor: median(of.map(({ processor }) => processor)),
        share: median(of.map((each) => each.own / each.model)),
      };
    }),
    score: {
      texts: LINES.length,
      msModel: median(scores.map((each) => each.model)),
      msOwn: median(scores.map(({ own }) => own)),
      msProcessor: median(scores.map(({ processor }) => processor)),
    },
  };
}

/** The same model; it need not look to know how long a hole is. */
function withLength(model: LoadedModel, tokens: number): LoadedModel {
  const lengths = new Float64Array(model.head?.bins ?? 0).fill(-99).fill(0, tokens - 1, tokens);
  const look: LoadedModel['look'] = async (looks, signal) =>
    looks.some(({ kind }) => kind !== undefined)
      ? looks.map(() => ({ distributions: [], wanted: new Float64Array(), lengths }))
      : model.look(looks, signal);
  return Object.create(model, { look: { value: look } }) as LoadedModel;
}
