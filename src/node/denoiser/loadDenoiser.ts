/** Loads a model's folder into onnxruntime and asks it something, so that a manifest that lies is found before anybody relies on it. */
import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { throwIfAborted } from '../../base/errors.ts';
import type { DenoiserModel } from '../../core/infill/denoiser.ts';
import type { LoadedModel, Look, Seen } from '../../core/infill/denoiserModel.ts';
import { OnnxModel } from '../native/onnxModel.ts';
import { layerName } from '../native/rowMemory.ts';
import { openSession, type Session } from '../native/runtime.ts';
import { Tensors } from '../native/tensors.ts';
import { type DenoiserManifest, MANIFEST, modelFault } from './manifest.ts';
import { readModelFolder } from './modelFolder.ts';

export interface LoadOptions {
  readonly folder: string;
  /** Holds schemas/. */
  readonly dataFolder: string;
  /** Threads of one forward pass. */
  readonly threads: number;
  /** Bytes of memory that may be used; a larger model is refused. */
  readonly freeBytes: () => number;
  readonly signal?: AbortSignal;
}

export interface LoadedDenoiser {
  readonly model: LoadedModel;
  readonly description: DenoiserModel;
}

const CORRECT = 'Correct the manifest, or export the model again.';
/** Tokens of the row that is asked for a trial. */
const TRIAL = 12;
/** Most that log p of a token may differ between a whole row and the same row remembered; int8 rounds by up to 0.3. */
const SAME = 1.5;

/** Throws LodestoneError denoiserUnavailable, which names the file and the field at fault, | cancelled. */
export async function loadDenoiser({
  folder,
  dataFolder,
  threads,
  freeBytes,
  signal,
}: LoadOptions): Promise<LoadedDenoiser> {
  const found = await readModelFolder(folder, dataFolder);
  const { manifest, path } = found;
  throwIfAborted(signal);
  const [free, needed] = [freeBytes(), await bytesOf(path, manifest)];
  if (needed > free)
    throw modelFault(
      path,
      `the model has ${megabytes(needed)} MB, and ${megabytes(free)} MB of memory are free.`,
      'Close programs, or use a smaller model.',
    );
  const { precision, parameters } = manifest.model;
  const { session, device } = await openSession(path, {
    threads,
    ...(precision === undefined ? {} : { precision }),
    ...(parameters === undefined ? {} : { parameters }),
  });
  throwIfAborted(signal);
  checkNames(manifest, session, path);
  const model = new OnnxModel(session, await Tensors.create(), found);
  await tryOut(model, manifest, path, signal);
  const description: DenoiserModel = {
    name: manifest.name,
    sha256: manifest.model.sha256,
    licence: manifest.licence,
    parameters: parameters ?? 0,
    precision: precision ?? '',
    maxLength: manifest.maxLength,
    device,
    folder,
  };
  return { model, description };
}

/** The model file and weights that it keeps beside it under its own name. */
async function bytesOf(path: string, { model }: DenoiserManifest): Promise<number> {
  const beside = [`${model.file}.data`, `${model.file}_data`].map((name) => join(dirname(path), name));
  const sizes = await Promise.all(
    beside.map((name) =>
      stat(name).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, model.bytes);
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 2 ** 20);
}

