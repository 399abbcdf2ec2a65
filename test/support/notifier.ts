// Alipay's side of the notification route, with keys of our own making.
import { randomUUID } from 'node:crypto';
import { formatBeijingTime } from '../../src/alipay/beijing-time.ts';
import { APP_ID, alipay, app, bare, SELLER_ID } from '../alipay/keys.ts';
import { type Fields, PAID } from '../alipay/notice.ts';
import type { Env } from './gateway.ts';

/** The environment of a gateway whose Alipay is this file; `gateway` answers its calls. */
export function alipayEnv(gateway: string): Env {
  return {
    ALI_APP_ID: APP_ID,
    ALI_PRIVATE_KEY: bare(app.privateKey, 'pkcs8'),
    ALI_PUBLIC_KEY: bare(alipay.publicKey, 'spki'),
    ALI_SELLER_ID: SELLER_ID,
    ALI_GATEWAY: gateway,
  };
}

let trades = 0;

/** The fields of a notice that an order has been paid, under a notification id and a trade of their own. */
export function paidFields(outTradeNo: string, amount: string, more: Fields = {}): Fields {
  trades += 1;
  return {
    ...PAID,
    // Money paid before its order was made is a case.
    gmt_payment: formatBeijingTime(new Date()),
    notify_id: randomUUID().replaceAll('-', ''),
    trade_no: `20261123220014${String(trades).padStart(14, '0')}`,
    out_trade_no: outTradeNo,
    total_amount: amount,
    ...more,
  };
}

export interface NotifyReply {
  readonly status: number;
  readonly type: string | null;
  readonly body: string;
  readonly bytes: number;
}

const FORM = 'application/x-www-form-urlencoded; charset=utf-8';

/** Posts a body to the notification route. */
export async function notify(
  { url }: { readonly url: string },
  body: Buffer | string,
  { query = '', type = FORM }: { query?: string; type?: string } = {},
): Promise<NotifyReply> {
  const response = await fetch(`${url}/alipay/notify${query}`, {
    method: 'POST',
    headers: { 'content-type': type },
    body: typeof body === 'string' ? body : new Uint8Array(body),
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    body: bytes.toString('utf8'),
    bytes: bytes.length,
  };
}
