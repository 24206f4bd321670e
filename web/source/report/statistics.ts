/** The statistics of trainer_client/benchmarks/pass_at_k.py. */

const RESAMPLES = 10_000;

export interface Interval {
  mean: number;
  low: number;
  high: number;
}

/** The chance that at least one of k samples is right, of which `passed` of `samples` are (Chen et al. 2021, equation 1). */
export function passAtK(samples: number, passed: number, k: number): number {
  if (samples - passed < k) return 1;
  let miss = 1;
  for (let i = samples - passed + 1; i <= samples; i++) miss *= 1 - k / i;
  return 1 - miss;
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** A mean with 95 % bounds, by resampling problems (Efron 1979). The same values give the same bounds. */
export function bootstrap(values: readonly number[]): Interval {
  const random = generator(values.length);
  const means = new Float64Array(RESAMPLES);
  for (let round = 0; round < RESAMPLES; round++) {
    let sum = 0;
    for (let i = 0; i < values.length; i++) sum += values[Math.floor(random() * values.length)]!;
    means[round] = sum / values.length;
  }
  means.sort();
  return { mean: mean(values), low: means[Math.floor(0.025 * RESAMPLES)]!, high: means[Math.floor(0.975 * RESAMPLES) - 1]! };
}

/** Mulberry32: 32 bits of state are enough to draw problems. */
function generator(seed: number): () => number {
  let state = (seed + 0x9e3779b9) | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
