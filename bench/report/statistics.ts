// What a handful of rounds allow to be said.

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length / 2;
  return ((sorted[Math.ceil(half) - 1] ?? 0) + (sorted[Math.floor(half)] ?? 0)) / 2;
}

export interface Estimate {
  readonly median: number;
  /** How many values it stands on. */
  readonly of: number;
  /** Ends of the 95 % confidence interval of the median. */
  readonly low: number;
  readonly high: number;
}

const RESAMPLES = 4_000;
const TAIL = 0.025;

/** The median with its bootstrap interval (percentile method). The same values give the same interval. */
export function estimate(values: readonly number[]): Estimate {
  const next = random(values.length);
  const medians = Float64Array.from({ length: RESAMPLES }, () =>
    median(values.map(() => values[Math.floor(next() * values.length)] ?? 0)),
  ).sort();
  const at = (share: number) => medians[Math.min(Math.floor(RESAMPLES * share), RESAMPLES - 1)] ?? 0;
  return { median: median(values), of: values.length, low: at(TAIL), high: at(1 - TAIL) };
}

/** `undecided`: the interval holds the bar, or stands on too few rounds; more or longer ones must tell. */
export type Verdict = 'met' | 'missed' | 'undecided';

const LEAST_ROUNDS = 5;

export function verdictOn({ low, high, of }: Estimate, bar: number): Verdict {
  if (of < LEAST_ROUNDS) return 'undecided';
  if (low >= bar) return 'met';
  return high < bar ? 'missed' : 'undecided';
}

/** mulberry32: small, and always the same sequence. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
