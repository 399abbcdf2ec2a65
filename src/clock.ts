import type { Clock } from './orders/ports.ts';

/**
 * The gateway's time: the one that it was told last, carried on by a clock that nobody can set, and ahead by what the
 * sandbox's test clock says. A real Alipay never moves it.
 */
export interface GatewayClock extends Clock {
  setAhead(ms: number): void;
  /** What time it is, give or take so many ms, from one whom all processes ask. */
  tell(now: Date, giveOrTakeMs: number): void;
}

/** Time does not jump for less than this. */
const NOISE_MS = 100;

/** Begins with this machine's time. */
export function gatewayClock(): GatewayClock {
  let originMs = Date.now() - performance.now();
  let aheadMs = 0;
  return {
    now: () => new Date(originMs + performance.now() + aheadMs),
    setAhead: (ms) => {
      aheadMs = ms;
    },
    tell: (now, giveOrTakeMs) => {
      const toldMs = now.getTime() - performance.now();
      if (Math.abs(toldMs - originMs) > NOISE_MS + giveOrTakeMs) originMs = toldMs;
    },
  };
}
