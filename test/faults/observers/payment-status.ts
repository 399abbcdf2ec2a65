// Frontends that follow one order each over paymentStatus and come back with `after` whenever their socket breaks.
import type { Door } from '../../support/graphql-client.ts';
import { until } from '../../support/until.ts';
import { type Following, follow } from '../following.ts';
import { differences, type Observer, type SeenEvent, TOLD_WITHIN_MS } from '../observer.ts';
import type { HappenedOrder } from '../truth.ts';

const FOLLOW = `subscription ($orderId: ID!, $after: Int) {
  paymentStatus(orderId: $orderId, after: $after) { id version type status }
}`;

export function paymentStatus(doors: readonly Door[]): Observer {
  const followers = new Map<string, Following<SeenEvent>>();
  return {
    name: 'paymentStatus',
    watch(orderId) {
      if (followers.has(orderId)) return;
      followers.set(
        orderId,
        follow<{ paymentStatus: SeenEvent }, SeenEvent>({
          doors,
          first: followers.size,
          query: FOLLOW,
          after: (last) => ({ orderId, after: last?.version ?? 0 }),
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
  const last = () => follower.seen.at(-1)?.version ?? 0;
  await until(last, (version) => version >= order.version, TOLD_WITHIN_MS).catch(() => undefined);
  return differences(`paymentStatus of ${order.merchantOrderNo}`, follower.seen, order.events);
}
