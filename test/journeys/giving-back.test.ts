// Money goes back: in parts, in a race, in doubt, from Alipay's own site; never more than was paid, never twice.
import { beforeAll, expect, test } from 'vitest';
import { type Counter, counter, isQuiet } from '../support/counter.ts';
import { type Gateway, startGateway } from '../support/gateway.ts';
import { follow } from '../support/sale.ts';
import { type SandboxClient, sandboxClient, theTrade } from '../support/sandbox-client.ts';

let gateway: Gateway;
let till: Counter;
let alipay: SandboxClient;

beforeAll(async () => {
  gateway = await startGateway();
  till = counter(gateway);
  alipay = sandboxClient(gateway);
});

/** Sold with a payment code, paid at once. */
async function paid(amount = '8.88') {
  const { id, merchantOrderNo: outTradeNo } = await till.open({ amount });
  const { authCode } = await alipay.authCode();
  expect((await till.scanned(id, authCode)).status).toBe('SUCCEEDED');
  return { id, outTradeNo };
}

async function ledgerOf(outTradeNo: string) {
  const { refunds, status } = await theTrade(alipay, outTradeNo);
  const times = refunds.map(({ at }) => Date.parse(at));
  const gapsMs = times.slice(1).map((at, n) => at - (times[n] ?? 0));
  return { status, refunds: refunds.map(({ outRequestNo, amount }) => [outRequestNo, amount]), gapsMs };
}

const inTime = 12_000;

test.concurrent('three parts: one after the other, three seconds apart; the last one makes it REFUNDED', async () => {
  const { id, outTradeNo } = await paid();
  const feed = follow(gateway, { orderId: id });
  expect(await till.refund(id, 'A', '3.00')).toMatchObject({ __typename: 'Refund', refundNo: 'A', failure: null });
  expect(await till.becomes(id, isQuiet)).toMatchObject({ status: 'PAID', refundedAmount: '3.00' });
  expect(await till.refund(id, 'B', '3.00')).toMatchObject({ __typename: 'Refund', status: 'PENDING' });
  expect(await till.refund(id, 'C', '2.88')).toMatchObject({ __typename: 'Refund', status: 'PENDING' });
  const sale = await till.becomes(id, ({ status }) => status === 'REFUNDED', inTime);
  expect([sale.refundedAmount, sale.refunds.map(({ status }) => status)]).toEqual(['8.88', Array(3).fill('SUCCEEDED')]);
  expect(await feed.ended).toEqual({ kind: 'completed' });
  const { refunds, gapsMs } = await ledgerOf(outTradeNo);
  expect(refunds).toEqual([
    ['A', '3.00'],
    ['B', '3.00'],
    ['C', '2.88'],
  ]);
  expect(Math.min(...gapsMs)).toBeGreaterThanOrEqual(3_000);
});

test.concurrent('twenty refunds of 30 % at once: exactly three, and the ledger says so, too', async () => {
  const { id, outTradeNo } = await paid('10.00');
  const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => till.refund(id, `race-${n}`, '3.00')));
  const made = answers.filter(({ __typename }) => __typename === 'Refund');
  expect(made).toHaveLength(3);
  for (const refused of answers.filter((answer) => !made.includes(answer)))
    expect(refused).toMatchObject({ code: 'REFUND_EXCEEDS_PAID', refundable: '1.00' });
  const sale = await till.becomes(id, ({ refundedAmount }) => refundedAmount === '9.00', inTime);
  expect(sale.refunds.map(({ status }) => status)).toEqual(Array(3).fill('SUCCEEDED'));
  const { refunds, gapsMs } = await ledgerOf(outTradeNo);
  expect(refunds.map(([no]) => no).sort()).toEqual(made.map(({ refundNo }) => refundNo).sort());
  expect(Math.min(...gapsMs)).toBeGreaterThanOrEqual(3_000);
});

test('the number is the key: the same refund again, another amount a conflict, more than was paid refused', async () => {
  const { id, outTradeNo } = await paid();
  const [first, again] = await Promise.all([till.refund(id, 'R-1', '5.00'), till.refund(id, 'R-1', '5.00')]);
  expect([first.id, again.id, (await till.refund(id, 'R-1', '5')).id]).toEqual(Array(3).fill(first.id));
  expect(await till.refund(id, 'R-1', '5.01')).toMatchObject({ code: 'REFUND_NO_CONFLICT' });
  expect(await till.refund(id, 'R-2', '3.89')).toMatchObject({ code: 'REFUND_EXCEEDS_PAID', refundable: '3.88' });
  expect((await till.becomes(id, isQuiet)).refunds).toHaveLength(1);
  expect((await ledgerOf(outTradeNo)).refunds).toEqual([['R-1', '5.00']]);
});

