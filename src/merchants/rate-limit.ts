import type { Clock } from '../orders/ports.ts';

/** How many are remembered; past it the oldest starts again with a full allowance. */
const MAX_COUNTED = 20_000;
/** For how many seconds' worth of requests there is room, for bursts. */
const BURST_SECONDS = 2;
/** The part of its rate that somebody may take here without the other processes being told, */
const QUIET_SHARE = 0.1;
/** and the seconds' worth of requests at once. */
const QUIET_SECONDS = 0.25;

/** Whose requests are counted: a credential's, all of a merchant's, an address's. An address is nobody's. */
export interface Counted {
  readonly merchantId: string;
  readonly name: string;
}

/** Stands for the merchant of what belongs to none. */
export const NOBODY = '00000000-0000-0000-0000-000000000000';

/** What was taken, as the time in which it comes back. */
export interface Spent extends Counted {
  readonly seconds: number;
}

/** An allowance for each one counted. The processes of one gateway tell each other what the busy ones have taken. */
export interface RateLimit {
  /** Takes one request; answers the seconds to wait when there is none left, else 0. */
  take(who: Counted): number;
  /** The seconds to wait until one can be taken. */
  waitOf(who: Counted): number;
  /** Takes one although there may be none left: what has happened is owed, up to a full allowance. */
  owe(who: Counted): void;
  /** What has been taken here and is worth telling; from now on it counts as told. Mostly nothing. */
  tell(): readonly Spent[];
  /** Over all processes the allowance is full again in so many seconds. */
  hear(spent: Spent): void;
}

interface Allowance extends Counted {
  left: number;
  /** Requests that the other processes have not been told about, less what may go untold. */
  untold: number;
  at: number;
}

const noLimit: RateLimit = { take: () => 0, waitOf: () => 0, owe: () => {}, tell: () => [], hear: () => {} };

/** Allowances that refill at `perSecond` and hold twice that. 0 is no limit. */
export function rateLimit(perSecond: number, clock: Clock): RateLimit {
  if (perSecond === 0) return noLimit;
  const most = perSecond * BURST_SECONDS;
  const allowances = new Map<string, Allowance>();
  const busy = new Set<Allowance>();

  function allowanceOf({ merchantId, name }: Counted): Allowance {
    const now = clock.now().getTime();
    const known = allowances.get(keyOf(merchantId, name));
    if (known === undefined) return { merchantId, name, left: most, untold: 0, at: now };
    const refill = (Math.max(0, now - known.at) * perSecond) / 1_000;
    known.left = Math.min(most, known.left + refill);
    known.untold = Math.max(0, known.untold - refill * QUIET_SHARE);
    known.at = now;
    return known;
  }

  function spend(allowance: Allowance): void {
    allowance.left -= 1;
    allowance.untold += 1;
    if (allowance.untold > perSecond * QUIET_SECONDS) busy.add(allowance);
    const key = keyOf(allowance.merchantId, allowance.name);
    if (!allowances.has(key)) remember(allowances, key, allowance);
  }

  const waitFor = ({ left }: Allowance) => (left >= 1 ? 0 : Math.max(1, Math.ceil((1 - left) / perSecond)));

  return {
    take(who) {
      const allowance = allowanceOf(who);
      const waitSeconds = waitFor(allowance);
      if (waitSeconds === 0) spend(allowance);
      return waitSeconds;
    },
    waitOf: (who) => waitFor(allowanceOf(who)),
    owe(who) {
      const allowance = allowanceOf(who);
      if (allowance.left > -most) spend(allowance);
    },
    tell() {
      const told = new Map<string, Spent>();
      for (const allowance of busy) {
        const { merchantId, name, untold } = allowance;
        // One that was forgotten in a flood and came back is there twice.
        const key = keyOf(merchantId, name);
        told.set(key, { merchantId, name, seconds: (told.get(key)?.seconds ?? 0) + untold / perSecond });
        allowance.untold = 0;
      }
      busy.clear();
      return [...told.values()];
    },
    hear({ merchantId, name, seconds }) {
      const allowance = allowanceOf({ merchantId, name });
      allowance.left = Math.min(allowance.left, most - seconds * perSecond - allowance.untold);
    },
  };
}

function keyOf(merchantId: string, name: string): string {
  return `${merchantId} ${name}`;
}

function remember<Value>(values: Map<string, Value>, key: string, value: Value): void {
  const [oldest] = values.keys();
  if (values.size >= MAX_COUNTED && oldest !== undefined) values.delete(oldest);
  values.set(key, value);
}
