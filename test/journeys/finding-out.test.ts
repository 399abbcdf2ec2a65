// What nobody tells us: lost notifications, sales whose time is over, and money that comes too late.
import { beforeAll, expect, test } from 'vitest';
import { postponeChecks, releaseChecks } from '../support/behind.ts';
import { type Counter, counter, isQuiet, type Sale } from '../support/counter.ts';
import { type Gateway, startGateway } from '../support/gateway.ts';
import { follow } from '../support/sale.ts';
import { type SandboxClient, sandboxClient, theTrade } from '../support/sandbox-client.ts';
import { until } from '../support/until.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

let gateway: Gateway;
let till: Counter;
let alipay: SandboxClient;
const databaseUrl = () => gateway.env.DATABASE_URL ?? '';
const isPaid = ({ status }: Sale) => status === 'PAID';

beforeAll(async () => {
  gateway = await startGateway({ CHECK_INTERVAL_SECONDS: '1' });
  till = counter(gateway);
  alipay = sandboxClient(gateway);
});

/** A code is shown; `scan` and `pay` are the buyer's. */
async function shown() {
  const { id, merchantOrderNo: outTradeNo } = await till.open();
  const { qrCode } = await till.qrCode(id);
  const scan = () => alipay.scan(qrCode?.content ?? '');
  return { id, outTradeNo, scan, pay: () => scan().then(() => alipay.pay(outTradeNo)) };
}

test('a lost notification costs seconds: a query finds the payment', async () => {
  const { id, outTradeNo, pay } = await shown();
  await alipay.fault({ on: 'notify', kind: 'drop', count: 100, outTradeNo });
  const feed = follow(gateway, { orderId: id, after: 0 });
  await pay();
  expect((await feed.count(3, 6_000)).at(-1)).toMatchObject({ type: 'payment.succeeded', status: 'PAID' });
  feed.stop();
});

test('repair on read: nobody would look for an hour, but somebody reads', async () => {
  const { id, outTradeNo, pay } = await shown();
  await alipay.fault({ on: 'notify', kind: 'drop', count: 100, outTradeNo });
  await postponeChecks(databaseUrl());
  await pay();
  await till.becomes(id, isPaid);
});

test('syncOrder asks now', async () => {
  const { id, outTradeNo, pay } = await shown();
  await alipay.fault({ on: 'notify', kind: 'drop', count: 100, outTradeNo });
  await postponeChecks(databaseUrl());
  await pay();
  expect(await till.move('syncOrder', id)).toMatchObject({ __typename: 'Order', status: 'PAID' });
});

test('31 minutes later: what nobody paid is CANCELLED here and closed there, what somebody paid is PAID', async () => {
  const [ignored, left, paid] = [await shown(), await shown(), await shown()];
  const page = await till.open();
  await till.redirect(page.id, { method: 'PAGE' });
  const feed = follow(gateway, { orderId: ignored.id, after: 0 });
  await left.scan();
  await alipay.fault({ on: 'notify', kind: 'drop', count: 100, outTradeNo: paid.outTradeNo });
  await paid.pay();
  await alipay.advance(31 * MINUTE_MS);
  const date = (await fetch(`${gateway.url}/healthz`)).headers.get('date') ?? '';
  expect(Date.parse(date), 'the clock that the pages count down by').toBeGreaterThan(Date.now() + 30 * MINUTE_MS);
  const ends = await Promise.all([ignored, left, page, paid].map(({ id }) => till.sale(id)));
  expect(ends.map(({ status }) => status)).toEqual(['CANCELLED', 'CANCELLED', 'CANCELLED', 'PAID']);
  expect(ends.every(isQuiet)).toBe(true);
  expect((await theTrade(alipay, left.outTradeNo)).status).toBe('TRADE_CLOSED');
  await expect(ignored.scan()).rejects.toThrow('CODE_EXPIRED');
  expect(await till.qrCode(ignored.id)).toMatchObject({ code: 'ORDER_NOT_PAYABLE' });
  expect(await feed.ended).toEqual({ kind: 'completed' });
});

test('a day passes in a moment and leaves nothing undone', async () => {
  const sales = await Promise.all(Array.from({ length: 10 }, shown));
  await Promise.all(sales.map(({ scan, pay }, n) => [scan, pay, async () => undefined][n % 3]?.()));
  const startedAt = performance.now();
  await alipay.advance(DAY_MS);
  expect(performance.now() - startedAt).toBeLessThan(5_000);
  for (const [n, { id, outTradeNo }] of sales.entries()) {
    const sale = await till.sale(id);
    expect([sale.status, isQuiet(sale)]).toEqual([n % 3 === 1 ? 'PAID' : 'CANCELLED', true]);
    const [trade] = (await alipay.trades({ outTradeNo })).trades;
    expect(trade?.status).toBe(['TRADE_CLOSED', 'TRADE_SUCCESS', undefined][n % 3]);
  }
});

