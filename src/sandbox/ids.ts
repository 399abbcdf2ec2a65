import { randomBytes, randomInt } from 'node:crypto';
import { formatChinaTime } from './china-time.ts';

/** That many random decimal digits. */
export function digits(count: number): string {
  return Array.from({ length: count }, () => randomInt(10)).join('');
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** That many random small letters and digits. */
export function letters(count: number): string {
  return Array.from({ length: count }, () => LETTERS[randomInt(LETTERS.length)]).join('');
}

/** 28 digits that begin with the day, as Alipay's trade numbers do. */
export function newTradeNo(nowMs: number): string {
  return `${formatChinaTime(nowMs).slice(0, 10).replaceAll('-', '')}22001${digits(15)}`;
}

/** One per notice; every resending of that notice carries it again. */
export function newNotifyId(nowMs: number): string {
  const stamp = formatChinaTime(nowMs);
  return `${stamp.slice(0, 10).replaceAll('-', '')}00222${stamp.slice(11).replaceAll(':', '')}${digits(15)}`;
}

/** The unguessable tail of the URL of a QR code (`bax`) or of a cashier page (`cas`). */
export function newCode(prefix: 'bax' | 'cas'): string {
  return `${prefix}${BigInt(`0x${randomBytes(16).toString('hex')}`)
    .toString(36)
    .padStart(25, '0')}`;
}

/** The `trace_id` header of an answer. */
export function newTraceId(): string {
  return randomBytes(16).toString('hex');
}
