import { expect, test } from 'vitest';
import {
  advance,
  control,
  exec,
  type Json,
  newAuthCode,
  newNumber,
  precreate,
  receiver,
  sdkFor,
  testSandbox,
  tradeOf,
  until,
} from './fixture.ts';
import { isSigned, rawCall } from './raw-call.ts';

async function till() {
  const { url } = await testSandbox();
  const sdk = await sdkFor(url);
  const outTradeNo = newNumber();
  /** Scans a fresh code, unless told which. */
  const pay = async (amount: string, more: Record<string, unknown> = {}): Promise<Json> =>
    exec(sdk, 'pay', {
      out_trade_no: outTradeNo,
      total_amount: amount,
      subject: '拿铁',
      auth_code: more.auth_code ?? (await newAuthCode(url)),
      ...more,
    });
  const query = (): Promise<Json> => exec(sdk, 'query', { outTradeNo });
  const cancel = (): Promise<Json> => exec(sdk, 'cancel', { outTradeNo });
  return { url, sdk, outTradeNo, pay, query, cancel };
}

test('a scanned code pays at once, with every field of the answer', async () => {
  const { url, outTradeNo, pay, query } = await till();
  const answer = await pay('88.80', { scene: 'bar_code', query_options: ['fund_bill_list'], store_id: 'S1' });
  expect(answer).toMatchObject({
    code: '10000',
    msg: 'Success',
    outTradeNo,
    tradeNo: expect.stringMatching(/^\d{28}$/),
    buyerLogonId: expect.stringContaining('***'),
    buyerUserId: expect.stringMatching(/^2088\d{12}$/),
    totalAmount: '88.80',
    receiptAmount: '88.80',
    buyerPayAmount: '88.80',
    invoiceAmount: '88.80',
    pointAmount: '0.00',
    gmtPayment: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
    fundBillList: [{ amount: '88.80', fundChannel: 'ALIPAYACCOUNT' }],
  });
  expect(await query()).toMatchObject({ tradeStatus: 'TRADE_SUCCESS', tradeNo: answer.tradeNo, storeId: 'S1' });
  expect(await tradeOf(url, outTradeNo)).toMatchObject({ status: 'TRADE_SUCCESS', madeBy: 'pay', cancelAction: null });
});

test('a payment by code is told to its notify_url, as any face-to-face payment', async () => {
  const { url, sdk } = await till();
  const shop = await receiver();
  const sale = { out_trade_no: newNumber(), total_amount: '5.00', subject: '茶', auth_code: await newAuthCode(url) };
  await exec(sdk, 'pay', sale, shop.url);
  await until(
    () => shop.heard.length,
    (count) => count === 1,
  );
  expect(shop.heard[0]?.form).toMatchObject({ out_trade_no: sale.out_trade_no, trade_status: 'TRADE_SUCCESS' });
});

test.each([
  ['bar', /^28\d{16}$/],
  ['face', /^fp[a-z0-9]{33}$/],
])('a %s code pays once, and not after a minute', async (kind, shape) => {
  const { url, sdk, pay } = await till();
  const used = await newAuthCode(url, kind);
  expect(used).toMatch(shape);
  expect((await pay('1.00', { auth_code: used })).code).toBe('10000');
  const again = { total_amount: '1.00', subject: '拿铁' };
  const invalid = { code: '40004', subCode: 'ACQ.PAYMENT_AUTH_CODE_INVALID' };
  expect(await exec(sdk, 'pay', { ...again, out_trade_no: newNumber(), auth_code: used })).toMatchObject(invalid);
  const old = await newAuthCode(url, kind);
  await advance(url, 59_000);
  const young = await newAuthCode(url, kind);
  await advance(url, 1_000);
  expect(await exec(sdk, 'pay', { ...again, out_trade_no: newNumber(), auth_code: old })).toMatchObject(invalid);
  expect((await exec(sdk, 'pay', { ...again, out_trade_no: newNumber(), auth_code: young })).code).toBe('10000');
});

test.each([
  ['a code of no kind', '28'],
  ['a code nobody showed', '281234567890123456'],
  ['a QR code', 'https://qr.alipay.com/bax1'],
])('%s is refused, and makes nothing', async (_what, authCode) => {
  const { pay, query } = await till();
  const refused = await pay('1.00', { auth_code: authCode });
  expect(refused.subCode).toBe('ACQ.PAYMENT_AUTH_CODE_INVALID');
  expect(refused.subMsg).toMatch(/\[SOUNDWAVE_PARSER_FAIL\]$/);
  expect((await query()).subCode).toBe('ACQ.TRADE_NOT_EXIST');
});

