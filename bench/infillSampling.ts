/**
 * What the sampler's options are worth on functions that training held back: guidance, schedules, samplers and steps, presets, parse rate.
 * `npm run bench -- infillSampling TABLE [--shard FILE] [--each 10] [--functions 800] [--seed 1] [--model FOLDER]`; TABLE: parse | guidance | schedules | samplers | presets | parallel | defaults
 */
import { join } from 'node:path';
import { bootstrapMean, mean, median } from '../src/base/statistics.ts';
import type { FillReport, FillRequest } from '../src/core/infill/denoiser.ts';
import { isSame } from '../src/core/infill/place.ts';
import { PRESET_VALUES, PRESETS, samplingOf } from '../src/core/infill/presets.ts';
import { SAMPLERS, type SamplingOptions } from '../src/core/infill/sampler.ts';
import { SCHEDULES } from '../src/core/infill/schedule.ts';
import type { LanguageId } from '../src/core/languages.ts';
import type { Denoiser } from '../src/core/ports.ts';
import { openDenoiser } from '../src/node/denoiser/denoiser.ts';
import { projectRoot } from '../test/projectRoot.ts';
import { similarity } from './infill/bodyScores.ts';
import { parseAll } from './infill/ownParsers.ts';
import { type ValidPlace, validPlaces } from './infill/validPlaces.ts';

const [table, ...args] = process.argv.slice(2);
const option = (name: string, otherwise: string): string => {
  const at = args.indexOf(name);
  return at < 0 ? otherwise : (args[at + 1] as string);
};
const SHARD = option('--shard', join(projectRoot, '../shared/data/functions/functions.valid.00.jsonl.xz'));
const BASE = samplingOf({ ...PRESET_VALUES.thorough, steps: 16 }, 0);
const STEPS = [8, 16, 32, 64];
const GUIDANCE = [0, 1, 1.3, 1.5, 2, 3, 5, 7.5, 10];

interface Filled {
  readonly place: ValidPlace;
  readonly text: string;
  readonly exact: boolean;
  /** In [0, 1]. */
  readonly alike: number;
  readonly report: FillReport;
}

type Change = Partial<Omit<FillRequest, 'place' | 'sampling'>> & { readonly sampling?: Partial<SamplingOptions> };

async function fillAll(denoiser: Denoiser, places: readonly ValidPlace[], change: Change): Promise<Filled[]> {
  const filled: Filled[] = [];
  for (const place of places) {
    const { sampling, ...rest } = change;
    const report = await denoiser.fill(
      {
        ...{ place: place.place, length: place.span.lexemes, lengths: 1, automaton: true, repairs: 2, ...rest },
        sampling: { ...BASE, ...sampling },
      },
      {},
    );
    const text = report.samples[0]?.text ?? '';
    const { truth } = place.span;
    filled.push({ place, text, exact: isSame(text, truth), alike: similarity(text, truth), report });
  }
  return filled;
}

/** Exact and alike (1 − edit distance of lexemes over the longer one's) in %, median milliseconds of the model and of the rest, tokens a pass of the sampling (repairs apart). */
function row(name: string, filled: readonly Filled[]): string {
  const tokens = filled.reduce((sum, { report }) => sum + (report.samples[0]?.tokens ?? 0), 0);
  const passes = filled.reduce((sum, { report }) => sum + (report.samples[0]?.passes ?? 0), 0);
  const exact = 100 * mean(filled.map((each) => Number(each.exact)));
  const alike = 100 * mean(filled.map((each) => each.alike));
  const ms = median(filled.map(({ report }) => report.msModel));
  const own = median(filled.map(({ report }) => report.msOwn));
  return `| ${name} | ${filled.length} | ${exact.toFixed(1)} | ${alike.toFixed(1)} | ${ms.toFixed(0)} | ${own.toFixed(0)} | ${(tokens / Math.max(1, passes)).toFixed(2)} |\n`;
}

const HEAD = '| | n | exact % | alike % | ms model | ms own | tokens a pass |\n|---|---|---|---|---|---|---|\n';

/**
 * Holes for which there is a sample (and such whose syntax a frame gave), what the languages' own parsers say of the best sample of each
 * hole and of all samples, exact ones of all holes, median milliseconds, forward passes. What they refuse goes to stderr.
 */
async function parseTable(denoiser: Denoiser, places: readonly ValidPlace[]): Promise<string> {
  // Where the whole function does not parse by itself nothing can be said.
  const sound = placesThatParse(places);
  let text = `${sound.length} holes whose function parses by itself\n\n`;
  text += '| | holes with a sample % | by a frame % | best parse % | samples | parse % | exact % | ms | passes |\n';
  text += '|---|---|---|---|---|---|---|---|---|\n';
  for (const [name, change] of [
    ['automaton and remasking', {}],
    ['automaton alone', { repairs: 0 }],
    ['neither', { automaton: false, repairs: 0 }],
  ] as const) {
    const filled = await fillAll(denoiser, sound, { ...change, length: 'predict', lengths: 3 });
    const samples = filled.flatMap(({ place, report }) =>
      report.samples.map((sample, rank) => ({ place, ...sample, isBest: rank === 0 })),
    );
    const good = parsesOf(samples);
    samples.forEach(({ place, text: own }, i) => {
      if (good[i]) return;
      const [before, behind] = [place.place.prefix.slice(-40), place.place.suffix.slice(0, 20)];
      process.stderr.write(`${name}, ${place.span.language}: ${JSON.stringify([before, own, behind])}\n`);
    });
    const share = (of: readonly boolean[]) => (100 * mean(of.map(Number))).toFixed(1);
    const cells = [
      share(filled.map(({ report }) => report.samples.length > 0)),
      share(filled.map(({ report }) => report.samples[0]?.framed ?? false)),
      share(good.filter((_, i) => samples[i]?.isBest)),
      samples.length,
      share(good),
      share(filled.map(({ exact }) => exact)),
      median(filled.map(({ report }) => report.msModel + report.msOwn)).toFixed(0),
      mean(filled.map(({ report }) => report.passes)).toFixed(1),
    ];
    text += `| ${name} | ${cells.join(' | ')} |\n`;
  }
  return text;
}

