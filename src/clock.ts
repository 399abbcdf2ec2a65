import type { Clock } from './orders/ports.ts';

/** The gateway's time: this machine's, ahead by what the sandbox's test clock says. A real Alipay never moves it. */
export interface GatewayClock extends Clock {
  setAhead(ms: number): void;
}

export function gatewayClock(): GatewayClock {
  let aheadMs = 0;
  return {
    now: () => new Date(Date.now() + aheadMs),
    setAhead: (ms) => {
      aheadMs = ms;
    },
  };
}
