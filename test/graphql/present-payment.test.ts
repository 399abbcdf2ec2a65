import 'reflect-metadata';
import { describe, expect, test } from 'vitest';
import { paymentFields } from '../../src/graphql/present-payment.ts';
import type { PaymentMethod } from '../../src/orders/payment.ts';
import { aPayment } from '../support/orders.ts';

const OFFER = 'what the buyer is given';

describe('what the buyer is given is shown in the one field of its method', () => {
  // biome-ignore format: a table
  test.each<[PaymentMethod, { qrCode: string | null; redirectUrl: string | null; orderString: string | null }]>([
    ['QR_CODE',   { qrCode: OFFER, redirectUrl: null,  orderString: null }],
    ['PAGE',      { qrCode: null,  redirectUrl: OFFER, orderString: null }],
    ['WAP',       { qrCode: null,  redirectUrl: OFFER, orderString: null }],
    ['APP',       { qrCode: null,  redirectUrl: null,  orderString: OFFER }],
    ['AUTH_CODE', { qrCode: null,  redirectUrl: null,  orderString: null }],
  ])('%s', (method, expected) => {
    const { qrCode, redirectUrl, orderString } = paymentFields(aPayment({ method, offer: OFFER }));
    expect({ qrCode: qrCode?.content ?? null, redirectUrl, orderString }).toEqual(expected);
  });

  test('nothing while there is none', () => {
    expect(paymentFields(aPayment({ offer: null, payableUntil: null })).qrCode).toBeNull();
  });

  test('a code says until when it can be paid, and is drawn when asked for', () => {
    const payment = aPayment();
    const { qrCode } = paymentFields(payment);
    expect(qrCode?.expiresAt).toBe(payment.payableUntil);
    expect(qrCode?.svg(undefined)).toMatch(/^<svg /);
  });
});

test("a failure keeps Alipay's sub_code and both languages", () => {
  const failure = { subCode: 'TRADE_BUYER_NOT_MATCH', message: 'not this buyer', messageZh: '买家不匹配' };
  expect(paymentFields(aPayment({ status: 'FAILED', failure })).failure).toEqual(failure);
  expect(paymentFields(aPayment()).failure).toBeNull();
});

test('what is kept to tell codes apart never leaves', () => {
  expect(Object.keys(paymentFields(aPayment({ codeHash: 'secret' })))).not.toContain('codeHash');
});
