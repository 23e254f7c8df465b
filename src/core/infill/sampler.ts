/** Reverse denoising: from masks to tokens, some in each step, by what a denoiser thinks of those that are left. */
import { throwIfAborted } from '../../base/errors.ts';
import { randomOf } from '../../base/random.ts';
import type { Distribution } from './distribution.ts';
import { drawn, entropyOf, guided, scaleAt, tempered } from './distribution.ts';
import { Schedule, type ScheduleName } from './schedule.ts';

/**
 * `ancestral`: every mask falls with the schedule's odds (Austin et al. 2021). The others commit the surest first: by the likeliest
 * token's probability, by its lead over the second, by the entropy (MaskGIT; Chang et al. 2022, Kim et al. 2025). `remasking` also takes
 * back committed tokens, those most that were least sure (ReMDM-conf; Wang et al. 2025, arXiv 2503.00307).
 */
export const SAMPLERS = ['ancestral', 'maxProbability', 'margin', 'entropy', 'remasking'] as const;
export type SamplerName = (typeof SAMPLERS)[number];

export interface SamplingOptions {
  readonly sampler: SamplerName;
  readonly schedule: ScheduleName;
  readonly steps: number;
  /** 1: the plain conditional. */
  readonly guidance: number;
  readonly temperature: number;
  readonly topP: number;
  readonly seed: number;
  /** Positions of a block, denoised from left to right; absent: all at once. */
  readonly block?: number;
  /** Whatever is surer than this is committed at once (Fast-dLLM; Wu et al. 2025, arXiv 2505.22618); absent: never. */
  readonly threshold?: number;
  /** Of `remasking`: the largest share of the committed that is taken back in a step. */
  readonly remask: number;
}

export interface Canvas {
  /** Tokens of the row; the ones at `holes` are masks. */
  readonly ids: Int32Array;
  /** Positions to fill, ascending. */
  readonly holes: readonly number[];
}

/** What a denoiser thinks of the asked positions of a row. `conditioned`: with intent and consider-block, or without. */
export type Ask = (
  ids: Int32Array,
  positions: readonly number[],
  conditioned: boolean,
) => Promise<readonly Distribution[]>;

export interface Sample {
  readonly ids: Int32Array;
  /** Probability that each hole's token had when it was committed. */
  readonly confidence: readonly number[];
  /** Forward passes, the unconditional ones among them. */
  readonly passes: number;
}

export interface StepReport {
  readonly step: number;
  readonly steps: number;
  readonly ids: Int32Array;
  readonly left: number;
}

export interface SamplingRun {
  readonly mask: number;
  readonly ask: Ask;
  /** A token that may not stand there is passed over for the next likely one. */
  readonly allows?: (ids: Int32Array, position: number, id: number) => boolean;
  readonly onStep?: (report: StepReport) => void;
  readonly signal?: AbortSignal;
}

interface Chosen {
  readonly hole: number;
  readonly id: number;
  readonly probability: number;
  readonly rank: number;
}

/** The same options and the same denoiser give the same tokens. Throws what the denoiser throws, and `cancelled`. */
export async function sample(canvas: Canvas, options: SamplingOptions, run: SamplingRun): Promise<Sample> {
  const state = new Sampling(canvas, options, run);
  const size = options.block ?? canvas.holes.length;
  for (let from = 0; from < canvas.holes.length; from += size) {
    const holes = canvas.holes.slice(from, from + size);
    const share = holes.length / canvas.holes.length;
    await state.fill(holes, Math.max(1, Math.round(options.steps * share)));
  }
  return state.result();
}

class Sampling {
  private readonly ids: Int32Array;
  private readonly sure = new Map<number, number>();
  private readonly random: () => number;
  private readonly schedule: Schedule;
  private passes = 0;

  constructor(
    private readonly canvas: Canvas,
    private readonly options: SamplingOptions,
    private readonly run: SamplingRun,
  ) {
    this.ids = Int32Array.from(canvas.ids);
    this.random = randomOf(options.seed);
    this.schedule = new Schedule(options.schedule);
  }

