// Alipay is away, or silent, or answers nonsense: no order is lost and nothing is guessed.
import { beforeAll, expect, test } from 'vitest';
import { type FakeGateway, PRECREATE, says, signedAnswer, signedText } from '../alipay/fake-gateway.ts';
import { stranger } from '../alipay/keys.ts';
import { notice } from '../alipay/notice.ts';
import { handOut, startAlipay } from '../support/alipay-server.ts';
import { freePort, type Gateway, startGateway } from '../support/gateway.ts';
import { alipayEnv, notify, paidFields } from '../support/notifier.ts';
import { createOrder, newOrder, precreate, sell, theOrder } from '../support/sale.ts';

let gateway: Gateway;
let alipay: FakeGateway;

beforeAll(async () => {
  alipay = await startAlipay();
  gateway = await startGateway(alipayEnv(alipay.url));
  return () => alipay.close();
});

test('nobody listens: CHANNEL_UNAVAILABLE at once, the order is kept and sold later', async () => {
  const alone = await startGateway(alipayEnv(`http://127.0.0.1:${await freePort()}/gateway.do`));
  const input = newOrder();
  const askedAt = performance.now();
  const { createOrder: order, precreateQrCode: refused } = await sell(alone, input);
  expect(performance.now() - askedAt).toBeLessThan(3_000);
  expect(order.__typename).toBe('Order');
  expect(refused).toMatchObject({ __typename: 'ChannelUnavailable', code: 'CHANNEL_UNAVAILABLE' });
  for (let n = 0; n < 8; n++) await precreate(alone, { id: order.id });
  expect(await theOrder(alone, input.merchantOrderNo)).toMatchObject({ status: 'PENDING', version: 1, payments: [] });
  expect((await notify(alone, notice(paidFields(input.merchantOrderNo, '8.88')))).body).toBe('success');
  expect((await theOrder(alone, input.merchantOrderNo)).status).toBe('PAID');
});

test('it takes the question and never answers: UNKNOWN within 8 s, and the same number gets its code later', async () => {
  const order = await createOrder(gateway, newOrder());
  alipay.answer = () => undefined;
  const askedAt = performance.now();
  expect(await precreate(gateway, { id: order.id })).toMatchObject({ __typename: 'Payment', status: 'UNKNOWN' });
  expect(performance.now() - askedAt).toBeLessThan(8_000);
  alipay.answer = handOut;
  const again = await precreate(gateway, { id: order.id });
  expect(again).toMatchObject({ status: 'AWAITING_BUYER', outTradeNo: order.merchantOrderNo });
  const { payments, events } = await theOrder(gateway, order.merchantOrderNo);
  expect(payments.map(({ id }) => id)).toEqual([again.id]);
  expect(events.map(({ type }) => type)).toEqual(['order.created', 'payment.unknown', 'payment.precreated']);
});

const about = (number: string) => ({
  code: '10000',
  msg: 'Success',
  out_trade_no: number,
  qr_code: 'https://qr.example/1',
});

test.each<[string, (number: string) => string]>([
  ['a wrong signature', (number) => signedText(PRECREATE, JSON.stringify(about(number)), stranger.privateKey)],
  ['no signature', (number) => JSON.stringify({ [PRECREATE]: about(number) })],
  ['another order', () => signedAnswer(PRECREATE, about('another'))],
  ['a system error', () => signedAnswer(PRECREATE, { code: '20000', msg: '-', sub_code: 'aop.unknow-error' })],
  ['a web page', () => '<html>busy</html>'],
])('%s is no code: UNKNOWN, then the code', async (_, answer) => {
  const order = await createOrder(gateway, newOrder());
  alipay.answer = says(answer(order.merchantOrderNo));
  expect(await precreate(gateway, { id: order.id })).toMatchObject({ status: 'UNKNOWN', qrCode: null });
  expect(await precreate(gateway, { id: order.id })).toMatchObject({ status: 'UNKNOWN' });
  alipay.answer = handOut;
  expect(await precreate(gateway, { id: order.id })).toMatchObject({ status: 'AWAITING_BUYER' });
  expect((await theOrder(gateway, order.merchantOrderNo)).version).toBe(3);
});

test('an answer that breaks off: UNKNOWN, and paid all the same when the notice says so', async () => {
  const order = await createOrder(gateway, newOrder());
  alipay.answer = (_, response) => response.destroy();
  expect((await precreate(gateway, { id: order.id })).status).toBe('UNKNOWN');
  alipay.answer = handOut;
  expect((await notify(gateway, notice(paidFields(order.merchantOrderNo, '8.88')))).body).toBe('success');
  const { status, payments } = await theOrder(gateway, order.merchantOrderNo);
  expect([status, payments.length, payments[0]?.status]).toEqual(['PAID', 1, 'SUCCEEDED']);
});

test('a definite no is PAYMENT_REJECTED with its sub code', async () => {
  const order = await createOrder(gateway, newOrder());
  alipay.answer = says(
    signedAnswer(PRECREATE, { code: '40004', msg: 'Business Failed', sub_code: 'ACQ.TOTAL_FEE_EXCEED', sub_msg: '超' }),
  );
  expect(await precreate(gateway, { id: order.id })).toMatchObject({
    __typename: 'PaymentRejected',
    code: 'PAYMENT_REJECTED',
    subCode: 'TOTAL_FEE_EXCEED',
  });
  alipay.answer = handOut;
  expect(await precreate(gateway, { id: order.id })).toMatchObject({ status: 'AWAITING_BUYER' });
});
