import { createSecretKey, type KeyObject, verify } from 'node:crypto';
import type { Pool } from 'pg';
import { parseBeijingTime } from '../../src/alipay/beijing-time.ts';
import { newUuid } from '../../src/ids.ts';
import { formatAmount, parseAmount } from '../../src/orders/money.ts';
import type { CallAlipay } from './alipay.ts';
import { createOrder, type OrderInput, shownNew } from './create-order.ts';
import type { Standing } from './follow.ts';
import { order, page, standingOf } from './orders.ts';
import { type PayInput, payByAuthCode } from './pay.ts';
import { type RefundInput, refundOrder } from './refund.ts';
import { offer } from './sell.ts';
import { applyPaid, isJudged, seedMerchant } from './statements.ts';

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
  /** The order, and its payment with the QR code. */
  sell(input: OrderInput): Promise<object | null>;
  order(id: string): Promise<object | null>;
  standingOf(id: string): Promise<Standing | undefined>;
  page(after: string | null): Promise<object>;
  hear(body: Buffer): Promise<Heard>;
  payByAuthCode(input: PayInput): Promise<object | null>;
  refundOrder(input: RefundInput): Promise<object | null>;
}

export interface Heard {
  readonly answer: 'success' | 'failure';
  /** What it changed. */
  readonly change?: Standing;
}

/** The work of all workloads, for one merchant. */
export async function limitWork({ pool, appId, sellerId, alipayKey, ...needs }: LimitNeeds): Promise<LimitWork> {
  const merchantId = await merchantIn(pool);
  const codeKey = createSecretKey(Buffer.from(needs.secretKey));
  const money = { pool, merchantId, call: needs.call, codeKey };
  return {
    payByAuthCode: (input) => payByAuthCode(money, input),
    refundOrder: (input) => refundOrder(money, input),
    async createOrder(input) {
      const created = await createOrder(pool, merchantId, input);
      return created && shownNew(created);
    },
    async sell(input) {
      const created = await createOrder(pool, merchantId, input);
      return created && [shownNew(created), await offer(money, created, input)];
    },
    order: (id) => order(pool, merchantId, id),
    standingOf: (id) => standingOf(pool, merchantId, id),
    page: (after) => page(pool, merchantId, after),
    async hear(body) {
      const fields = verified(body, alipayKey);
      const ours = fields?.get('app_id') === appId && fields.get('seller_id') === sellerId;
      if (fields === undefined || !ours || fields.get('trade_status') !== 'TRADE_SUCCESS') return { answer: 'failure' };
      return applyNotice(pool, merchantId, { fields, body });
    },
  };
}

/** The one that an earlier process made, or a new one. */
async function merchantIn(pool: Pool): Promise<string> {
  const { rows } = await pool.query<{ id: string }>('select id from merchants');
  if (rows[0] !== undefined) return rows[0].id;
  const merchantId = newUuid(new Date());
  for (const text of seedMerchant) await pool.query(text, [merchantId]);
  return merchantId;
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
): Promise<Heard> {
  const [number, tradeNo, notifyId] = ['out_trade_no', 'trade_no', 'notify_id'].map((name) => fields.get(name) ?? '');
  const fen = parseAmount(fields.get('total_amount') ?? '');
  const paidAt = parseBeijingTime(fields.get('gmt_payment') ?? '');
  if (fen === undefined || paidAt === undefined) return { answer: 'failure' };
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
  const { rows } = await pool.query<Standing>({
    ...applyPaid,
    values: [
      ...[merchantId, merchantId, number, fen.toString(), at, paidAt.toISOString(), ...ids],
      ...[tradeNo, JSON.stringify(said), at, notifyId, body],
    ],
  });
  if (rows[0] !== undefined) return { answer: 'success', change: rows[0] };
  const judged = await pool.query({ ...isJudged, values: [merchantId, notifyId] });
  return { answer: judged.rowCount === 1 ? 'success' : 'failure' };
}
