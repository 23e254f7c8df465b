/** Reads a model's folder as far as that goes without running the model: manifest, hashes, vocabulary. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { checkFields, type DenoiserManifest, MANIFEST, modelFault } from './manifest.ts';
import { type ReadTokenizer, readTokenizer } from './tokenizerFile.ts';

export interface ModelFolder extends ReadTokenizer {
  readonly folder: string;
  readonly manifest: DenoiserManifest;
  /** Of the model file. */
  readonly path: string;
}

const AGAIN = 'Copy the whole folder again, or export the model again.';

/**
 * `dataFolder` holds schemas/. Throws LodestoneError denoiserUnavailable that names the file and the field at fault; a manifest is
 * believed in nothing that can be looked up.
 */
export async function readModelFolder(folder: string, dataFolder: string): Promise<ModelFolder> {
  const manifest = await readManifest(folder, dataFolder);
  checkFields(manifest);
  await checkFile(folder, 'tokenizer', manifest.tokenizer);
  await checkFile(folder, 'model', manifest.model);
  const read = await readTokenizer(join(folder, manifest.tokenizer.file), manifest);
  return { ...read, folder, manifest, path: join(folder, manifest.model.file) };
}

async function readManifest(folder: string, dataFolder: string): Promise<DenoiserManifest> {
  const found = await stat(folder).catch(() => undefined);
  if (!found?.isDirectory())
    throw modelFault(
      folder,
      'there is no such folder.',
      'Name a folder with manifest.json, or none for the shipped model.',
    );
  const text = await readFile(join(folder, MANIFEST), 'utf8').catch((cause: unknown) => {
    throw modelFault(join(folder, MANIFEST), 'the file cannot be read.', AGAIN, cause);
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw modelFault(join(folder, MANIFEST), `this is no JSON: ${(cause as Error).message}.`, AGAIN, cause);
  }
  const schema = await readFile(join(dataFolder, 'schemas/denoiser-manifest.schema.json'), 'utf8');
  const validate = new Ajv2020({ strict: false }).compile<DenoiserManifest>(JSON.parse(schema) as object);
  if (validate(value)) return value;
  const error = validate.errors?.[0];
  const field = error?.instancePath.slice(1).replaceAll('/', '.') || 'the file';
  const unknown = error?.params['additionalProperty'] ? ` (${String(error.params['additionalProperty'])})` : '';
  throw modelFault(
    join(folder, MANIFEST),
    `${field} ${error?.message ?? 'is not valid'}${unknown}.`,
    'Correct the field as schemas/denoiser-manifest.schema.json describes it, or export the model again.',
  );
}

async function checkFile(
  folder: string,
  field: 'model' | 'tokenizer',
  { file, bytes, sha256 }: DenoiserManifest['tokenizer'],
): Promise<void> {
  const path = join(folder, file);
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) throw modelFault(path, `the file of "${field}" is missing.`, AGAIN);
  if (found.size !== bytes)
    throw modelFault(path, `it has ${found.size} bytes, ${field}.bytes of ${MANIFEST} says ${bytes}.`, AGAIN);
  if ((await hashOf(path)) !== sha256)
    throw modelFault(path, `its SHA-256 is not ${field}.sha256 of ${MANIFEST}: it is another file, or damaged.`, AGAIN);
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
