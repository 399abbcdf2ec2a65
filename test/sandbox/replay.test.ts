import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  advance,
  control,
  exec,
  newAuthCode,
  newDataDir,
  newNumber,
  precreate,
  read,
  sdkFor,
  testSandbox,
  tradeOf,
} from './fixture.ts';
import { rawCall } from './raw-call.ts';

test('a restart knows it all: codes, trades of every making, refunds, cancels, money, missed refunds', async () => {
  const dataDir = newDataDir();
  const publicUrl = 'http://phone.example';
  const first = await testSandbox({ dataDir, publicUrl });
  const sdk = await sdkFor(first.url);
  const sale = (total_amount: string) => ({ out_trade_no: newNumber(), total_amount, subject: '茶' });
  const pay = async (amount: string) => {
    const order = { ...sale(amount), auth_code: await newAuthCode(first.url) };
    await exec(sdk, 'pay', order);
    return order.out_trade_no;
  };
  const refunded = await pay('88.80');
  await exec(sdk, 'refund', { outTradeNo: refunded, refundAmount: '8.80', outRequestNo: 'R1', refundReason: '凉了' });
  const cancelled = await pay('5.00');
  await exec(sdk, 'cancel', { outTradeNo: cancelled });
  await exec(sdk, 'create', { ...sale('6.00'), buyer_id: '2088000000000001' });
  const never = newNumber();
  await exec(sdk, 'cancel', { outTradeNo: never });
  const missed = await pay('8800.83');
  await exec(sdk, 'refund', { outTradeNo: missed, refundAmount: '8800.83', outRequestNo: 'R1' });
  await control(first.url, 'top-up', { amount: '5.00' });
  const bizContent = { ...sale('7.00'), product_code: 'FAST_INSTANT_TRADE_PAY' };
  const { pathname } = new URL((await fetch(sdk.pageExecute('alipay.trade.page.pay', 'GET', { bizContent }))).url);
  const authCode = await newAuthCode(first.url);
  await advance(first.url, 3_000);
  const before = { trades: await read(first.url, 'trades'), orders: await read(first.url, 'orders') };
  await first.stop();

  const { url } = await testSandbox({ dataDir, publicUrl });
  const after = { trades: await read(url, 'trades'), orders: await read(url, 'orders') };
  expect(after).toEqual(before);
  expect(after.trades.trades).toMatchObject([
    { madeBy: 'pay', refunds: [{ outRequestNo: 'R1', amount: '8.80', reason: '凉了' }], cancelAction: null },
    { madeBy: 'pay', refunds: [{ amount: '5.00' }], cancelAction: 'refund' },
    { madeBy: 'create', status: 'WAIT_BUYER_PAY' },
    { madeBy: 'pay', refunds: [] },
  ]);
  const again = await sdkFor(url);
  const refund = (outTradeNo: string, refundAmount: string) =>
    exec(again, 'refund', { outTradeNo, refundAmount, outRequestNo: 'R1' });
  expect(await refund(refunded, '8.80')).toMatchObject({ fundChange: 'N' });
  expect(await refund(missed, '8800.83')).toMatchObject({ fundChange: 'Y' });
  expect((await exec(again, 'pay', { ...sale('1.00'), out_trade_no: never, auth_code: authCode })).subCode).toBe(
    'ACQ.TRADE_HAS_CLOSE',
  );
  expect((await exec(again, 'pay', { ...sale('1.00'), auth_code: authCode })).code).toBe('10000');
  expect((await control(url, 'top-up', { amount: '1.00' })).body).toEqual({ toppedUp: '6.00' });
  expect(await (await fetch(url + pathname)).text()).toContain('data-state="arrived"');
});

test('a ledger written before trades said how they were made is read as scans', async () => {
  const dataDir = newDataDir();
  const first = await testSandbox({ dataDir });
  const { outTradeNo } = await precreate(await sdkFor(first.url));
  await control(first.url, 'pay', { outTradeNo });
  await first.stop();
  const path = join(dataDir, 'sandbox', 'ledger.jsonl');
  writeFileSync(path, readFileSync(path, 'utf8').replaceAll('"madeBy":"scan",', ''));
  const { url } = await testSandbox({ dataDir });
  expect(await tradeOf(url, outTradeNo)).toMatchObject({ madeBy: 'scan', status: 'TRADE_SUCCESS' });
});

const faults: [string, object, (answer: Awaited<ReturnType<typeof rawCall>>) => unknown, unknown][] = [
  ['unknown', { kind: 'unknown', acts: true }, ({ node }) => node.code, '20000'],
  ['no signature', { kind: 'no_sign' }, ({ json }) => 'sign' in json, false],
  ['a slow answer', { kind: 'delay', delayMs: 50, when: 'after' }, ({ node }) => node.code, '10000'],
  ['another answer', { kind: 'answer', code: '40005', acts: true }, ({ node }) => node.msg, 'Call Limited'],
];

test.each(faults)('faults strike every method: %s', async (_what, fault, look, expected) => {
  const { url } = await testSandbox();
  const { outTradeNo } = await precreate(await sdkFor(url), { biz: { total_amount: '9.00' } });
  await control(url, 'pay', { outTradeNo });
  const buyer = { total_amount: '1.00', subject: '茶', buyer_id: '2088000000000001' };
  const calls = [
    ['pay', { ...buyer, out_trade_no: newNumber(), auth_code: await newAuthCode(url) }],
    ['create', { ...buyer, out_trade_no: newNumber() }],
    ['refund', { out_trade_no: outTradeNo, refund_amount: '1.00', out_request_no: 'R1' }],
    ['fastpay.refund.query', { out_trade_no: outTradeNo, out_request_no: 'R1' }],
  ] as const;
  for (const [name, biz] of calls) {
    const method = `alipay.trade.${name}`;
    await control(url, 'faults', { on: method, ...fault, outTradeNo: biz.out_trade_no });
    expect(look(await rawCall(url, { method, biz })), name).toBe(expected);
  }
  const { trades } = await read(url, 'trades');
  expect(trades.map(({ status }: { status: string }) => status)).toEqual([
    'TRADE_SUCCESS',
    'TRADE_SUCCESS',
    'WAIT_BUYER_PAY',
  ]);
  expect(trades[0].refunds).toMatchObject([{ outRequestNo: 'R1', amount: '1.00' }]);
});

test('a fault for one number strikes a call that names its trade_no', async () => {
  const { url } = await testSandbox();
  const { outTradeNo } = await precreate(await sdkFor(url));
  const { tradeNo } = (await control(url, 'pay', { outTradeNo })).body;
  const on = 'alipay.trade.refund';
  await control(url, 'faults', { on, kind: 'drop', outTradeNo });
  const biz = { trade_no: tradeNo, refund_amount: '88.80' };
  await expect(rawCall(url, { method: on, biz })).rejects.toThrow();
  expect((await rawCall(url, { method: on, biz })).node).toMatchObject({ code: '10000', fund_change: 'Y' });
});
