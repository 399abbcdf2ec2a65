// A kept message must tell all by itself, years later: its charset, its form, what of it is signed.
import { describe, expect, test } from 'vitest';
import { fingerprintOf } from '../../src/alipay/fingerprint.ts';
import { messageReader } from '../../src/alipay/read-message.ts';
import type { VerificationKey } from '../../src/orders/bundle.ts';
import { signedAnswer } from './fake-gateway.ts';
import { APP_ID, alipay, pem, SELLER_ID, stranger } from './keys.ts';
import { notice, PAID } from './notice.ts';

const KEY = keyOf(alipay.publicKey);
const TRADE_NO = '2026112322001400000000000001';
const TRADE = { code: '10000', msg: 'Success', out_trade_no: 'order-1', trade_no: TRADE_NO, total_amount: '8.88' };

function keyOf(publicKey: typeof alipay.publicKey): VerificationKey {
  const id = fingerprintOf(publicKey);
  return { id, publicKey: pem(publicKey, 'spki'), certificate: null, firstSeenAt: new Date(0) };
}

function read(kind: 'notification' | 'answer', bytes: Buffer | string, key = KEY) {
  return messageReader()({ kind, bytes: Buffer.from(bytes) }, key);
}

describe('notifications', () => {
  test.each([
    ['in UTF-8', notice(PAID)],
    ['in GBK, which only its own field says', notice({ ...PAID, charset: 'GBK' }, { encoding: 'gbk' })],
    ['with an empty value that is signed', notice({ ...PAID, body: '' })],
    ['with an empty value that is not', notice({ ...PAID, body: '' }, { covers: (_, value) => value !== '' })],
  ])('%s', (_, bytes) => {
    expect(read('notification', bytes)).toEqual({
      kind: 'verified',
      said: {
        kind: 'notification',
        outTradeNo: 'order-1',
        tradeNo: TRADE_NO,
        amountFen: 888n,
        paid: true,
        refundedFen: undefined,
        appId: APP_ID,
        sellerId: SELLER_ID,
        notifyId: PAID.notify_id,
      },
    });
  });
});

describe('answers', () => {
  test.each<[string, object, object]>([
    [
      'alipay_trade_query',
      { ...TRADE, trade_status: 'TRADE_SUCCESS' },
      { kind: 'alipay.trade.query', paid: true, amountFen: 888n },
    ],
    ['alipay_trade_query', { ...TRADE, trade_status: 'WAIT_BUYER_PAY' }, { paid: false }],
    ['alipay_trade_query', { ...TRADE, trade_status: 'TRADE_CLOSED' }, { paid: false }],
    ['alipay_trade_pay', TRADE, { kind: 'alipay.trade.pay', paid: true }],
    ['alipay_trade_pay', { ...TRADE, code: '10003' }, { paid: false }],
    [
      'alipay_trade_refund',
      { ...TRADE, refund_fee: '2.50', subject: 'a } and "sign"' },
      { paid: false, refundedFen: 250n },
    ],
    [
      'alipay_trade_fastpay_refund_query',
      { ...TRADE, refund_amount: '2.50' },
      { kind: 'alipay.trade.fastpay.refund.query', refundedFen: 250n },
    ],
  ])('%s %o', (method, node, said) => {
    expect(read('answer', signedAnswer(`${method}_response`, node))).toMatchObject({ kind: 'verified', said });
  });

  test('in certificate mode, the serial number beside the node is not signed and does no harm', () => {
    const text = signedAnswer('alipay_trade_query_response', TRADE).replace(',"sign"', ',"alipay_cert_sn":"ab","sign"');
    expect(read('answer', text).kind).toBe('verified');
  });

  test.each<[string, (text: string) => string]>([
    ['a changed amount', (text) => text.replace('8.88', '0.01')],
    ['a second node', (text) => text.replace('{', '{"alipay_trade_pay_response":{"code":"10000"},')],
    ['no signature', (text) => text.replace(/,"sign".*/, '}')],
    ['no JSON', (text) => text.slice(1)],
    ['no node', () => '{"sign":"x"}'],
  ])('%s proves nothing', (_, change) => {
    expect(read('answer', change(signedAnswer('alipay_trade_query_response', TRADE))).kind).toBe('unverified');
  });
});

describe('keys', () => {
  test("another's key does not verify", () => {
    expect(read('notification', notice(PAID), keyOf(stranger.publicKey))).toMatchObject({
      reason: 'a wrong signature',
    });
  });

  test('a key under the name of another is refused: the signature of a forger would hold', () => {
    const forged = { ...keyOf(stranger.publicKey), id: KEY.id };
    const bytes = notice(PAID, { key: stranger.privateKey });
    expect(read('notification', bytes, forged)).toMatchObject({ reason: expect.stringContaining('is another one') });
  });

  test.each([
    ['no key', { ...KEY, publicKey: 'nonsense' }],
    ['no certificate', { ...KEY, certificate: 'nonsense' }],
  ])('%s', (_, key) => {
    expect(read('notification', notice(PAID), key)).toMatchObject({ reason: expect.stringContaining("can't be read") });
  });
});
