import { afterAll, beforeAll, expect, test } from 'vitest';
import { newUuid } from '../../src/ids.ts';
import type { OrderEvent } from '../../src/orders/event.ts';
import type { Order } from '../../src/orders/order.ts';
import type { OrderStore } from '../../src/orders/ports.ts';
import type { OrderPageAsked, OrderReads } from '../../src/orders/reads.ts';
import { type Database, openDatabase } from '../../src/postgres/database.ts';
import { postgresInbox } from '../../src/postgres/inbox.ts';
import { postgresMerchantsStore } from '../../src/postgres/merchants-store.ts';
import { statusCounts } from '../../src/postgres/order-counts.ts';
import { postgresOrderReads } from '../../src/postgres/order-reads.ts';
import { postgresOrderStore } from '../../src/postgres/order-store.ts';
import { type FreshDatabase, freshDatabase } from '../support/database.ts';
import { paymentFor, putting } from './books.ts';
import { hearAlone, noticeOf, paidFact, sell, seller, systemClock } from './sales.ts';

let fresh: FreshDatabase;
let database: Database;
let orders: OrderStore;
let reads: OrderReads;

beforeAll(async () => {
  fresh = await freshDatabase();
  database = await openDatabase({ url: fresh.url });
  orders = postgresOrderStore(database);
  reads = postgresOrderReads(database);
});

afterAll(async () => {
  await database?.close();
  await fresh?.drop();
});

const stranger = newUuid(new Date());

/** Paid, and then partly refunded elsewhere. */
async function refundedSale(store = orders): Promise<Order> {
  const order = await sell(store);
  const needs = { orders: store, inbox: postgresInbox(database) };
  await hearAlone(needs, noticeOf(order));
  const refund = { totalFen: 7n, refundNo: 'R-1', refundedAt: new Date('2026-02-03T04:05:06Z') };
  await hearAlone(needs, noticeOf(order, { fact: paidFact(order, { refund }) }));
  return order;
}

test('one order, by id or number, is read alone; a stranger sees nothing', async () => {
  const order = await sell(orders, { metadata: { table: 4 } });
  expect(await reads.orderRow(seller.merchantId, { id: order.id })).toEqual(order);
  expect(await reads.orderRow(seller.merchantId, { merchantOrderNo: order.merchantOrderNo })).toEqual(order);
  expect(await reads.orderRow(stranger, { id: order.id })).toBeUndefined();
  expect(await reads.orderRow(stranger, { merchantOrderNo: order.merchantOrderNo })).toBeUndefined();
});

test('orders asked for in the same moment, by different merchants, are told apart', async () => {
  const sold = [await sell(orders), await sell(orders), await sell(orders)];
  const mine = sold.map(({ id }) => reads.orderRow(seller.merchantId, { id }));
  const strangers = sold.map(({ id }) => reads.orderRow(stranger, { id }));
  const missing = reads.orderRow(seller.merchantId, { id: newUuid(new Date()) });
  expect(await Promise.all([...mine, ...strangers, missing])).toEqual([...sold, ...Array(4).fill(undefined)]);
});

test('orders, payments, refunds and events of many orders at once', async () => {
  const sold = [await refundedSale(), await sell(orders), await refundedSale()];
  const ids = sold.map(({ id }) => id);
  const { merchantId } = seller;
  const found = await reads.ordersByIds(merchantId, [...ids, newUuid(new Date())]);
  expect(found.map(({ id }) => id).sort()).toEqual([...ids].sort());
  const payments = await reads.paymentsOf(merchantId, ids);
  const refunds = await reads.refundsOf(merchantId, ids);
  const events = await reads.eventsOf(merchantId, ids);
  for (const id of ids) {
    const whole = await orders.find(merchantId, { id });
    expect(payments.filter(({ orderId }) => orderId === id)).toEqual(
      whole?.payments.map((payment) => ({ ...payment, orderId: id })),
    );
    expect(refunds.filter(({ orderId }) => orderId === id)).toEqual(
      whole?.refunds.map((refund) => ({ ...refund, orderId: id })),
    );
    const versions = events.filter(({ orderId }) => orderId === id).map(({ version }) => version);
    expect(versions).toEqual(Array.from({ length: whole?.version ?? 0 }, (_, index) => index + 1));
  }
  expect(refunds).toMatchObject([{ amountFen: 7n }, { amountFen: 7n }]);
  for (const read of [reads.ordersByIds, reads.paymentsOf, reads.refundsOf, reads.eventsOf])
    expect([await read(stranger, ids), await read(merchantId, [])]).toEqual([[], []]);
});

