// A merchant's system that follows every event over orderEvents, and another one that pulls them with events(first, after).
import { feedCursor } from '../../../src/graphql/feed-cursor.ts';
import { graphql } from '../../support/gql/gql.ts';
import type { PlacedEventFragment } from '../../support/gql/graphql.ts';
import { ask, type Door, dataOf } from '../../support/graphql-client.ts';
import { until } from '../../support/until.ts';
import { follow } from '../following.ts';
import { differences, type Observer, TOLD_WITHIN_MS } from '../observer.ts';
import type { Site } from '../site.ts';

graphql(`
  fragment PlacedEvent on FeedEvent { cursor id version type status }
`);
const FOLLOW = graphql(`
  subscription FollowFeedOfAll($after: String) { orderEvents(after: $after) { ...PlacedEvent } }
`);
const PULL = graphql(`
  query PullPlaced($after: String) {
    events(first: 100, after: $after) { edges { node { ...PlacedEvent } } pageInfo { endCursor hasNextPage } }
  }
`);

/** From where the feed is now. */
export async function feed({ places, pool }: Site): Promise<Observer> {
  const doors = places.map(({ gateway }) => gateway.door);
  const { rows } = await pool.query<{ at: string }>('select coalesce(max(last_position), 0) as at from merchant_feeds');
  const start = feedCursor(Number(rows[0]?.at ?? 0));
  const following = follow({
    doors,
    first: 0,
    operation: FOLLOW,
    after: (last?: PlacedEventFragment) => ({ after: last?.cursor ?? start }),
    read: (data) => data.orderEvents,
  });
  return {
    name: 'feed',
    watch: () => undefined,
    async faults(truth) {
      const pulled = await pull(
        places.filter(({ gateway }) => gateway.isUp()).map(({ gateway }) => gateway.door),
        start,
      );
      const last = pulled.at(-1)?.cursor ?? start;
      await until(
        () => following.seen.at(-1)?.cursor ?? start,
        (cursor) => cursor === last,
        TOLD_WITHIN_MS,
      ).catch(() => undefined);
      return [
        ...differences('orderEvents', following.seen, pulled),
        ...truth.orders.flatMap((order) => {
          const ids = new Set(order.events.map(({ id }) => id));
          const mine = pulled.filter(({ id }) => ids.has(id));
          return differences(`events of ${order.merchantOrderNo}`, mine, order.events);
        }),
      ];
    },
    close: () => following.stop(),
  };
}

async function pull([door]: readonly Door[], start: string): Promise<PlacedEventFragment[]> {
  if (door === undefined) return [];
  const all: PlacedEventFragment[] = [];
  for (let after = start; ; ) {
    const { events } = await dataOf(ask(door, PULL, { after }));
    all.push(...events.edges.map(({ node }) => node));
    if (!events.pageInfo.hasNextPage) return all;
    after = events.pageInfo.endCursor ?? after;
  }
}
