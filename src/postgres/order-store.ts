import { DatabaseError, type Pool } from 'pg';
import type { Change, OrderStore } from '../orders/ports.ts';
import { byId } from './by-id.ts';
import { carriedBy, sharedValues } from './change-values.ts';
import type { Database } from './database.ts';
import { type OrderRow, toOrder, toWholeOrder, type WholeOrderRow } from './rows.ts';
import { rowOf, rowsOf } from './statement.ts';
import { findOrderByNumber, findOrdersById } from './statements/find-order.ts';
import { insertOrder, insertOrderValues } from './statements/insert-order.ts';
import { insertOrders, insertOrdersValues, type NewOrder } from './statements/insert-orders.ts';
import { orderRowByNumber } from './statements/order-row.ts';
import { markRefundTried } from './statements/refund-tried.ts';
import { writeOrder, writeOrderValues } from './statements/write-order.ts';
import { isPlain, writeOrdersFor } from './statements/write-orders.ts';
import { together } from './together.ts';

/** Constraints that only a faster writer can violate: what was read has become stale. */
const LOST_RACES: readonly (string | undefined)[] = [
  'notification_ids_pkey',
  'payments_one_live_key',
  'refunds_number_key',
  // Of two refunds that were summed up at once, the second is summed up again.
  'asked_refunds_turn_key',
];

export function postgresOrderStore({ pool }: Pick<Database, 'pool'>): OrderStore {
  const make = together<NewOrder, boolean>({
    groupOf: ({ order }) => order.merchantId,
    run: (orders) => madeOf(pool, orders),
  });
  const move = together<Change, boolean>({
    groupOf: ({ before }) => before.merchantId,
    run: (changes) => movedOf(pool, changes),
  });
  const whole = byId<WholeOrderRow>(pool, findOrdersById);
  return {
    async insert(order, event) {
      if (await make({ order, event })) return { kind: 'inserted' };
      // The row that conflicted may be invisible to the statement above; to a later one it is not.
      const taken = await rowOf<OrderRow>(pool, orderRowByNumber, [order.merchantId, order.merchantOrderNo]);
      if (taken === undefined) throw new Error(`the number of order ${order.id} is taken by nobody`);
      return { kind: 'number_taken', order: toOrder(taken) };
    },

    async find(merchantId, ref) {
      const row =
        'id' in ref
          ? await whole({ merchantId, id: ref.id })
          : await rowOf<WholeOrderRow>(pool, findOrderByNumber, [merchantId, ref.merchantOrderNo]);
      return row && toWholeOrder(row);
    },

    async write(change) {
      const moved = isPlain(change) ? await move(change) : await movedAlone(pool, change);
      return moved ? 'written' : 'stale';
    },

    async markTried(merchantId, refundId, at) {
      await rowsOf(pool, markRefundTried, [merchantId, refundId, at]);
    },
  };
}

/** For each order whether it was made; else its number is taken. */
async function madeOf(pool: Pool, orders: readonly NewOrder[]): Promise<boolean[]> {
  const [first, ...others] = orders;
  if (first === undefined) return [];
  if (others.length === 0)
    return [(await rowOf(pool, insertOrder, insertOrderValues(first.order, first.event))) !== undefined];
  const rows = await rowsOf<{ id: string }>(pool, insertOrders, insertOrdersValues(first.order.merchantId, orders));
  const made = new Set(rows.map(({ id }) => id));
  return orders.map(({ order }) => made.has(order.id));
}

/** For each change whether it was written; else its order has moved on. */
async function movedOf(pool: Pool, changes: readonly Change[]): Promise<boolean[]> {
  const [first, ...others] = changes;
  if (first === undefined) return [];
  if (others.length === 0) return [await movedAlone(pool, first)];
  const { statement, values } = writeOrdersFor(first.before.merchantId, changes);
  const rows = await rowsOf<{ n: number }>(pool, statement, values);
  const moved = new Set(rows.map(({ n }) => n));
  return changes.map((_, n) => moved.has(n));
}

async function movedAlone(pool: Pool, change: Change): Promise<boolean> {
  const carried = carriedBy(change);
  try {
    return (await rowOf(pool, writeOrder(carried), writeOrderValues(sharedValues(change), carried))) !== undefined;
  } catch (error) {
    if (isLostRace(error)) return false;
    throw error;
  }
}

function isLostRace(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === '23505' && LOST_RACES.includes(error.constraint);
}
