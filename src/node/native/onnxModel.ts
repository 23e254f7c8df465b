/** A loaded denoiser on onnxruntime: feeds a graph as its manifest says, whole rows or spans of rows that are remembered. */
import { setImmediate } from 'node:timers/promises';
import { LodestoneError, throwIfAborted } from '../../base/errors.ts';
import { bracketsPerToken } from '../../core/infill/automaton.ts';
import type { LoadedModel, Look, Seen } from '../../core/infill/denoiserModel.ts';
import type { DenoiserManifest } from '../denoiser/manifest.ts';
import type { ModelFolder } from '../denoiser/modelFolder.ts';
import { type Answers, Reader } from './reader.ts';
import { layerName, RememberedRow, type Rows, rememberedBy } from './rowMemory.ts';
import type { Session } from './runtime.ts';
import type { Tensor, Tensors } from './tensors.ts';

/** What one pass computes of a row: its active tokens are `[start, end)`. */
export interface ActiveRow {
  readonly look: Look;
  readonly start: number;
  readonly end: number;
}

export class OnnxModel implements LoadedModel {
  readonly layout: DenoiserManifest;
  readonly tokenizer: ModelFolder['tokenizer'];
  readonly head?: NonNullable<LoadedModel['head']>;
  readonly bracketsPerToken: number;
  readonly remembers: boolean;
  readonly spent = { ms: 0, passes: 0 };
  private readonly texts: string[] = [];
  private readonly reader: Reader;

  constructor(
    private readonly session: Session,
    private readonly tensors: Tensors,
    folder: Pick<ModelFolder, 'manifest' | 'tokenizer' | 'specials'>,
  ) {
    const { manifest } = folder;
    this.layout = manifest;
    this.tokenizer = folder.tokenizer;
    this.bracketsPerToken = bracketsPerToken((text) => folder.tokenizer.encode(text));
    this.remembers = manifest.cache !== undefined;
    this.reader = new Reader(manifest, folder.specials);
    if (manifest.lengthHead) {
      const { bins, kinds } = manifest.lengthHead;
      const patterns = kinds.map(({ name, nodeTypes }) => ({ name, pattern: new RegExp(nodeTypes) }));
      const kindOf = (type: string) =>
        Math.max(
          0,
          patterns.findIndex(({ name, pattern }) => (type !== '' && name === type) || pattern.test(type)),
        );
      this.head = { bins, kindOf: (type) => (type === '' ? 0 : kindOf(type)) };
    }
  }

  textOf(id: number): string {
    this.texts[id] ??= this.tokenizer.decode([id]);
    return this.texts[id];
  }

  async look(looks: readonly Look[], signal?: AbortSignal): Promise<Seen[]> {
    const seen: Seen[] = [];
    for (const { indices, active, rows } of groupsOf(looks)) {
      const answers = await this.pass(active, rows, signal);
      indices.forEach((i, at) => {
        seen[i] = answers[at] as Seen;
      });
    }
    return seen;
  }

  /** One forward pass: rows that remember the same pass, or whole rows. */
  private async pass(active: readonly ActiveRow[], rows: Rows | undefined, signal?: AbortSignal): Promise<Seen[]> {
    const looks = active.map(({ look }) => look);
    const width = Math.max(...active.map(({ start, end }) => end - start));
    const memories = looks.map(({ memory }) => memory as RememberedRow);
    const past = rows ? rows.tensors(memories, this.tensors) : this.nothingRemembered(looks.length);
    const feeds = {
      ...this.feeds(active, width, rows ? rows.kept(memories) : looks.map(() => []), rows?.length ?? 0),
      ...past,
    };
    const keeps = looks.some(({ span }) => span) && this.remembers && !rows;
    const names = this.reader.names(looks);
    // Requests to stop arrive between passes.
    await setImmediate();
    throwIfAborted(signal);
    const answers = await this.run(feeds, [...names, ...(keeps ? this.memoryNames() : [])]);
    const { cache, logitShift } = this.layout;
    const remembered =
      keeps && cache ? rememberedBy(looks, answers, cache, logitShift ? 1 : 0, this.layout.specialIds.pad) : [];
    return this.reader.read(active, width, answers).map((each, i) => {
      const memory = looks[i]?.span && remembered[i];
      return memory ? { ...each, memory } : each;
    });
  }

