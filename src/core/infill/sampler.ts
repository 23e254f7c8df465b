/** Reverse denoising: from masks to tokens, some in each step, by what a denoiser thinks of those that are left. */
import { throwIfAborted } from '../../base/errors.ts';
import { randomOf } from '../../base/random.ts';
import type { Distribution } from './distribution.ts';
import { drawn, guided, scaleAt, tempered } from './distribution.ts';
import { Schedule, type ScheduleName } from './schedule.ts';
import { rankOf, without, withSpare } from './tokenChoice.ts';

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
  /** Tokens of the row; masks at the holes that are to be filled. */
  readonly ids: Int32Array;
  /** Positions of the canvas, ascending. Those that hold a token keep it, unless it is taken back. */
  readonly holes: readonly number[];
  /** Probability of the tokens that holes hold from the start. */
  readonly sure?: ReadonlyMap<number, number>;
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
  /** Forward passes, the unconditional ones among them, but for those of repairs. */
  readonly passes: number;
  /** Times that `review` sent positions back. */
  readonly repaired: number;
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
  /** A token that may not stand there is passed over for the next likely one; asked when it is to be committed. */
  readonly allows?: (ids: Int32Array, position: number, id: number) => boolean;
  /** Tokens that repairs try, in this order, where none that is likely may stand: brackets and the like. */
  readonly spare?: readonly number[];
  /**
   * Asked when a block is full, `isLast` when nothing is masked any more: positions to mask and denoise again, one a pass; none where
   * the text is good, or will not get better.
   */
  readonly review?: (ids: Int32Array, isLast: boolean) => Promise<readonly number[]>;
  /**
   * Asked for the last masked position of all while what a review sent back is denoised: the first of the tokens, likeliest first, with
   * which the whole is good; undefined where there is none.
   */
  readonly settle?: (ids: Int32Array, position: number, tokens: readonly number[]) => Promise<number | undefined>;
  readonly onStep?: (report: StepReport) => void;
  readonly signal?: AbortSignal;
}

interface Chosen {
  readonly hole: number;
  readonly id: number;
  readonly probability: number;
  readonly rank: number;
  /** What it was chosen from. */
  readonly from: Distribution;
}

/** Passes, about, in which a region is denoised again; a short one takes one for each token. */
const REPAIR_STEPS = 8;

/** The same options and the same denoiser give the same tokens. Throws what the denoiser throws, and `cancelled`. */
export async function sample(canvas: Canvas, options: SamplingOptions, run: SamplingRun): Promise<Sample> {
  const state = new Sampling(canvas, options, run);
  const size = options.block ?? canvas.holes.length;
  for (let from = 0; from < canvas.holes.length; from += size) {
    const holes = canvas.holes.slice(from, from + size);
    const share = holes.length / canvas.holes.length;
    await state.fill(holes, Math.max(1, Math.round(options.steps * share)));
    await state.mend(from + size >= canvas.holes.length);
  }
  return state.result();
}

class Sampling {
  private readonly ids: Int32Array;
  private readonly sure: Map<number, number>;
  private readonly random: () => number;
  private readonly schedule: Schedule;
  /** Tokens that are not to come back to a position. */
  private readonly banned = new Map<number, Set<number>>();
  /** What was thought of the positions that are left, while no token has changed since. */
  private thought: readonly Distribution[] | undefined;
  private passes = 0;
  private repaired = 0;

  constructor(
    private readonly canvas: Canvas,
    private readonly options: SamplingOptions,
    private readonly run: SamplingRun,
  ) {
    this.ids = Int32Array.from(canvas.ids);
    this.sure = new Map(canvas.sure);
    this.random = randomOf(options.seed);
    this.schedule = new Schedule(options.schedule);
  }

