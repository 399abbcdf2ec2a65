import { AlipaySdk } from 'alipay-sdk';
import { expect, test } from 'vitest';
import { appInfo, control, type Json, precreate, read, sdkFor, testSandbox } from './fixture.ts';

const exec = (sdk: AlipaySdk, method: string, bizContent: object): Promise<Json> =>
  sdk.exec(`alipay.trade.${method}`, { bizContent }, { validateSign: true });

test.each(['pkcs8', 'pkcs1'] as const)(
  'the official SDK connects with a %s key and checks every signature',
  async (key) => {
    const { url } = await testSandbox();
    const app = await appInfo(url, `?key=${key}`);
    const keyType = key === 'pkcs8' ? 'PKCS8' : 'PKCS1';
    const { appId, alipayPublicKey, gateway } = app;
    const sdk = new AlipaySdk({ appId, privateKey: app.appPrivateKey, keyType, alipayPublicKey, gateway });
    expect(Object.keys(app)).toEqual(['appId', 'sellerId', 'gateway', 'appPrivateKey', 'alipayPublicKey']);
    const { outTradeNo, qrCode } = await precreate(sdk);
    expect(qrCode).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/wallet\/bax[0-9a-z]{25}$/);
    expect(await exec(sdk, 'query', { outTradeNo })).toMatchObject({ code: '40004', subCode: 'ACQ.TRADE_NOT_EXIST' });
  },
);

test('a code is no trade until it is scanned; then it is paid once', async () => {
  const { url } = await testSandbox();
  const sdk = await sdkFor(url);
  const { outTradeNo, qrCode } = await precreate(sdk);
  expect(await exec(sdk, 'query', { outTradeNo })).toMatchObject({
    code: '40004',
    msg: 'Business Failed',
    subMsg: '交易不存在',
    outTradeNo,
    receiptAmount: '0.00',
  });
  expect(await exec(sdk, 'close', { outTradeNo })).toMatchObject({ subCode: 'ACQ.TRADE_NOT_EXIST' });
  const scanned = await control(url, 'scan', { qrCode });
  expect(scanned.body).toEqual({
    outTradeNo,
    tradeNo: expect.stringMatching(/^\d{28}$/),
    status: 'WAIT_BUYER_PAY',
    amount: '88.80',
  });
  const waiting = await exec(sdk, 'query', { outTradeNo });
  expect(waiting).toMatchObject({ code: '10000', tradeStatus: 'WAIT_BUYER_PAY', receiptAmount: '0.00' });
  expect(waiting.sendPayDate).toBeUndefined();
  await control(url, 'pay', { outTradeNo });
  const again = await control(url, 'pay', { outTradeNo });
  expect(again.body).toEqual({ ...scanned.body, status: 'TRADE_SUCCESS' });
  expect(
    await exec(sdk, 'query', { tradeNo: scanned.body.tradeNo, outTradeNo: 'other', queryOptions: ['fund_bill_list'] }),
  ).toMatchObject({
    outTradeNo,
    tradeStatus: 'TRADE_SUCCESS',
    totalAmount: '88.80',
    receiptAmount: '88.80',
    sendPayDate: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
    fundBillList: [{ amount: '88.80', fundChannel: 'ALIPAYACCOUNT' }],
  });
  const { trades, total } = await read(url, 'trades');
  expect(total).toBe(1);
  expect(trades[0]).toMatchObject({ outTradeNo, status: 'TRADE_SUCCESS', refunds: [], notifications: [] });
});

test('pay on a code nobody scanned scans it first', async () => {
  const { url } = await testSandbox();
  const { outTradeNo } = await precreate(await sdkFor(url));
  expect((await control(url, 'pay', { outTradeNo })).body).toMatchObject({ status: 'TRADE_SUCCESS', amount: '88.80' });
});

test('precreate again: the same sale gets a code of the same order, another sale is refused', async () => {
  const { url } = await testSandbox();
  const sdk = await sdkFor(url);
  const { outTradeNo, qrCode } = await precreate(sdk);
  const repeated = await precreate(sdk, { biz: { out_trade_no: outTradeNo } });
  const one = await control(url, 'scan', { qrCode });
  const other = await control(url, 'scan', { qrCode: repeated.qrCode });
  expect(other.body).toEqual(one.body);
  const sale = { out_trade_no: outTradeNo, total_amount: '88.81', subject: '拿铁 & "咖啡"' };
  expect(await exec(sdk, 'precreate', sale)).toMatchObject({ subCode: 'ACQ.CONTEXT_INCONSISTENT' });
  await control(url, 'pay', { outTradeNo });
  expect(await exec(sdk, 'precreate', { ...sale, total_amount: '88.80' })).toMatchObject({
    subCode: 'ACQ.TRADE_HAS_SUCCESS',
  });
  await control(url, 'refund', { outTradeNo, amount: '88.80' });
  expect(await exec(sdk, 'precreate', { ...sale, total_amount: '88.80' })).toMatchObject({
    subCode: 'ACQ.TRADE_HAS_CLOSE',
  });
  expect((await read(url, 'orders')).orders[0]).toMatchObject({ outTradeNo, precreates: 2, scanned: true });
});

