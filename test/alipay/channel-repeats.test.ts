// The HTTP client tries once more when a connection breaks under it. What Alipay then says is about the second
// attempt: a yes is a yes, but a no does not tell what became of the first.
import { afterEach, expect, test } from 'vitest';
import { type AlipayChannel, alipayChannel } from '../../src/alipay/channel.ts';
import type { ChannelAnswer } from '../../src/orders/ports.ts';
import { CANCEL, CLOSE, fakeGateway, PAY, PRECREATE, QUERY, REFUND, says, signedAnswer } from './fake-gateway.ts';
import { accountFor } from './keys.ts';
import { AUTH_CODE, REQUEST, TRADE_NO } from './payment-request.ts';

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

/** Breaks the connection under the first attempt and answers the second. */
async function answeredSecond(text: string): Promise<{ channel: AlipayChannel; attempts: () => number }> {
  const gateway = await fakeGateway();
  const channel = alipayChannel({ account: accountFor(gateway.url), notifyUrl: 'https://shop.example/n' });
  cleanups.push(channel.disconnect, gateway.close);
  gateway.answer = (_, response) => {
    response.socket?.resetAndDestroy();
    gateway.answer = says(text);
  };
  return { channel, attempts: () => gateway.asked.length };
}

type Ask = (channel: AlipayChannel) => Promise<ChannelAnswer<unknown>>;
const pay: Ask = (channel) => channel.pay({ ...REQUEST, authCode: AUTH_CODE });
const refund: Ask = (channel) =>
  channel.refund({ outTradeNo: 'order-1', refundNo: 'refund-1', amountFen: 300n, reason: null });

test.each<[string, string, Ask, string, string]>([
  // a no to       of the node  asked by                           says                         is
  ['a precreate', PRECREATE, (one) => one.precreate(REQUEST), 'TRADE_HAS_CLOSE', 'unknown'],
  ['a payment code', PAY, pay, 'PAYMENT_AUTH_CODE_INVALID', 'unknown'],
  ['a close', CLOSE, (one) => one.close('order-1'), 'TRADE_STATUS_ERROR', 'unknown'],
  ['a cancel', CANCEL, (one) => one.cancel('order-1'), 'REASON_TRADE_REFUND_FEE_ERR', 'unknown'],
  ['a refund', REFUND, refund, 'TRADE_HAS_CLOSE', 'unknown'],
  ['a query', QUERY, (one) => one.query('order-1'), 'TRADE_NOT_EXIST', 'rejected'],
])('a second no to %s', async (_, node, ask, subCode, kind) => {
  const { channel, attempts } = await answeredSecond(
    signedAnswer(node, { code: '40004', sub_code: `ACQ.${subCode}`, out_trade_no: 'order-1' }),
  );
  expect(await ask(channel)).toMatchObject({ kind });
  expect(attempts()).toBe(2);
});

test('a second yes', async () => {
  const paid = { code: '10000', out_trade_no: 'order-1', trade_no: TRADE_NO, total_amount: '8.88' };
  const { channel, attempts } = await answeredSecond(signedAnswer(PAY, paid));
  expect(await pay(channel)).toMatchObject({ kind: 'accepted', value: { state: 'paid' } });
  expect(attempts()).toBe(2);
});

test('no third attempt', async () => {
  const gateway = await fakeGateway();
  const channel = alipayChannel({ account: accountFor(gateway.url), notifyUrl: 'https://shop.example/n' });
  cleanups.push(channel.disconnect, gateway.close);
  gateway.answer = (_, response) => response.socket?.resetAndDestroy();
  expect(await pay(channel)).toMatchObject({ kind: 'unknown' });
  expect(gateway.asked).toHaveLength(2);
});

test('no second attempt once an answer has begun', async () => {
  const gateway = await fakeGateway();
  const channel = alipayChannel({ account: accountFor(gateway.url), notifyUrl: 'https://shop.example/n' });
  cleanups.push(channel.disconnect, gateway.close);
  const text = signedAnswer(QUERY, { code: '40004', sub_code: 'ACQ.TRADE_NOT_EXIST' });
  gateway.answer = (_, response) => {
    gateway.answer = says(text);
    response.writeHead(200, { 'content-length': text.length }).write(text.slice(0, 20));
    setTimeout(() => response.socket?.resetAndDestroy(), 50);
  };
  expect(await channel.query('order-1')).toMatchObject({ kind: 'unknown' });
  expect(gateway.asked).toHaveLength(1);
});
