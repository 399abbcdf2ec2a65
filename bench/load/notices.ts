import { createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { promisify } from 'node:util';
import { formatBeijingTime } from '../../src/alipay/beijing-time.ts';
import type { Keys } from '../keys.ts';

const signInPool = promisify((text: string, key: KeyObject, done: (error: Error | null, signature: Buffer) => void) =>
  sign('sha256', Buffer.from(text), key, done),
);

export interface Sale {
  readonly merchantOrderNo: string;
  /** Yuan as text. */
  readonly amount: string;
}

/** Signs what Alipay posts when a buyer has paid: every field of a real one, some 1.4 KB. */
export function noticeSigner(keys: Pick<Keys, 'appId' | 'sellerId' | 'alipayPrivateKey'>) {
  const key = createPrivateKey(keys.alipayPrivateKey);
  return async (sale: Sale): Promise<string> => {
    const fields = fieldsOf(sale, keys);
    const names = Object.keys(fields).sort();
    const signature = await signInPool(names.map((name) => `${name}=${fields[name]}`).join('&'), key);
    return formOf({ ...fields, sign: signature.toString('base64'), sign_type: 'RSA2' });
  };
}

let serial = 0;

function fieldsOf({ merchantOrderNo, amount }: Sale, keys: Pick<Keys, 'appId' | 'sellerId'>): Record<string, string> {
  serial += 1;
  const now = formatBeijingTime(new Date());
  const number = `${now.slice(0, 10).replaceAll('-', '')}22001${process.pid}${String(serial).padStart(12, '0')}`;
  return {
    gmt_create: now,
    charset: 'utf-8',
    seller_email: 'shop@example.com',
    subject: 'Tea and cake 茶',
    buyer_id: '2088000000000009',
    buyer_logon_id: '138****0000',
    invoice_amount: amount,
    notify_id: `${number}n`,
    fund_bill_list: JSON.stringify([{ amount, fundChannel: 'ALIPAYACCOUNT' }]),
    notify_type: 'trade_status_sync',
    trade_status: 'TRADE_SUCCESS',
    receipt_amount: amount,
    buyer_pay_amount: amount,
    point_amount: '0.00',
    app_id: keys.appId,
    auth_app_id: keys.appId,
    seller_id: keys.sellerId,
    gmt_payment: now,
    notify_time: now,
    version: '1.0',
    out_trade_no: merchantOrderNo,
    total_amount: amount,
    trade_no: number,
  };
}

function formOf(fields: Readonly<Record<string, string>>): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name}=${encodeURIComponent(value).replaceAll('%20', '+')}`)
    .join('&');
}
