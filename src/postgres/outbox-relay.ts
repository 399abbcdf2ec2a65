import type { Database } from './database.ts';
import { rowOf, rowsOf } from './statement.ts';
import { openFeeds, takeOutboxRows } from './statements/take-outbox.ts';

export interface TakeOutbox {
  /** Rows of each merchant at most. */
  readonly limit: number;
  readonly now: Date;
  /** Tell who has news by NOTIFY, at the same commit. */
  readonly notify: boolean;
}

export interface TakenOutbox {
  readonly taken: number;
  /** The ids of the orders and merchants that have news. */
  readonly news: readonly string[];
  /** Those whose feeds have grown. */
  readonly merchants: readonly string[];
  /** Some of them have webhook endpoints. */
  readonly webhooks: boolean;
}

export interface OutboxRelay {
  /**
   * Moves events from the outbox into their merchants' feeds. An order's events get ascending positions; merchants
   * that another relay is serving are left to it. Nothing taken does not mean that nothing waits.
   */
  takeOutbox(asked: TakeOutbox): Promise<TakenOutbox>;
}

interface Taken extends TakenOutbox {
  readonly without_feed: readonly string[];
}

export function postgresOutboxRelay({ pool }: Pick<Database, 'pool'>): OutboxRelay {
  const take = async ({ limit, now, notify }: TakeOutbox) => {
    const row = await rowOf<Taken>(pool, takeOutboxRows, [limit, now, notify]);
    if (row === undefined) throw new Error('the outbox answered nothing');
    return row;
  };
  return {
    async takeOutbox(asked) {
      let row = await take(asked);
      if (row.taken === 0 && row.without_feed.length > 0) {
        await rowsOf(pool, openFeeds, [row.without_feed]);
        row = await take(asked);
      }
      return { taken: row.taken, news: row.news, merchants: row.merchants, webhooks: row.webhooks };
    },
  };
}
