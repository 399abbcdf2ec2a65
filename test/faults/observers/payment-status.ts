// Frontends that follow one order each over paymentStatus and come back with `after` whenever their socket breaks.
import { graphql } from '../../support/gql/gql.ts';
import type { Door } from '../../support/graphql-client.ts';
import { until } from '../../support/until.ts';
import { type Following, follow } from '../following.ts';
import { differences, type Observer, type SeenEvent, TOLD_WITHIN_MS } from '../observer.ts';
import type { HappenedOrder } from '../truth.ts';

const FOLLOW = graphql(`
  subscription FollowPayment($orderId: ID!, $after: Int) {
    paymentStatus(orderId: $orderId, after: $after) { id version type status }
  }
`);

export function paymentStatus(doors: readonly Door[]): Observer {
  const followers = new Map<string, Following<SeenEvent>>();
  return {
    name: 'paymentStatus',
    watch(orderId) {
      if (followers.has(orderId)) return;
      followers.set(
        orderId,
        follow({
          doors,
          first: followers.size,
          operation: FOLLOW,
          after: (last?: SeenEvent) => ({ orderId, after: last?.version ?? 0 }),
          read: (data) => data.paymentStatus,
        }),
      );
    },
    async faults({ orders }) {
      const all = await Promise.all(orders.map((order) => faultsOf(followers.get(order.typeId), order)));
      return all.flat();
    },
    close() {
      for (const follower of followers.values()) follower.stop();
      followers.clear();
    },
  };
}

async function faultsOf(follower: Following<SeenEvent> | undefined, order: HappenedOrder): Promise<string[]> {
  if (follower === undefined) return [];
  const last = () => (follower.hasEnded() ? order.version : (follower.seen.at(-1)?.version ?? 0));
  await until(last, (version) => version >= order.version, TOLD_WITHIN_MS).catch(() => undefined);
  return differences(`paymentStatus of ${order.merchantOrderNo}`, follower.seen, told(follower, order.events));
}

/**
 * Of a sale that was over, with nothing left to pay or to settle, nothing more was to come. The one thing that then did is
 * money paid by a code that no till was ever given.
 */
export function told(
  { seen, hasEnded }: Pick<Following<SeenEvent>, 'seen' | 'hasEnded'>,
  events: readonly SeenEvent[],
): readonly SeenEvent[] {
  const wasOver =
    OVER.includes(seen.at(-1)?.status ?? '') && count(seen, 'case.opened') === count(seen, 'case.resolved');
  const isUnforeseen = wasOver && events[seen.length]?.type === 'case.opened';
  return hasEnded() && isUnforeseen ? events.slice(0, seen.length) : events;
}

const OVER: readonly string[] = ['CANCELLED', 'REFUNDED', 'RETURNED'];

function count(seen: readonly SeenEvent[], type: string): number {
  return seen.filter((one) => one.type === type).length;
}
