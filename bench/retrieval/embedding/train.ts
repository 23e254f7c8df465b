/** Trains the vectors of src/core/retrieval/callEmbedding.ts by stochastic gradient descent with AdaGrad's steps, one accumulator a row. */

import { uniform } from '../../../src/base/statistics.ts';
import { callFeatures, type EmbeddingFile, placeFeatures } from '../../../src/core/retrieval/callEmbedding.ts';
import type { CallingFunction } from './corpus.ts';

const DIMENSIONS = 32;
const EPOCHS = 3;
/** Other calls of the repository that each call is told from. */
const NEGATIVES = 8;
/** Calls of one function that are learned from at a time. */
const MOST_CALLS = 8;
const RATE = 0.08;
const LEAST_RATE = 0.005;
const FIRST_SPREAD = 0.2;
/** A feature is known from so many functions of so many repositories on; the most frequent so many are kept. */
const LEAST_FUNCTIONS = 15;
const LEAST_REPOSITORIES = 4;
const MOST_PLACES = 12_000;
const MOST_CALLED = 6_000;

/** A function in numbers: rows of the place's features with their weights, and its calls. */
interface Sample {
  readonly rows: Int32Array;
  readonly weights: Float32Array;
  readonly calls: readonly number[];
  /** Every call of every function of its repository and family. */
  readonly repository: number[];
}

/** The most frequent features, by rank. */
function vocabulary(
  functions: readonly CallingFunction[],
  featuresOf: (one: CallingFunction) => Iterable<string>,
  most: number,
): Map<string, number> {
  const known = new Map<string, { functions: number; repositories: Set<string> }>();
  for (const one of functions) {
    for (const feature of featuresOf(one)) {
      let entry = known.get(feature);
      if (!entry) known.set(feature, (entry = { functions: 0, repositories: new Set() }));
      entry.functions++;
      if (entry.repositories.size < LEAST_REPOSITORIES) entry.repositories.add(one.repository);
    }
  }
  return new Map(
    [...known]
      .filter(([, entry]) => entry.repositories.size >= LEAST_REPOSITORIES && entry.functions >= LEAST_FUNCTIONS)
      .sort((a, b) => b[1].functions - a[1].functions || (a[0] < b[0] ? -1 : 1))
      .slice(0, most)
      .map(([feature], rank) => [feature, rank]),
  );
}

/** Vectors, a row a feature, and the sum of squared gradients of each row. */
class Table {
  readonly values: Float32Array;
  private readonly squares: Float32Array;

  constructor(rows: number, random: () => number) {
    this.values = Float32Array.from({ length: rows * DIMENSIONS }, () => (random() - 0.5) * FIRST_SPREAD);
    this.squares = new Float32Array(rows).fill(1e-3);
  }

  addTo(sum: Float32Array, row: number, weight: number): void {
    const at = row * DIMENSIONS;
    for (let i = 0; i < DIMENSIONS; i++) sum[i] = (sum[i] as number) + weight * (this.values[at + i] as number);
  }

  /** A step against `weight` × `gradient`. */
  learn(row: number, gradient: Float32Array, weight: number, rate: number): void {
    let squared = 0;
    for (let i = 0; i < DIMENSIONS; i++) squared += (gradient[i] as number) ** 2;
    const sum = (this.squares[row] as number) + (squared * weight ** 2) / DIMENSIONS;
    this.squares[row] = sum;
    const step = (rate * weight) / Math.sqrt(sum);
    const at = row * DIMENSIONS;
    for (let i = 0; i < DIMENSIONS; i++)
      this.values[at + i] = (this.values[at + i] as number) - step * (gradient[i] as number);
  }
}

