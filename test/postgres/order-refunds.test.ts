import { afterAll, beforeAll, expect, test } from 'vitest';
import { newUuid } from '../../src/ids.ts';
import type { OrderStore } from '../../src/orders/ports.ts';
import type { Refund } from '../../src/orders/refund.ts';
import { type Books, evidenceFor, openBooks, paymentFor, putting, puttingRefunds, refundFor } from './books.ts';
import { seller } from './sales.ts';

let books: Books;
let orders: OrderStore;

beforeAll(async () => {
  books = await openBooks();
  orders = books.orders;
});

afterAll(() => books?.close());

async function reservedFen(id: string): Promise<string | undefined> {
  const [row] = await books.rows<{ reserved_fen: string }>('select reserved_fen from orders where id = $1', id);
  return row?.reserved_fen;
}

const NO = { subCode: null, message: 'no', messageZh: '不' };

test('open refunds of the paid payment reserve, succeeded ones do not, and both together must fit', async () => {
  let order = await books.paid(1_000n);
  const first = refundFor(order, { amountFen: 600n });
  const second = refundFor(order, { amountFen: 400n, id: newUuid(new Date(Date.now() + 1_000)) });
  expect(await orders.write(puttingRefunds(order, [first]))).toBe('written');
  order = await books.found(order.id);
  expect(await reservedFen(order.id)).toBe('600');
  expect(await orders.write(puttingRefunds(order, [second]))).toBe('written');
  order = await books.found(order.id);
  expect(await reservedFen(order.id)).toBe('1000');
  const oneMore = puttingRefunds(order, [refundFor(order, { amountFen: 1n })]);
  await expect(orders.write(oneMore)).rejects.toThrow('orders_refunds_fit_check');
  const done: Refund = { ...first, status: 'SUCCEEDED', succeededAt: new Date() };
  const failed: Refund = { ...second, status: 'FAILED', failure: NO };
  expect(await orders.write(puttingRefunds(order, [done, failed], { refundedFen: 600n }))).toBe('written');
  expect(await reservedFen(order.id)).toBe('0');
  expect((await books.found(order.id)).refunds).toEqual([done, failed]);
  expect(await books.rowsOf(order.id)).toMatchObject({ refunds: 2, order_events: 5, outbox: 5 });
});

test('a fact makes reservations yield: what was given back elsewhere counts, and a wish more is refused', async () => {
  let order = await books.paid(1_000n);
  const ours = refundFor(order, { amountFen: 600n });
  expect(await orders.write(puttingRefunds(order, [ours]))).toBe('written');
  order = await books.found(order.id);
  const elsewhere = refundFor(order, { amountFen: 700n, status: 'SUCCEEDED', succeededAt: new Date() });
  const heard = { refundedFen: 700n, evidence: evidenceFor(order) };
  await expect(orders.write(puttingRefunds(order, [refundFor(order, { amountFen: 700n })]))).rejects.toThrow(
    'orders_refunds_fit_check',
  );
  expect(await orders.write(puttingRefunds(order, [elsewhere], heard))).toBe('written');
  order = await books.found(order.id);
  expect([order.refundedFen, await reservedFen(order.id)]).toEqual([700n, '300']);
  const wish = puttingRefunds(order, [refundFor(order, { amountFen: 1n })]);
  await expect(orders.write(wish)).rejects.toThrow('orders_refunds_fit_check');
});

test('a refund of a payment that did not make the order PAID reserves nothing of it', async () => {
  let order = await books.paid(1_000n);
  const extra = paymentFor(order, { status: 'SUCCEEDED', tradeNo: 'second', succeededAt: new Date() });
  expect(await orders.write(putting(order, [extra]))).toBe('written');
  order = await books.found(order.id);
  const refunds = [
    refundFor(order, { amountFen: 1_000n }),
    refundFor(order, { amountFen: 1_000n, paymentId: extra.id }),
  ];
  expect(await orders.write(puttingRefunds(order, refunds))).toBe('written');
  expect(await reservedFen(order.id)).toBe('1000');
  order = await books.found(order.id);
  expect(await orders.write(puttingRefunds(order, [refundFor(order, { status: 'FAILED' })]))).toBe('written');
  expect(await reservedFen(order.id)).toBe('1000');
});

test('a refund number is used once in its order: who comes second reads again', async () => {
  const order = await books.paid();
  const [first, second] = [refundFor(order, { refundNo: 'same' }), refundFor(order, { refundNo: 'same' })];
  expect(await orders.write(puttingRefunds(order, [first]))).toBe('written');
  expect(await orders.write(puttingRefunds(await books.found(order.id), [second]))).toBe('stale');
  expect((await books.found(order.id)).refunds).toEqual([first]);
});

test('that a refund was sent is noted by itself, and no later change forgets it', async () => {
  const order = await books.paid();
  const refund = refundFor(order);
  expect(await orders.write(puttingRefunds(order, [refund]))).toBe('written');
  const triedAt = new Date();
  await orders.markTried(newUuid(triedAt), refund.id, triedAt);
  expect((await books.found(order.id)).refunds).toEqual([refund]);
  await orders.markTried(seller.merchantId, refund.id, triedAt);
  const tried = await books.found(order.id);
  expect(tried).toMatchObject({ version: 3, refunds: [{ ...refund, triedAt }] });
  expect(await orders.write(puttingRefunds(tried, [{ ...refund, status: 'FAILED', failure: NO }]))).toBe('written');
  expect((await books.found(order.id)).refunds).toEqual([{ ...refund, status: 'FAILED', failure: NO, triedAt }]);
});
