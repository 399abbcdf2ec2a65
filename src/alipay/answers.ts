// Reads what an accepted answer says: either its value, or a text that says what is wrong with it.
import type { Fact } from '../orders/fact.ts';
import { parseAmount } from '../orders/money.ts';
import type { Cancelled, PaymentRequest, RefundAnswer, RefundRequest, RefundState } from '../orders/ports.ts';
import { parseBeijingTime } from './beijing-time.ts';
import type { Fields } from './gateway-answer.ts';
import { type Field, readFact } from './trade-fact.ts';

export type Read<Value> = { readonly value: Value } | string;
export type ReadValue<Value> = (fields: Fields) => Read<Value>;

const MAX_QR_CODE = 1024;

export function readQrCode(fields: Fields): Read<{ readonly qrContent: string }> {
  const qrContent = fields.get('qr_code') ?? '';
  if (!fields.has('out_trade_no')) return 'an answer without out_trade_no';
  if (qrContent === '' || qrContent.length > MAX_QR_CODE) return 'an answer without a usable qr_code';
  return { value: { qrContent } };
}

/** An answer names no seller: it comes from the account that was asked. */
export function readTrade(fields: Fields): Read<Fact> {
  return tradeIn((name) => fields.get(name) || undefined);
}

/** trade.pay says by its code how the trade stands: 10003 while the buyer is asked for a password. */
export function readPaid({ amountFen }: Pick<PaymentRequest, 'amountFen'>): ReadValue<Fact> {
  return (fields) => {
    const status = fields.get('code') === '10003' ? 'WAIT_BUYER_PAY' : 'TRADE_SUCCESS';
    const read = tradeIn((name) => (name === 'trade_status' ? status : fields.get(name) || undefined));
    if (typeof read === 'string') return read;
    return read.value.amountFen === amountFen ? read : 'an answer about another amount';
  };
}

function tradeIn(field: Field): Read<Fact> {
  const read = readFact(field, true);
  return read.kind === 'fact' ? { value: read.fact } : read.reason;
}

export function readClosed(): Read<null> {
  return { value: null };
}

/** No action: there was no trade to end (dossier 3.1). */
export function readCancelled(fields: Fields): Read<Cancelled> {
  const retry = yesOrNo(fields.get('retry_flag'));
  if (retry === undefined) return 'an answer without retry_flag';
  const action = fields.get('action') || 'none';
  if (action !== 'close' && action !== 'refund' && action !== 'none') return 'an answer with an unheard-of action';
  return { value: { retry, action } };
}

/** `refund_fee` is what has been given back in all: a refund that went through makes it no less than itself. */
export function readRefund({ amountFen }: Pick<RefundRequest, 'amountFen'>): ReadValue<RefundAnswer> {
  return (fields) => {
    const fundChange = yesOrNo(fields.get('fund_change'));
    const totalFen = parseAmount(fields.get('refund_fee') ?? '');
    if (fundChange === undefined) return 'an answer without fund_change';
    if (totalFen === undefined) return 'an answer without a usable refund_fee';
    if (fundChange && totalFen < amountFen) return 'an answer about another amount';
    return { value: { fundChange, totalFen, refundedAt: refundTime(fields) } };
  };
}

/** Alipay answers 10000 without a word about the refund when it does not know the number (dossier 3.1). */
export function readRefundState({ refundNo }: Pick<RefundRequest, 'refundNo'>): ReadValue<RefundState> {
  return (fields) => {
    if (fields.get('code') !== '10000') return { value: { done: false } };
    const status = fields.get('refund_status') || undefined;
    const text = fields.get('refund_amount') || undefined;
    if ((fields.get('out_request_no') ?? refundNo) !== refundNo) return 'an answer about another out_request_no';
    if (status !== undefined && status !== 'REFUND_SUCCESS') return 'an answer with an unheard-of refund_status';
    if (status === undefined && text === undefined) return { value: { done: false } };
    const amountFen = parseAmount(text ?? '');
    if (amountFen === undefined || amountFen === 0n) return 'an answer without a usable refund_amount';
    return { value: { done: true, amountFen, refundedAt: refundTime(fields) } };
  };
}

function refundTime(fields: Fields): Date | null {
  return parseBeijingTime(fields.get('gmt_refund_pay') ?? '') ?? null;
}

function yesOrNo(flag: string | undefined): boolean | undefined {
  if (flag === 'Y') return true;
  return flag === 'N' ? false : undefined;
}
