import { checkAfter, type Pace } from './agenda.ts';
import { changeOf, type Draft, isEmpty } from './draft.ts';
import type { WholeOrder } from './order.ts';
import type { Change, Clock, Evidence, OrderStore } from './ports.ts';
import type { Turns } from './turns.ts';

/** How long a change may lose the race against others before it is a fault. */
const PATIENCE_MS = 3_000;
const MAX_PAUSE_MS = 40;

export interface ChangeNeeds {
  readonly orders: OrderStore;
  readonly turns: Turns;
  readonly clock: Clock;
  readonly pace: Pace;
}

/** A decision: what to write (an empty draft writes nothing), the signed cause, and what to tell the caller. */
export interface Decided<Outcome> {
  readonly draft: Draft;
  readonly evidence: Evidence | null;
  readonly outcome: Outcome;
}

/**
 * Read, decide, write once. `read` is the order as the caller has just read it. When someone else was
 * faster it is read again and decided again, for at most 3 s.
 * @throws Error when the order is still contended after that, or has vanished.
 */
export async function changeOrder<Outcome>(
  { orders, turns, clock, pace }: ChangeNeeds,
  read: WholeOrder,
  decide: (order: WholeOrder) => Decided<Outcome> | Promise<Decided<Outcome>>,
): Promise<Outcome> {
  // Not the clock that decisions go by: that one may jump.
  const giveUpAt = performance.now() + PATIENCE_MS;
  return turns.take(read.id, async (waited) => {
    let order = waited ? await again(orders, read) : read;
    for (;;) {
      const { draft, evidence, outcome } = await decide(order);
      if (isEmpty(draft)) return outcome;
      const check = checkOf(draft, clock.now(), pace);
      if ((await orders.write(changeOf(draft, evidence, check))) === 'written') return outcome;
      if (performance.now() > giveUpAt) throw new Error(`order ${read.id} stayed contended for ${PATIENCE_MS} ms`);
      await pause(Math.random() * MAX_PAUSE_MS);
      order = await again(orders, read);
    }
  });
}

/** Something has happened, so that the gaps are small again. An order that nothing was due for and is has no check. */
function checkOf({ before, after }: Draft, now: Date, pace: Pace): Change['check'] {
  const looked = { lookedAt: now, tries: 0 };
  const check = checkAfter(after, looked, pace);
  return check === null && checkAfter(before, looked, pace) === null ? undefined : check;
}

/** The order as it is now. */
export async function again(orders: OrderStore, { merchantId, id }: WholeOrder): Promise<WholeOrder> {
  const order = await orders.find(merchantId, { id });
  if (order === undefined) throw new Error(`order ${id} has vanished`);
  return order;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