  async fill(holes: readonly number[], most: number): Promise<void> {
    const { sampler, threshold } = this.options;
    const masked = this.masked(holes).length;
    // More steps than tokens would be looks at the same row, but where masks fall by chance or tokens are taken back.
    const steps = sampler === 'ancestral' || sampler === 'remasking' ? most : Math.min(most, masked);
    const commits = this.schedule.commits(masked, steps);
    let target = 0;
    for (let step = 0; step < steps; step++) {
      throwIfAborted(this.run.signal);
      const left = this.masked(holes);
      if (left.length === 0) break;
      const isLast = step === steps - 1;
      target += commits[step] as number;
      // What was taken back, or committed before its time, is made up for.
      const behind = Math.max(0, target - (masked - left.length));
      // With a threshold a pass that nothing comes of would be wasted: the surest is committed at least.
      const count = threshold === undefined ? behind : Math.max(1, behind);
      if (count === 0 && sampler !== 'ancestral') continue;
      const chosen = await this.choose(left);
      const due = sampler === 'ancestral' ? this.fallen(chosen, step, steps) : chosen;
      this.commit(due, isLast || sampler === 'ancestral' ? due.length : count, isLast);
      if (threshold !== undefined && !isLast) this.commitSurer(chosen, threshold);
      if (sampler === 'remasking' && !isLast) this.takeBack(holes, step, steps);
      const all = this.masked(this.canvas.holes).length;
      this.run.onStep?.({ step: step + 1, steps, ids: Int32Array.from(this.ids), left: all });
    }
  }

  /** Denoises again what the review sends back, as long as it does. */
  async mend(isLast: boolean): Promise<void> {
    const { passes } = this;
    for (;;) {
      throwIfAborted(this.run.signal);
      const broken = (await this.run.review?.(Int32Array.from(this.ids), isLast)) ?? [];
      if (broken.length === 0) break;
      this.repaired++;
      // The same looks would give the same tokens: the one that was least sure must become another.
      const [worst] = [...broken].sort((a, b) => (this.sure.get(a) ?? 0) - (this.sure.get(b) ?? 0) || a - b);
      this.ban(worst as number, this.ids[worst as number] as number);
      for (const hole of broken) this.mask(hole);
      const share = Math.floor(broken.length / REPAIR_STEPS);
      for (let left = this.masked(broken); left.length > 0; left = this.masked(broken)) {
        throwIfAborted(this.run.signal);
        const chosen = await this.choose(left);
        if (left.length > 1 || !isLast || !(await this.settle(chosen[0] as Chosen)))
          this.commit(chosen, Math.max(1, Math.min(left.length - 1, share)), true, this.run.spare);
      }
    }
    this.passes = passes;
  }

  /** Commits the likeliest token with which the whole is good; false where there is none. */
  private async settle({ hole, from: likely }: Chosen): Promise<boolean> {
    const from = withSpare(likely, this.run.spare);
    const tokens = [...from.ids].filter((id) => this.run.allows?.(this.ids, hole, id) ?? true);
    const id = await this.run.settle?.(Int32Array.from(this.ids), hole, tokens);
    if (id === undefined) return false;
    const probability = Math.exp(from.logs[from.ids.indexOf(id)] as number);
    this.set({ hole, id, probability, rank: probability, from });
    return true;
  }

  result(): Sample {
    const confidence = this.canvas.holes.map((hole) => this.sure.get(hole) ?? 0);
    return { ids: this.ids, confidence, passes: this.passes, repaired: this.repaired };
  }

  private masked(holes: readonly number[]): number[] {
    return holes.filter((hole) => this.ids[hole] === this.run.mask);
  }

  /** A token for each position that is left, and how sure it is. */
  private async choose(left: readonly number[]): Promise<Chosen[]> {
    this.thought ??= await this.think(left);
    return left.map((hole, i) => {
      const whole = this.thought?.[i] as Distribution;
      const banned = this.banned.get(hole);
      const others = banned ? without(whole, banned) : whole;
      return this.draw(hole, others.ids.length > 0 ? others : whole);
    });
  }

  private async think(left: readonly number[]): Promise<readonly Distribution[]> {
    const { ask } = this.run;
    const committed = 1 - left.length / this.canvas.holes.length;
    const scale = scaleAt(this.options.guidance, committed);
    this.passes += scale === 1 ? 1 : 2;
    if (scale === 1) return ask(this.ids, left, true);
    const [conditional, unconditional] = await Promise.all([ask(this.ids, left, true), ask(this.ids, left, false)]);
    return conditional.map((each, i) => guided(each, unconditional[i] as Distribution, scale));
  }

