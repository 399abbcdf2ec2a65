// Today's orders as the till lists them.
import type { ListOrdersQuery } from '../gql/graphql.ts';

export type OrderRow = ListOrdersQuery['orders']['edges'][number]['node'];

/** The moment today began on the till's wall clock, RFC 3339. */
export function localMidnight(now: Date): string {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate()).toISOString();
}

/** Rows with fresh ones laid over them: one row an order, the higher version wins, newest order first. */
export function mergeRows(held: readonly OrderRow[], fresh: readonly OrderRow[], since: string): readonly OrderRow[] {
  const byId = new Map(held.map((row) => [row.id, row]));
  for (const row of fresh) if ((byId.get(row.id)?.version ?? 0) <= row.version) byId.set(row.id, row);
  return [...byId.values()]
    .filter((row) => row.createdAt >= since)
    .sort((a, b) => (a.createdAt < b.createdAt ? 1 : a.createdAt > b.createdAt ? -1 : a.id < b.id ? 1 : -1));
}

/** True for a pending order whose time is up: the gateway is closing it. */
export function isExpired(row: OrderRow, nowMs: number): boolean {
  return row.status === 'PENDING' && Date.parse(row.expiresAt) <= nowMs;
}
