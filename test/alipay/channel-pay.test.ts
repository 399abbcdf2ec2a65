import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type AlipayChannel, alipayChannel } from '../../src/alipay/channel.ts';
import { CANCEL, CLOSE, type FakeGateway, fakeGateway, PAY, says, signedAnswer } from './fake-gateway.ts';
import { accountFor } from './keys.ts';
import { AUTH_CODE, REQUEST, TRADE_NO } from './payment-request.ts';

let gateway: FakeGateway;
let channel: AlipayChannel;

beforeAll(async () => {
  gateway = await fakeGateway();
  channel = alipayChannel({
    account: accountFor(gateway.url),
    notifyUrl: 'https://shop.example/alipay/notify',
    now: () => new Date('2026-11-23T02:00:05Z'),
  });
});
beforeEach(() => {
  gateway.asked.length = 0;
});
afterAll(async () => {
  await channel.disconnect();
  await gateway.close();
});

const pay = (fields: object, request = REQUEST) => {
  gateway.answer = says(signedAnswer(PAY, fields));
  return channel.pay({ ...request, authCode: AUTH_CODE });
};
const cancel = (fields: object) => {
  gateway.answer = says(signedAnswer(CANCEL, fields));
  return channel.cancel('order-1');
};
const ok = { msg: 'Success', out_trade_no: 'order-1', trade_no: TRADE_NO };

describe('a payment code', () => {
  const paid = {
    ...ok,
    code: '10000',
    total_amount: '8.88',
    gmt_payment: '2026-11-23 10:00:05',
    receipt_amount: '8.88',
  };
  const waiting = { ...ok, code: '10003', msg: ' order success pay inprocess', total_amount: '8.88' };
  const fact = { outTradeNo: 'order-1', tradeNo: TRADE_NO, amountFen: 888n, refund: null, sellerMatches: true };

  test('goes out with everything that a precreate says', async () => {
    await pay(paid, { ...REQUEST, storeId: 'store-1', terminalId: 'till-2', operatorId: 'op-3', body: 'hot' });
    const [asked] = gateway.asked;
    expect(asked?.query.get('method')).toBe('alipay.trade.pay');
    expect(asked?.query.get('notify_url')).toBe('https://shop.example/alipay/notify');
    expect(asked?.bizContent).toEqual({
      out_trade_no: 'order-1',
      total_amount: '8.88',
      subject: REQUEST.subject,
      auth_code: AUTH_CODE,
      scene: 'bar_code',
      time_expire: '2026-11-23 11:00:00',
      store_id: 'store-1',
      terminal_id: 'till-2',
      operator_id: 'op-3',
      body: 'hot',
    });
  });

  test.each<[string, object, object]>([
    ['paid at once', paid, { ...fact, state: 'paid', paidAt: new Date('2026-11-23T02:00:05Z') }],
    ['paid, no word of when', { ...paid, gmt_payment: undefined }, { ...fact, state: 'paid', paidAt: null }],
    ['the phone asks for a password', waiting, { ...fact, state: 'awaiting_buyer', paidAt: null }],
  ])('%s', async (_, fields, value) => {
    expect(await pay(fields)).toMatchObject({ kind: 'accepted', value });
  });

  test.each<[string, object]>([
    ['paid, another amount', { ...paid, total_amount: '8.89' }],
    ['paid, no amount', { ...paid, total_amount: undefined }],
    ['paid, no trade_no', { ...paid, trade_no: undefined }],
    ['paid, no out_trade_no', { ...paid, out_trade_no: undefined }],
    ['waiting, another amount', { ...waiting, total_amount: '0.00' }],
    ['waiting, no trade_no', { ...waiting, trade_no: undefined }],
    ['waiting, no amount', { ...waiting, total_amount: undefined }],
  ])('%s: unknown', async (_, fields) => {
    expect(await pay(fields)).toEqual({ kind: 'unknown', reason: expect.stringMatching(/[a-z]{3}/) });
  });

  test('that nobody knows any more', async () => {
    const fields = { code: '40004', sub_code: 'ACQ.PAYMENT_AUTH_CODE_INVALID', sub_msg: '[SOUNDWAVE_PARSER_FAIL]' };
    expect(await pay(fields)).toEqual({
      kind: 'rejected',
      subCode: 'PAYMENT_AUTH_CODE_INVALID',
      message: 'This payment code is not valid any more; please scan a fresh one',
      messageZh: '付款码无效或已过期，请让顾客刷新后重新扫码',
    });
  });

  test('10003 is for payment codes only', async () => {
    gateway.answer = says(signedAnswer(CLOSE, { ...ok, code: '10003' }));
    expect(await channel.close('order-1')).toEqual({ kind: 'unknown', reason: '10003' });
  });
});

test('a close names the number only', async () => {
  gateway.answer = says(signedAnswer(CLOSE, { ...ok, code: '10000' }));
  expect(await channel.close('order-1')).toMatchObject({ kind: 'accepted', value: null });
  expect(gateway.asked[0]?.query.get('method')).toBe('alipay.trade.close');
  expect(gateway.asked[0]?.query.has('notify_url')).toBe(false);
  expect(gateway.asked[0]?.bizContent).toEqual({ out_trade_no: 'order-1' });
});

describe('a cancel', () => {
  const done = { ...ok, code: '10000', retry_flag: 'N' };
  test.each<[string, object, object]>([
    ['closed what was unpaid', { ...done, action: 'close' }, { retry: false, action: 'close' }],
    ['gave the money back', { ...done, action: 'refund' }, { retry: false, action: 'refund' }],
    ['found nothing', { ...done, trade_no: undefined }, { retry: false, action: 'none' }],
    ['found nothing and says nothing of it', { ...done, action: '' }, { retry: false, action: 'none' }],
    ['is to be repeated', { ...done, retry_flag: 'Y' }, { retry: true, action: 'none' }],
    ['names no number', { ...done, out_trade_no: undefined }, { retry: false, action: 'none' }],
  ])('%s', async (_, fields, value) => {
    expect(await cancel(fields)).toMatchObject({ kind: 'accepted', value });
    expect(gateway.asked[0]?.query.get('method')).toBe('alipay.trade.cancel');
    expect(gateway.asked[0]?.bizContent).toEqual({ out_trade_no: 'order-1' });
  });

  test.each<[string, object]>([
    ['no retry_flag', { ...done, retry_flag: undefined, action: 'close' }],
    ['a retry_flag that says neither', { ...done, retry_flag: 'n' }],
    ['an action that nobody knows', { ...done, action: 'freeze' }],
  ])('%s: unknown', async (_, fields) => expect(await cancel(fields)).toMatchObject({ kind: 'unknown' }));
});