test('one payment and one refund', async () => {
  const { merchantId, id } = await refundedSale();
  const [[payment], [refund]] = [await reads.paymentsOf(merchantId, [id]), await reads.refundsOf(merchantId, [id])];
  expect(payment).toMatchObject({ orderId: id, status: 'SUCCEEDED' });
  expect(await reads.paymentById(merchantId, payment?.id ?? '')).toEqual(payment);
  expect(await reads.refundById(merchantId, refund?.id ?? '')).toEqual(refund);
  expect(await reads.paymentById(stranger, payment?.id ?? '')).toBeUndefined();
  expect(await reads.refundById(stranger, refund?.id ?? '')).toBeUndefined();
});

test('news: events after a version, the latest one, and their chain of hashes', async () => {
  const { merchantId, id } = await refundedSale();
  const eventsSince = async (version: number | null, limit = 10) =>
    (await reads.news(merchantId, id, { version, limit }))?.events;
  const { events = [], order } = (await reads.news(merchantId, id, { version: 0, limit: 10 })) ?? {};
  expect(order).toEqual(await reads.orderRow(merchantId, { id }));
  expect(events.map(({ version, type }) => [version, type])).toEqual([
    [1, 'order.created'],
    [2, 'payment.succeeded'],
    [3, 'refund.succeeded'],
  ]);
  expect(events[2]?.prevHash).toBe(events[1]?.hash);
  expect(events).toEqual(await reads.eventsOf(merchantId, [id]));
  expect(await eventsSince(1, 1)).toEqual([events[1]]);
  expect(await eventsSince(3)).toBeUndefined();
  expect(await eventsSince(null)).toEqual([events[2]]);
  expect(await reads.news(stranger, id, { version: 0, limit: 10 })).toBeUndefined();
});

test('what a writer tells its own followers is what the others read', async () => {
  const told: OrderEvent[] = [];
  const compare = async (after: Order, events: readonly OrderEvent[]) => {
    const since = { version: (events[0]?.version ?? 0) - 1, limit: 10 };
    const news = await reads.news(after.merchantId, after.id, since);
    expect(news?.events).toEqual(events);
    expect(after).toMatchObject({ ...news?.order });
    told.push(...events);
  };
  await refundedSale({
    ...orders,
    async insert(order, event) {
      const inserted = await orders.insert(order, event);
      await compare(order, [event]);
      return inserted;
    },
    async write(change) {
      const written = await orders.write(change);
      await compare(change.after, change.events);
      return written;
    },
  });
  expect(told.map(({ version }) => version)).toEqual([1, 2, 3]);
});

test('news of many orders, asked for in one moment, reach each who asked', async () => {
  const [first, second] = [await refundedSale(), await refundedSale()];
  const versions = [0, null, 2, 1, 3].map((version) => ({ version, limit: 100 }));
  const asked = [first, second].flatMap((sale) => versions.map((since) => ({ ...sale, since })));
  const found = await Promise.all(asked.map(({ merchantId, id, since }) => reads.news(merchantId, id, since)));
  expect(found.map((news) => news?.events.map(({ version }) => version))).toEqual(
    [first, second].flatMap(() => [[1, 2, 3], [3], [3], [2, 3], undefined]),
  );
  expect(found.map((news) => news?.order.id)).toEqual(
    asked.map(({ id, since }) => (since.version === 3 ? undefined : id)),
  );
  expect(found.every((news) => news?.events.every(({ orderId }) => orderId === news.order.id) ?? true)).toBe(true);
});

test('news: an order that may be over comes even without', async () => {
  const { merchantId, id, version } = await sell(orders);
  expect(await reads.news(merchantId, id, { version, limit: 10 })).toBeUndefined();
  await database.pool.query(`update orders set status = 'CANCELLED' where id = $1`, [id]);
  const news = await reads.news(merchantId, id, { version, limit: 10 });
  expect(news).toMatchObject({ events: [], order: { id, status: 'CANCELLED' } });
});

test('pages go back in time, do not move while orders come in, and end', async () => {
  const merchantId = newUuid(new Date());
  const sold: string[] = [];
  for (let hour = 0; hour < 7; hour++) {
    const now = new Date(Date.UTC(2026, 0, 1, hour));
    sold.unshift((await sell(orders, { merchantId }, { now: () => now })).id);
  }
  const seen: string[] = [];
  let page = await reads.page(merchantId, { first: 3 });
  for (;;) {
    seen.push(...page.orders.map(({ id }) => id));
    if (!page.hasNextPage) break;
    await sell(orders, { merchantId });
    page = await reads.page(merchantId, { first: 3, afterId: seen.at(-1) });
  }
  expect(seen).toEqual(sold);
  expect(await reads.page(merchantId, { first: 3, afterId: sold.at(-1) })).toEqual({ orders: [], hasNextPage: false });
  expect((await reads.page(merchantId, { first: 9, afterId: sold[0] })).hasNextPage).toBe(false);
});

