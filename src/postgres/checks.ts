import type { Check } from '../orders/agenda.ts';
import type { Checks, Taken } from '../orders/ports.ts';
import type { Database } from './database.ts';
import { toWholeOrder, type WholeOrderRow } from './rows.ts';
import { rowOf, rowsOf } from './statement.ts';
import { anyDue, dropCheck, hurryChecks, putBackCheck, takeCheck, takeChecks } from './statements/checks.ts';
import { timestamp } from './timestamps.ts';

export interface ChecksOptions {
  /** Of each merchant: its apps' quota at Alipay is its own. */
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

/** A row of what was taken; of nothing, when nothing was. */
type TakenRow = { readonly spent: readonly string[] } & (CheckRow | { readonly order_id: null });

/** So long a merchant whose budget was spent is passed over, so that it holds up nobody else. */
const PASSED_OVER_MS = 250;
/** With each a merchant more is passed over. */
const MOST_ROUNDS = 8;

export function postgresChecks({ pool }: Pick<Database, 'pool'>, options: ChecksOptions): Checks {
  const { callsPerSecond, freshMs } = options;
  const spent = new Map<string, number>();
  return {
    async take(limit, now) {
      // Most looks find nothing: they touch neither the application's row nor the log of the database.
      if ((await rowOf(pool, anyDue, [now])) === undefined) return [];
      for (let round = 0; round < MOST_ROUNDS; round += 1) {
        const values = [now, limit, 1 / callsPerSecond, passedOver(spent)];
        const rows = await rowsOf<TakenRow>(pool, takeChecks, values);
        const taken = rows.flatMap((row) => (row.order_id === null ? [] : [toTaken(row)]));
        const poor = rows[0]?.spent ?? [];
        for (const merchantId of poor) spent.set(merchantId, performance.now());
        if (taken.length > 0 || poor.length === 0) return taken;
      }
      return [];
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

    async hurry(merchantId, orderIds, now) {
      await rowsOf(pool, hurryChecks, [merchantId, orderIds, now, new Date(now.getTime() - freshMs)]);
    },
  };
}

function passedOver(spent: Map<string, number>): string[] {
  const since = performance.now() - PASSED_OVER_MS;
  for (const [merchantId, at] of spent) if (at < since) spent.delete(merchantId);
  return [...spent.keys()];
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
