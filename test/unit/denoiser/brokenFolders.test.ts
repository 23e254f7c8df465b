/** Folders that are no model, and manifests that lie: each is told by file and field, and nothing crashes. */
import { strict as assert } from 'node:assert';
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LodestoneError } from '../../../src/base/errors.ts';
import { loadDenoiser } from '../../../src/node/denoiser/loadDenoiser.ts';
import { needs } from '../../missing.ts';
import { dataFolder, layoutFolder, makeLayouts, shippedFolder } from './fixtures.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests write anything into a manifest
type Manifest = any;

describe('broken model folders', function () {
  this.timeout(120_000);
  const made: string[] = [];
  after(() => {
    for (const folder of made) rmSync(folder, { recursive: true, force: true });
  });

  /** A copy of a model's folder with something changed in it. */
  function copyOf(source: string, change: (folder: string) => void): string {
    const folder = mkdtempSync(join(tmpdir(), 'lodestone-model-'));
    made.push(folder);
    cpSync(source, folder, { recursive: true });
    change(folder);
    return folder;
  }

  function edit(folder: string, change: (manifest: Manifest) => void): void {
    const path = join(folder, 'manifest.json');
    const manifest = JSON.parse(readFileSync(path, 'utf8')) as Manifest;
    change(manifest);
    writeFileSync(path, JSON.stringify(manifest));
  }

  /** The error; where there is none the folder was believed. */
  async function refusal(folder: string, freeBytes = 2 ** 40): Promise<LodestoneError> {
    try {
      await loadDenoiser({ folder, dataFolder, threads: 1, freeBytes: () => freeBytes });
    } catch (error) {
      assert.equal((error as LodestoneError).code, 'denoiserUnavailable', String(error));
      assert.ok((error as LodestoneError).advice, `advice for: ${(error as Error).message}`);
      return error as LodestoneError;
    }
    return assert.fail('the folder was believed');
  }

  const files: [string, (folder: string) => void, RegExp][] = [
    ['no manifest', (folder) => rmSync(join(folder, 'manifest.json')), /manifest\.json: the file cannot be read/],
    [
      'half a manifest',
      (folder) => truncateSync(join(folder, 'manifest.json'), 100),
      /manifest\.json: this is no JSON/,
    ],
    ['no model', (folder) => rmSync(join(folder, 'model.onnx')), /model\.onnx: the file of "model" is missing/],
    ['half a model', (folder) => truncateSync(join(folder, 'model.onnx'), 1e6), /model\.onnx: it has 1000000 bytes/],
    [
      'another model of the same size',
      (folder) => {
        const bytes = readFileSync(join(folder, 'model.onnx'));
        bytes[bytes.length - 100] = 255 - (bytes[bytes.length - 100] as number);
        writeFileSync(join(folder, 'model.onnx'), bytes);
      },
      /model\.onnx: its SHA-256 is not model\.sha256/,
    ],
    [
      'a model that is none',
      (folder) => {
        const bytes = Buffer.from('this is no graph');
        writeFileSync(join(folder, 'model.onnx'), bytes);
        edit(folder, (manifest) => describeFile(manifest.model, bytes));
      },
      /model\.onnx: onnxruntime cannot open it/,
    ],
    [
      'a tokenizer that is none',
      (folder) => {
        const bytes = Buffer.from('{"model": {"type": "BPE"}}');
        writeFileSync(join(folder, 'tokenizer.json'), bytes);
        edit(folder, (manifest) => describeFile(manifest.tokenizer, bytes));
      },
      /tokenizer\.json: this is no tokenizer that can be read/,
    ],
  ];
  for (const [what, change, message] of files)
    it(`tells ${what}`, async () => assert.match((await refusal(copyOf(shippedFolder, change))).message, message));

  const lies: [string, (manifest: Manifest) => void, RegExp][] = [
    ['an unknown field', (manifest) => Object.assign(manifest, { colour: 'red' }), /additional properties \(colour\)/],
    ['a field that is missing', (manifest) => delete manifest.vocabulary, /required property 'vocabulary'/],
    [
      'a field of another type',
      (manifest) => Object.assign(manifest, { maxLength: '384' }),
      /maxLength must be integer/,
    ],
    [
      'a path out of the folder',
      (manifest) => Object.assign(manifest.model, { file: '../model.onnx' }),
      /model\.file must match/,
    ],
    [
      'ids beyond the vocabulary',
      (manifest) => Object.assign(manifest.row.near, { id: 9999 }),
      /row\.near\.id is 9999/,
    ],
    [
      'a vocabulary that is too small',
      (manifest) => Object.assign(manifest, { vocabulary: 4000 }),
      /tokenizer\.json: it has token 4095/,
    ],
    [
      'a missing special token',
      (manifest) => edit8192(manifest),
      /tokenizer\.json: it has no token 8000, which is specialIds\.hole/,
    ],
    [
      'a pattern that is none',
      (manifest) => Object.assign(manifest.lengthHead.kinds[3], { nodeTypes: '(' }),
      /lengthHead\.kinds\.3\.nodeTypes/,
    ],
    [
      'an input that is not there',
      (manifest) => Object.assign(manifest.inputs, { ids: 'tokens' }),
      /no input "tokens", which is inputs\.ids/,
    ],
    [
      'an input that is not named',
      (manifest) => delete manifest.cache,
      /its input "past_ids" is not in manifest\.json|its input "past/,
    ],
    [
      'an output that is not there',
      (manifest) => Object.assign(manifest.outputs, { topIds: 'best' }),
      /no output "best", which is outputs\.topIds/,
    ],
    [
      'an output of another type',
      (manifest) => Object.assign(manifest.outputs, { topIds: 'top_logits' }),
      /"top_logits" \(outputs\.topIds .*float32, not int64/,
    ],
    [
      'too many layers',
      (manifest) => Object.assign(manifest.cache, { layers: 7 }),
      /no input "past_key\.6", which is cache\.pastKey/,
    ],
    ['another width', (manifest) => Object.assign(manifest.cache, { width: 128 }), /onnxruntime failed|"key\.0"/],
    [
      'another pointer width',
      (manifest) => Object.assign(manifest.cache, { pointerWidth: 32 }),
      /onnxruntime failed|"pointer"/,
    ],
    [
      'more bins than there are',
      (manifest) => Object.assign(manifest.lengthHead, { bins: 99 }),
      /"length_logits" is float32 1 × 4 × 64/,
    ],
    [
      'another halo',
      (manifest) => Object.assign(manifest, { halo: 1 }),
      /onnxruntime failed|changes its answers|no numbers/,
    ],
    ['a longer row than it can take', (manifest) => Object.assign(manifest, { maxLength: 4096 }), /maxLength/],
    ['keys taken for values', (manifest) => swapKeys(manifest), /what it remembers changes its answers/],
    [
      'tokens and logits that are swapped',
      (manifest) => swapSums(manifest),
      /contradict|no numbers|"log_sum_exp"|float32/,
    ],
    ['a cache without padding', (manifest) => delete manifest.cache.pastIds, /cache needs cache\.pastIds or/],
  ];
  for (const [what, change, message] of lies)
    it(`finds ${what}`, async () => {
      const folder = copyOf(shippedFolder, (copy) => edit(copy, change));
      assert.match((await refusal(folder)).message, message);
    });

  it('refuses a model that is larger than the free memory', async () => {
    const error = await refusal(shippedFolder, 5e6);
    assert.match(error.message, /the model has 6 MB, and 5 MB of memory are free/);
    assert.match(error.advice ?? '', /smaller model/);
  });

  it('finds lies about models of others', async function () {
    needs(this, await makeLayouts(), 'PyTorch with training/requirements.txt');
    const vocabulary = copyOf(layoutFolder('dream'), (copy) =>
      edit(copy, (manifest) => Object.assign(manifest, { vocabulary: 400 })),
    );
    assert.match(
      (await refusal(vocabulary)).message,
      /its output "logits" is float32 1 × 24 × 320, but .* 1 × 24 × 400/,
    );
    const returns = copyOf(layoutFolder('llada-cached'), (copy) => edit(copy, (manifest) => swapKeys(manifest)));
    assert.match((await refusal(returns)).message, /what it remembers changes its answers/);
    const length = copyOf(layoutFolder('llada'), (copy) =>
      edit(copy, (manifest) => Object.assign(manifest, { maxLength: 9999 })),
    );
    assert.match((await refusal(length)).message, /maxLength/);
  });
});

function describeFile(entry: Manifest, bytes: Buffer): void {
  Object.assign(entry, { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') });
}

function edit8192(manifest: Manifest): void {
  manifest.vocabulary = 8192;
  manifest.specialIds.hole = 8000;
}

function swapKeys(manifest: Manifest): void {
  const { cache } = manifest;
  [cache.key, cache.value] = [cache.value, cache.key];
}

function swapSums(manifest: Manifest): void {
  const { outputs } = manifest;
  [outputs.logSumExp, outputs.topLogits] = [outputs.topLogits, outputs.logSumExp];
}