/** Every input and output of the manifest is in the graph, with its type, and every input of the graph is in the manifest. */
function checkNames(manifest: DenoiserManifest, session: Session, path: string): void {
  const { inputs, outputs, cache, lengthHead } = manifest;
  const [numbers, floats] = ['int64', 'float32'];
  const wantedInputs: [string, string, string][] = Object.entries(inputs).map(([role, name]) => [
    `inputs.${role}`,
    name,
    numbers,
  ]);
  const wantedOutputs: [string, string, string][] = Object.entries(outputs).map(([role, name]) => [
    `outputs.${role}`,
    name as string,
    role === 'topIds' ? numbers : floats,
  ]);
  if (lengthHead) wantedOutputs.push(['lengthHead.output', lengthHead.output, floats]);
  for (let layer = 0; layer < (cache?.layers ?? 0); layer++) {
    for (const role of ['pastKey', 'pastValue'] as const)
      wantedInputs.push([`cache.${role}`, layerName(cache?.[role] ?? '', layer), floats]);
    for (const role of ['key', 'value'] as const)
      wantedOutputs.push([`cache.${role}`, layerName(cache?.[role] ?? '', layer), floats]);
  }
  if (cache?.pastIds) wantedInputs.push(['cache.pastIds', cache.pastIds, numbers]);
  if (cache?.pastPointer) wantedInputs.push(['cache.pastPointer', cache.pastPointer, floats]);
  if (cache?.pointer) wantedOutputs.push(['cache.pointer', cache.pointer, floats]);
  for (const [wanted, metadata, what] of [
    [wantedInputs, session.inputMetadata, 'input'],
    [wantedOutputs, session.outputMetadata, 'output'],
  ] as const) {
    const types = new Map(metadata.map((each) => [each.name, each.isTensor ? each.type : 'no tensor']));
    for (const [field, name, type] of wanted) {
      const has = types.get(name);
      const there = `it has ${[...types.keys()].slice(0, 12).join(', ')}${types.size > 12 ? ', …' : ''}`;
      if (has === undefined)
        throw modelFault(path, `there is no ${what} "${name}", which is ${field} of ${MANIFEST}; ${there}.`, CORRECT);
      if (has !== type)
        throw modelFault(
          path,
          `its ${what} "${name}" (${field} of ${MANIFEST}) is ${has}, not ${type}.`,
          'Export it with this type.',
        );
    }
    const known = new Set(wanted.map(([, name]) => name));
    const unknown = what === 'input' ? [...types.keys()].find((name) => !known.has(name)) : undefined;
    if (unknown !== undefined) throw modelFault(path, `its input "${unknown}" is not in ${MANIFEST}.`, CORRECT);
  }
}

/** Three looks at a short row: as it is, at the end of the longest row, and with most of it remembered. */
async function tryOut(
  model: LoadedModel,
  manifest: DenoiserManifest,
  path: string,
  signal?: AbortSignal,
): Promise<void> {
  const fault = (what: string, field: string) =>
    modelFault(path, what, `${field} of ${MANIFEST} may be wrong. ${CORRECT}`);
  const text = model.tokenizer.encode('const total = values.length;\nreturn total;\n');
  const length = Math.min(TRIAL, manifest.maxLength);
  const ids = Int32Array.from({ length }, (_, i) => text[i % text.length] ?? 0);
  const asked = [Math.floor(length / 3), Math.floor(length / 3) + 1].filter((at) => at < length);
  for (const at of asked) ids[at] = manifest.specialIds.mask;
  const span = { from: asked[0] as number, to: (asked.at(-1) as number) + 1 };
  const kind = model.head ? { kind: 0 } : {};
  const look: Look = { ids, asked, ...kind };
  const whole = await one(model, model.remembers ? { ...look, span } : look, signal);
  if (whole.distributions.some(({ ids: top, logs }) => top.length === 0 || !logs.every(Number.isFinite)))
    throw fault('its answers are no numbers.', 'outputs');
  const wanted = whole.distributions.map(({ ids: top }) => top[0] as number);
  const again = await one(model, { ids, asked, wanted }, signal);
  if (far(again.wanted, whole)) throw fault('candidates and likeliest tokens contradict each other.', 'outputs');
  if (!whole.memory) return;
  const remembered = await one(model, { ids, asked, wanted, memory: whole.memory }, signal);
  if (far(remembered.wanted, whole)) throw fault('what it remembers changes its answers.', 'cache (layout, returns)');
}

async function one(model: LoadedModel, look: Look, signal?: AbortSignal): Promise<Seen> {
  const [seen] = await model.look([look], signal);
  return seen as Seen;
}

function far(logs: Float64Array, { distributions }: Seen): boolean {
  return logs.some((log, i) => !(Math.abs(log - (distributions[i]?.logs[0] as number)) < SAME));
}
