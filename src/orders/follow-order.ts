import type { OrderEvent } from './event.ts';
import { isOver, type Order, type OrderStatus } from './order.ts';
import type { Clock } from './ports.ts';
import type { OrderReads } from './reads.ts';
import type { Listener, WakeUps } from './wake-ups.ts';

/** How many missed events are read at a time. */
const BATCH = 100;
const MAY_BE_OVER: readonly OrderStatus[] = ['CANCELLED', 'REFUNDED', 'RETURNED'];

export interface FollowNeeds {
  readonly reads: OrderReads;
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

/**
 * The events of an order as they happen. It listens before it reads, so that nothing falls between; it
 * reads from the log, so that nothing is lost, doubled or out of order; it holds no events in memory, so
 * that a slow reader costs nothing. Ends by itself when nothing more can happen.
 */
export function followOrder(needs: FollowNeeds, follow: Follow): AsyncIterableIterator<Followed> {
  const listener = needs.wakeUps.listen(follow.orderId);
  const events = read(needs, follow, listener);
  return {
    next: () => events.next(),
    // A generator that waits can't hear return(): closing the listener ends its wait first.
    return: () => {
      listener.close();
      return events.return(undefined);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

async function* read(needs: FollowNeeds, follow: Follow, listener: Listener): AsyncGenerator<Followed, undefined> {
  try {
    let seen = follow.after;
    do {
      let news: News | 'gone' | undefined;
      do {
        news = await look(needs, follow, seen);
        if (news === 'gone') return undefined;
        if (news === undefined) {
          listener.lookAgain();
          break;
        }
        for (const event of news.events) yield { event, order: news.order };
        seen = news.events.at(-1)?.version ?? seen;
        if (seen !== null && seen >= news.order.version && (await isEnd(needs, news.order))) return undefined;
      } while (news.events.length === BATCH);
    } while (await listener.next());
    return undefined;
  } finally {
    listener.close();
  }
}

/** Only where it may be the end is the whole order read: its cases, and what could still be paid. */
async function isEnd({ reads, clock, onFault }: FollowNeeds, order: Order): Promise<boolean> {
  if (!MAY_BE_OVER.includes(order.status)) return false;
  try {
    const whole = await reads.wholeOrder(order.merchantId, order.id);
    return whole !== undefined && whole.version === order.version && isOver(whole, clock.now());
  } catch (error) {
    onFault(error);
    return false;
  }
}

interface News {
  readonly events: readonly OrderEvent[];
  readonly order: Order;
}

/** What is new; undefined while it can't be read: nothing is skipped then. */
async function look(
  { reads, onFault }: FollowNeeds,
  follow: Follow,
  seen: number | null,
): Promise<News | 'gone' | undefined> {
  const { merchantId, orderId } = follow;
  try {
    const events = await unseen(reads, follow, seen);
    const order = await reads.orderRow(merchantId, { id: orderId });
    return order === undefined ? 'gone' : { events, order };
  } catch (error) {
    onFault(error);
    return undefined;
  }
}

async function unseen(reads: OrderReads, follow: Follow, seen: number | null): Promise<readonly OrderEvent[]> {
  const { merchantId, orderId } = follow;
  if (seen !== null) return reads.eventsAfter(merchantId, orderId, { version: seen, limit: BATCH });
  const latest = await reads.latestEvent(merchantId, orderId);
  return latest === undefined ? [] : [latest];
}
