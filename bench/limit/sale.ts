// What a payment and a refund have in common: the sale as it is, and its next step.
import { hash, type KeyObject } from 'node:crypto';
import type { Pool } from 'pg';
import { newUuid } from '../../src/ids.ts';
import type { CallAlipay } from './alipay.ts';
import { findSale } from './money-statements.ts';

export interface MoneyNeeds {
  readonly pool: Pool;
  readonly merchantId: string;
  readonly call: CallAlipay;
  /** For what is kept of a scanned code. */
  readonly codeKey: KeyObject;
}

export interface Sale {
  readonly id: string;
  readonly merchant_order_no: string;
  readonly subject: string;
  readonly amount_fen: string;
  readonly refunded_fen: string;
  readonly status: string;
  readonly version: number;
  readonly last_hash: string;
  readonly store_id: string | null;
  readonly terminal_id: string | null;
  readonly expires_at: Date;
  readonly payment_id: string | null;
  readonly payment_status: string | null;
  readonly out_trade_no: string | null;
}

export async function saleOf({ pool, merchantId }: MoneyNeeds, orderId: string): Promise<Sale | undefined> {
  const { rows } = await pool.query<Sale>({ ...findSale, values: [merchantId, orderId] });
  return rows[0];
}

interface What {
  readonly type: string;
  readonly status: string;
  readonly data: object;
  readonly evidenceId: string | null;
}

export interface Step {
  readonly version: number;
  readonly last_hash: string;
  /** What every step's statement begins with. */
  readonly values: readonly unknown[];
}

/** The step after `from`, which is the order or the step before. */
export function nextStep(
  needs: MoneyNeeds,
  orderId: string,
  { from, ...what }: What & { from: Omit<Step, 'values'> },
): Step {
  const now = new Date();
  const eventId = newUuid(now);
  const [version, data, at] = [from.version + 1, JSON.stringify(what.data), now.toISOString()];
  const of = [needs.merchantId, orderId] as const;
  const parts = [from.last_hash, eventId, ...of, version, what.type, what.status, at, what.evidenceId ?? '', data];
  const last_hash = hash('sha256', parts.join('\n'), 'hex');
  const said = [what.type, what.status, at, data, what.evidenceId, from.last_hash];
  return { version, last_hash, values: [...of, from.version, last_hash, eventId, ...said] };
}

/** @throws Error when somebody else was faster: nobody else is there. */
export async function write(
  { pool }: MoneyNeeds,
  statement: { name: string; text: string },
  values: unknown[],
): Promise<void> {
  const { rowCount } = await pool.query({ ...statement, values });
  if (rowCount !== 1) throw new Error(`${statement.name} wrote nothing`);
}

export function timeIn(ms: number): string {
  return new Date(Date.now() + ms).toISOString();
}
