import type { OrderEvent } from '../../src/orders/event.ts';
import { type Followed, followOrder } from '../../src/orders/follow-order.ts';
import { MAY_BE_OVER, type WholeOrder } from '../../src/orders/order.ts';
import type { Since } from '../../src/orders/reads.ts';
import { WakeUps } from '../../src/orders/wake-ups.ts';
import { anEvent, anOrder, MERCHANT, standingClock } from '../support/orders.ts';

/** An order whose log grows; `after` runs when an answer has been read and before it is handed on. */
export function shop(versions: number) {
  const wakeUps = new WakeUps();
  const events: OrderEvent[] = [];
  const clock = standingClock();
  const hooks: { betweenReads?: (() => void) | undefined } = {};
  const reading = { times: 0 };
  let order: WholeOrder = anOrder();
  const happen = (fields: Partial<WholeOrder> = {}) => {
    order = { ...order, ...fields, version: events.length + 1 };
    const event = anEvent(order, order.version, { status: order.status });
    events.push(event);
    return event;
  };
  for (let i = 0; i < versions; i++) happen();
  const reads = {
    async news(merchantId: string, _orderId: string, since: Since) {
      reading.times += 1;
      if (merchantId !== MERCHANT) return undefined;
      const after = since.version ?? events.length - 1;
      const found = { events: events.filter(({ version }) => version > after).slice(0, since.limit), order };
      hooks.betweenReads?.();
      return found.events.length > 0 || MAY_BE_OVER.includes(order.status) ? found : undefined;
    },
    wholeOrder: async () => order,
  };
  const follow = (after: number | null, merchantId = MERCHANT) =>
    followOrder({ reads, wakeUps, clock, onFault: () => undefined }, { merchantId, orderId: order.id, after });
  /** As it happens in the process that writes it. */
  const happenHere = (...changes: readonly Partial<WholeOrder>[]) => {
    const written = changes.map((fields) => happen(fields));
    wakeUps.tell(order, written);
  };
  return { wakeUps, clock, hooks, happen, happenHere, follow, reading, wake: () => wakeUps.wake([order.id]) };
}

export async function take(events: AsyncIterableIterator<Followed>, count: number): Promise<number[]> {
  const versions: number[] = [];
  for (let i = 0; i < count; i++) versions.push((await events.next()).value.event.version);
  return versions;
}

export async function rest(events: AsyncIterable<Followed>): Promise<number[]> {
  const versions: number[] = [];
  for await (const { event } of events) versions.push(event.version);
  return versions;
}