  private async run(feeds: Record<string, Tensor>, names: readonly string[]): Promise<Answers> {
    const begin = performance.now();
    try {
      return await this.session.run(feeds, names as string[]);
    } catch (cause) {
      const { message } = cause as Error;
      const isMemory = /alloc|memory/i.test(message);
      throw new LodestoneError('denoiserUnavailable', `${this.layout.name}: onnxruntime failed: ${message}.`, {
        cause,
        advice: isMemory
          ? 'The machine has too little memory for this model: close programs, or use a smaller model.'
          : 'The graph does not take what manifest.json says (inputs, maxLength, cache): correct it, or export the model again.',
      });
    } finally {
      this.spent.ms += performance.now() - begin;
      this.spent.passes++;
    }
  }

  /** `kept`: for each row 1 for a remembered token and 0 for padding, `past` of them. */
  private feeds(
    rows: readonly ActiveRow[],
    width: number,
    kept: readonly (readonly number[])[],
    past: number,
  ): Record<string, Tensor> {
    const { inputs, halo = 0, specialIds, maxLength } = this.layout;
    const { tensors } = this;
    const count = rows.length;
    const outer = width + 2 * halo;
    const ids = new Int32Array(count * outer).fill(specialIds.pad);
    rows.forEach(({ look, start, end }, row) => {
      const from = Math.max(0, start - halo);
      const tokens = look.ids.subarray(from, Math.min(look.ids.length, end + halo));
      ids.set(tokens, row * outer + halo - (start - from));
    });
    const feeds: Record<string, Tensor> = { [inputs.ids]: tensors.int64(ids, [count, outer]) };
    if (inputs.positions) {
      const positions = new Int32Array(count * width);
      rows.forEach(({ start }, row) => {
        for (let i = 0; i < width; i++) positions[row * width + i] = Math.min(start + i, maxLength - 1);
      });
      feeds[inputs.positions] = tensors.int64(positions, [count, width]);
    }
    if (inputs.attentionMask) {
      const mask = new Int32Array(count * (past + width));
      rows.forEach(({ start, end }, row) => {
        mask.set(kept[row] ?? [], row * (past + width));
        mask.fill(1, row * (past + width) + past, row * (past + width) + past + end - start);
      });
      feeds[inputs.attentionMask] = tensors.int64(mask, [count, past + width]);
    }
    return { ...feeds, ...this.reader.questions(rows, tensors) };
  }

  private memoryNames(): string[] {
    const { cache } = this.layout;
    if (!cache) return [];
    const parts = Array.from({ length: cache.layers }, (_, layer) => [
      layerName(cache.key, layer),
      layerName(cache.value, layer),
    ]).flat();
    return cache.pointer ? [...parts, cache.pointer] : parts;
  }

  private nothingRemembered(count: number): Record<string, Tensor> {
    const { cache } = this.layout;
    if (!cache) return {};
    const none = new Float32Array(0);
    const dims =
      cache.layout === 'batch,length,width'
        ? [count, 0, cache.width ?? 0]
        : [count, cache.heads ?? 0, 0, cache.size ?? 0];
    const feeds: Record<string, Tensor> = {};
    for (let layer = 0; layer < cache.layers; layer++)
      for (const name of [cache.pastKey, cache.pastValue])
        feeds[layerName(name, layer)] = this.tensors.float32(none, dims);
    if (cache.pastIds) feeds[cache.pastIds] = this.tensors.int64([], [count, 0]);
    if (cache.pastPointer) feeds[cache.pastPointer] = this.tensors.float32(none, [count, 0, cache.pointerWidth ?? 0]);
    return feeds;
  }
}

/** Looks that go through the graph together. */
interface Group {
  /** What they remember; undefined for whole rows. */
  readonly rows: Rows | undefined;
  /** Active tokens of each; of whole rows 0, since the shorter are padded. */
  readonly width: number;
  readonly indices: number[];
  readonly active: ActiveRow[];
}

/** Rows that remember the same pass need as many active tokens each, else padding would stand between an active token and its neighbours. */
function groupsOf(looks: readonly Look[]): Group[] {
  const groups: Group[] = [];
  looks.forEach((look, i) => {
    const { ids, memory } = look;
    const own = memory instanceof RememberedRow ? memory : undefined;
    const active = own
      ? { look, start: own.start, end: own.end - (own.length - ids.length) }
      : { look, start: 0, end: ids.length };
    const [rows, width] = [own?.rows, own ? active.end - active.start : 0];
    let group = groups.find((each) => each.rows === rows && each.width === width);
    if (!group) groups.push((group = { rows, width, indices: [], active: [] }));
    group.indices.push(i);
    group.active.push(active);
  });
  return groups;
}