test.each([
  // field      input
  ['refundNo', { refundNo: 'a b' }],
  ['refundNo', { refundNo: '' }],
  ['refundNo', { refundNo: 'x'.repeat(65) }],
  ['amount', { amount: '0.00' }],
  ['reason', { reason: ' ' }],
  ['reason', { reason: '茶'.repeat(257) }],
])('%s %o is INVALID_INPUT and gives nothing back', async (field, wrong) => {
  const { id, outTradeNo } = await paid();
  expect(await till.refund(id, 'R', '1.00', wrong)).toMatchObject({ code: 'INVALID_INPUT', field });
  expect((await ledgerOf(outTradeNo)).refunds).toEqual([]);
});

test('nothing was paid: nothing to give back, ILLEGAL_TRANSITION', async () => {
  const { id } = await till.open();
  expect(await till.refund(id, 'R', '1.00')).toMatchObject({
    code: 'ILLEGAL_TRANSITION',
    from: 'PENDING',
    to: 'REFUNDED',
    allowed: ['CANCELLED'],
  });
});

test.each([
  ['8801.82', 'given back, and the answer was 20000'],
  ['8801.83', 'not given back, and the answer was 20000'],
  ['8801.86', 'not given back, and the answer was a system error'],
])('%s: %s: PENDING until it is found out, given back once', async (amount) => {
  const { id, outTradeNo } = await paid('9000.00');
  expect(await till.refund(id, 'R', amount)).toMatchObject({ __typename: 'Refund', status: 'PENDING', failure: null });
  await minutesPass();
  expect(await till.sale(id)).toMatchObject({ refundedAmount: amount, refunds: [{ status: 'SUCCEEDED' }] });
  expect((await ledgerOf(outTradeNo)).refunds).toEqual([['R', amount]]);
});

test('88xx.84: never an answer: PENDING, and its amount stays reserved', async () => {
  const { id, outTradeNo } = await paid('9000.00');
  await till.refund(id, 'R', '8801.84');
  await minutesPass();
  expect(await till.sale(id)).toMatchObject({ refundedAmount: '0.00', refunds: [{ status: 'PENDING' }] });
  expect(await till.refund(id, 'S', '198.17')).toMatchObject({ code: 'REFUND_EXCEEDS_PAID', refundable: '198.16' });
  expect((await ledgerOf(outTradeNo)).refunds).toEqual([]);
});

/** One by one: what is in doubt is asked about ten seconds after it was sent. */
async function minutesPass(): Promise<void> {
  for (let minute = 0; minute < 4; minute += 1) await alipay.advance(60_000);
}

test('88xx.81: the balance is short: FAILED with its reason; topped up, the same number gives it back', async () => {
  const { id, outTradeNo } = await paid('9000.00');
  const asked = await till.refund(id, 'R', '8801.81');
  const [failed] = (await till.becomes(id, isQuiet)).refunds;
  expect(failed).toMatchObject({ status: 'FAILED', failure: { subCode: 'SELLER_BALANCE_NOT_ENOUGH' } });
  expect(failed?.failure?.messageZh).toMatch(/\p{Script=Han}/u);
  await alipay.topUp('8801.81');
  expect(await till.refund(id, 'R', '8801.81')).toMatchObject({ id: asked.id, failure: null });
  await minutesPass();
  expect(await till.sale(id)).toMatchObject({ refundedAmount: '8801.81', refunds: [{ status: 'SUCCEEDED' }] });
  expect((await ledgerOf(outTradeNo)).refunds).toEqual([['R', '8801.81']]);
});

test("given back on Alipay's own site: booked from its notice; when that is lost, from a query", async () => {
  const { id, outTradeNo } = await paid();
  await alipay.refund(outTradeNo, '1.00', { outRequestNo: 'SITE-1' });
  const one = await till.becomes(id, ({ refundedAmount }) => refundedAmount === '1.00');
  expect(one.refunds).toMatchObject([{ refundNo: 'SITE-1', amount: '1.00', status: 'SUCCEEDED' }]);
  expect(await till.refund(id, 'R', '8.00')).toMatchObject({ code: 'REFUND_EXCEEDS_PAID', refundable: '7.88' });
  await alipay.refund(outTradeNo, '7.88', { outRequestNo: 'SITE-2', notify: false });
  const sale = await till.move('syncOrder', id);
  expect(sale).toMatchObject({ status: 'REFUNDED', refundedAmount: '8.88' });
  expect(sale.refunds.map(({ amount }) => amount)).toEqual(['1.00', '7.88']);
});
