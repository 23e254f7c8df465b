/** Which preset a request gets where nobody named one: by the target's size, the time there is, the device, and what was kept so far (BD14). */
import { wilsonInterval } from '../mining/wilson.ts';
import { PRESET_VALUES, type PresetName } from './presets.ts';

export interface Circumstances {
  /** Lexemes of what is masked or wanted; undefined where nobody knows. */
  readonly lexemes?: number;
  /** Milliseconds that the answer may take; undefined: as long as it takes. */
  readonly deadlineMs?: number;
  readonly device: 'cpu' | 'gpu';
  /** What people made of each preset's answers. */
  readonly acceptance?: Readonly<Partial<Record<PresetName, { readonly accepted: number; readonly judged: number }>>>;
}

/** From the cheapest to the dearest. The source's presets are taken only where somebody names them. */
const CHOICES = ['quick', 'standard', 'thorough'] as const;

/** Tokens a lexeme of code has with a vocabulary of 4,096 to 8,192. */
const TOKENS_PER_LEXEME = 1.6;
/** A line of unknown size. */
const USUAL_LEXEMES = 10;
/** Tokens committed together without much harm: two a step on average (diffusion.md: d3LLM 2.9, Fast-dLLM ≥ 2). */
const TOGETHER = 2;
/** One row of 384 tokens, int8, two cores, and on a GPU, where nobody measured it (diffusion.md §4). */
const MS_PER_PASS = { cpu: 40, gpu: 4 } as const;

/**
 * The cheapest preset that commits no more than two tokens a step (on a GPU the dearest, since it costs next to nothing); a cheaper one
 * where the deadline does not allow it; another one where people kept significantly more of its answers (95 % intervals apart).
 */
export function choosePreset({ lexemes, deadlineMs, device, acceptance = {} }: Circumstances): PresetName {
  const tokens = Math.max(1, Math.ceil((lexemes ?? USUAL_LEXEMES) * TOKENS_PER_LEXEME));
  const expectedMs = (name: PresetName): number => {
    const { steps, lengths, guidance } = PRESET_VALUES[name];
    const rows = (lexemes === undefined ? lengths : 1) * (guidance === 1 ? 1 : 2);
    return Math.min(steps, tokens) * rows * MS_PER_PASS[device];
  };
  const bySize =
    device === 'gpu'
      ? 'thorough'
      : (CHOICES.find((name) => tokens / PRESET_VALUES[name].steps <= TOGETHER) ?? 'thorough');
  const affordable = CHOICES.filter((name) => deadlineMs === undefined || expectedMs(name) <= deadlineMs);
  if (affordable.length === 0) return 'quick';
  const fits = affordable.includes(bySize) ? bySize : (affordable.at(-1) as PresetName);
  const share = (name: PresetName) => wilsonInterval(acceptance[name]?.accepted ?? 0, acceptance[name]?.judged ?? 0);
  const better = affordable
    .filter((name) => name !== fits && share(name).low > share(fits).high)
    .sort((a, b) => share(b).low - share(a).low)[0];
  return better ?? fits;
}