/** Cancelled here while the code was still good: nobody had scanned it, so Alipay could not close it. */
async function cancelled() {
  const sale = await shown();
  expect(await till.move('cancelOrder', sale.id)).toMatchObject({ __typename: 'Order', status: 'CANCELLED' });
  expect(await till.move('cancelOrder', sale.id)).toMatchObject({ __typename: 'Order', status: 'CANCELLED' });
  return sale;
}

/** One by one: what is in doubt is asked about ten seconds after it was sent. */
async function minutesPass(): Promise<void> {
  for (let minute = 0; minute < 4; minute += 1) await alipay.advance(MINUTE_MS);
}

async function expectOneRefund({ id, outTradeNo }: { id: string; outTradeNo: string }): Promise<void> {
  const sale = await till.becomes(id, ({ cases: [late] }) => late?.state === 'REFUNDED');
  expect(sale).toMatchObject({ status: 'CANCELLED', cases: [{ kind: 'LATE', amount: '8.88', nextAction: 'NONE' }] });
  expect(sale.refunds.map(({ status, amount }) => [status, amount])).toEqual([['SUCCEEDED', '8.88']]);
  const { refunds } = await theTrade(alipay, outTradeNo);
  expect(refunds.map(({ outRequestNo, amount }) => [outRequestNo, amount])).toEqual([
    [sale.refunds[0]?.refundNo, '8.88'],
  ]);
}

test('cancelled while its code was good: a subscription lasts until nobody can pay it any more', async () => {
  const { id } = await cancelled();
  const early = follow(gateway, { orderId: id, after: 0 });
  let over = false;
  void early.ended.then(() => {
    over = true;
  });
  await early.count(4);
  await alipay.advance(25 * MINUTE_MS);
  expect([over, (await till.sale(id)).status]).toEqual([false, 'CANCELLED']);
  await alipay.advance(6 * MINUTE_MS);
  expect(await follow(gateway, { orderId: id, after: 0 }).ended).toEqual({ kind: 'completed' });
  early.stop();
});

test('paid after the cancel: a late case, one refund, and the subscription ends only then', async () => {
  const sale = await cancelled();
  const feed = follow(gateway, { orderId: sale.id, after: 0 });
  expect((await feed.count(4)).at(-1)).toMatchObject({ type: 'order.cancelled', status: 'CANCELLED' });
  await sale.pay();
  await expectOneRefund(sale);
  expect(await feed.ended).toEqual({ kind: 'completed' });
  expect(
    feed
      .events()
      .map(({ type }) => type)
      .slice(4),
  ).toEqual(['case.opened', 'refund.requested', 'refund.succeeded', 'case.resolved']);
});

test.each([
  ['given back, the answer lost', { kind: 'act_then_drop', count: 3 }],
  ['given back, 20000', { kind: 'unknown', acts: true }],
  ['not given back, 20000', { kind: 'unknown', count: 2 }],
  ['given back, HTTP 500', { kind: 'http_500', acts: true }],
  ['given back, signed by nobody', { kind: 'no_sign' }],
])('late money, %s: one refund all the same', async (_, fault) => {
  const sale = await cancelled();
  await alipay.fault({ ...fault, on: 'alipay.trade.refund', outTradeNo: sale.outTradeNo });
  await sale.pay();
  await till.becomes(sale.id, ({ refunds }) => refunds.length === 1);
  await minutesPass();
  await expectOneRefund(sale);
});

test('killed while late money goes back: one refund, whether Alipay had made it or not', async () => {
  const [done, never] = [await cancelled(), await cancelled()];
  const slow = { on: 'alipay.trade.refund', kind: 'delay', delayMs: 20_000 };
  await alipay.fault({ ...slow, when: 'after', outTradeNo: done.outTradeNo });
  await alipay.fault({ ...slow, when: 'before', outTradeNo: never.outTradeNo });
  await never.pay();
  await done.pay();
  await till.becomes(never.id, ({ refunds }) => refunds.length === 1);
  await until(
    () => theTrade(alipay, done.outTradeNo),
    ({ refunds }) => refunds.length === 1,
  );
  await gateway.kill();
  await releaseChecks(databaseUrl());
  gateway = await startGateway(gateway.env);
  till = counter(gateway);
  await minutesPass();
  await expectOneRefund(done);
  await expectOneRefund(never);
});
