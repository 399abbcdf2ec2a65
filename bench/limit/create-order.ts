// A new order, bare: one statement.
import { hash } from 'node:crypto';
import type { Pool } from 'pg';
import { newUuid } from '../../src/ids.ts';
import { formatAmount, parseAmount } from '../../src/orders/money.ts';
import { insertOrder } from './statements.ts';

export interface OrderInput {
  readonly merchantOrderNo: string;
  readonly amount: string;
  readonly subject: string;
  readonly storeId: string;
  readonly terminalId: string;
}

export interface Created {
  readonly id: string;
  readonly merchantOrderNo: string;
  readonly subject: string;
  readonly amount: string;
  readonly expiresAt: Date;
  readonly createdAt: Date;
  /** Of its first event. */
  readonly hash: string;
}

const EXPIRY_MS = 30 * 60_000;
const FIRST_HASH = '0'.repeat(64);

export async function createOrder(pool: Pool, merchantId: string, input: OrderInput): Promise<Created | null> {
  const { merchantOrderNo, subject, storeId, terminalId } = input;
  const fen = parseAmount(input.amount);
  if (fen === undefined || fen === 0n || !/^[A-Za-z0-9_-]{1,60}$/.test(merchantOrderNo)) return null;
  if (typeof subject !== 'string' || subject === '' || subject.length > 256) return null;
  const now = new Date();
  const expiresAt = new Date(now.getTime() + EXPIRY_MS);
  const [id, eventId, amount] = [newUuid(now), newUuid(now), formatAmount(fen)];
  const data = JSON.stringify({ amount, merchantOrderNo, subject });
  const contentHash = hash('sha256', JSON.stringify([amount, subject, storeId, terminalId]), 'hex');
  const parts = [FIRST_HASH, eventId, merchantId, id, 1, 'order.created', 'PENDING', now.toISOString(), '', data];
  const eventHash = hash('sha256', parts.join('\n'), 'hex');
  const { rowCount } = await pool.query({
    ...insertOrder,
    values: [
      ...[merchantId, id, merchantId, merchantOrderNo, contentHash, subject, fen.toString(), storeId, terminalId],
      ...[now.toISOString(), expiresAt.toISOString(), eventHash, eventId, data],
    ],
  });
  return rowCount === 1 ? { id, merchantOrderNo, subject, amount, createdAt: now, expiresAt, hash: eventHash } : null;
}

/** As it is shown. */
export function shownNew({ hash: _, ...order }: Created): object {
  return { ...order, refundedAmount: '0.00', status: 'PENDING', version: 1, paidAt: null };
}
