/** Named sets of sampling options (BD1): the source's values, and our measured defaults beside them. */
import type { SamplerName, SamplingOptions } from './sampler.ts';
import type { ScheduleName } from './schedule.ts';

/** `fast` to `test`: the source's steps and guidance. `quick`, `standard`, `thorough`: what measured best here. */
export const PRESETS = ['quick', 'standard', 'thorough', 'fast', 'balanced', 'quality', 'test'] as const;
export type PresetName = (typeof PRESETS)[number];

export interface Preset {
  readonly sampler: SamplerName;
  readonly schedule: ScheduleName;
  readonly steps: number;
  readonly guidance: number;
  readonly temperature: number;
  readonly topP: number;
  readonly threshold?: number;
  readonly remask: number;
  /** Lengths that are denoised. */
  readonly lengths: number;
  /** Language model that stands in, where several are installed. */
  readonly fallbackModel: string;
}

/** The source sets steps, guidance (7.5 where a preset does not say) and temperature, and says nothing of top-p: nothing is cut off. */
const SOURCE = { temperature: 0.8, topP: 1, guidance: 7.5, remask: 0.1, lengths: 3 } as const;
const OURS = { temperature: 0, topP: 1, guidance: 1, remask: 0 } as const;

export const PRESET_VALUES: Readonly<Record<PresetName, Preset>> = {
  quick: {
    ...{ ...OURS, sampler: 'maxProbability', schedule: 'cosine', steps: 8, threshold: 0.9, lengths: 1 },
    fallbackModel: 'qwen2.5-coder:1.5b',
  },
  standard: {
    ...{ ...OURS, sampler: 'maxProbability', schedule: 'cosine', steps: 16, threshold: 0.9, lengths: 3 },
    fallbackModel: 'qwen2.5-coder:7b',
  },
  thorough: {
    ...{ ...OURS, sampler: 'maxProbability', schedule: 'cosine', steps: 64, lengths: 5 },
    fallbackModel: 'qwen2.5-coder:14b',
  },
  fast: {
    ...{ ...SOURCE, sampler: 'maxProbability', schedule: 'cosine', steps: 20, guidance: 5 },
    fallbackModel: 'qwen2.5-coder:1.5b',
  },
  balanced: {
    ...{ ...SOURCE, sampler: 'maxProbability', schedule: 'cosine', steps: 50 },
    fallbackModel: 'qwen2.5-coder:7b',
  },
  quality: {
    ...{ ...SOURCE, sampler: 'maxProbability', schedule: 'cosine', steps: 100, guidance: 10 },
    fallbackModel: 'qwen2.5-coder:14b',
  },
  test: {
    ...{ ...SOURCE, sampler: 'maxProbability', schedule: 'cosine', steps: 5 },
    fallbackModel: 'qwen2.5-coder:1.5b',
  },
};

export const DEFAULT_PRESET: PresetName = 'standard';

export function samplingOf(
  { sampler, schedule, steps, guidance, temperature, topP, threshold, remask }: Preset,
  seed: number,
): SamplingOptions {
  const common = { sampler, schedule, steps, guidance, temperature, topP, remask, seed };
  return threshold === undefined ? common : { ...common, threshold };
}
