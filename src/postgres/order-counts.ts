import { leastUuid } from '../ids.ts';
import type { OrderStatus } from '../orders/order.ts';
import type { Database } from './database.ts';
import { rowsOf } from './statement.ts';
import { countOrders } from './statements/count-orders.ts';

/** How many orders made since `since` are where, over all merchants; of each merchant at most its newest 20,000. */
export async function statusCounts(
  { pool }: Pick<Database, 'pool'>,
  since: Date,
): Promise<Partial<Record<OrderStatus, number>>> {
  const rows = await rowsOf<{ status: OrderStatus; orders: number }>(pool, countOrders, [leastUuid(since)]);
  return Object.fromEntries(rows.map(({ status, orders }) => [status, orders]));
}
