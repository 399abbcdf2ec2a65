import type { AlipaySdk } from 'alipay-sdk';
import { expect, test } from 'vitest';
import {
  advance,
  control,
  exec,
  type Json,
  newNumber,
  precreate,
  receiver,
  sdkFor,
  testSandbox,
  tradeOf,
  until,
} from './fixture.ts';
import { rawCall } from './raw-call.ts';

async function paid(totalAmount = '88.80', more: { sdk?: AlipaySdk; url?: string; notifyUrl?: string } = {}) {
  const url = more.url ?? (await testSandbox()).url;
  const sdk = more.sdk ?? (await sdkFor(url));
  const { outTradeNo } = await precreate(sdk, {
    biz: { total_amount: totalAmount },
    ...(more.notifyUrl === undefined ? {} : { notifyUrl: more.notifyUrl }),
  });
  await control(url, 'pay', { outTradeNo });
  const refund = (amount: string, outRequestNo?: string): Promise<Json> =>
    exec(sdk, 'refund', {
      out_trade_no: outTradeNo,
      refund_amount: amount,
      ...(outRequestNo === undefined ? {} : { out_request_no: outRequestNo }),
    });
  const look = (outRequestNo: string, biz: object = {}): Promise<Json> =>
    exec(sdk, 'fastpay.refund.query', { out_trade_no: outTradeNo, out_request_no: outRequestNo, ...biz });
  return { url, sdk, outTradeNo, refund, look };
}

test('partial refunds add up, the last one closes the trade, and each number gives back once', async () => {
  const { url, sdk, outTradeNo, refund } = await paid();
  expect(await refund('8.80', 'R1')).toMatchObject({
    code: '10000',
    outTradeNo,
    tradeNo: expect.stringMatching(/^\d{28}$/),
    buyerLogonId: expect.any(String),
    fundChange: 'Y',
    refundFee: '8.80',
    sendBackFee: '8.80',
    gmtRefundPay: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
  });
  await advance(url, 3_000);
  expect(await refund('10.00', 'R2')).toMatchObject({ fundChange: 'Y', refundFee: '18.80', sendBackFee: '10.00' });
  expect(await refund('8.80', 'R1')).toMatchObject({ code: '10000', fundChange: 'N', refundFee: '18.80' });
  expect((await exec(sdk, 'query', { outTradeNo })).tradeStatus).toBe('TRADE_SUCCESS');
  await advance(url, 3_000);
  expect(await refund('70.00', 'R3')).toMatchObject({ fundChange: 'Y', refundFee: '88.80' });
  const closed = await exec(sdk, 'query', { outTradeNo });
  expect(closed).toMatchObject({ tradeStatus: 'TRADE_CLOSED', sendPayDate: expect.any(String) });
  expect(await refund('70.00', 'R3')).toMatchObject({ fundChange: 'N', refundFee: '88.80' });
  expect((await refund('0.01', 'R4')).subCode).toBe('ACQ.TRADE_HAS_CLOSE');
  const trade = await tradeOf(url, outTradeNo);
  expect(trade.refunds.map(({ outRequestNo, amount }: Json) => [outRequestNo, amount])).toEqual([
    ['R1', '8.80'],
    ['R2', '10.00'],
    ['R3', '70.00'],
  ]);
});

test('without an out_request_no the out_trade_no is the number, and only the whole amount goes back', async () => {
  const { outTradeNo, refund, look } = await paid();
  expect((await refund('8.80')).subCode).toBe('ACQ.REFUND_AMT_NOT_EQUAL_TOTAL');
  expect(await refund('88.80')).toMatchObject({ fundChange: 'Y', refundFee: '88.80' });
  expect(await refund('88.80')).toMatchObject({ fundChange: 'N', refundFee: '88.80' });
  expect(await look(outTradeNo)).toMatchObject({ refundStatus: 'REFUND_SUCCESS', refundAmount: '88.80' });
});

test.each<[string, string, string, string, string]>([
  // what                              amount    number  sub_code                        sub_msg
  ['another amount for a number', '8.81', 'R1', 'DISCORDANT_REPEAT_REQUEST', '不一致的请求'],
  ['more than the total', '88.81', 'R2', 'REFUND_AMT_NOT_EQUAL_TOTAL', '撤销或退款金额与订单金额不一致'],
  ['more than is left', '80.01', 'R2', 'REASON_TRADE_REFUND_FEE_ERR', '退款金额无效'],
  ['within three seconds', '0.01', 'R2', 'SYSTEM_ERROR', '系统错误'],
])('%s is refused and gives nothing back', async (_what, amount, number, subCode, subMsg) => {
  const { url, outTradeNo, refund } = await paid();
  await refund('8.80', 'R1');
  const refused = {
    code: '40004',
    subCode: `ACQ.${subCode}`,
    subMsg,
    outTradeNo,
    refundFee: '0.00',
    sendBackFee: '0.00',
  };
  expect(await refund(amount, number)).toMatchObject(refused);
  expect((await tradeOf(url, outTradeNo)).refunds).toHaveLength(1);
});