/** Reports the mean loss of each epoch to `log`. */
export function trainEmbedding(
  functions: readonly CallingFunction[],
  log: (line: string) => void,
): Omit<EmbeddingFile, 'provenance'> {
  const stream = uniform(1);
  const random = () => stream.next().value;
  const places = vocabulary(functions, ({ place }) => placeFeatures(place).flat(), MOST_PLACES);
  const called = vocabulary(
    functions,
    ({ calls, family }) => calls.flatMap((name) => callFeatures(name, family)),
    MOST_CALLED,
  );
  const { samples, features } = sampled(functions, places, called);
  const placeTable = new Table(places.size, random);
  const callTable = new Table(called.size, random);
  const [place, placeGradient, call, callGradient] = Array.from({ length: 4 }, () => new Float32Array(DIMENSIONS)) as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const any = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    const rate = RATE * (1 - epoch / EPOCHS) + LEAST_RATE;
    let loss = 0;
    let count = 0;
    for (let step = 0; step < samples.length; step++) {
      const { rows, weights, calls, repository } = any(samples);
      place.fill(0);
      placeGradient.fill(0);
      rows.forEach((row, i) => placeTable.addTo(place, row, weights[i] as number));
      const own = new Set(calls);
      for (let turn = 0; turn < Math.min(MOST_CALLS, calls.length); turn++) {
        const isTrue = calls.length <= MOST_CALLS ? (calls[turn] as number) : any(calls);
        for (let k = 0; k <= NEGATIVES; k++) {
          const name = k === 0 ? isTrue : any(repository);
          const known = features[name] as Int32Array;
          if (known.length === 0 || (k > 0 && own.has(name))) continue;
          const weight = 1 / Math.sqrt(known.length);
          call.fill(0);
          for (const row of known) callTable.addTo(call, row, weight);
          let product = -Math.log(NEGATIVES);
          for (let i = 0; i < DIMENSIONS; i++) product += (place[i] as number) * (call[i] as number);
          const chance = 1 / (1 + Math.exp(-product));
          const error = chance - (k === 0 ? 1 : 0);
          loss -= Math.log(Math.max(1e-9, k === 0 ? chance : 1 - chance));
          count++;
          for (let i = 0; i < DIMENSIONS; i++) {
            placeGradient[i] = (placeGradient[i] as number) + error * (call[i] as number);
            callGradient[i] = error * (place[i] as number);
          }
          for (const row of known) callTable.learn(row, callGradient, weight, rate);
        }
      }
      rows.forEach((row, i) => placeTable.learn(row, placeGradient, weights[i] as number, rate));
    }
    log(`epoch ${epoch + 1}: mean loss ${(loss / count).toFixed(4)}`);
  }
  return packed([...places.keys()], [...called.keys()], placeTable.values, callTable.values);
}

function sampled(
  functions: readonly CallingFunction[],
  places: ReadonlyMap<string, number>,
  called: ReadonlyMap<string, number>,
): { samples: Sample[]; features: Int32Array[] } {
  const names = new Map<string, number>();
  const features: Int32Array[] = [];
  const rowsOf = (known: ReadonlyMap<string, number>, list: readonly string[]) =>
    list.map((feature) => known.get(feature)).filter((row) => row !== undefined);
  const idOf = (name: string, family: string): number => {
    const key = `${family}=${name}`;
    let id = names.get(key);
    if (id === undefined) {
      names.set(key, (id = names.size));
      features.push(Int32Array.from(rowsOf(called, callFeatures(name, family))));
    }
    return id;
  };
  const repositories = new Map<string, number[]>();
  const samples = functions.map(({ repository: name, family, place, calls }) => {
    const ids = [...new Set(calls.map((call) => idOf(call, family)))];
    const key = `${name} ${family}`;
    let repository = repositories.get(key);
    if (!repository) repositories.set(key, (repository = []));
    for (const id of ids) repository.push(id);
    const rows: number[] = [];
    const weights: number[] = [];
    for (const group of placeFeatures(place)) {
      const known = rowsOf(places, group);
      for (const row of known) {
        rows.push(row);
        weights.push(1 / Math.sqrt(known.length));
      }
    }
    return { rows: Int32Array.from(rows), weights: Float32Array.from(weights), calls: ids, repository };
  });
  return { samples, features };
}

/** Rounds the vectors to signed bytes of one scale; the few components beyond it are cut. */
function packed(
  places: readonly string[],
  calls: readonly string[],
  ...tables: readonly Float32Array[]
): Omit<EmbeddingFile, 'provenance'> {
  const all = tables.flatMap((values) => Array.from(values));
  const sizes = all.map(Math.abs).sort((a, b) => a - b);
  const scale = (sizes[Math.floor(sizes.length * 0.9995)] as number) / 127;
  const bytes = Int8Array.from(all, (value) => Math.max(-127, Math.min(127, Math.round(value / scale))));
  const vectors = Buffer.from(bytes.buffer).toString('base64');
  return { schemaVersion: 1, dimensions: DIMENSIONS, scale, places, calls, vectors };
}
