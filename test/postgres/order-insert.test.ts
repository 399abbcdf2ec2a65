import { afterAll, beforeAll, expect, test } from 'vitest';
import { newUuid } from '../../src/ids.ts';
import { createOrder } from '../../src/orders/create-order.ts';
import type { OrderStore } from '../../src/orders/ports.ts';
import { postgresOrderStore } from '../../src/postgres/order-store.ts';
import { type Books, openBooks, untouched } from './books.ts';
import { newNumber, saleOf, sell, seller, systemClock } from './sales.ts';

let books: Books;
let orders: OrderStore;

beforeAll(async () => {
  books = await openBooks();
  orders = books.orders;
});

afterAll(() => books?.close());

test('an order comes back as it went in, by id and by number', async () => {
  const order = await sell(orders, {
    amountFen: 10_000_000_000n,
    subject: `'; drop table orders; -- \\ "咖啡" $1 ?`,
    body: 'b',
    storeId: 's1',
    terminalId: 't1',
    operatorId: 'o1',
    metadata: { z: [1, null, 'é'], a: 'back\\slash' },
  });
  const whole = { ...order, payments: [], refunds: [], cases: [] };
  expect(await orders.find(seller.merchantId, { id: order.id })).toEqual(whole);
  expect(await orders.find(seller.merchantId, { merchantOrderNo: order.merchantOrderNo })).toEqual(whole);
  expect(await books.rowsOf(order.id)).toEqual(untouched);
});

test('an order of another merchant is not there', async () => {
  const order = await sell(orders);
  const stranger = newUuid(new Date());
  expect(await orders.find(stranger, { id: order.id })).toBeUndefined();
  expect(await orders.find(stranger, { merchantOrderNo: order.merchantOrderNo })).toBeUndefined();
  await sell(orders, { merchantId: stranger, merchantOrderNo: order.merchantOrderNo });
});

test('50 identical inserts at once: one row, 49 hear that the number is taken', async () => {
  const merchantOrderNo = newNumber();
  const answers = await Promise.all(
    Array.from({ length: 50 }, async () => {
      const kinds: string[] = [];
      const counting: OrderStore = {
        ...orders,
        insert: async (order, event) => {
          const inserted = await orders.insert(order, event);
          kinds.push(inserted.kind);
          return inserted;
        },
      };
      const tokens = { issue: () => '', read: () => undefined };
      const needs = { orders: counting, clock: systemClock, newId: newUuid, tokens };
      const outcome = await createOrder(needs, saleOf({ merchantOrderNo }));
      return { kind: kinds[0], id: outcome.kind === 'created' ? outcome.order.id : outcome.kind };
    }),
  );
  expect(answers.filter(({ kind }) => kind === 'inserted')).toHaveLength(1);
  expect(answers.filter(({ kind }) => kind === 'number_taken')).toHaveLength(49);
  expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
  expect(await books.rowsOf(answers[0]?.id ?? '')).toEqual(untouched);
});

test('orders made in the same moment come back as they went in, each with its event', async () => {
  const texts = [`"a" \\ '`, '咖啡', '{},[]', 'null'];
  const sold = await Promise.all(
    texts.map((subject, index) => sell(orders, { subject, amountFen: BigInt(index) + 1n, metadata: { subject } })),
  );
  for (const order of sold) {
    expect(await books.found(order.id)).toEqual({ ...order, payments: [], refunds: [], cases: [] });
    expect(await books.rowsOf(order.id)).toEqual(untouched);
    const { rows } = await books.database.pool.query('select hash, data from order_events where order_id = $1', [
      order.id,
    ]);
    expect(rows).toMatchObject([
      { hash: order.lastHash, data: expect.stringContaining(JSON.stringify(order.subject)) },
    ]);
  }
});

test('an order that the database refuses harms none that is made in the same moment', async () => {
  const bad = (fields: object): OrderStore => ({
    ...orders,
    insert: (order, event) => orders.insert({ ...order, ...fields }, event),
  });
  const settled = await Promise.allSettled([
    sell(bad({ contentHash: 'short' })),
    sell(bad({ subject: '\0' })),
    sell(orders),
  ]);
  expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
  const good = settled[2];
  if (good?.status === 'fulfilled') expect(await books.rowsOf(good.value.id)).toEqual(untouched);
});

test('many who sell the same numbers in opposite orders wait for nobody', async () => {
  const numbers = Array.from({ length: 40 }, newNumber);
  const other = postgresOrderStore(books.database);
  const selling = (store: OrderStore, merchantOrderNo: string) => sell(store, { merchantOrderNo });
  const settled = await Promise.all([
    ...numbers.map((number) => selling(orders, number)),
    ...[...numbers].reverse().map((number) => selling(other, number)),
  ]);
  expect(new Set(settled.map(({ id }) => id)).size).toBe(40);
});