function placesThatParse(places: readonly ValidPlace[]): ValidPlace[] {
  const good = parsesOf(places.map((place) => ({ place, text: place.span.truth })));
  return places.filter((_, i) => good[i]);
}

function parsesOf(all: readonly { readonly place: ValidPlace; readonly text: string }[]): boolean[] {
  const good = new Map<(typeof all)[number], boolean>();
  for (const [language, own] of Map.groupBy(all, ({ place }) => place.span.language)) {
    const texts = own.map(({ place, text }) => place.place.prefix + text + place.place.suffix);
    parseAll(language as LanguageId, texts).forEach((parses, i) => {
      good.set(own[i] as (typeof all)[number], parses);
    });
  }
  return all.map((each) => good.get(each) as boolean);
}

/** Every other sampler and schedule beside the defaults on the same places, with 95 % intervals of the difference (paired bootstrap). */
async function defaultsTable(denoiser: Denoiser, places: readonly ValidPlace[]): Promise<string> {
  const usual = await fillAll(denoiser, places, {});
  let text = '| | exact % | more exact | alike % | more alike |\n|---|---|---|---|---|\n';
  const add = (name: string, filled: readonly Filled[]) => {
    const cells = [(each: Filled) => Number(each.exact), (each: Filled) => each.alike].flatMap((of) => {
      const more = filled.map((each, i) => 100 * (of(each) - of(usual[i] as Filled)));
      const [low, high] = bootstrapMean(more);
      const difference = `${mean(more).toFixed(1)} [${low.toFixed(1)}, ${high.toFixed(1)}]`;
      return [(100 * mean(filled.map(of))).toFixed(1), difference];
    });
    text += `| ${name} | ${cells.join(' | ')} |\n`;
  };
  add(`${BASE.sampler}, ${BASE.schedule}`, usual);
  for (const sampler of SAMPLERS)
    if (sampler !== BASE.sampler) add(sampler, await fillAll(denoiser, places, { sampling: { sampler, remask: 0.1 } }));
  for (const schedule of SCHEDULES)
    if (schedule !== BASE.schedule) add(schedule, await fillAll(denoiser, places, { sampling: { schedule } }));
  return text;
}

async function tableOf(denoiser: Denoiser, places: readonly ValidPlace[]): Promise<string> {
  let text = HEAD;
  const long = places.filter(({ span }) => span.lexemes > 8);
  const add = async (name: string, some: readonly ValidPlace[], change: Change) => {
    text += row(name, await fillAll(denoiser, some, change));
  };
  switch (table) {
    case 'parse':
      return parseTable(denoiser, places);
    case 'guidance':
      for (const guidance of GUIDANCE)
        for (const documented of [true, false]) {
          const some = places.filter((each) => each.documented === documented);
          const name = `guidance ${guidance}, ${documented ? 'documentation' : "the name's words"}`;
          await add(name, some, { sampling: { guidance } });
        }
      return text;
    case 'schedules':
      for (const schedule of SCHEDULES)
        for (const steps of STEPS) await add(`${schedule}, ${steps} steps`, long, { sampling: { schedule, steps } });
      return text;
    case 'samplers':
      for (const sampler of SAMPLERS)
        for (const steps of STEPS)
          await add(`${sampler}, ${steps} steps`, long, { sampling: { sampler, steps, remask: 0.1 } });
      return text;
    case 'presets':
      for (const name of PRESETS) {
        const preset = PRESET_VALUES[name];
        await add(name, long, { sampling: samplingOf(preset, 0), length: 'predict', lengths: preset.lengths });
      }
      return text;
    case 'parallel':
      // The cosine schedule lets some steps commit nothing and others two.
      await add('one a step', long, { sampling: { steps: 1000, schedule: 'logLinear' } });
      for (const threshold of [0.95, 0.9, 0.8, 0.7, 0.5])
        await add(`all above ${threshold}`, long, { sampling: { steps: 1000, schedule: 'logLinear', threshold } });
      return text;
    case 'defaults':
      return defaultsTable(denoiser, places);
    default:
      throw new Error('Name a table: parse, guidance, schedules, samplers, presets, parallel or defaults.');
  }
}

async function main(): Promise<void> {
  const log = { info: () => undefined, warn: (message: string) => void process.stderr.write(`${message}\n`) };
  const places = await validPlaces(
    SHARD,
    Number(option('--functions', '800')),
    Number(option('--each', '10')),
    Number(option('--seed', '1')),
  );
  const denoiser = openDenoiser({
    assetsDir: join(projectRoot, 'dist'),
    log,
    folder: option('--model', ''),
    threads: 2,
  });
  try {
    const state = await denoiser.state({});
    if (!state.available) throw new Error(state.reason);
    const begin = performance.now();
    const text = await tableOf(denoiser, places);
    const seconds = Math.round((performance.now() - begin) / 1000);
    process.stdout.write(
      `${state.model.name} (${state.model.sha256.slice(0, 8)}), ${places.length} places, ${seconds} s\n\n${text}`,
    );
  } finally {
    await denoiser.close();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${(error as Error).stack}\n`);
  process.exitCode = 1;
});