  private draw(hole: number, from: Distribution): Chosen {
    const { temperature, topP, sampler } = this.options;
    const { id, log } = drawn(tempered(from, temperature, topP), this.random());
    const own = from.logs[from.ids.indexOf(id)] ?? log;
    return { hole, id, probability: Math.exp(own), rank: rankOf(sampler, from), from };
  }

  /**
   * Commits the surest, `count` of them. One that may not stand there gives way to the next likely token, and waits for its turn; where
   * nothing known may stand it waits for a later step, or `isLast` gives way to one of the `spare` tokens; where none of those may stand it
   * stands all the same: the review of the whole will find it.
   */
  private commit(chosen: readonly Chosen[], count: number, isLast: boolean, spare: readonly number[] = []): void {
    const queue = [...chosen].sort(bySureness);
    for (let done = 0; done < count; ) {
      const best = queue.shift();
      if (!best) return;
      if (this.allows(best)) {
        this.set(best);
        done++;
        continue;
      }
      const rest = without(best.from, new Set([best.id]));
      if (rest.ids.length > 0) {
        const next = this.draw(best.hole, rest);
        const at = queue.findIndex((each) => bySureness(next, each) < 0);
        queue.splice(at === -1 ? queue.length : at, 0, next);
      } else if (isLast) {
        const first = chosen.find(({ hole }) => hole === best.hole) as Chosen;
        const { ids, logs } = withSpare(first.from, spare);
        const at = ids.findIndex((id, i) => i >= first.from.ids.length && this.allows({ ...first, id }));
        this.set(at < 0 ? first : { ...first, id: ids[at] as number, probability: Math.exp(logs[at] as number) });
        done++;
      }
    }
  }

  private commitSurer(chosen: readonly Chosen[], threshold: number): void {
    for (const each of [...chosen].sort(bySureness))
      if (each.probability > threshold && this.ids[each.hole] === this.run.mask && this.allows(each)) this.set(each);
  }

  /** Each mask falls with (α_s - α_t) / (1 - α_t), s being the step's end. */
  private fallen(chosen: readonly Chosen[], step: number, steps: number): Chosen[] {
    if (step === steps - 1) return [...chosen];
    const [now, next] = [this.schedule.alpha(1 - step / steps), this.schedule.alpha(1 - (step + 1) / steps)];
    return chosen.filter(() => this.random() < (next - now) / (1 - now));
  }

  private allows({ hole, id }: Chosen): boolean {
    return this.run.allows?.(this.ids, hole, id) ?? true;
  }

  private set({ hole, id, probability }: Chosen): void {
    this.ids[hole] = id;
    this.sure.set(hole, probability);
    this.thought = undefined;
  }

  private mask(hole: number): void {
    this.ids[hole] = this.run.mask;
    this.sure.delete(hole);
    this.thought = undefined;
  }

  private ban(hole: number, id: number): void {
    const banned = this.banned.get(hole) ?? new Set();
    this.banned.set(hole, banned.add(id));
  }

  /** Masks again what was least sure: as many as the schedule's slack allows, at most the set share; the next step may think better. */
  private takeBack(holes: readonly number[], step: number, steps: number): void {
    const committed = holes.filter((hole) => this.ids[hole] !== this.run.mask);
    const [now, next] = [this.schedule.alpha(1 - step / steps), this.schedule.alpha(1 - (step + 1) / steps)];
    const most = Math.min(this.options.remask, (1 - next) / Math.max(1e-9, now));
    const count = Math.floor(committed.length * most);
    const doubtful = committed.sort((a, b) => (this.sure.get(a) ?? 0) - (this.sure.get(b) ?? 0) || a - b);
    for (const hole of doubtful.slice(0, count)) this.mask(hole);
  }
}

function bySureness(a: Chosen, b: Chosen): number {
  return b.rank - a.rank || a.hole - b.hole;
}
