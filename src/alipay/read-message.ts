// A kept message, read years later: with nothing but its bytes and a key.
import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import type { VerificationKey } from '../orders/bundle.ts';
import type { ReadMessage, Said } from '../orders/check-bundle.ts';
import { parseAmount } from '../orders/money.ts';
import type { AlipayKey } from './account.ts';
import { fingerprintOf } from './fingerprint.ts';
import { readSignedAnswer } from './signed-answer.ts';
import { readFormSignedWith } from './signed-form.ts';
import { type Field, readFact } from './trade-fact.ts';

/** Reads kept messages, and each of their keys once. */
export function messageReader(): ReadMessage {
  const keys = new Map<string, KeyObject | string>();
  return ({ kind, bytes }, given) => {
    const known = keys.get(given.id) ?? keyOf(given);
    keys.set(given.id, known);
    if (typeof known === 'string') return { kind: 'unverified', reason: known };
    return kind === 'notification'
      ? readNotice(Buffer.from(bytes), { id: given.id, key: known })
      : readAnswer(Buffer.from(bytes), known);
  };
}

/** The key, if it is the one that its id names; else what is wrong with it. */
function keyOf({ id, publicKey, certificate }: VerificationKey): KeyObject | string {
  try {
    const key = createPublicKey(publicKey);
    if (fingerprintOf(key) !== id) return `the key that is called ${id} is another one`;
    const certified = certificate === null || new X509Certificate(certificate).publicKey.equals(key);
    return certified ? key : `the certificate of key ${id} is another key's`;
  } catch {
    return `the key ${id} can't be read`;
  }
}

type Read = ReturnType<ReadMessage>;

function readNotice(bytes: Buffer, key: AlipayKey): Read {
  const read = readFormSignedWith(bytes, key);
  return read.kind === 'unverified' ? read : { kind: 'verified', said: saidBy('notification', read.field) };
}

function readAnswer(bytes: Buffer, key: KeyObject): Read {
  const read = readSignedAnswer(bytes, key);
  if (read.kind === 'unverified') return read;
  const { method, fields } = read;
  return {
    kind: 'verified',
    said: saidBy(
      method,
      withStatus(method, (name) => fields.get(name) || undefined),
    ),
  };
}

/** trade.pay says by its code how the trade stands: 10003 while the buyer is asked for a password. */
function withStatus(method: string, field: Field): Field {
  if (method !== 'alipay.trade.pay') return field;
  const status = field('code') === '10000' ? 'TRADE_SUCCESS' : 'WAIT_BUYER_PAY';
  return (name) => (name === 'trade_status' ? status : field(name));
}

function saidBy(kind: string, field: Field): Said {
  const trade = readFact(field, true);
  const refunded = field('refund_fee') ?? field('refund_amount');
  return {
    kind,
    outTradeNo: field('out_trade_no'),
    tradeNo: field('trade_no'),
    amountFen: amountOf(field('total_amount')),
    paid: trade.kind === 'fact' && trade.fact.state === 'paid',
    refundedFen: amountOf(refunded),
    appId: field('app_id'),
    sellerId: field('seller_id'),
    notifyId: field('notify_id'),
  };
}

function amountOf(text: string | undefined): bigint | undefined {
  return text === undefined ? undefined : parseAmount(text);
}
