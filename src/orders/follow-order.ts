import type { OrderEvent } from './event.ts';
import { isOver, MAY_BE_OVER, type Order } from './order.ts';
import type { Clock } from './ports.ts';
import type { OrderReads } from './reads.ts';
import type { WakeUps } from './wake-ups.ts';

/** How many missed events are read at a time. */
const BATCH = 100;

export interface FollowNeeds {
  readonly reads: Pick<OrderReads, 'news' | 'wholeOrder'>;
  readonly wakeUps: WakeUps;
  readonly clock: Clock;
  /** Hears why the log could not be read. */
  readonly onFault: (error: unknown) => void;
}

export interface Follow {
  readonly merchantId: string;
  readonly orderId: string;
  /** The last version seen; null asks for the present state first. */
  readonly after: number | null;
}

export interface Followed {
  readonly event: OrderEvent;
  readonly order: Order;
}

/** How far a follower has come. While it waits it holds no event: thousands wait at a time. */
interface Place {
  seen: number | null;
  /** Read and not yet handed on, oldest first. */
  unread: Followed[];
  /** There may be more to read without waiting for a wake-up. */
  behind: boolean;
  reading: boolean;
  over: boolean;
}

/**
 * The events of an order as they happen. It listens before it reads, so that nothing falls between; it
 * reads from the log, so that nothing is lost, doubled or out of order; it reads on only when it is asked
 * to, so that a slow reader costs nothing. What this process has just committed, when it is the very next version, it
 * need not read. Ends by itself when nothing more can happen.
 */
export function followOrder(needs: FollowNeeds, follow: Follow): AsyncIterableIterator<Followed> {
  const place: Place = { seen: follow.after, unread: [], behind: true, reading: false, over: false };
  const listener = needs.wakeUps.listen(follow.orderId, (order, events) => {
    return order.merchantId === follow.merchantId && take(place, order, events);
  });
  return {
    async next() {
      for (;;) {
        const event = place.unread.shift();
        if (event !== undefined) return { value: event, done: false };
        if (place.over || !(place.behind || (await listener.next()))) break;
        if (place.unread.length > 0) continue;
        if (!(await readOn(needs, follow, place))) listener.lookAgain();
      }
      listener.close();
      return { value: undefined, done: true };
    },
    async return() {
      Object.assign(place, { over: true, unread: [] });
      listener.close();
      return { value: undefined, done: true };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/** Only the next version, by who reads nothing and has nothing left to hand on; and not where it may be the end. */
function take(place: Place, order: Order, events: readonly OrderEvent[]): boolean {
  const isNext = place.seen !== null && events[0]?.version === place.seen + 1;
  if (!isNext || place.reading || place.unread.length > 0 || MAY_BE_OVER.includes(order.status)) return false;
  place.unread = events.map((event) => ({ event, order }));
  place.seen = events.at(-1)?.version ?? place.seen;
  return true;
}

/** False when it could not be read: nothing has been skipped. */
async function readOn(needs: FollowNeeds, { merchantId, orderId }: Follow, place: Place): Promise<boolean> {
  place.behind = false;
  place.reading = true;
  try {
    const news = await needs.reads.news(merchantId, orderId, { version: place.seen, limit: BATCH });
    if (place.over || news === undefined) return true;
    const { events, order } = news;
    place.unread = events.map((event) => ({ event, order }));
    place.seen = events.at(-1)?.version ?? place.seen;
    place.behind = events.length === BATCH;
    const isAhead = place.seen !== null && place.seen >= order.version;
    if (isAhead && (await isEnd(needs, order))) place.over = true;
    return true;
  } catch (error) {
    needs.onFault(error);
    return false;
  } finally {
    place.reading = false;
  }
}

/** Only where it may be the end is the whole order read: its cases, and what could still be paid. */
async function isEnd({ reads, clock }: FollowNeeds, order: Order): Promise<boolean> {
  if (!MAY_BE_OVER.includes(order.status)) return false;
  const whole = await reads.wholeOrder(order.merchantId, order.id);
  return whole !== undefined && whole.version === order.version && isOver(whole, clock.now());
}
