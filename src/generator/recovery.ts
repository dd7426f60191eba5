// The weight generator's noise schedule, and the recovery of clean weights from one noise estimate.

export interface WeightSchedule {
  /** α_t and σ_t for t = 0 … T − 1, with α² + σ² = 1. */
  readonly alpha: Float64Array;
  readonly sigma: Float64Array;
}

/**
 * Stable Diffusion's scaled-linear schedule: √β rises evenly. The paper names none; this one multiplies an error in
 * the noise estimate by 14.6 at its end, where DDPM's linear schedule would by 157.
 */
export function scaledLinearSchedule(steps = 1000, first = 0.00085, last = 0.012): WeightSchedule {
  const alpha = new Float64Array(steps);
  const sigma = new Float64Array(steps);
  let kept = 1;
  for (let t = 0; t < steps; t++) {
    const share = steps === 1 ? 0 : t / (steps - 1);
    kept *= 1 - (Math.sqrt(first) + share * (Math.sqrt(last) - Math.sqrt(first))) ** 2;
    alpha[t] = Math.sqrt(kept);
    sigma[t] = Math.sqrt(1 - kept);
  }
  return { alpha, sigma };
}

/** What the network estimates; the paper's is the noise. */
export type Prediction = 'noise' | 'x0' | 'v';

/** How the clean value and the network's target follow from (w, ε) at one timestep, w_t = α w + σ ε. */
export const predictions: Readonly<
  Record<
    Prediction,
    {
      readonly target: (w: number, noise: number, alpha: number, sigma: number) => number;
      readonly clean: (estimate: number, noisy: number, alpha: number, sigma: number) => number;
    }
  >
> = {
  noise: {
    target: (_, noise) => noise,
    clean: (estimate, noisy, alpha, sigma) => (noisy - sigma * estimate) / alpha,
  },
  x0: {
    target: (w) => w,
    clean: (estimate) => estimate,
  },
  // v = α ε − σ w (arXiv 2202.00512 §4).
  v: {
    target: (w, noise, alpha, sigma) => alpha * noise - sigma * w,
    clean: (estimate, noisy, alpha, sigma) => alpha * noisy - sigma * estimate,
  },
};

/** ŵ = (w_t − σ ε̂)/α for noise prediction, and its counterparts; element by element, in float64. */
export function recover(
  prediction: Prediction,
  noisy: ArrayLike<number>,
  estimate: ArrayLike<number>,
  alpha: number,
  sigma: number,
): Float64Array {
  const { clean } = predictions[prediction];
  return Float64Array.from({ length: noisy.length }, (_, i) =>
    clean(estimate[i] ?? Number.NaN, noisy[i] ?? Number.NaN, alpha, sigma),
  );
}
