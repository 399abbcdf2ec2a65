// The goods go out and come back; a sale is undone wherever it stands; every mutation refuses what names no order.
import { beforeAll, expect, test } from 'vitest';
import { type Counter, counter, isQuiet, type Moving, MUTATIONS, mutationOf } from '../support/counter.ts';
import { type Gateway, startGateway } from '../support/gateway.ts';
import { askRaw, dataOf } from '../support/graphql-client.ts';
import { type SandboxClient, sandboxClient } from '../support/sandbox-client.ts';

let gateway: Gateway;
let till: Counter;
let alipay: SandboxClient;

beforeAll(async () => {
  gateway = await startGateway();
  till = counter(gateway);
  alipay = sandboxClient(gateway);
});

interface Sold {
  readonly id: string;
  readonly outTradeNo: string;
}

type Step = Moving | 'code' | 'scan' | 'pay' | 'refundAll';

/** A sale to which these steps have happened. */
async function sold(steps: readonly Step[], amount = '8.88'): Promise<Sold> {
  const { id, merchantOrderNo: outTradeNo } = await till.open({ amount });
  for (const step of steps) await take(step, { id, outTradeNo }, amount);
  return { id, outTradeNo };
}

async function take(step: Step, { id, outTradeNo }: Sold, amount: string): Promise<void> {
  switch (step) {
    case 'code':
      await till.qrCode(id);
      return;
    case 'scan':
      await alipay.scan((await till.qrCode(id)).qrCode?.content ?? '');
      return;
    case 'pay':
      await till.scanned(id, (await alipay.authCode()).authCode);
      return;
    case 'refundAll':
      await till.refund(id, `all-${outTradeNo}`, amount);
      await till.becomes(id, isQuiet);
      return;
    default:
      expect(await till.move(step, id)).toMatchObject({ __typename: 'Order' });
  }
}

const { shipped, completed, returned }: Record<string, Step[]> = {
  shipped: ['pay', 'shipOrder'],
  completed: ['pay', 'completeOrder'],
  returned: ['pay', 'shipOrder', 'returnOrder'],
};

test.each<[readonly Step[], Moving, string, string, readonly string[]]>([
  // after                         asked            lands in      from         what could be asked for
  [[], 'shipOrder', 'SHIPPING', 'PENDING', ['CANCELLED']],
  [[], 'completeOrder', 'COMPLETED', 'PENDING', ['CANCELLED']],
  [['cancelOrder'], 'completeOrder', 'COMPLETED', 'CANCELLED', []],
  [['pay'], 'returnOrder', 'RETURNED', 'PAID', ['SHIPPING', 'COMPLETED', 'REFUNDED']],
  [['pay'], 'cancelOrder', 'CANCELLED', 'PAID', ['SHIPPING', 'COMPLETED', 'REFUNDED']],
  [shipped ?? [], 'cancelOrder', 'CANCELLED', 'SHIPPING', ['COMPLETED', 'RETURNED', 'REFUNDED']],
  [completed ?? [], 'shipOrder', 'SHIPPING', 'COMPLETED', ['RETURNED', 'REFUNDED']],
  [returned ?? [], 'shipOrder', 'SHIPPING', 'RETURNED', []],
  [['pay', 'refundAll'], 'completeOrder', 'COMPLETED', 'REFUNDED', []],
])('after %o, %s: ILLEGAL_TRANSITION', async (steps, asked, to, from, allowed) => {
  const { id } = await sold(steps);
  const before = await till.sale(id);
  expect(await till.move(asked, id)).toMatchObject({ code: 'ILLEGAL_TRANSITION', from, to, allowed });
  expect(await till.sale(id)).toEqual(before);
});

test('out and back: shipped, arrived, returned, each step once however often it is told', async () => {
  const { id } = await sold(['pay']);
  for (const [step, status] of [
    ['shipOrder', 'SHIPPING'],
    ['completeOrder', 'COMPLETED'],
    ['returnOrder', 'RETURNED'],
  ] as const) {
    expect(await till.move(step, id, 'as told at the counter')).toMatchObject({ status });
    expect(await till.move(step, id)).toMatchObject({ status });
  }
  expect(await till.refund(id, 'R', '8.88')).toMatchObject({ __typename: 'Refund' });
  const { status, refundedAmount, events } = await till.becomes(id, isQuiet);
  expect([status, refundedAmount]).toEqual(['RETURNED', '8.88']);
  expect(events.map(({ version }) => version)).toEqual(events.map((_, n) => n + 1));
  expect(events.filter(({ type }) => type.startsWith('order.')).map(({ type }) => type)).toEqual([
    'order.created',
    'order.shipped',
    'order.completed',
    'order.returned',
  ]);
});

