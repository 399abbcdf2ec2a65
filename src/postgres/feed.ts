import type { Feed, FeedPage, PlacedEvent } from '../orders/feed.ts';
import type { Database } from './database.ts';
import { type EventRow, toEvent } from './rows.ts';
import { rowOf, rowsOf } from './statement.ts';
import { eventRetentionOf, feedPage, pruneFeeds, putEventRetention } from './statements/feed.ts';

interface FeedEnds {
  readonly last_position: string;
  readonly pruned_position: string;
}

type PlacedRow = FeedEnds & EventRow & { readonly position: string; readonly merchant_order_no: string };
type FeedRow = PlacedRow | (FeedEnds & { readonly position: null });

export function postgresFeed({ pool }: Pick<Database, 'pool'>): Feed {
  return {
    async read(merchantId, { after, limit }) {
      return toPage(await rowsOf<FeedRow>(pool, feedPage, [merchantId, after, limit]));
    },
    async retentionDays(merchantId) {
      const row = await rowOf<{ days: number }>(pool, eventRetentionOf, [merchantId]);
      if (row === undefined) throw new Error(`merchant ${merchantId} has vanished`);
      return row.days;
    },
    async keepFor(merchantId, days, { id, actor, at }) {
      await rowsOf(pool, putEventRetention, [merchantId, id, actor, at, days]);
    },
  };
}

/** Forgets up to `limit` events of each merchant that are older than its retention at `now`; answers how many. */
export async function pruneOnce({ pool }: Pick<Database, 'pool'>, now: Date, limit: number): Promise<number> {
  const row = await rowOf<{ gone: number }>(pool, pruneFeeds, [now, limit]);
  return row?.gone ?? 0;
}

function toPage(rows: readonly FeedRow[]): FeedPage {
  const [first] = rows;
  return {
    events: rows.filter(isPlaced).map(toPlaced),
    lastPosition: Number(first?.last_position ?? 0),
    prunedPosition: Number(first?.pruned_position ?? 0),
  };
}

function isPlaced(row: FeedRow): row is PlacedRow {
  return row.position !== null;
}

function toPlaced(row: PlacedRow): PlacedEvent {
  return { position: Number(row.position), event: toEvent(row), merchantOrderNo: row.merchant_order_no };
}