test('an order on a page is the same as the order alone', async () => {
  const merchantId = newUuid(new Date());
  const bare = await sell(orders, { merchantId });
  const full = await sell(orders, {
    merchantId,
    body: 'b',
    storeId: 's',
    terminalId: 't',
    operatorId: 'o',
    metadata: 1,
  });
  const page = await reads.page(merchantId, { first: 2 });
  expect(page.orders.find(({ id }) => id === bare.id)).toEqual(bare);
  expect(page.orders.find(({ id }) => id === full.id)).toEqual(full);
});

test('the filters of a page, alone and together', async () => {
  const merchantId = newUuid(new Date());
  const at = (iso: string) => ({ now: () => new Date(iso) });
  const a = await sell(
    orders,
    { merchantId, merchantOrderNo: 'A_1', subject: '100% Coffee', storeId: 's1' },
    at('2026-03-01T00:00:00Z'),
  );
  const b = await sell(
    orders,
    { merchantId, merchantOrderNo: 'AX1', subject: '1000 TEA', storeId: 's1', terminalId: 't1' },
    at('2026-03-01T00:00:00.001Z'),
  );
  const c = await sell(
    orders,
    { merchantId, merchantOrderNo: 'B-1', subject: `it's a\\b? :x`, terminalId: 't1' },
    at('2026-03-02T00:00:00Z'),
  );
  const whole = await orders.find(merchantId, { id: c.id });
  if (whole === undefined) throw new Error('not found');
  const later = `${c.id.replaceAll('-', '')}_${'2'.padStart(28, '0')}`;
  const { after, ...change } = putting(whole, [paymentFor(whole, { outTradeNo: later })]);
  expect(await orders.write({ ...change, after: { ...after, status: 'PAID' } })).toBe('written');
  const cases: [Omit<OrderPageAsked, 'first'>, Order[]][] = [
    [{}, [c, b, a]],
    [{ status: ['PENDING'] }, [b, a]],
    [{ status: ['PENDING', 'PAID'] }, [c, b, a]],
    [{ status: [] }, []],
    [{ storeId: 's1' }, [b, a]],
    [{ terminalId: 't1' }, [c, b]],
    [{ storeId: 's1', terminalId: 't1' }, [b]],
    [{ createdFrom: new Date('2026-03-01T00:00:00.001Z') }, [c, b]],
    [{ createdBefore: new Date('2026-03-01T00:00:00.001Z') }, [a]],
    [{ createdFrom: new Date('0001-01-01T00:00:00Z'), createdBefore: new Date(8.64e15) }, [c, b, a]],
    [{ createdFrom: b.createdAt, createdBefore: c.createdAt, status: ['PENDING'], search: 'tea' }, [b]],
    [{ search: 'A' }, [c, b, a]], // A_1 and AX1 begin with it, "it's a\b" has it
    [{ search: 'A_' }, [a]],
    [{ search: '100%' }, [a]],
    [{ search: 'tea' }, [b]],
    [{ search: `'s a\\b? :x` }, [c]],
    [{ search: '\\' }, [c]],
    [{ search: later }, [c]],
    [{ search: later.slice(0, 60) }, []],
    [{ search: `'; drop table orders; --` }, []],
  ];
  for (const [asked, expected] of cases) {
    const page = await reads.page(merchantId, { first: 10, ...asked });
    expect([asked, page.orders.map(({ id }) => id)]).toEqual([asked, expected.map(({ id }) => id)]);
  }
  expect((await reads.page(stranger, { first: 10, search: later })).orders).toEqual([]);
});

test('the counts by status are of all merchants and of recent orders', async () => {
  const store = postgresMerchantsStore({ database, clock: systemClock, newId: newUuid });
  const { merchantId } = await store.ensureFirstMerchant({ appId: 'app' });
  expect(await statusCounts(database, new Date(0))).toEqual({});
  const dayAgo = { now: () => new Date(Date.now() - 86_400_000) };
  await sell(orders, { merchantId }, dayAgo);
  await sell(orders, { merchantId });
  await sell(orders, { merchantId });
  expect(await statusCounts(database, new Date(Date.now() - 60_000))).toEqual({ PENDING: 2 });
  expect(await statusCounts(database, new Date(0))).toEqual({ PENDING: 3 });
});
