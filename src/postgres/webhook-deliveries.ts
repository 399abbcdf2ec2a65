import type { DeliveryReads, Replays } from '../deliveries/ports.ts';
import type { Database } from './database.ts';
import { rowOf, rowsOf } from './statement.ts';
import { deliveryPageFor, findDelivery } from './statements/webhook-reads.ts';
import { feedRowAfter, replayFromFeed, replayNamed } from './statements/webhook-replay.ts';
import { timestamp } from './timestamps.ts';
import { type DeliveryRow, toDelivery } from './webhook-rows.ts';

export function postgresDeliveryReads({ pool }: Pick<Database, 'pool'>): DeliveryReads {
  return {
    async page(merchantId, asked) {
      const { statement, values } = deliveryPageFor(merchantId, asked);
      const rows = await rowsOf<DeliveryRow>(pool, statement, values);
      const { first } = asked;
      return { deliveries: rows.slice(0, first).map(toDelivery), hasNextPage: rows.length > first };
    },
    async find(merchantId, id) {
      const row = await rowOf<DeliveryRow>(pool, findDelivery, [merchantId, id]);
      return row && toDelivery(row);
    },
  };
}

/** Events are placed by any process's clock: this much earlier than its time an event may lie in the feed. */
const SKEW_MS = 15 * 60_000;

export function postgresReplays({ pool }: Pick<Database, 'pool'>): Replays {
  return {
    async again(merchantId, endpointId, deliveryIds, now) {
      const row = await rowOf<{ queued: number }>(pool, replayNamed, [merchantId, endpointId, deliveryIds, now]);
      return row?.queued ?? 0;
    },
    positionAt: (merchantId, from) => positionAt(pool, merchantId, from.getTime() - SKEW_MS),
    async fromFeed(merchantId, endpointId, { afterPosition, limit, from, before, arrivedToo, now }) {
      const values = [merchantId, endpointId, afterPosition, limit, from, before, arrivedToo, now];
      const row = await rowOf<{ queued: number; reached: string | null }>(pool, replayFromFeed, values);
      const reached = row?.reached ?? null;
      return { queued: row?.queued ?? 0, reached: reached === null ? null : Number(reached) };
    },
  };
}

interface FeedRow {
  readonly last_position: string;
  readonly pruned_position: string;
  readonly placed_at: string | null;
}

/** The last position that was placed before `time`: found by halves, since the feed is in the order of its times. */
async function positionAt(pool: Database['pool'], merchantId: string, time: number): Promise<number> {
  const rowAfter = (position: number) => rowOf<FeedRow>(pool, feedRowAfter, [merchantId, position]);
  const ends = await rowAfter(0);
  let low = Number(ends?.pruned_position ?? 0);
  let high = Number(ends?.last_position ?? 0);
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const placedAt = (await rowAfter(middle))?.placed_at ?? null;
    if (placedAt !== null && timestamp(placedAt).getTime() < time) low = middle + 1;
    else high = middle;
  }
  return low;
}
