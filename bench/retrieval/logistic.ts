/** Weighted logistic regression by Newton's method (iteratively reweighted least squares) with an L2 penalty. */

export interface Design {
  /** Rows × columns, row-major, without the constant column. */
  readonly values: Float32Array;
  readonly labels: Uint8Array;
  readonly rowWeights: Float32Array;
  readonly rows: number;
  readonly columns: number;
}

export interface Fit {
  readonly bias: number;
  readonly weights: Float64Array;
  /** Mean weighted log loss. */
  readonly loss: number;
}

/** Fits on standardised columns and returns weights for the raw ones. */
export function fitLogistic(design: Design, penalty: number, iterations = 12): Fit {
  const { values, labels, rowWeights, rows, columns } = design;
  const { mean, scale } = moments(design);
  const size = columns + 1;
  const beta = new Float64Array(size);
  let loss = 0;
  const x = new Float64Array(size);
  x[columns] = 1;
  for (let iteration = 0; iteration < iterations; iteration++) {
    const hessian = new Float64Array(size * size);
    const gradient = new Float64Array(size);
    let total = 0;
    loss = 0;
    const present = new Int32Array(size);
    for (let row = 0; row < rows; row++) {
      let sum = beta[columns] as number;
      let used = 0;
      for (let c = 0; c < columns; c++) {
        const value = ((values[row * columns + c] as number) - (mean[c] as number)) / (scale[c] as number);
        x[c] = value;
        sum += (beta[c] as number) * value;
        present[used++] = c;
      }
      present[used++] = columns;
      const weight = rowWeights[row] as number;
      const p = 1 / (1 + Math.exp(-sum));
      const label = labels[row] as number;
      loss -= weight * Math.log(Math.max(1e-9, label ? p : 1 - p));
      total += weight;
      const error = weight * (p - label);
      const curvature = weight * Math.max(1e-6, p * (1 - p));
      for (let i = 0; i < used; i++) {
        const a = present[i] as number;
        const xa = x[a] as number;
        gradient[a] = (gradient[a] as number) + error * xa;
        const scaled = curvature * xa;
        const at = a * size;
        for (let j = 0; j <= i; j++) {
          const b = present[j] as number;
          hessian[at + b] = (hessian[at + b] as number) + scaled * (x[b] as number);
        }
      }
    }
    for (let a = 0; a < columns; a++) {
      gradient[a] = (gradient[a] as number) + penalty * (beta[a] as number);
      hessian[a * size + a] = (hessian[a * size + a] as number) + penalty;
    }
    for (let a = 0; a < size; a++)
      for (let b = a + 1; b < size; b++) hessian[a * size + b] = hessian[b * size + a] as number;
    const stepBy = solve(hessian, gradient, size);
    let most = 0;
    for (let a = 0; a < size; a++) {
      beta[a] = (beta[a] as number) - (stepBy[a] as number);
      most = Math.max(most, Math.abs(stepBy[a] as number));
    }
    loss /= total;
    if (most < 1e-4) break;
  }
  const weights = new Float64Array(columns);
  let bias = beta[columns] as number;
  for (let c = 0; c < columns; c++) {
    weights[c] = (beta[c] as number) / (scale[c] as number);
    bias -= (weights[c] as number) * (mean[c] as number);
  }
  return { bias, weights, loss };
}

function moments({ values, rows, columns }: Design): { mean: Float64Array; scale: Float64Array } {
  const mean = new Float64Array(columns);
  const scale = new Float64Array(columns);
  for (let row = 0; row < rows; row++) {
    for (let c = 0; c < columns; c++) mean[c] = (mean[c] as number) + (values[row * columns + c] as number) / rows;
  }
  for (let row = 0; row < rows; row++) {
    for (let c = 0; c < columns; c++) {
      const d = (values[row * columns + c] as number) - (mean[c] as number);
      scale[c] = (scale[c] as number) + (d * d) / rows;
    }
  }
  for (let c = 0; c < columns; c++) scale[c] = Math.sqrt(scale[c] as number) || 1;
  return { mean, scale };
}

/** Gaussian elimination with partial pivoting; `a` and `b` are overwritten. */
function solve(a: Float64Array, b: Float64Array, n: number): Float64Array {
  const at = (i: number, j: number) => a[i * n + j] as number;
  for (let i = 0; i < n; i++) {
    let pivot = i;
    for (let r = i + 1; r < n; r++) if (Math.abs(at(r, i)) > Math.abs(at(pivot, i))) pivot = r;
    if (pivot !== i) {
      for (let c = 0; c < n; c++) {
        const t = at(i, c);
        a[i * n + c] = at(pivot, c);
        a[pivot * n + c] = t;
      }
      const t = b[i] as number;
      b[i] = b[pivot] as number;
      b[pivot] = t;
    }
    const d = at(i, i) || 1e-12;
    for (let r = i + 1; r < n; r++) {
      const f = at(r, i) / d;
      if (f === 0) continue;
      for (let c = i; c < n; c++) a[r * n + c] = at(r, c) - f * at(i, c);
      b[r] = (b[r] as number) - f * (b[i] as number);
    }
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = b[i] as number;
    for (let c = i + 1; c < n; c++) sum -= at(i, c) * (b[c] as number);
    b[i] = sum / (at(i, i) || 1e-12);
  }
  return b;
}
