/** Loads a model's folder into onnxruntime and asks it something, so that a manifest that lies is found before anybody relies on it. */
import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isCancelled, throwIfAborted, toLodestoneError } from '../../base/errors.ts';
import type { DenoiserModel } from '../../core/infill/denoiser.ts';
import type { LoadedModel, Look } from '../../core/infill/denoiserModel.ts';
import type { Distribution } from '../../core/infill/distribution.ts';
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
/** Tokens of the row that is asked for a trial, and how many of them are masked. */
const [TRIAL, MASKED] = [24, 4];
/** Likeliest tokens that are compared between two ways to ask, and how far apart their log p may be on average (int8 rounds by 0.05). */
const [COMPARED, SAME] = [8, 0.25];
/** A model of at most so many bytes is tried with its longest row; with a larger one that would take seconds. */
const TRIED_WHOLE = 200e6;

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

/** Looks at a short row, as it is, by candidates and with most of it remembered; and at the longest row that there may be. */
async function tryOut(
  model: LoadedModel,
  manifest: DenoiserManifest,
  path: string,
  signal?: AbortSignal,
): Promise<void> {
  const fault = (what: string, field: string) =>
    modelFault(path, what, `${field} of ${MANIFEST} may be wrong. ${CORRECT}`);
  const length = Math.min(TRIAL, manifest.maxLength);
  const ids = trialRow(model, manifest, length);
  const first = Math.floor(length / 3);
  const asked = Array.from({ length: Math.min(MASKED, length - first) }, (_, i) => first + i);
  for (const at of asked) ids[at] = manifest.specialIds.mask;
  const span = model.remembers ? { span: { from: first, to: first + asked.length } } : {};
  const kind = model.head ? { kind: 0 } : {};
  const [whole] = await model.look([{ ids, asked, ...kind, ...span }], signal);
  const told = whole?.distributions ?? [];
  if (told.some(({ ids: top, logs }) => top.length === 0 || !logs.every((log) => log < MOST_LOG)))
    throw fault('its answers are no logarithms of chances.', 'outputs');
  const far = async (look: Look) => (await difference(model, look, told, signal)) > SAME;
  if (await far({ ids, asked })) throw fault('candidates and likeliest tokens contradict each other.', 'outputs');
  if (whole?.memory && (await far({ ids, asked, memory: whole.memory })))
    throw fault('what it remembers changes its answers.', 'cache (layout, returns, key, value)');
  if (manifest.model.bytes > TRIED_WHOLE || manifest.maxLength <= length) return;
  try {
    await model.look([{ ids: trialRow(model, manifest, manifest.maxLength), asked: [0] }], signal);
  } catch (cause) {
    if (isCancelled(cause)) throw cause;
    const { message } = toLodestoneError(cause);
    throw modelFault(
      path,
      `it fails on a row of ${manifest.maxLength} tokens, which is maxLength of ${MANIFEST} (${message})`,
      CORRECT,
      cause,
    );
  }
}

/** A little above 0: the logarithm of a chance that rounding made larger than 1. NaN is not below it. */
const MOST_LOG = 0.01;

function trialRow({ tokenizer }: LoadedModel, { specialIds }: DenoiserManifest, length: number): Int32Array {
  const text = tokenizer.encode('const total = values.length;\nreturn total;\n');
  return Int32Array.from({ length }, (_, i) => text[i % text.length] ?? specialIds.pad);
}

/** Mean difference of log p of the likeliest tokens, asked for one by one, from what was told of them. */
async function difference(
  model: LoadedModel,
  look: Look,
  told: readonly Distribution[],
  signal?: AbortSignal,
): Promise<number> {
  const ranks = Math.min(COMPARED, ...told.map(({ ids }) => ids.length));
  let sum = 0;
  for (let rank = 0; rank < ranks; rank++) {
    const wanted = told.map(({ ids }) => ids[rank] as number);
    const [seen] = await model.look([{ ...look, wanted }], signal);
    told.forEach(({ logs }, i) => {
      sum += Math.abs((seen?.wanted[i] ?? Number.NaN) - (logs[rank] as number));
    });
  }
  const mean = sum / (ranks * told.length);
  return Number.isNaN(mean) ? Number.POSITIVE_INFINITY : mean;
}
