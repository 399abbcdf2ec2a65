import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FreshOrders } from '../../src/orders/fresh-orders.ts';
import { anOrder } from '../support/orders.ts';

const order = anOrder({ merchantOrderNo: 'A-1' });
const { merchantId, id } = order;
const byNumber = { merchantOrderNo: 'A-1' };
let nowMs = 0;

beforeEach(() => {
  nowMs = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
});
afterEach(() => vi.restoreAllMocks());

function fresh(): FreshOrders {
  const orders = new FreshOrders();
  orders.keep(order);
  return orders;
}

test.each([[byNumber], [{ id }]])('given once, by %j', (ref) => {
  const orders = fresh();
  expect(orders.take(merchantId, ref)).toMatchObject({ id, payments: [], refunds: [], cases: [] });
  expect(orders.take(merchantId, ref)).toBeUndefined();
});

test("another merchant's is not there, under whatever name", () => {
  const orders = fresh();
  for (const ref of [byNumber, { id }]) expect(orders.take('another', ref)).toBeUndefined();
  expect(orders.take(merchantId, { id })).toBeDefined();
});

test('what has changed, or is older than a second, is read', () => {
  const changed = fresh();
  changed.drop(order);
  expect(changed.take(merchantId, byNumber)).toBeUndefined();
  const old = fresh();
  nowMs = 1_000;
  expect(old.take(merchantId, { id })).toBeUndefined();
});

test('of more than it keeps the oldest go', () => {
  const orders = fresh();
  for (let n = 0; n < 10_000; n += 1) orders.keep(anOrder({ id: `id-${n}`, merchantOrderNo: `B-${n}` }));
  expect(orders.take(merchantId, byNumber)).toBeUndefined();
  expect(orders.take(merchantId, { merchantOrderNo: 'B-0' })).toBeDefined();
});
