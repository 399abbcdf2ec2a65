// Builds notifications as Alipay's gateway does.
import { type KeyObject, sign } from 'node:crypto';
import iconv from 'iconv-lite';
import { APP_ID, alipay, SELLER_ID } from './keys.ts';

export type Fields = Readonly<Record<string, string>>;

export const PAID: Fields = {
  gmt_create: '2026-11-23 10:00:00',
  charset: 'utf-8',
  gmt_payment: '2026-11-23 10:00:05',
  notify_time: '2026-11-23 10:00:06',
  subject: 'tea + cake 100% 茶',
  buyer_id: '2088000000000009',
  version: '1.0',
  notify_id: '2026112300222100005012345678901234',
  fund_bill_list: '[{"amount":"8.88","fundChannel":"ALIPAYACCOUNT"}]',
  notify_type: 'trade_status_sync',
  out_trade_no: 'order-1',
  total_amount: '8.88',
  trade_status: 'TRADE_SUCCESS',
  trade_no: '2026112322001400000000000001',
  app_id: APP_ID,
  seller_id: SELLER_ID,
};

export interface Manner {
  readonly key?: KeyObject;
  readonly encoding?: 'utf8' | 'gbk';
  /** Which fields the signature covers. */
  readonly covers?: (name: string, value: string) => boolean;
  readonly algorithm?: 'sha256' | 'sha1';
  readonly signType?: string;
}

export function without(fields: Fields, ...names: readonly string[]): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));
}

export function signatureOf(fields: Fields, manner: Manner = {}): string {
  const { key = alipay.privateKey, encoding = 'utf8', covers = () => true, algorithm = 'sha256' } = manner;
  const canonical = Object.entries(fields)
    .filter(([name, value]) => covers(name, value))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
  return sign(algorithm, iconv.encode(canonical, encoding), key).toString('base64');
}

/** A form body, signed. */
export function notice(fields: Fields, manner: Manner = {}): Buffer {
  const signed = { ...fields, sign: signatureOf(fields, manner), sign_type: manner.signType ?? 'RSA2' };
  return Buffer.from(formOf(signed, manner.encoding));
}

export function formOf(fields: Fields, encoding: 'utf8' | 'gbk' = 'utf8'): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name}=${escaped(iconv.encode(value, encoding))}`)
    .join('&');
}

function escaped(bytes: Buffer): string {
  return bytes
    .toString('latin1')
    .replace(/[^A-Za-z0-9.*_ -]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)
    .replaceAll(' ', '+');
}
