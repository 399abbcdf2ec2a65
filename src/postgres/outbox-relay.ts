import type { Database } from './database.ts';
import { rowsOf } from './statement.ts';
import { takeOutboxRows } from './statements/take-outbox.ts';

/** An event that is owed to the outside. */
export interface OutboxRow {
  readonly merchantId: string;
  readonly orderId: string;
  readonly version: number;
}

export interface OutboxRelay {
  /**
   * Takes up to `limit` rows, of each order in the order of its versions, and wakes whoever waits for those
   * orders on any process. Rows that another relay is taking are left to it.
   */
  takeOutbox(limit: number): Promise<readonly OutboxRow[]>;
}

export function postgresOutboxRelay({ pool }: Pick<Database, 'pool'>): OutboxRelay {
  return {
    async takeOutbox(limit) {
      const rows = await rowsOf<{ merchant_id: string; order_id: string; version: number }>(pool, takeOutboxRows, [
        limit,
      ]);
      return rows.map((row) => ({ merchantId: row.merchant_id, orderId: row.order_id, version: row.version }));
    },
  };
}