  async fill(holes: readonly number[], steps: number): Promise<void> {
    const { sampler, threshold } = this.options;
    const commits = this.schedule.commits(holes.length, steps);
    let target = 0;
    for (let step = 0; step < steps; step++) {
      throwIfAborted(this.run.signal);
      const left = holes.filter((hole) => this.ids[hole] === this.run.mask);
      if (left.length === 0) break;
      const chosen = await this.choose(left);
      const isLast = step === steps - 1;
      target += commits[step] as number;
      // What was taken back, or committed before its time, is made up for.
      const count = Math.max(0, target - (holes.length - left.length));
      const due = sampler === 'ancestral' ? this.fallen(chosen, step, steps) : this.surest(chosen, count);
      const surer = threshold === undefined ? [] : chosen.filter(({ probability }) => probability > threshold);
      for (const each of isLast ? chosen : new Set([...due, ...surer])) this.commit(each);
      if (sampler === 'remasking' && !isLast) this.takeBack(holes, step, steps);
      const masked = this.canvas.holes.filter((hole) => this.ids[hole] === this.run.mask).length;
      this.run.onStep?.({ step: step + 1, steps, ids: Int32Array.from(this.ids), left: masked });
    }
  }

  result(): Sample {
    const confidence = this.canvas.holes.map((hole) => this.sure.get(hole) ?? 0);
    return { ids: this.ids, confidence, passes: this.passes };
  }

  /** A token for each position that is left, and how sure it is. */
  private async choose(left: readonly number[]): Promise<Chosen[]> {
    const { guidance, temperature, topP, sampler } = this.options;
    const { ask, allows } = this.run;
    const committed = 1 - left.length / this.canvas.holes.length;
    const scale = scaleAt(guidance, committed);
    const conditional = await ask(this.ids, left, true);
    const unconditional = scale === 1 ? conditional : await ask(this.ids, left, false);
    this.passes += scale === 1 ? 1 : 2;
    return left.map((hole, i) => {
      const whole = guided(conditional[i] as Distribution, unconditional[i] as Distribution, scale);
      const possible = allows ? only(whole, (id) => allows(this.ids, hole, id)) : whole;
      const { id, log } = drawn(tempered(possible, temperature, topP), this.random());
      const own = possible.logs[possible.ids.indexOf(id)] ?? log;
      return { hole, id, probability: Math.exp(own), rank: rankOf(sampler, possible) };
    });
  }

  private surest(chosen: readonly Chosen[], count: number): Chosen[] {
    return [...chosen].sort((a, b) => b.rank - a.rank || a.hole - b.hole).slice(0, count);
  }

  /** Each mask falls with (α_s - α_t) / (1 - α_t), s being the step's end. */
  private fallen(chosen: readonly Chosen[], step: number, steps: number): Chosen[] {
    const [now, next] = [this.schedule.alpha(1 - step / steps), this.schedule.alpha(1 - (step + 1) / steps)];
    return chosen.filter(() => this.random() < (next - now) / (1 - now));
  }

  private commit({ hole, id, probability }: Chosen): void {
    this.ids[hole] = id;
    this.sure.set(hole, probability);
  }

  /** Masks again what was least sure: as many as the schedule's slack allows, at most the set share; the next step may think better. */
  private takeBack(holes: readonly number[], step: number, steps: number): void {
    const committed = holes.filter((hole) => this.ids[hole] !== this.run.mask);
    const [now, next] = [this.schedule.alpha(1 - step / steps), this.schedule.alpha(1 - (step + 1) / steps)];
    const most = Math.min(this.options.remask, (1 - next) / Math.max(1e-9, now));
    const count = Math.floor(committed.length * most);
    const doubtful = committed.sort((a, b) => (this.sure.get(a) as number) - (this.sure.get(b) as number) || a - b);
    for (const hole of doubtful.slice(0, count)) {
      this.ids[hole] = this.run.mask;
      this.sure.delete(hole);
    }
  }
}

function only({ ids, logs }: Distribution, allowed: (id: number) => boolean): Distribution {
  const kept = Array.from(ids, (id, i) => ({ id, log: logs[i] as number })).filter(({ id }) => allowed(id));
  // Where nothing known may stand the denoiser's own choice does: the check of the whole will find it.
  if (kept.length === 0) return { ids, logs };
  return { ids: Int32Array.from(kept, ({ id }) => id), logs: Float64Array.from(kept, ({ log }) => log) };
}

function rankOf(sampler: SamplerName, distribution: Distribution): number {
  const { logs } = distribution;
  const first = Math.exp(logs[0] as number);
  if (sampler === 'margin') return first - (logs.length > 1 ? Math.exp(logs[1] as number) : 0);
  if (sampler === 'entropy') return -entropyOf(distribution);
  return first;
}
