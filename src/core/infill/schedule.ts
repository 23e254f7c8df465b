/**
 * Noise schedules of masked (absorbing) diffusion: which share α of the tokens is still seen at time t in [0, 1], α(0) = 1, α(1) = 0.
 * The bound on the likelihood weighs the loss at t by -α'(t) / (1 - α(t)) (Sahoo et al. 2024, arXiv 2406.07524; Shi et al. 2024, arXiv
 * 2406.04329).
 */

/** By βs as in Gaussian diffusion, and as published models have theirs. */
export const SCHEDULES = [
  ...(['linear', 'sqrt', 'cosine', 'logLinear'] as const),
  ...(['md4Cosine', 'mdlmCosine', 'mdlmLinear', 'squareRoot'] as const),
] as const;
export type ScheduleName = (typeof SCHEDULES)[number];

export interface ScheduleOptions {
  /** Of `linear` and `sqrt`: noise of the first and the last of a thousand steps (Ho et al. 2020). */
  readonly betaStart: number;
  readonly betaEnd: number;
  /** Of `cosine`: keeps the first steps from being too small (Nichol and Dhariwal 2021). */
  readonly offset: number;
}

export const SCHEDULE_DEFAULTS: ScheduleOptions = { betaStart: 1e-4, betaEnd: 0.02, offset: 0.008 };

/** Steps of the products of βs. */
const FINE = 1000;

export class Schedule {
  private readonly shape: (t: number) => number;
  private readonly last: number;

  constructor(
    readonly name: ScheduleName,
    options: Partial<ScheduleOptions> = {},
  ) {
    this.shape = shapeOf(name, { ...SCHEDULE_DEFAULTS, ...options });
    this.last = this.shape(1);
  }

  /** Share of the tokens that are not masked at a time in [0, 1]. */
  alpha(t: number): number {
    if (t <= 0) return 1;
    if (t >= 1) return 0;
    return (this.shape(t) - this.last) / (this.shape(0) - this.last);
  }

  /** -α'(t) / (1 - α(t)), at a time in (0, 1]. */
  weight(t: number): number {
    const h = 1e-5;
    const [from, to] = [Math.max(0, t - h), Math.min(1, t + h)];
    return (this.alpha(from) - this.alpha(to)) / (to - from) / Math.max(1e-12, 1 - this.alpha(t));
  }

  /** α at the ends of so many equal steps, from t = 0 to t = 1. */
  table(steps: number): Float64Array {
    return Float64Array.from({ length: steps + 1 }, (_, step) => this.alpha(step / steps));
  }

  /** Tokens to commit in each of so many steps, from all masked to none; whole numbers that sum to `masked`. */
  commits(masked: number, steps: number): number[] {
    const table = this.table(steps);
    // Rounding the sum so far, not each step, keeps every token and every share.
    const done = (step: number) => Math.round(masked * (table[steps - step] as number));
    return Array.from({ length: steps }, (_, step) => done(step + 1) - done(step));
  }
}

/** Falls with t; `Schedule` stretches it to reach from 1 to 0. */
function shapeOf(name: ScheduleName, { betaStart, betaEnd, offset }: ScheduleOptions): (t: number) => number {
  switch (name) {
    case 'linear':
      return productOf((share) => betaStart + (betaEnd - betaStart) * share);
    case 'sqrt':
      return productOf((share) => betaStart + (betaEnd - betaStart) * Math.sqrt(share));
    case 'cosine':
      return (t) => Math.cos((((t + offset) / (1 + offset)) * Math.PI) / 2) ** 2;
    case 'logLinear':
    case 'mdlmLinear':
      return (t) => 1 - t;
    case 'md4Cosine':
      return (t) => 1 - Math.cos((Math.PI / 2) * (1 - t));
    case 'mdlmCosine':
      return (t) => Math.cos((Math.PI * t) / 2);
    case 'squareRoot':
      return (t) => 1 - Math.sqrt(t);
  }
}

/** ∏(1 - β) up to t, between the thousand steps in equal ratios. */
function productOf(beta: (share: number) => number): (t: number) => number {
  const sums = new Float64Array(FINE + 1);
  for (let step = 1; step <= FINE; step++) sums[step] = (sums[step - 1] as number) + Math.log1p(-beta(step / FINE));
  return (t) => {
    const at = t * FINE;
    const [below, above] = [sums[Math.floor(at)] as number, sums[Math.ceil(at)] as number];
    return Math.exp(below + (above - below) * (at - Math.floor(at)));
  };
}
