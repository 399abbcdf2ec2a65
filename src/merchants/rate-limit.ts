import type { Clock } from '../orders/ports.ts';

/** How many callers are remembered; past it the oldest starts again with a full allowance. */
const MAX_CALLERS = 20_000;

/** Takes one request from a caller's allowance; answers the seconds to wait when there is none left, else 0. */
export type RateLimit = (caller: string) => number;

/**
 * An allowance for each caller that refills at `perSecond` and holds twice that, for bursts. 0 is no limit.
 */
export function rateLimit(perSecond: number, clock: Clock): RateLimit {
  if (perSecond === 0) return () => 0;
  const allowances = new Map<string, { left: number; at: number }>();
  return (caller) => {
    const now = clock.now().getTime();
    const known = allowances.get(caller);
    const refilled = known === undefined ? Infinity : known.left + (Math.max(0, now - known.at) * perSecond) / 1_000;
    const left = Math.min(perSecond * 2, refilled) - 1;
    if (left < 0) return Math.max(1, Math.ceil(-left / perSecond));
    if (known !== undefined) Object.assign(known, { left, at: now });
    else remember(allowances, caller, { left, at: now });
    return 0;
  };
}

function remember<Value>(values: Map<string, Value>, key: string, value: Value): void {
  const [oldest] = values.keys();
  if (values.size >= MAX_CALLERS && oldest !== undefined) values.delete(oldest);
  values.set(key, value);
}
