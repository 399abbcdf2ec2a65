import type { Check } from '../orders/agenda.ts';
import type { Checks, Taken } from '../orders/ports.ts';
import type { Database } from './database.ts';
import { toWholeOrder, type WholeOrderRow } from './rows.ts';
import { rowOf, rowsOf } from './statement.ts';
import { anyDue, dropCheck, hurryCheck, putBackCheck, takeCheck, takeChecks } from './statements/checks.ts';
import { timestamp } from './timestamps.ts';

export interface ChecksOptions {
  /** Whose budget the calls are counted on. */
  readonly appId: string;
  readonly callsPerSecond: number;
  /** An order looked at less long ago than this is not hurried. */
  readonly freshMs: number;
}

interface CheckRow {
  readonly merchant_id: string;
  readonly order_id: string;
  readonly due_at: string;
  readonly looked_at: string;
  readonly tries: number;
}

export function postgresChecks({ pool }: Pick<Database, 'pool'>, options: ChecksOptions): Checks {
  const { appId, callsPerSecond, freshMs } = options;
  return {
    async take(limit, now) {
      // Most looks find nothing: they touch neither the application's row nor the log of the database.
      if ((await rowOf(pool, anyDue, [now])) === undefined) return [];
      const rows = await rowsOf<CheckRow>(pool, takeChecks, [now, limit, appId, 1 / callsPerSecond]);
      return rows.map(toTaken);
    },

    async takeOne(merchantId, orderId) {
      const row = await rowOf<CheckRow & WholeOrderRow>(pool, takeCheck, [merchantId, orderId]);
      return row && { ...toTaken(row), order: toWholeOrder(row) };
    },

    async putBack({ merchantId, orderId, dueAt, lookedAt }, next: Check | null) {
      if (next === null) await rowsOf(pool, dropCheck, [merchantId, orderId, dueAt, lookedAt]);
      else
        await rowsOf(pool, putBackCheck, [merchantId, orderId, dueAt, next.dueAt, next.lookedAt, next.tries, lookedAt]);
    },

    async hurry(merchantId, orderId, now) {
      await rowsOf(pool, hurryCheck, [merchantId, orderId, now, new Date(now.getTime() - freshMs)]);
    },
  };
}

function toTaken(row: CheckRow): Taken {
  return {
    merchantId: row.merchant_id,
    orderId: row.order_id,
    dueAt: timestamp(row.due_at),
    lookedAt: timestamp(row.looked_at),
    tries: row.tries,
  };
}
