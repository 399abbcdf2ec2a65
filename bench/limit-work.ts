import { createSecretKey, hash, type KeyObject, verify } from 'node:crypto';
import type { Pool } from 'pg';
import { parseBeijingTime } from '../src/alipay/beijing-time.ts';
import { newUuid } from '../src/ids.ts';
import { formatAmount, parseAmount } from '../src/orders/money.ts';
import type { CallAlipay } from './limit-alipay.ts';
import { type PayInput, payByAuthCode } from './limit-pay.ts';
import { type RefundInput, refundOrder } from './limit-refund.ts';
import { applyPaid, findOrder, insertOrder, isJudged, seedMerchant } from './limit-statements.ts';

export interface LimitNeeds {
  readonly pool: Pool;
  readonly appId: string;
  readonly sellerId: string;
  readonly alipayKey: KeyObject;
  readonly call: CallAlipay;
  readonly secretKey: string;
}

export interface LimitWork {
  createOrder(input: OrderInput): Promise<object | null>;
  order(id: string): Promise<object | null>;
  hear(body: Buffer): Promise<'success' | 'failure'>;
  payByAuthCode(input: PayInput): Promise<object | null>;
  refundOrder(input: RefundInput): Promise<object | null>;
}

export interface OrderInput {
  readonly merchantOrderNo: string;
  readonly amount: string;
  readonly subject: string;
  readonly storeId: string;
  readonly terminalId: string;
}

const EXPIRY_MS = 30 * 60_000;
const FIRST_HASH = '0'.repeat(64);

/** Seeds its merchant, then does the work of all workloads. */
export async function limitWork({ pool, appId, sellerId, alipayKey, ...needs }: LimitNeeds): Promise<LimitWork> {
  const merchantId = newUuid(new Date());
  for (const text of seedMerchant) await pool.query(text, [merchantId]);
  const codeKey = createSecretKey(Buffer.from(needs.secretKey));
  const money = { pool, merchantId, call: needs.call, codeKey };
  return {
    payByAuthCode: (input) => payByAuthCode(money, input),
    refundOrder: (input) => refundOrder(money, input),
    createOrder: (input) => createOrder(pool, merchantId, input),
    order: (id) => order(pool, merchantId, id),
    async hear(body) {
      const fields = verified(body, alipayKey);
      const ours = fields?.get('app_id') === appId && fields.get('seller_id') === sellerId;
      if (fields === undefined || !ours || fields.get('trade_status') !== 'TRADE_SUCCESS') return 'failure';
      return applyNotice(pool, merchantId, { fields, body });
    },
  };
}

async function createOrder(pool: Pool, merchantId: string, input: OrderInput): Promise<object | null> {
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
  if (rowCount !== 1) return null;
  const times = { createdAt: now, expiresAt, paidAt: null };
  return { id, merchantOrderNo, subject, amount, refundedAmount: '0.00', status: 'PENDING', version: 1, ...times };
}

async function order(pool: Pool, merchantId: string, id: string): Promise<object | null> {
  const { rows } = await pool.query({ ...findOrder, values: [merchantId, id] });
  const row = rows[0];
  if (row === undefined) return null;
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

type Fields = ReadonlyMap<string, string>;

/** The fields when Alipay's signature covers them. */
function verified(body: Buffer, key: KeyObject): Fields | undefined {
  const fields = new Map<string, string>();
  for (const pair of body.toString('latin1').split('&')) {
    const equals = pair.indexOf('=');
    const name = pair.slice(0, equals);
    if (fields.has(name)) return undefined;
    fields.set(name, decodeURIComponent(pair.slice(equals + 1).replaceAll('+', ' ')));
  }
  const names = [...fields.keys()].filter((name) => name !== 'sign' && name !== 'sign_type').sort();
  const signed = names.map((name) => `${name}=${fields.get(name)}`).join('&');
  const signature = Buffer.from(fields.get('sign') ?? '', 'base64');
  return verify('sha256', Buffer.from(signed), key, signature) ? fields : undefined;
}

async function applyNotice(
  pool: Pool,
  merchantId: string,
  { fields, body }: { fields: Fields; body: Buffer },
): Promise<'success' | 'failure'> {
  const [number, tradeNo, notifyId] = ['out_trade_no', 'trade_no', 'notify_id'].map((name) => fields.get(name) ?? '');
  const fen = parseAmount(fields.get('total_amount') ?? '');
  const paidAt = parseBeijingTime(fields.get('gmt_payment') ?? '');
  if (fen === undefined || paidAt === undefined) return 'failure';
  const now = new Date();
  const said = {
    amount: formatAmount(fen),
    method: 'QR_CODE',
    outTradeNo: number,
    paymentStatus: 'SUCCEEDED',
    tradeNo,
  };
  const ids = [newUuid(now), newUuid(now), newUuid(now)];
  const at = now.toISOString();
  const { rowCount } = await pool.query({
    ...applyPaid,
    values: [
      ...[merchantId, merchantId, number, fen.toString(), at, paidAt.toISOString(), ...ids],
      ...[tradeNo, JSON.stringify(said), at, notifyId, body],
    ],
  });
  if (rowCount === 1) return 'success';
  const judged = await pool.query({ ...isJudged, values: [merchantId, notifyId] });
  return judged.rowCount === 1 ? 'success' : 'failure';
}