test('three seconds lie between two refunds of one trade; a repeat need not wait, and a setting ends the rule', async () => {
  const { url, refund } = await paid();
  await refund('1.00', 'R1');
  expect((await refund('1.00', 'R1')).fundChange).toBe('N');
  await advance(url, 1_000);
  expect((await refund('1.00', 'R2')).subCode).toBe('ACQ.SYSTEM_ERROR');
  await advance(url, 2_000);
  expect((await refund('1.00', 'R2')).fundChange).toBe('Y');
  await control(url, 'settings', { refundGapSeconds: 0 });
  expect((await refund('1.00', 'R3')).fundChange).toBe('Y');
});

test('what cannot be refunded: no trade, an unpaid one, a closed one, a cancelled one', async () => {
  const { url, sdk, refund, outTradeNo } = await paid();
  const unpaid = await precreate(sdk);
  const refundOf = (one: { outTradeNo: string }) =>
    exec(sdk, 'refund', { out_trade_no: one.outTradeNo, refund_amount: '88.80' });
  expect(await refundOf(unpaid)).toMatchObject({
    subCode: 'ACQ.TRADE_NOT_EXIST',
    subMsg: '交易不存在',
    outTradeNo: unpaid.outTradeNo,
    refundFee: '0.00',
  });
  await control(url, 'scan', { qrCode: unpaid.qrCode });
  expect(await refundOf(unpaid)).toMatchObject({ subCode: 'ACQ.TRADE_STATUS_ERROR', subMsg: '交易状态不合法' });
  await exec(sdk, 'close', { outTradeNo: unpaid.outTradeNo });
  expect((await refundOf(unpaid)).subCode).toBe('ACQ.TRADE_STATUS_ERROR');
  await exec(sdk, 'cancel', { outTradeNo });
  expect((await refund('88.80')).subCode).toBe('ACQ.TRADE_HAS_CLOSE');
  expect((await exec(sdk, 'refund', { refund_amount: '1.00' })).subCode).toBe('ACQ.INVALID_PARAMETER');
  expect(await refund('0.00', 'R1')).toMatchObject({ subCode: 'ACQ.INVALID_PARAMETER', refundFee: '0.00' });
});

test('after twelve months the window is over: TRADE_FINISHED, and no refund any more', async () => {
  const { url, sdk, outTradeNo, refund } = await paid();
  await refund('1.00', 'R1');
  await advance(url, 365 * 86_400_000 - 60_000);
  expect((await refund('1.00', 'R2')).fundChange).toBe('Y');
  await advance(url, 120_000);
  expect((await tradeOf(url, outTradeNo)).status).toBe('TRADE_FINISHED');
  expect(await refund('1.00', 'R3')).toMatchObject({ subCode: 'ACQ.TRADE_HAS_FINISHED', subMsg: '交易已完结' });
  expect((await refund('1.00', 'R1')).fundChange).toBe('N');
  expect((await exec(sdk, 'query', { outTradeNo })).tradeStatus).toBe('TRADE_FINISHED');
});

test('the refund query tells one refund; an unknown number is a success that says nothing', async () => {
  const { url, sdk, outTradeNo, look } = await paid();
  await exec(sdk, 'refund', { outTradeNo, refundAmount: '8.80', outRequestNo: 'R1', refundReason: '凉了' });
  const plain = await look('R1');
  expect(plain).toMatchObject({
    code: '10000',
    outTradeNo,
    tradeNo: expect.any(String),
    outRequestNo: 'R1',
    totalAmount: '88.80',
    refundAmount: '8.80',
    refundReason: '凉了',
    refundStatus: 'REFUND_SUCCESS',
    sendBackFee: '8.80',
  });
  expect(plain).not.toHaveProperty('gmtRefundPay');
  const options = { query_options: ['gmt_refund_pay', 'refund_detail_item_list'] };
  expect(await look('R1', options)).toMatchObject({
    gmtRefundPay: expect.stringMatching(/^\d{4}-/),
    refundDetailItemList: [{ amount: '8.80', fundChannel: 'ALIPAYACCOUNT' }],
  });
  const biz = { out_trade_no: outTradeNo, out_request_no: 'R2' };
  const { node } = await rawCall(url, { method: 'alipay.trade.fastpay.refund.query', biz });
  expect(node).toEqual({ code: '10000', msg: 'Success' });
  expect((await exec(sdk, 'fastpay.refund.query', { outTradeNo: 'none', outRequestNo: 'R1' })).subCode).toBe(
    'ACQ.TRADE_NOT_EXIST',
  );
});

