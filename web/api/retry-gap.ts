const FIRST_GAP_MS = 500;
const LONGEST_GAP_MS = 15_000;

/**
 * How long to wait before try number `attempt` (0 is the first repeat), in milliseconds. Doubles to a cap;
 * `chance` (0–1) spreads the tills of a shop so that they do not all come back in the same instant.
 */
export function retryGapMs(attempt: number, chance: number): number {
  const full = Math.min(FIRST_GAP_MS * 2 ** Math.min(attempt, 10), LONGEST_GAP_MS);
  return Math.round(full / 2 + (full / 2) * chance);
}