test.each<[string, object, string]>([
  ['no code', { auth_code: '' }, 'ACQ.INVALID_PARAMETER'],
  ['a scene of no kind', { scene: 'shout' }, 'ACQ.INVALID_PARAMETER'],
  ['no amount', { total_amount: '0' }, 'ACQ.TOTAL_FEE_EXCEED'],
])('pay with %s', async (_what, change, subCode) => {
  const { url } = await till();
  const sale = { out_trade_no: newNumber(), total_amount: '1.00', subject: '茶', auth_code: await newAuthCode(url) };
  const answer = await rawCall(url, { method: 'alipay.trade.pay', biz: { ...sale, ...change } });
  expect(answer.node).toMatchObject({ code: '40004', sub_code: subCode });
  expect(await isSigned(url, answer)).toBe(true);
});

test('the same number: paid once, another sale refused, and after a failure another code may try', async () => {
  const { pay } = await till();
  expect((await pay('8800.75')).subCode).toBe('ACQ.BUYER_BALANCE_NOT_ENOUGH');
  expect((await pay('8800.00')).code).toBe('10000');
  expect((await pay('8800.00')).subCode).toBe('ACQ.TRADE_HAS_SUCCESS');
  expect((await pay('8800.01')).subCode).toBe('ACQ.CONTEXT_INCONSISTENT');
});

test('an order with a QR code can be paid by a payment code instead, and the QR code leads to that trade', async () => {
  const { url, sdk } = await till();
  const { outTradeNo, qrCode } = await precreate(sdk);
  const sale = { out_trade_no: outTradeNo, total_amount: '88.80', subject: '拿铁 & "咖啡"' };
  expect((await exec(sdk, 'pay', { ...sale, auth_code: await newAuthCode(url) })).code).toBe('10000');
  expect((await control(url, 'scan', { qrCode })).body.status).toBe('TRADE_SUCCESS');
});

test.each([
  // amount, what the till hears,                         and what is so afterwards
  ['8800.71', '10003', undefined, 'WAIT_BUYER_PAY'],
  ['8899.72', '20000', 'aop.ACQ.SYSTEM_ERROR', 'TRADE_SUCCESS'],
  ['8800.73', '20000', 'aop.ACQ.SYSTEM_ERROR', 'WAIT_BUYER_PAY'],
  ['8800.74', '20000', 'aop.ACQ.SYSTEM_ERROR', null],
  ['8800.75', '40004', 'ACQ.BUYER_BALANCE_NOT_ENOUGH', null],
  ['8800.76', '40004', 'ACQ.PAYMENT_AUTH_CODE_INVALID', null],
  ['8800.77', '40004', 'ACQ.SYSTEM_ERROR', null],
  ['8800.78', '40004', 'ACQ.PAYMENT_FAIL', null],
  ['8800.79', '40004', 'ACQ.PULL_MOBILE_CASHIER_FAIL', null],
  ['8800.80', '40004', 'ACQ.PAYMENT_REQUEST_HAS_RISK', null],
  // amounts beside them
  ['8799.71', '10000', undefined, 'TRADE_SUCCESS'],
  ['8900.71', '10000', undefined, 'TRADE_SUCCESS'],
  ['8800.70', '10000', undefined, 'TRADE_SUCCESS'],
  ['8800.81', '10000', undefined, 'TRADE_SUCCESS'],
  ['0.71', '10000', undefined, 'TRADE_SUCCESS'],
])('an amount of %s: %s %s, then %s', async (amount, code, subCode, status) => {
  const { pay, query } = await till();
  expect(await pay(amount)).toMatchObject({ code, ...(subCode === undefined ? {} : { subCode }) });
  const seen = await query();
  expect(seen.tradeStatus ?? null).toBe(status);
});

