/**
 * Which calls public code makes in functions named, typed and placed like the one at the cursor. What is known of the place and
 * of a called name are two bags of features with a vector each; the product of their sums is trained to tell a function's calls
 * from the other calls of its repository, so it says what the repository's own counts cannot.
 * After StarSpace (Wu et al., AAAI 2018) and fastText's subword vectors (Bojanowski et al., TACL 2017); bench/retrieval-embedding.ts trains it.
 */
import { LodestoneError } from '../../base/errors.ts';
import type { LanguageId } from '../languages.ts';
import { subwords } from './subwords.ts';

/** The content of data/retrieval/embedding.json. */
export interface EmbeddingFile {
  readonly schemaVersion: 1;
  /** Where the numbers come from: the script and the corpus. */
  readonly provenance: string;
  readonly dimensions: number;
  /** A vector's component is its byte times this. */
  readonly scale: number;
  /** Features of places, and of called names. */
  readonly places: readonly string[];
  readonly calls: readonly string[];
  /** Signed bytes in base64, `dimensions` a row: those of the places, then those of the calls. */
  readonly vectors: string;
}

/** What is known of a function before its body is written; words are subwords. */
export interface PlaceWords {
  readonly language: LanguageId;
  readonly name: readonly string[];
  readonly container: readonly string[];
  readonly path: readonly string[];
  readonly doc: readonly string[];
  /** Whole names. */
  readonly types: readonly string[];
  readonly parameters: readonly string[];
  readonly imports: readonly string[];
}

/** Imports read of one file. */
const MOST_IMPORTS = 60;

/** Features of a place; each group's vectors are summed and divided by the root of their number. */
export function placeFeatures(place: PlaceWords): string[][] {
  const marked = (mark: string, words: Iterable<string>) => [...new Set(words)].map((word) => `${mark}:${word}`);
  const whole = (mark: string, names: readonly string[]) => [
    ...new Set(names.flatMap((name) => [`${mark}=${name}`, ...subwords(name).map((word) => `${mark}:${word}`)])),
  ];
  const ends = place.name.length === 0 ? [] : [`name^${place.name[0]}`, `name$${place.name.at(-1)}`];
  return [
    [...marked('name', place.name), ...ends],
    marked('container', place.container),
    marked('path', place.path),
    marked('doc', place.doc),
    whole('type', place.types),
    whole('parameter', place.parameters),
    [...new Set(place.imports)].slice(0, MOST_IMPORTS).map((name) => `import=${name}`),
    [`language=${place.language}`],
  ];
}

/** Features of a called name: itself in its language family, its subwords, and the first of them. */
export function callFeatures(name: string, family: string): string[] {
  const words = subwords(name);
  const first = words.length === 0 ? [] : [`^${words[0]}`];
  return [`${family}=${name}`, ...new Set(words.map((word) => `:${word}`)), ...first];
}

export class CallEmbedding {
  private readonly places: ReadonlyMap<string, number>;
  private readonly calls: ReadonlyMap<string, number>;
  private readonly vectors: Int8Array;
  readonly dimensions: number;
  private readonly scale: number;
  private readonly nothing: Float32Array;

  /** `text`: the file's; throws LodestoneError badData where it is no embedding of this version. */
  constructor(text: string) {
    const { dimensions, scale, places, calls, vectors } = parseEmbedding(text);
    this.dimensions = dimensions;
    this.scale = scale;
    this.places = new Map(places.map((feature, row) => [feature, row]));
    this.calls = new Map(calls.map((feature, row) => [feature, row + places.length]));
    this.vectors = vectors;
    this.nothing = new Float32Array(dimensions);
  }

  /** The vector of a place. */
  place(words: PlaceWords): Float32Array {
    const sum = new Float32Array(this.dimensions);
    for (const group of placeFeatures(words)) this.addTo(sum, rowsOf(this.places, group));
    return sum;
  }

  /** The vector of a called name; zeros where public code knows nothing of it. */
  call(name: string, family: string): Float32Array {
    const rows = rowsOf(this.calls, callFeatures(name, family));
    if (rows.length === 0) return this.nothing;
    const sum = new Float32Array(this.dimensions);
    this.addTo(sum, rows);
    return sum;
  }

  private addTo(sum: Float32Array, rows: readonly number[]): void {
    const weight = this.scale / Math.sqrt(rows.length);
    for (const row of rows) {
      const at = row * this.dimensions;
      for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + weight * (this.vectors[at + i] as number);
    }
  }
}

function rowsOf(known: ReadonlyMap<string, number>, features: readonly string[]): number[] {
  return features.map((feature) => known.get(feature)).filter((row) => row !== undefined);
}

function parseEmbedding(text: string): Omit<EmbeddingFile, 'vectors'> & { vectors: Int8Array } {
  const refuse = (cause?: unknown) =>
    new LodestoneError('badData', 'The table of calls in public code is not an embedding of schema 1.', {
      cause,
      advice: 'Rebuild data/retrieval/embedding.json with bench/retrieval-embedding.ts, or reinstall Lodestone.',
    });
  try {
    const file = JSON.parse(text) as EmbeddingFile;
    const bytes = atob(file.vectors);
    const vectors = new Int8Array(bytes.length);
    for (let i = 0; i < bytes.length; i++) vectors[i] = bytes.charCodeAt(i);
    const rows = file.places.length + file.calls.length;
    if (file.schemaVersion === 1 && Number.isFinite(file.scale) && vectors.length === rows * file.dimensions)
      return { ...file, vectors };
  } catch (cause) {
    throw refuse(cause);
  }
  throw refuse();
}
