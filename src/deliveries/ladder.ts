// When a failed attempt is followed by the next one, and how long a failing endpoint is left in peace.

/** Gaps before each attempt in milliseconds: at once, 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 10 h (Standard Webhooks). */
export const LADDER_MS: readonly number[] = [
  0,
  5_000,
  5 * 60_000,
  30 * 60_000,
  2 * 3_600_000,
  5 * 3_600_000,
  10 * 3_600_000,
  10 * 3_600_000,
];

/** A gap is up to a tenth longer, so that what failed together does not come back together. */
const JITTER = 0.1;

/** An endpoint that asks for more peace than this gets this much. */
export const LONGEST_RETRY_AFTER_MS = 3_600_000;

/** After so many failures in a row an endpoint is only probed, one attempt at a time. */
export const FAILURES_TO_REST = 5;
const FIRST_REST_MS = 5_000;
const LONGEST_REST_MS = 300_000;

/** An endpoint that nothing reached for so long is disabled. */
const PATIENCE_MS = 5 * 86_400_000;

export interface Pace {
  readonly ladderMs: readonly number[];
  /** From 0 to 1. */
  readonly jitter: () => number;
}

/** The gap before the next attempt after `tries` of them; undefined when there are no more. */
export function gapAfter(tries: number, { ladderMs, jitter }: Pace): number | undefined {
  const gapMs = ladderMs[tries];
  return gapMs === undefined ? undefined : Math.round(gapMs * (1 + JITTER * jitter()));
}

/** How long an endpoint rests after so many failures in a row: not at all, then twice as long each time. */
export function restAfter(failures: number): number {
  if (failures < FAILURES_TO_REST) return 0;
  return Math.min(FIRST_REST_MS * 2 ** Math.min(failures - FAILURES_TO_REST, 10), LONGEST_REST_MS);
}

/** Milliseconds of a Retry-After header, in seconds or as a date (RFC 9110, 10.2.3), bounded; 0 for none. */
export function retryAfterMs(header: string | null, now: Date): number {
  if (header === null) return 0;
  const ms = /^\d{1,9}$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - now.getTime();
  return Number.isNaN(ms) ? 0 : Math.min(Math.max(ms, 0), LONGEST_RETRY_AFTER_MS);
}

export function isHopeless(failingSince: Date | null, now: Date): boolean {
  return failingSince !== null && now.getTime() - failingSince.getTime() >= PATIENCE_MS;
}
