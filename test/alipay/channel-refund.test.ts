import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type AlipayChannel, alipayChannel } from '../../src/alipay/channel.ts';
import type { RefundRequest } from '../../src/orders/ports.ts';
import { type FakeGateway, fakeGateway, REFUND, REFUND_QUERY, says, signedAnswer } from './fake-gateway.ts';
import { accountFor } from './keys.ts';
import { TRADE_NO } from './payment-request.ts';

const REQUEST: RefundRequest = { outTradeNo: 'order-1', refundNo: 'refund-1', amountFen: 300n, reason: 'cold 凉了' };
const ok = { code: '10000', msg: 'Success', out_trade_no: 'order-1', trade_no: TRADE_NO };
const gmt_refund_pay = '2026-11-23 10:30:00';
const refundedAt = new Date('2026-11-23T02:30:00Z');

let gateway: FakeGateway;
let channel: AlipayChannel;

beforeAll(async () => {
  gateway = await fakeGateway();
  channel = alipayChannel({ account: accountFor(gateway.url), notifyUrl: 'https://shop.example/n' });
});
beforeEach(() => {
  gateway.asked.length = 0;
});
afterAll(async () => {
  await channel.disconnect();
  await gateway.close();
});

const refund = (fields: object, request = REQUEST) => {
  gateway.answer = says(signedAnswer(REFUND, fields));
  return channel.refund(request);
};
const queryRefund = (fields: object) => {
  gateway.answer = says(signedAnswer(REFUND_QUERY, fields));
  return channel.queryRefund(REQUEST);
};

describe('a refund', () => {
  const done = { ...ok, fund_change: 'Y', refund_fee: '5.00', gmt_refund_pay };

  test('goes out under its own number', async () => {
    await refund(done);
    expect(gateway.asked[0]?.query.get('method')).toBe('alipay.trade.refund');
    expect(gateway.asked[0]?.query.has('notify_url')).toBe(false);
    expect(gateway.asked[0]?.bizContent).toEqual({
      out_trade_no: 'order-1',
      out_request_no: 'refund-1',
      refund_amount: '3.00',
      refund_reason: 'cold 凉了',
    });
  });

  test.each([null, ''])('%j is no reason', async (reason) => {
    await refund(done, { ...REQUEST, reason });
    expect(Object.keys(gateway.asked[0]?.bizContent ?? {})).toEqual([
      'out_trade_no',
      'out_request_no',
      'refund_amount',
    ]);
  });

  test.each<[string, object, object]>([
    ['the second one', done, { fundChange: true, totalFen: 500n, refundedAt }],
    ['the first one', { ...done, refund_fee: '3.00' }, { fundChange: true, totalFen: 300n, refundedAt }],
    ['no time', { ...done, gmt_refund_pay: undefined }, { fundChange: true, totalFen: 500n, refundedAt: null }],
    ['a repeat', { ...done, fund_change: 'N' }, { fundChange: false, totalFen: 500n, refundedAt }],
    ['not yet', { ...ok, fund_change: 'N', refund_fee: '0.00' }, { fundChange: false, totalFen: 0n, refundedAt: null }],
  ])('%s', async (_, fields, value) => expect(await refund(fields)).toMatchObject({ kind: 'accepted', value }));

  test.each<[string, object]>([
    ['no fund_change', { ...done, fund_change: undefined }],
    ['a fund_change that says neither', { ...done, fund_change: 'true' }],
    ['no refund_fee', { ...done, refund_fee: undefined }],
    ['a refund_fee that is a number', { ...done, refund_fee: 5 }],
    ['less in all than this one alone', { ...done, refund_fee: '2.99' }],
  ])('%s: unknown', async (_, fields) => expect(await refund(fields)).toMatchObject({ kind: 'unknown' }));
});

describe('a question about a refund', () => {
  const known = { ...ok, out_request_no: 'refund-1', total_amount: '8.88', refund_amount: '3.00' };
  const done = { ...known, refund_status: 'REFUND_SUCCESS', gmt_refund_pay };

  test('asks for the time as well', async () => {
    await queryRefund(done);
    expect(gateway.asked[0]?.query.get('method')).toBe('alipay.trade.fastpay.refund.query');
    expect(gateway.asked[0]?.bizContent).toEqual({
      out_trade_no: 'order-1',
      out_request_no: 'refund-1',
      query_options: ['gmt_refund_pay'],
    });
  });

  test.each<[string, object, object]>([
    ['done', done, { done: true, amountFen: 300n, refundedAt }],
    ['done, no time', { ...done, gmt_refund_pay: '' }, { done: true, amountFen: 300n, refundedAt: null }],
    ['done, in the words of older pages', known, { done: true, amountFen: 300n, refundedAt: null }],
    ['a number that Alipay does not know', ok, { done: false }],
    ['not a word', { code: '10000', msg: 'Success' }, { done: false }],
    ['no such trade', { code: '40004', sub_code: 'ACQ.TRADE_NOT_EXIST', refund_amount: '3.00' }, { done: false }],
    ['no such trade, no prefix', { code: '40004', sub_code: 'TRADE_NOT_EXIST' }, { done: false }],
  ])('%s', async (_, fields, value) => {
    const answer = await queryRefund(fields);
    expect(answer.kind === 'accepted' && answer.value).toEqual(value);
  });

  test.each<[string, object]>([
    ['another refund', { ...done, out_request_no: 'refund-2' }],
    ['no amount', { ...done, refund_amount: undefined }],
    ['nothing given back', { ...done, refund_amount: '0.00' }],
    ['an amount that is a number', { ...done, refund_amount: 3 }],
    ['a status that nobody knows', { ...done, refund_status: 'REFUND_PROCESSING' }],
    ['no such trade, of another number', { code: '40004', sub_code: 'ACQ.TRADE_NOT_EXIST', out_trade_no: 'order-2' }],
  ])('%s: unknown', async (_, fields) => expect(await queryRefund(fields)).toMatchObject({ kind: 'unknown' }));

  test('“no such trade” counts only when Alipay signs it', async () => {
    for (const code of ['40004', '40002']) {
      gateway.answer = says(JSON.stringify({ [REFUND_QUERY]: { code, sub_code: 'ACQ.TRADE_NOT_EXIST' } }));
      expect(await channel.queryRefund(REQUEST)).toMatchObject({ kind: 'unknown' });
    }
  });
});
