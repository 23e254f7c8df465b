/** Which sampling options a request gets: its own, else the environment's, else the settings', else those of the preset. */
import { LodestoneError } from '../../base/errors.ts';
import { OF_PRESET, OF_PRESET_NUMBER, SETTINGS, type Setting, type SettingId } from '../settings.ts';
import type { InfillSampling } from './infill.ts';
import { DEFAULT_PRESET, PRESET_VALUES, PRESETS, type Preset, type PresetName, samplingOf } from './presets.ts';
import { SAMPLERS, type SamplingOptions } from './sampler.ts';
import { SCHEDULES } from './schedule.ts';

export interface ResolvedSampling {
  readonly preset: PresetName;
  /** The preset's values with what was chosen in their place. */
  readonly values: Preset;
  readonly sampling: SamplingOptions;
}

export type Environment = Readonly<Record<string, string | undefined>>;
export type SettingValues = Readonly<Partial<Record<SettingId, unknown>>>;

/** Variables of the environment, each for the setting of the same name: `LODESTONE_INFILL_STEPS`. */
const PREFIX = 'LODESTONE_INFILL_';

/** Not the confidence from which on an answer is shown. */
const COMMIT_THRESHOLD = 'commitThreshold';

type Field = keyof InfillSampling | 'threshold';
/** Chooses where neither request, environment nor settings name a preset (BD14). */
type Choose = () => PresetName;

const WORDS: Partial<Record<Field, readonly string[]>> = {
  preset: ['auto', ...PRESETS],
  schedule: [OF_PRESET, ...SCHEDULES],
  sampler: [OF_PRESET, ...SAMPLERS],
};

interface Bounds {
  readonly least: number;
  readonly most: number;
  readonly whole?: boolean;
}

/** `steps` 1000 is ten times the source's most; guidance beyond 20 leaves nothing of the model. */
const NUMBERS: Partial<Record<Field, Bounds>> = {
  steps: { least: 1, most: 1000, whole: true },
  guidance: { least: 0, most: 20 },
  temperature: { least: 0, most: 2 },
  threshold: { least: 0, most: 1 },
  seed: { least: 0, most: 4_294_967_295, whole: true },
};

/**
 * Field by field: request > environment > settings > preset. The preset itself is found the same way; where all leave it at 'auto' it is
 * `choose`'s. Throws `badArguments` that names the variable or setting and what it may be.
 */
export function resolveSampling(
  request: InfillSampling = {},
  environment: Environment = {},
  settings: SettingValues = {},
  choose: Choose = () => DEFAULT_PRESET,
): ResolvedSampling {
  const pick = (field: Field): string | number | undefined => {
    const own = field === 'threshold' ? undefined : request[field];
    if (own !== undefined) return checked(field, own, `The request's ${field}`);
    const name = field === 'threshold' ? COMMIT_THRESHOLD : field;
    const variable = PREFIX + name.replace(/[A-Z]/g, '_$&').toUpperCase();
    const text = environment[variable]?.trim();
    if (text) return checked(field, field in NUMBERS ? Number(text) : text, variable);
    const id = `lodestone.infill.${name}` as SettingId;
    const value = settings[id] ?? defaultOf(id);
    return value === OF_PRESET_NUMBER && field !== 'seed' ? undefined : checked(field, value as string | number, id);
  };
  const named = pick('preset');
  const preset = named === undefined || named === 'auto' ? choose() : (named as PresetName);
  const chosen = Object.fromEntries(
    (['schedule', 'sampler', 'steps', 'guidance', 'temperature', 'threshold'] as const).flatMap((field) => {
      const value = pick(field);
      return value === undefined ? [] : [[field, value]];
    }),
  ) as Partial<Preset>;
  const values = { ...PRESET_VALUES[preset], ...chosen };
  return { preset, values, sampling: samplingOf(values, (pick('seed') as number | undefined) ?? 0) };
}

/** Undefined where the value is left to the preset. */
function checked(field: Field, value: string | number, where: string): string | number | undefined {
  const words = WORDS[field];
  if (words) {
    if (typeof value === 'string' && words.includes(value)) return value === OF_PRESET ? undefined : value;
    throw wrong(where, value, `one of ${words.join(', ')}`);
  }
  const { least, most, whole = false } = NUMBERS[field] as Bounds;
  if (typeof value === 'number' && value >= least && value <= most && (!whole || Number.isInteger(value))) return value;
  throw wrong(where, value, `a ${whole ? 'whole ' : ''}number from ${least} to ${most}`);
}

function wrong(where: string, value: unknown, allowed: string): LodestoneError {
  const shown = typeof value === 'number' && Number.isNaN(value) ? 'no number' : JSON.stringify(value);
  return new LodestoneError('badArguments', `${where} is ${shown}; it must be ${allowed}.`, {
    advice: `Make it ${allowed}, or leave it away.`,
    args: { where },
  });
}

function defaultOf(id: SettingId): Setting['default'] | undefined {
  return (SETTINGS as readonly Setting[]).find((setting) => setting.id === id)?.default;
}
