/** Fits the scorer: logistic regression by AdaGrad (Duchi, Hazan, Singer, 2011) on standardised evidence. */
import { FEATURES } from '../../src/core/completion/repository/evidence.ts';

const WIDTH = FEATURES.length;

/** Examples in one growing table. */
export class Examples {
  private values = new Float32Array(WIDTH * 4096);
  private labels = new Uint8Array(4096);
  private weights = new Float32Array(4096);
  count = 0;

  add(evidence: Float64Array, right: boolean, weight: number): void {
    if (this.count === this.labels.length) {
      const double = <T extends Float32Array | Uint8Array>(old: T, fresh: T): T => {
        fresh.set(old);
        return fresh;
      };
      this.values = double(this.values, new Float32Array(this.values.length * 2));
      this.labels = double(this.labels, new Uint8Array(this.labels.length * 2));
      this.weights = double(this.weights, new Float32Array(this.weights.length * 2));
    }
    this.values.set(evidence, this.count * WIDTH);
    this.labels[this.count] = right ? 1 : 0;
    this.weights[this.count] = weight;
    this.count++;
  }

  /** Weights for raw evidence, and the mean loss in nats. */
  fit(epochs: number): { bias: number; weights: Record<string, number>; loss: number } {
    const { values, labels, count } = this;
    const mean = new Float64Array(WIDTH);
    const deviation = new Float64Array(WIDTH);
    for (let row = 0; row < count; row++)
      for (let i = 0; i < WIDTH; i++) mean[i] = (mean[i] as number) + (values[row * WIDTH + i] as number) / count;
    for (let row = 0; row < count; row++)
      for (let i = 0; i < WIDTH; i++)
        deviation[i] =
          (deviation[i] as number) + ((values[row * WIDTH + i] as number) - (mean[i] as number)) ** 2 / count;
    for (let i = 0; i < WIDTH; i++) deviation[i] = Math.sqrt(deviation[i] as number) || 1;
    const w = new Float64Array(WIDTH + 1);
    const squares = new Float64Array(WIDTH + 1).fill(1e-6);
    const x = new Float64Array(WIDTH + 1);
    x[WIDTH] = 1;
    let loss = 0;
    let seed = 1;
    for (let epoch = 0; epoch < epochs; epoch++) {
      loss = 0;
      const rate = 0.1 / (1 + epoch);
      for (let step = 0; step < count; step++) {
        seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
        const row = seed % count;
        let sum = w[WIDTH] as number;
        for (let i = 0; i < WIDTH; i++) {
          x[i] = ((values[row * WIDTH + i] as number) - (mean[i] as number)) / (deviation[i] as number);
          sum += (w[i] as number) * (x[i] as number);
        }
        const p = 1 / (1 + Math.exp(-sum));
        const label = labels[row] as number;
        loss -= Math.log(Math.max(1e-9, label ? p : 1 - p)) / count;
        const slope = (p - label) * (this.weights[row] as number);
        for (let i = 0; i <= WIDTH; i++) {
          const gradient = slope * (x[i] as number) + (i < WIDTH ? 1e-6 * (w[i] as number) : 0);
          squares[i] = (squares[i] as number) + gradient * gradient;
          w[i] = (w[i] as number) - ((rate * gradient) / Math.sqrt(squares[i] as number) / 0.1) * 0.5;
        }
      }
    }
    const weights: Record<string, number> = {};
    let bias = w[WIDTH] as number;
    FEATURES.forEach((name, i) => {
      const value = (w[i] as number) / (deviation[i] as number);
      bias -= value * (mean[i] as number);
      weights[name] = Number(value.toFixed(4));
    });
    return { bias: Number(bias.toFixed(4)), weights, loss };
  }
}