test.each<[string, readonly Step[], string, string | undefined]>([
  // the sale                       steps                         lands in     its trade at Alipay
  ['new', [], 'CANCELLED', undefined],
  ['with a code nobody scanned', ['code'], 'CANCELLED', undefined],
  ['scanned, not paid', ['code', 'scan'], 'CANCELLED', 'TRADE_CLOSED'],
  ['cancelled', ['cancelOrder'], 'CANCELLED', undefined],
  ['paid', ['pay'], 'REFUNDED', 'TRADE_CLOSED'],
  ['shipped', shipped ?? [], 'REFUNDED', 'TRADE_CLOSED'],
  ['completed', completed ?? [], 'REFUNDED', 'TRADE_CLOSED'],
  ['returned', returned ?? [], 'RETURNED', 'TRADE_CLOSED'],
  ['refunded', ['pay', 'refundAll'], 'REFUNDED', 'TRADE_CLOSED'],
])('undo a sale that is %s, twice', async (_, steps, lands, trade) => {
  const { id, outTradeNo } = await sold(steps);
  expect(await till.move('reverseOrder', id, 'the buyer changed her mind')).toMatchObject({ __typename: 'Order' });
  const { status, version } = await till.becomes(id, isQuiet);
  expect(status).toBe(lands);
  expect(await till.move('reverseOrder', id)).toMatchObject({ status, version });
  const [found] = (await alipay.trades({ outTradeNo })).trades;
  expect([found?.status, found?.refunds.length ?? 0]).toEqual([trade, steps.includes('pay') ? 1 : 0]);
});

test.each([
  ['8801.71', 'the buyer is typing the password', 'close'],
  ['8801.72', 'paid, and nobody here knows', 'refund'],
  ['8801.73', 'unknown, then never', 'close'],
  ['8801.74', 'no trade was made', undefined],
])('undo a payment code in doubt, %s: %s', async (amount, _, action) => {
  await alipay.settings({ notifyOn: [] });
  const { id, outTradeNo } = await sold(['pay'], amount);
  await alipay.settings({ notifyOn: ['TRADE_SUCCESS'] });
  expect(await till.move('reverseOrder', id)).toMatchObject({ __typename: 'Order', status: 'CANCELLED' });
  expect(await till.move('reverseOrder', id)).toMatchObject({ status: 'CANCELLED' });
  const sale = await till.becomes(id, isQuiet);
  expect(sale.payments.map(({ status }) => status)).toEqual(['FAILED']);
  const [trade] = (await alipay.trades({ outTradeNo })).trades;
  expect(trade?.cancelAction).toBe(action);
});

test('an undo that Alipay does not answer is finished by itself', async () => {
  const { id, outTradeNo } = await sold(['pay'], '8801.71');
  await alipay.fault({ on: 'alipay.trade.cancel', kind: 'unknown', count: 2, outTradeNo });
  expect(await till.move('reverseOrder', id)).toMatchObject({ code: 'PAYMENT_UNRESOLVED' });
  expect(await till.qrCode(id)).toMatchObject({ code: 'ORDER_NOT_PAYABLE' });
  for (let minute = 0; minute < 4; minute += 1) await alipay.advance(60_000);
  expect(await till.becomes(id, isQuiet)).toMatchObject({ status: 'CANCELLED', payments: [{ status: 'FAILED' }] });
});

const MORE: Readonly<Record<string, object>> = {
  payByAuthCode: { authCode: '280000000000000000' },
  createRedirectPayment: { method: 'PAGE' },
  refundOrder: { refundNo: 'R', amount: '1.00' },
};

/** What no type would let through. */
async function raw(name: string, input: object): Promise<unknown> {
  return (await dataOf(askRaw(gateway, mutationOf(name), { input })))[name];
}

test.each(Object.keys(MUTATIONS).filter((name) => name !== 'resolveCase'))(
  '%s names exactly one order that is there',
  async (name) => {
    const { id, merchantOrderNo } = await till.open();
    for (const order of [{}, { id, merchantOrderNo }, { id: null, merchantOrderNo: null }])
      expect(await raw(name, { ...MORE[name], order })).toMatchObject({ code: 'INVALID_INPUT', field: 'order' });
    const strange = [{ id: 'ord_01jd000000e0000000000000zz' }, { id: 'x' }, { id: '' }, { merchantOrderNo: 'nobody' }];
    for (const order of [...strange, { merchantOrderNo: "'; drop table orders" }, { id: id.replace('ord', 'pay') }])
      expect(await raw(name, { ...MORE[name], order })).toMatchObject({ code: 'ORDER_NOT_FOUND' });
  },
);

test.each(['cancelOrder', 'reverseOrder', 'shipOrder', 'completeOrder', 'returnOrder'] as const)(
  '%s: a reason of 256 characters at most',
  async (name) => {
    const { id, events } = await till.open();
    for (const reason of ['', ' ', 'x'.repeat(257), 'a\u0000b'])
      expect(await till.move(name, id, reason)).toMatchObject({ code: 'INVALID_INPUT', field: 'reason' });
    expect((await till.sale(id)).events).toEqual(events);
  },
);