test('8800.81: the seller is short until somebody tops up, once for each refund', async () => {
  const { url, sdk, refund, outTradeNo } = await paid('8800.81');
  const short = { subCode: 'ACQ.SELLER_BALANCE_NOT_ENOUGH', subMsg: '卖家余额不足' };
  expect(await refund('8800.81')).toMatchObject(short);
  expect((await control(url, 'top-up', { amount: '8800.80' })).body).toEqual({ toppedUp: '8800.80' });
  expect(await refund('8800.81')).toMatchObject(short);
  expect((await control(url, 'top-up', { amount: '0.01' })).body).toEqual({ toppedUp: '8800.81' });
  expect(await refund('8800.81')).toMatchObject({ code: '10000', fundChange: 'Y' });
  expect((await tradeOf(url, outTradeNo)).status).toBe('TRADE_CLOSED');
  const next = await paid('8800.81', { url, sdk });
  expect(await next.refund('8800.81')).toMatchObject(short);
});

test.each([
  // amount   the first call hears                  given back  a repeat hears
  ['8800.82', '20000', 'aop.ACQ.SYSTEM_ERROR', 1, '10000', 'N'],
  ['8800.83', '20000', 'aop.ACQ.SYSTEM_ERROR', 0, '10000', 'Y'],
  ['8800.84', '20000', 'aop.ACQ.SYSTEM_ERROR', 0, '20000', undefined],
  ['8800.85', '40004', 'ACQ.TRADE_NOT_ALLOW_REFUND', 0, '40004', undefined],
  ['8800.86', '40004', 'ACQ.SYSTEM_ERROR', 0, '10000', 'Y'],
  ['8800.87', '10000', undefined, 1, '10000', 'N'],
])('a refund of %s: %s %s', async (amount, code, subCode, given, codeAgain, change) => {
  const { url, outTradeNo, refund } = await paid('8890.00');
  const first = await refund(amount, 'R1');
  expect([first.code, first.subCode]).toEqual([code, subCode]);
  expect((await tradeOf(url, outTradeNo)).refunds).toHaveLength(given);
  const again = await refund(amount, 'R1');
  expect([again.code, again.fundChange]).toEqual([codeAgain, change]);
});

test('a refund call tells the payment’s notify_url: the partial one, the full one only when the settings say so', async () => {
  const shop = await receiver();
  const { url, sdk, outTradeNo, refund } = await paid('88.80', { notifyUrl: shop.url });
  const heard = (count: number) =>
    until(
      () => shop.heard.map(({ form }) => form),
      (forms) => forms.length === count,
    );
  await heard(1);
  await refund('8.80', 'R1');
  const [, partial] = await heard(2);
  expect(partial).toMatchObject({ trade_status: 'TRADE_SUCCESS', refund_fee: '8.80', out_biz_no: 'R1' });
  expect(partial?.gmt_refund).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}$/);
  await advance(url, 3_000);
  await refund('80.00', 'R2');
  expect((await tradeOf(url, outTradeNo)).notifications).toHaveLength(2);
  await control(url, 'settings', { notifyFullRefund: true });
  const loud = await paid('5.00', { url, sdk, notifyUrl: shop.url });
  await loud.refund('5.00');
  const full = (await heard(4)).at(-1) ?? {};
  expect(full).toMatchObject({ trade_status: 'TRADE_CLOSED', refund_fee: '5.00', gmt_close: expect.any(String) });
  expect(full.gmt_refund).toMatch(/\.\d{3}$/);
  expect(sdk.checkNotifySignV2(full)).toBe(true);
});

test('a refund made elsewhere is found by its number, and counts for the rest', async () => {
  const { url, outTradeNo, refund, look } = await paid();
  await control(url, 'refund', { outTradeNo, amount: '80.00', outRequestNo: 'SITE1' });
  expect(await look('SITE1')).toMatchObject({ refundStatus: 'REFUND_SUCCESS', refundAmount: '80.00' });
  await advance(url, 3_000);
  expect((await refund('8.81', 'R1')).subCode).toBe('ACQ.REASON_TRADE_REFUND_FEE_ERR');
  expect(await refund('8.80', 'R1')).toMatchObject({ fundChange: 'Y', refundFee: '88.80' });
});

test('a number is no refund of another trade', async () => {
  const { url, sdk, refund } = await paid();
  const other = await paid('88.80', { url, sdk });
  expect((await refund('8.80', 'R1')).fundChange).toBe('Y');
  expect(await other.look(newNumber())).not.toHaveProperty('refundStatus');
  expect((await other.refund('9.90', 'R1')).fundChange).toBe('Y');
});
