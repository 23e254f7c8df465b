/** Where generated code came from, complete enough to draw the same sample again, and what became of it; presets compared by it. */
import { median } from '../../../base/statistics.ts';
import { wilsonInterval } from '../../mining/wilson.ts';
import type { Span } from '../../syntax/facts.ts';
import type { InfillCandidate, InfillMeta, InfillReport } from '../infill.ts';
import type { MaskUnit } from '../masker.ts';
import { PRESETS, type PresetName } from '../presets.ts';
import type { ProposalSource } from '../proposal.ts';

/** `proposed`: nobody has decided yet. `regressed`: applied, and taken back since tools or tests fared worse. `failed`: nothing was generated. */
export const OUTCOMES = ['proposed', 'accepted', 'rejected', 'regressed', 'failed'] as const;
export type ProvenanceOutcome = (typeof OUTCOMES)[number];

/** One sample of one masked span. */
export interface Provenance extends InfillMeta {
  /** Names the sample in the store. */
  readonly id: string;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly path: string;
  readonly symbol: string;
  readonly unit: MaskUnit;
  readonly span: Span;
  /** SHA-256 (hex) of the file's bytes on disk, of the sample's text, and of the plan as JSON with sorted keys ('' without a plan). */
  readonly fileHash: string;
  readonly textHash: string;
  readonly planHash: string;
  readonly source: ProposalSource;
  readonly from: string;
  readonly confidence: number;
  readonly risk: number;
  readonly canApply: boolean;
  /** Name → version of what took part: the engine, Node, and each tool that validated. */
  readonly tools: Readonly<Record<string, string>>;
}

/** Of a candidate shown outside a plan, as the report gave it; or a decision about samples that were recorded when they were built. */
export type RecordInfillRequest = { readonly outcome: ProvenanceOutcome } & (
  | { readonly ids: readonly string[] }
  | {
      readonly path: string;
      readonly report: Pick<InfillReport, 'span' | 'unit' | 'symbol'>;
      readonly candidate: InfillCandidate;
    }
);

/** As the store gives it back. */
export interface ProvenanceRecord extends Provenance {
  readonly outcome: ProvenanceOutcome;
  /** ISO 8601; '' while nobody has decided. */
  readonly decidedAt: string;
}

/** One preset's samples; intervals are Wilson's at 95 %, over the [0, 1] where nothing was counted. */
export interface PresetFigures {
  readonly preset: PresetName;
  readonly samples: number;
  /** Samples somebody decided on: accepted, rejected or regressed. */
  readonly decided: number;
  readonly accepted: number;
  readonly acceptedInterval: Interval;
  readonly regressed: number;
  readonly regressedInterval: Interval;
  readonly canApply: number;
  readonly canApplyInterval: Interval;
  /** Medians; 0 without samples. */
  readonly ms: number;
  readonly msOwn: number;
  readonly confidence: number;
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

export interface PresetComparison {
  readonly presets: readonly PresetFigures[];
  /** The preset with the significantly larger share of accepted samples than every other one that was decided on; null: none. */
  readonly best: PresetName | null;
  /** Samples that no denoiser had a part in say nothing of a preset: they are counted here alone. */
  readonly withoutDenoiser: number;
}

/** A/B comparison: presets that were never used are left out. */
export function comparePresets(records: readonly ProvenanceRecord[]): PresetComparison {
  const sampled = records.filter(({ sha256, source }) => sha256 !== null && source !== 'model' && source !== 'nearest');
  const presets = PRESETS.map((preset) => figuresOf(preset, sampled)).filter(({ samples }) => samples > 0);
  const judged = presets.filter(({ decided }) => decided > 0);
  const [first, ...rest] = [...judged].sort((a, b) => b.acceptedInterval.low - a.acceptedInterval.low);
  const isBest =
    first !== undefined &&
    rest.length > 0 &&
    rest.every((one) => one.acceptedInterval.high < first.acceptedInterval.low);
  return { presets, best: isBest ? first.preset : null, withoutDenoiser: records.length - sampled.length };
}

/** What the choice of a preset goes by. */
export function acceptanceOf(
  records: readonly ProvenanceRecord[],
): Partial<Record<PresetName, { accepted: number; judged: number }>> {
  const { presets } = comparePresets(records);
  return Object.fromEntries(presets.map(({ preset, accepted, decided }) => [preset, { accepted, judged: decided }]));
}

function figuresOf(preset: PresetName, records: readonly ProvenanceRecord[]): PresetFigures {
  const own = records.filter((record) => record.preset === preset);
  const count = (is: (record: ProvenanceRecord) => boolean) => own.filter(is).length;
  const accepted = count(({ outcome }) => outcome === 'accepted');
  const regressed = count(({ outcome }) => outcome === 'regressed');
  const decided = accepted + regressed + count(({ outcome }) => outcome === 'rejected');
  const canApply = count((record) => record.canApply);
  return {
    ...{ preset, samples: own.length, decided },
    ...{ accepted, acceptedInterval: wilsonInterval(accepted, decided) },
    ...{ regressed, regressedInterval: wilsonInterval(regressed, decided) },
    ...{ canApply, canApplyInterval: wilsonInterval(canApply, own.length) },
    ms: median(own.map(({ msModel, msOwn }) => msModel + msOwn)),
    msOwn: median(own.map(({ msOwn }) => msOwn)),
    confidence: median(own.map(({ confidence }) => confidence)),
  };
}

/** JSON whose keys are sorted at every depth: the same value gives the same text. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((each) => canonicalJson(each ?? null)).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  const sorted = entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${sorted.map(([key, each]) => `${JSON.stringify(key)}:${canonicalJson(each)}`).join(',')}}`;
}
