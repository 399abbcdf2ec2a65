// Reading orders, bare.
import type { Pool } from 'pg';
import { formatAmount } from '../../src/orders/money.ts';
import { orderPage } from './code-statements.ts';
import type { Standing } from './follow.ts';
import { findOrder } from './statements.ts';

const PAGE = 20;
const LAST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

interface OrderRow {
  readonly id: string;
  readonly merchant_order_no: string;
  readonly subject: string;
  readonly amount_fen: string;
  readonly refunded_fen: string;
  readonly status: string;
  readonly version: number;
  readonly created_at: Date;
  readonly expires_at: Date;
  readonly paid_at: Date | null;
}

export async function order(pool: Pool, merchantId: string, id: string): Promise<object | null> {
  const { rows } = await pool.query<OrderRow>({ ...findOrder, values: [merchantId, id] });
  return rows[0] === undefined ? null : shown(rows[0]);
}

export async function standingOf(pool: Pool, merchantId: string, id: string): Promise<Standing | undefined> {
  const { rows } = await pool.query<OrderRow>({ ...findOrder, values: [merchantId, id] });
  return rows[0] && { orderId: rows[0].id, version: rows[0].version, type: null, status: rows[0].status };
}

export async function page(pool: Pool, merchantId: string, after: string | null): Promise<object> {
  const values = [merchantId, PAGE + 1, after ?? LAST_ID];
  const { rows } = await pool.query<OrderRow>({ ...orderPage, values });
  const edges = rows.slice(0, PAGE).map((row) => ({ cursor: row.id, node: shown(row) }));
  return { edges, pageInfo: { hasNextPage: rows.length > PAGE, endCursor: edges.at(-1)?.cursor ?? null } };
}

function shown(row: OrderRow) {
  return {
    id: row.id,
    merchantOrderNo: row.merchant_order_no,
    subject: row.subject,
    amount: formatAmount(BigInt(row.amount_fen)),
    refundedAmount: formatAmount(BigInt(row.refunded_fen)),
    status: row.status,
    version: row.version,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    paidAt: row.paid_at,
  };
}
