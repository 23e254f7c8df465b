/** Families of code models: what src/data/models says of them, and which of them a model belongs to. */
import type { Catalog } from '../../catalog/catalog.ts';
import type { ModelDescription } from '../../ports.ts';

/** One file of src/data/models (schema: src/data/schemas/catalog/models.json). */
export interface ModelFamily {
  readonly id: string;
  readonly title: string;
  /** Regular expressions, one of which the model's name begins with. */
  readonly names: readonly string[];
  readonly architecture: string;
  readonly source: string;
  /** With {repository}, {files}, {path}, {prefix} and {suffix} in the model's own order. */
  readonly prompt: string;
  /** The same where no other file is shown; absent: as with them. */
  readonly alone?: string;
  /** With {name}; absent where the family has no token for it. */
  readonly repository?: string;
  /** With {path} and {text}. */
  readonly file: string;
  /** How those of the family that follow instructions are asked; `token` tells them by their template. */
  readonly chat?: { readonly prompt: string; readonly token: string };
  readonly stop: readonly string[];
  /** Tokens of the model's own. */
  readonly special: readonly string[];
  readonly contextTokens: number;
  readonly bytesPerToken: number;
}

export function familiesFrom(catalog: Catalog): ModelFamily[] {
  return catalog.of<ModelFamily>('models').map(({ value }) => value);
}

/**
 * The family of a model: by its name ("registry/folder/Qwen2.5-Coder:1.5b"), else by its architecture together with the
 * family's own tokens in its template. Undefined for a model that nobody here knows.
 */
export function familyOfModel(
  families: readonly ModelFamily[],
  model: string,
  description?: Pick<ModelDescription, 'architecture' | 'template'>,
): ModelFamily | undefined {
  const name = model.toLowerCase().split('/').at(-1) as string;
  const named = families.find(({ names }) => names.some((pattern) => new RegExp(`^(?:${pattern})`).test(name)));
  if (named || !description) return named;
  const { architecture, template } = description;
  return families.find(
    (family) =>
      family.architecture === architecture && tokensBesidesText(family).every((token) => template.includes(token)),
  );
}

/** The family's tokens that stand around prefix and suffix. */
function tokensBesidesText({ prompt, special }: ModelFamily): string[] {
  const fill = prompt.slice(Math.min(...['{prefix}', '{suffix}'].map((part) => prompt.indexOf(part))));
  return special.filter((token) => fill.includes(token));
}

/** Whether a model was trained to follow instructions: by its name, else by its template. */
export function followsInstructions(
  family: ModelFamily | undefined,
  model: string,
  { template }: Pick<ModelDescription, 'template'>,
): boolean {
  if (!family?.chat) return false;
  const name = model.toLowerCase().split('/').at(-1) as string;
  if (/(?:^|[-:_.])base\b/.test(name)) return false;
  return /(?:^|[-:_.])(?:instruct|chat)\b/.test(name) || template.includes(family.chat.token);
}
