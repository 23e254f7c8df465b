/** tokenizer.json of the library `tokenizers`, with special tokens that are never read out of a text. */
import { readFile } from 'node:fs/promises';
import { Tokenizer as FileTokenizer } from '@huggingface/tokenizers';
import { LruMap } from '../../base/lru.ts';
import type { Tokenizer } from '../../core/infill/row.ts';
import { type DenoiserManifest, MANIFEST, modelFault } from './manifest.ts';

interface TokenizerJson {
  readonly added_tokens?: readonly { readonly id: number; readonly content: string }[];
  readonly model?: { readonly vocab?: Readonly<Record<string, number>> };
}

const AGAIN = 'Copy the tokenizer.json that belongs to the model, or export the model again.';

/** Texts whose tokens are kept: those around a hole are asked for again with each length. */
const KEPT_TEXTS = 64;

export interface ReadTokenizer {
  readonly tokenizer: Tokenizer;
  /** Ids that stand for no text: those of the manifest, and those that the tokenizer calls special. */
  readonly specials: ReadonlySet<number>;
}

/** Throws LodestoneError denoiserUnavailable where it is none, or does not fit the manifest. */
export async function readTokenizer(path: string, manifest: DenoiserManifest): Promise<ReadTokenizer> {
  let json: TokenizerJson;
  let library: FileTokenizer;
  try {
    json = JSON.parse(await readFile(path, 'utf8')) as TokenizerJson;
    // Without its list of special tokens the library cuts text that looks like one as it cuts other text.
    library = new FileTokenizer({ ...json, added_tokens: [] }, {});
    library.encode('a', { add_special_tokens: false });
  } catch (cause) {
    throw modelFault(path, `this is no tokenizer that can be read: ${(cause as Error).message}.`, AGAIN, cause);
  }
  const known = new Set(Object.values(json.model?.vocab ?? {}));
  for (const { id } of json.added_tokens ?? []) known.add(id);
  const largest = Math.max(...known);
  if (largest >= manifest.vocabulary)
    throw modelFault(
      path,
      `it has token ${largest}, "vocabulary" of ${MANIFEST} allows ids below ${manifest.vocabulary}.`,
      AGAIN,
    );
  for (const [role, id] of Object.entries(manifest.specialIds))
    if (!known.has(id))
      throw modelFault(path, `it has no token ${id}, which is specialIds.${role} of ${MANIFEST}.`, AGAIN);
  const kept = new LruMap<string, readonly number[]>(KEPT_TEXTS);
  const tokenizer: Tokenizer = {
    encode(text) {
      const before = kept.get(text);
      if (before) return before;
      const ids = text === '' ? [] : library.encode(text, { add_special_tokens: false }).ids;
      kept.set(text, ids);
      return ids;
    },
    decode: (ids) => (ids.length === 0 ? '' : library.decode([...ids], DECODING)),
  };
  const { row } = manifest;
  const specials = new Set([
    ...Object.values(manifest.specialIds),
    ...Object.values(row?.languages ?? {}),
    ...[row?.intent, row?.consider, row?.near, row?.code].flatMap((section) => (section ? [section.id] : [])),
    ...(json.added_tokens ?? []).map(({ id }) => id),
  ]);
  return { tokenizer, specials };
}

const DECODING = { skip_special_tokens: false, clean_up_tokenization_spaces: false };