test('a password: the till waits, a repeat with the same code waits on, the buyer confirms', async () => {
  const { url, outTradeNo, pay, query } = await till();
  const code = await newAuthCode(url);
  const waits = { code: '10003', msg: 'order success pay inprocess', outTradeNo, tradeNo: expect.any(String) };
  expect(await pay('8800.71', { auth_code: code })).toMatchObject(waits);
  expect(await pay('8800.71', { auth_code: code })).toMatchObject(waits);
  expect((await control(url, 'pay', { outTradeNo })).body.status).toBe('TRADE_SUCCESS');
  expect((await query()).tradeStatus).toBe('TRADE_SUCCESS');
  expect((await pay('8800.71', { auth_code: code })).subCode).toBe('ACQ.TRADE_HAS_SUCCESS');
});

test('an unpaid password closes at its timeout; cancel closes it before', async () => {
  const { url, pay, query, cancel, outTradeNo } = await till();
  await pay('8800.71', { timeout_express: '5m' });
  await advance(url, 5 * 60_000);
  expect((await query()).tradeStatus).toBe('TRADE_CLOSED');
  const other = await till();
  await other.pay('8800.73');
  expect(await other.cancel()).toMatchObject({ code: '10000', action: 'close', retryFlag: 'N' });
  expect(await tradeOf(other.url, other.outTradeNo)).toMatchObject({ cancelAction: 'close' });
  expect(await cancel()).toMatchObject({ action: 'close' });
  expect(await tradeOf(url, outTradeNo)).toMatchObject({ cancelAction: null });
});

test('an unknown result that was paid: cancel gives the money back, within 24 hours', async () => {
  const { url, pay, cancel, outTradeNo } = await till();
  await pay('8800.72');
  expect(await cancel()).toMatchObject({ code: '10000', action: 'refund', outTradeNo });
  expect(await tradeOf(url, outTradeNo)).toMatchObject({ status: 'TRADE_CLOSED', cancelAction: 'refund' });
  const late = await till();
  await late.pay('8800.72');
  await advance(late.url, 24 * 3_600_000 + 60_000);
  expect((await late.cancel()).subCode).toBe('ACQ.TRADE_CANCEL_TIME_OUT');
});

test('a cancel that found nothing ends the number: a pay call that comes late makes no trade', async () => {
  const { sdk, url, pay, query, cancel, outTradeNo } = await till();
  const nothing = await cancel();
  expect(nothing).toMatchObject({ code: '10000', outTradeNo, retryFlag: 'N' });
  expect(nothing).not.toHaveProperty('action');
  expect((await pay('1.00')).subCode).toBe('ACQ.TRADE_HAS_CLOSE');
  const sale = { out_trade_no: outTradeNo, total_amount: '1.00', subject: '茶', buyer_id: '2088000000000001' };
  expect((await exec(sdk, 'create', sale)).subCode).toBe('ACQ.TRADE_HAS_CLOSE');
  expect((await query()).subCode).toBe('ACQ.TRADE_NOT_EXIST');
  expect(await tradeOf(url, outTradeNo)).toBeUndefined();
});

test('create makes an unpaid trade at once, the same one at a repeat', async () => {
  const { url, sdk, outTradeNo, query } = await till();
  const sale = { out_trade_no: outTradeNo, total_amount: '6.00', subject: '茶', product_code: 'JSAPI_PAY' };
  const create = (more: object) => exec(sdk, 'create', { ...sale, ...more });
  expect((await create({})).subCode).toBe('ACQ.INVALID_PARAMETER');
  const { buyerUserId } = await exec(sdk, 'pay', {
    ...sale,
    out_trade_no: newNumber(),
    auth_code: await newAuthCode(url),
  });
  const made = await create({ buyer_id: buyerUserId });
  expect(made).toMatchObject({ code: '10000', outTradeNo, tradeNo: expect.stringMatching(/^\d{28}$/) });
  expect((await create({ buyer_open_id: 'o1' })).tradeNo).toBe(made.tradeNo);
  expect((await query()).tradeStatus).toBe('WAIT_BUYER_PAY');
  expect((await create({ buyer_id: 'b', total_amount: '6.01' })).subCode).toBe('ACQ.CONTEXT_INCONSISTENT');
  await control(url, 'pay', { outTradeNo });
  expect((await create({ buyer_id: 'b' })).subCode).toBe('ACQ.TRADE_HAS_SUCCESS');
  expect(await tradeOf(url, outTradeNo)).toMatchObject({ status: 'TRADE_SUCCESS', madeBy: 'create' });
});
