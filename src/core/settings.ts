/** Every setting: id, type, default, section. A test compares this list with package.json. */
import { PRESETS } from './infill/presets.ts';
import { SAMPLERS } from './infill/sampler.ts';
import { SCHEDULES } from './infill/schedule.ts';

export interface Setting {
  readonly id: string;
  readonly section: 'general' | 'completion' | 'model' | 'mining' | 'healing' | 'infill' | 'advanced' | 'agents';
  readonly type: 'boolean' | 'number' | 'string' | 'array';
  readonly default: boolean | number | string | readonly string[];
  /**
   * 'machine' settings cannot be set by a workspace: tool paths, auto-apply, the model's server. 'language-overridable' ones
   * can be set for a folder and within `"[python]": {}`.
   */
  readonly scope: 'machine' | 'resource' | 'window' | 'language-overridable';
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
}

/** Of settings that leave a value to the preset: what says so, as a word and as a number. */
export const OF_PRESET = 'preset';
export const OF_PRESET_NUMBER = -1;

export const SETTINGS = [
  { id: 'lodestone.mining.onOpen', section: 'general', type: 'boolean', default: true, scope: 'window' },
  {
    id: 'lodestone.completion.enabled',
    section: 'completion',
    type: 'boolean',
    default: true,
    scope: 'language-overridable',
  },
  {
    id: 'lodestone.completion.trigger',
    section: 'completion',
    type: 'string',
    default: 'automatic',
    enum: ['automatic', 'manual'],
    scope: 'window',
  },
  { id: 'lodestone.completion.disabledFiles', section: 'completion', type: 'array', default: [], scope: 'resource' },
  {
    id: 'lodestone.completion.pauseOnBattery',
    section: 'completion',
    type: 'boolean',
    default: false,
    scope: 'window',
  },
  {
    id: 'lodestone.completion.latencyBudget',
    section: 'completion',
    type: 'number',
    default: 1500,
    minimum: 0,
    maximum: 60_000,
    scope: 'resource',
  },
  {
    id: 'lodestone.completion.apiHitRate',
    section: 'completion',
    type: 'number',
    default: 0.5,
    minimum: 0,
    maximum: 1,
    scope: 'resource',
  },
  { id: 'lodestone.completion.showUnsure', section: 'completion', type: 'boolean', default: false, scope: 'resource' },
  {
    id: 'lodestone.model.name',
    section: 'model',
    type: 'string',
    default: 'qwen2.5-coder:1.5b-base',
    scope: 'resource',
  },
  { id: 'lodestone.model.endpoint', section: 'model', type: 'string', default: '', scope: 'machine' },
  {
    id: 'lodestone.mining.maxFileKilobytes',
    section: 'mining',
    type: 'number',
    default: 1024,
    minimum: 16,
    maximum: 16384,
    scope: 'resource',
  },
  {
    id: 'lodestone.mining.threads',
    section: 'mining',
    type: 'number',
    default: 0,
    minimum: 0,
    maximum: 16,
    scope: 'machine',
  },
  { id: 'lodestone.healing.python', section: 'healing', type: 'string', default: '', scope: 'machine' },
  { id: 'lodestone.healing.runTests', section: 'healing', type: 'boolean', default: false, scope: 'resource' },
  {
    id: 'lodestone.healing.budgetSeconds',
    section: 'healing',
    type: 'number',
    default: 20,
    minimum: 1,
    maximum: 600,
    scope: 'resource',
  },
  {
    id: 'lodestone.healing.autoApplyBelowRisk',
    section: 'healing',
    type: 'number',
    default: 0,
    minimum: 0,
    maximum: 1,
    scope: 'machine',
  },
  {
    id: 'lodestone.infill.candidates',
    section: 'infill',
    type: 'number',
    default: 3,
    minimum: 1,
    maximum: 3,
    scope: 'resource',
  },
  { id: 'lodestone.infill.showDenoising', section: 'infill', type: 'boolean', default: true, scope: 'resource' },
  // A model is run: no repository names it.
  { id: 'lodestone.infill.denoiser', section: 'infill', type: 'string', default: '', scope: 'machine' },
  {
    id: 'lodestone.infill.preset',
    section: 'infill',
    type: 'string',
    default: 'auto',
    enum: ['auto', ...PRESETS],
    scope: 'resource',
  },
  {
    id: 'lodestone.infill.schedule',
    section: 'infill',
    type: 'string',
    default: OF_PRESET,
    enum: [OF_PRESET, ...SCHEDULES],
    scope: 'resource',
  },
  {
    id: 'lodestone.infill.sampler',
    section: 'infill',
    type: 'string',
    default: OF_PRESET,
    enum: [OF_PRESET, ...SAMPLERS],
    scope: 'resource',
  },
  {
    id: 'lodestone.infill.steps',
    section: 'infill',
    type: 'number',
    default: OF_PRESET_NUMBER,
    minimum: OF_PRESET_NUMBER,
    maximum: 1000,
    scope: 'resource',
  },
  {
    id: 'lodestone.infill.guidance',
    section: 'infill',
    type: 'number',
    default: OF_PRESET_NUMBER,
    minimum: OF_PRESET_NUMBER,
    maximum: 20,
    scope: 'resource',
  },
  {
    id: 'lodestone.infill.temperature',
    section: 'infill',
    type: 'number',
    default: OF_PRESET_NUMBER,
    minimum: OF_PRESET_NUMBER,
    maximum: 2,
    scope: 'resource',
  },
  {
    id: 'lodestone.infill.commitThreshold',
    section: 'infill',
    type: 'number',
    default: OF_PRESET_NUMBER,
    minimum: OF_PRESET_NUMBER,
    maximum: 1,
    scope: 'resource',
  },
  {
    id: 'lodestone.infill.seed',
    section: 'infill',
    type: 'number',
    default: 0,
    minimum: 0,
    maximum: 4_294_967_295,
    scope: 'resource',
  },
  {
    id: 'lodestone.advanced.logLevel',
    section: 'advanced',
    type: 'string',
    default: 'info',
    enum: ['debug', 'info', 'warn', 'error'],
    scope: 'window',
  },
  // Machine settings, so that no repository can open itself to an agent.
  { id: 'lodestone.tools.enabled', section: 'agents', type: 'boolean', default: false, scope: 'machine' },
  { id: 'lodestone.mcp.enabled', section: 'agents', type: 'boolean', default: false, scope: 'machine' },
] as const satisfies readonly Setting[];

export type SettingId = (typeof SETTINGS)[number]['id'];
