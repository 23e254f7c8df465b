/** manifest.json of a model's folder: its shape, and what a schema cannot say of it. */
import { LodestoneError } from '../../base/errors.ts';
import type { RowLayout } from '../../core/infill/row.ts';

interface ModelFile {
  readonly file: string;
  readonly sha256: string;
  readonly bytes: number;
}

/** As src/data/schemas/denoiser-manifest.schema.json describes it. */
export interface DenoiserManifest extends RowLayout {
  readonly name: string;
  readonly licence: string;
  readonly model: ModelFile & { readonly precision?: string; readonly parameters?: number };
  readonly tokenizer: ModelFile & { readonly spaceBelongsToNextToken?: boolean };
  readonly vocabulary: number;
  readonly logitShift: boolean;
  readonly specialIds: { readonly mask: number; readonly pad: number; readonly [role: string]: number };
  readonly lengthHead?: {
    readonly output: string;
    readonly bins: number;
    readonly kinds: readonly { readonly name: string; readonly nodeTypes: string }[];
  };
  readonly inputs: ManifestInputs;
  readonly halo?: number;
  readonly outputs: { readonly logits: string } | PickedOutputs;
  readonly cache?: ManifestCache;
}

export interface ManifestInputs {
  readonly ids: string;
  readonly positions?: string;
  readonly attentionMask?: string;
  readonly maskPositions?: string;
  readonly candidates?: string;
  readonly kinds?: string;
}

/** What the graph picks of the vocabulary by itself. */
export interface PickedOutputs {
  readonly logSumExp: string;
  readonly topIds: string;
  readonly topLogits: string;
  readonly candidateLogits?: string;
}

export interface ManifestCache {
  readonly layers: number;
  readonly layout: 'batch,length,width' | 'batch,heads,length,size';
  readonly width?: number;
  readonly heads?: number;
  readonly size?: number;
  readonly returns: 'active' | 'all';
  readonly pastKey: string;
  readonly pastValue: string;
  readonly key: string;
  readonly value: string;
  readonly pastIds?: string;
  readonly pastPointer?: string;
  readonly pointer?: string;
  readonly pointerWidth?: number;
}

/** A fault of a model's folder, as the state of the denoiser tells it. */
export function modelFault(file: string, what: string, advice: string, cause?: unknown): LodestoneError {
  return new LodestoneError('denoiserUnavailable', `${file}: ${what}`, { advice, cause });
}

export const MANIFEST = 'manifest.json';
const CORRECT = 'Correct the manifest, or export the model again.';

/** What fields say of each other. Throws LodestoneError denoiserUnavailable naming the field. */
export function checkFields(manifest: DenoiserManifest): void {
  const fault = (what: string) => {
    throw modelFault(MANIFEST, what, CORRECT);
  };
  const { vocabulary, specialIds, row, cache, inputs, outputs, lengthHead } = manifest;
  const ids: [string, number][] = Object.entries(specialIds).map(([role, id]) => [`specialIds.${role}`, id]);
  for (const [language, id] of Object.entries(row?.languages ?? {})) ids.push([`row.languages.${language}`, id]);
  for (const section of ['intent', 'consider', 'near', 'code'] as const)
    if (row?.[section]) ids.push([`row.${section}.id`, row[section].id]);
  for (const [field, id] of ids)
    if (id >= vocabulary) fault(`${field} is ${id}, but ids are below "vocabulary", ${vocabulary}.`);
  if (specialIds.mask === specialIds.pad) fault('specialIds.mask and specialIds.pad are the same token.');
  if ('topIds' in outputs && !inputs.maskPositions) fault('outputs.topIds needs inputs.maskPositions.');
  if ('topIds' in outputs && !outputs.candidateLogits !== !inputs.candidates)
    fault('outputs.candidateLogits and inputs.candidates belong together.');
  if ('topIds' in outputs && !inputs.candidates) fault('outputs.topIds needs inputs.candidates, for scoring.');
  if ('topIds' in outputs && manifest.logitShift) fault('logitShift is for graphs that return "logits".');
  if (lengthHead && !inputs.kinds) fault('lengthHead needs inputs.kinds.');
  if (lengthHead && !('topIds' in outputs)) fault('lengthHead is for graphs that return "topIds".');
  for (const [i, { nodeTypes }] of (lengthHead?.kinds ?? []).entries())
    if (!isPattern(nodeTypes)) fault(`lengthHead.kinds.${i}.nodeTypes is no regular expression.`);
  if (!cache) return;
  if (cache.layout === 'batch,length,width' && !cache.width)
    fault('cache.layout "batch,length,width" needs cache.width.');
  if (cache.layout === 'batch,heads,length,size' && !(cache.heads && cache.size))
    fault('cache.layout "batch,heads,length,size" needs cache.heads and cache.size.');
  if (!cache.pastPointer !== !cache.pointer || !cache.pointer !== !cache.pointerWidth)
    fault('cache.pointer, cache.pastPointer and cache.pointerWidth belong together.');
  if (!inputs.positions) fault('cache needs inputs.positions.');
  if (!cache.pastIds && !inputs.attentionMask) fault('cache needs cache.pastIds or inputs.attentionMask, for padding.');
}

function isPattern(source: string): boolean {
  try {
    return Boolean(new RegExp(source));
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