test('close ends an unpaid trade, and its code with it', async () => {
  const { url } = await testSandbox();
  const sdk = await sdkFor(url);
  const { outTradeNo, qrCode } = await precreate(sdk);
  const { body } = await control(url, 'scan', { qrCode });
  expect(await exec(sdk, 'close', { outTradeNo })).toMatchObject({ code: '10000', outTradeNo, tradeNo: body.tradeNo });
  expect(await control(url, 'pay', { outTradeNo })).toMatchObject({
    status: 409,
    body: { error: { code: 'WRONG_STATUS' } },
  });
  expect((await control(url, 'scan', { qrCode })).body.status).toBe('TRADE_CLOSED');
  expect(await exec(sdk, 'close', { outTradeNo })).toMatchObject({ subCode: 'ACQ.TRADE_STATUS_ERROR' });
});

test('cancel closes an unpaid trade, refunds a paid one, and repeats itself', async () => {
  const { url } = await testSandbox();
  const sdk = await sdkFor(url);
  const unpaid = await precreate(sdk);
  await control(url, 'scan', { qrCode: unpaid.qrCode });
  const closed = { code: '10000', outTradeNo: unpaid.outTradeNo, retryFlag: 'N', action: 'close' };
  expect(await exec(sdk, 'cancel', { outTradeNo: unpaid.outTradeNo })).toMatchObject(closed);
  expect(await exec(sdk, 'cancel', { outTradeNo: unpaid.outTradeNo })).toMatchObject(closed);
  const paid = await precreate(sdk);
  await control(url, 'pay', { outTradeNo: paid.outTradeNo });
  const refunded = { code: '10000', retryFlag: 'N', action: 'refund' };
  expect(await exec(sdk, 'cancel', { outTradeNo: paid.outTradeNo })).toMatchObject(refunded);
  expect(await exec(sdk, 'cancel', { outTradeNo: paid.outTradeNo })).toMatchObject(refunded);
  const { trades } = await read(url, `trades?outTradeNo=${paid.outTradeNo}`);
  expect(trades).toMatchObject([{ status: 'TRADE_CLOSED', refunds: [{ amount: '88.80' }] }]);
});

test('cancel on a number nobody scanned has no action and kills the code, unless told otherwise', async () => {
  const { url } = await testSandbox();
  const sdk = await sdkFor(url);
  const first = await precreate(sdk);
  const answer = await exec(sdk, 'cancel', { outTradeNo: first.outTradeNo });
  expect(answer).toMatchObject({ code: '10000', outTradeNo: first.outTradeNo, retryFlag: 'N' });
  expect(answer).not.toHaveProperty('action');
  expect(await control(url, 'scan', { qrCode: first.qrCode })).toMatchObject({
    status: 409,
    body: { error: { code: 'CODE_REVOKED' } },
  });
  await control(url, 'settings', { cancelKillsUnscanned: false });
  const second = await precreate(sdk);
  await exec(sdk, 'cancel', { outTradeNo: second.outTradeNo });
  expect((await control(url, 'pay', { outTradeNo: second.outTradeNo })).body.status).toBe('TRADE_SUCCESS');
});

test('a refund by hand: partial keeps TRADE_SUCCESS, the rest closes, never more than was paid', async () => {
  const { url } = await testSandbox();
  const sdk = await sdkFor(url);
  const { outTradeNo } = await precreate(sdk);
  const refund = (amount: string, outRequestNo: string) => control(url, 'refund', { outTradeNo, amount, outRequestNo });
  await control(url, 'pay', { outTradeNo });
  expect((await refund('8.80', 'R1')).body.status).toBe('TRADE_SUCCESS');
  expect((await refund('8.80', 'R1')).body.status).toBe('TRADE_SUCCESS');
  expect(await refund('8.81', 'R1')).toMatchObject({ status: 409, body: { error: { code: 'REFUND_REFUSED' } } });
  expect(await refund('80.01', 'R2')).toMatchObject({ status: 409, body: { error: { code: 'REFUND_REFUSED' } } });
  expect((await refund('80.00', 'R3')).body.status).toBe('TRADE_CLOSED');
  expect((await read(url, 'trades')).trades[0].refunds).toMatchObject([
    { outRequestNo: 'R1', amount: '8.80' },
    { outRequestNo: 'R3', amount: '80.00' },
  ]);
  expect(await exec(sdk, 'cancel', { outTradeNo })).toMatchObject({ subCode: 'ACQ.REASON_TRADE_REFUND_FEE_ERR' });
});

test('finish makes TRADE_FINISHED, which cancel refuses', async () => {
  const { url } = await testSandbox();
  const sdk = await sdkFor(url);
  const { outTradeNo } = await precreate(sdk);
  expect((await control(url, 'finish', { outTradeNo })).status).toBe(404);
  await control(url, 'pay', { outTradeNo });
  expect((await control(url, 'finish', { outTradeNo })).body.status).toBe('TRADE_FINISHED');
  expect(await exec(sdk, 'cancel', { outTradeNo })).toMatchObject({ subCode: 'ACQ.TRADE_HAS_FINISHED' });
});
