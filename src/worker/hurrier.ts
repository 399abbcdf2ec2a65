// Repair on read: an order that somebody looks at is asked about soon. In the background, and for all looks of a moment at
// once: a look must not cost a statement of its own.
import type { Log } from '../log.ts';
import type { Order } from '../orders/order.ts';
import type { Checks, Clock } from '../orders/ports.ts';

/** How long looks gather. Nobody waits for it: the checks are polled no oftener than four times a second. */
const GATHER_MS = 100;
/** Orders whose last hurry is remembered. */
const MOST_REMEMBERED = 10_000;
/** Orders of one statement. */
const MOST_AT_ONCE = 1_000;

export interface HurrierNeeds {
  readonly checks: Pick<Checks, 'hurry'>;
  readonly clock: Clock;
  /** An order is hurried at most once in so long. */
  readonly gapMs: number;
  readonly log: Pick<Log, 'warn'>;
}

/** Has an order looked at soon that somebody is waiting for. Returns at once and never throws; what fails is asked for again by a look after the gap. */
export function hurrier({
  checks,
  clock,
  gapMs,
  log,
}: HurrierNeeds): (order: Pick<Order, 'merchantId' | 'id'>) => void {
  const hurried = new Map<string, number>();
  let gathered = new Map<string, string[]>();

  function send(): void {
    const now = clock.now();
    for (const [merchantId, ids] of gathered)
      for (let from = 0; from < ids.length; from += MOST_AT_ONCE)
        checks
          .hurry(merchantId, ids.slice(from, from + MOST_AT_ONCE), now)
          .catch((error) => log.warn({ err: error }, 'checks could not be hurried'));
    gathered = new Map();
  }

  return ({ merchantId, id }) => {
    const now = clock.now().getTime();
    const last = hurried.get(id);
    if (last !== undefined && now - last < gapMs) return;
    if (hurried.size >= MOST_REMEMBERED) hurried.clear();
    hurried.set(id, now);
    if (gathered.size === 0) setTimeout(send, GATHER_MS).unref();
    const ids = gathered.get(merchantId);
    if (ids === undefined) gathered.set(merchantId, [id]);
    else ids.push(id);
  };
}
