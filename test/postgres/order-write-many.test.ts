import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Change, OrderStore } from '../../src/orders/ports.ts';
import { postgresOrderStore } from '../../src/postgres/order-store.ts';
import { type Books, hearing, moved, openBooks, paymentFor, putting, untouched } from './books.ts';
import { newNumber } from './sales.ts';

let books: Books;
let orders: OrderStore;

beforeAll(async () => {
  books = await openBooks();
  orders = books.orders;
});

afterAll(() => books?.close());

/** A notify_id without evidence belongs to no order: it would make the resend look judged, and lose the payment. */
async function isJudgedAnywhere({ evidence }: Change): Promise<boolean> {
  const { rowCount } = await books.database.pool.query('select from notification_ids where notify_id = $1', [
    evidence?.notifyId,
  ]);
  return rowCount !== 0;
}

/** The store, and the names of the statements it sends. */
function watched() {
  const sent: string[] = [];
  const pool = new Proxy(books.database.pool, {
    get: (target, name) =>
      name === 'query'
        ? (query: { name: string; text: string }) => {
            sent.push(query.name);
            return target.query(query);
          }
        : Reflect.get(target, name),
  });
  return { sent, orders: postgresOrderStore({ pool }) };
}

test('notifications of one moment share a statement, and each is written whole with its own bytes', async () => {
  const { sent, orders: store } = watched();
  const bodies = [[], [0, 255, 92, 10], [39, 34, 123], Array.from({ length: 3_000 }, (_, index) => index % 256)];
  const sold = await books.soldMany(bodies.length);
  const changes = sold.map((order, index) => hearing(order, { bytes: Uint8Array.from(bodies[index] ?? []) }));
  expect(await Promise.all(changes.map((change) => store.write(change)))).toEqual(sold.map(() => 'written'));
  expect(sent).toEqual(['orders-write']);
  for (const [index, change] of changes.entries()) {
    expect(await books.found(change.after.id)).toEqual(change.after);
    expect(await books.rowsOf(change.after.id)).toEqual(moved);
    const { rows } = await books.database.pool.query('select * from evidence where order_id = $1', [change.after.id]);
    expect([...rows[0].bytes]).toEqual(bodies[index]);
    expect(rows[0]).toMatchObject({
      id: change.evidence?.id,
      notify_id: change.evidence?.notifyId,
      verdict: 'applied',
    });
    const events = await books.database.pool.query('select * from order_events where order_id = $1 and version = 2', [
      change.after.id,
    ]);
    expect(events.rows[0]).toMatchObject({ hash: change.events[0]?.hash, data: change.events[0]?.data });
  }
});

test('of notifications of one moment the stale one alone writes nothing', async () => {
  const { sent, orders: store } = watched();
  const [first, late, last] = await books.soldMany(3);
  if (!first || !late || !last) throw new Error('not sold');
  expect(await store.write(putting(late, [paymentFor(late)]))).toBe('written');
  const before = await books.rowsOf(late.id);
  sent.length = 0;
  const changes = [first, late, last].map((order) => hearing(order));
  expect(await Promise.all(changes.map((change) => store.write(change)))).toEqual(['written', 'stale', 'written']);
  expect(await Promise.all(changes.map(isJudgedAnywhere))).toEqual([true, false, true]);
  expect(sent).toEqual(['orders-write']);
  expect(await books.rowsOf(late.id)).toEqual(before);
  for (const { id } of [first, last]) expect(await books.rowsOf(id)).toEqual(moved);
});

test('two changes of one moment to one order: one is written, the other is stale', async () => {
  const { sent, orders: store } = watched();
  const [order, other] = await books.soldMany(2);
  if (!order || !other) throw new Error('not sold');
  const changes = [hearing(order), hearing(other), hearing(order)];
  const results = await Promise.all(changes.map((change) => store.write(change)));
  expect([results[0], results[2]].sort()).toEqual(['stale', 'written']);
  expect(results[1]).toBe('written');
  expect(sent).toEqual(['orders-write']);
  expect(await books.found(order.id)).toEqual(changes[results.indexOf('written')]?.after);
  expect(await Promise.all(changes.map(isJudgedAnywhere))).toEqual(results.map((result) => result === 'written'));
  expect(await books.rowsOf(order.id)).toEqual(moved);
});

test('a notify_id judged twice in one moment moves one order, and harms no other', async () => {
  const sold = await books.soldMany(3);
  const notifyId = newNumber();
  const changes = sold.map((order, index) => hearing(order, index < 2 ? { notifyId } : {}));
  const results = await Promise.all(changes.map((change) => orders.write(change)));
  expect([results[0], results[1]].sort()).toEqual(['stale', 'written']);
  expect(results[2]).toBe('written');
  for (const [index, { id }] of sold.entries())
    expect(await books.rowsOf(id)).toEqual(results[index] === 'written' ? moved : untouched);
});

test('a change that the database refuses harms none of the same moment', async () => {
  const [first, broken, unreadable, late, last] = await books.soldMany(5);
  if (!first || !broken || !unreadable || !late || !last) throw new Error('not sold');
  expect(await orders.write(putting(late, [paymentFor(late)]))).toBe('written');
  const tooMuch = hearing(broken);
  const strange = hearing(unreadable, { notifyId: '\0' });
  const settled = await Promise.allSettled([
    orders.write(hearing(first)),
    orders.write({ ...tooMuch, after: { ...tooMuch.after, refundedFen: broken.amountFen + 1n } }),
    orders.write(strange),
    orders.write(hearing(late)),
    orders.write(hearing(last)),
  ]);
  expect(settled).toMatchObject([
    { value: 'written' },
    { reason: { constraint: 'orders_refunds_fit_check' } },
    { status: 'rejected' },
    { value: 'stale' },
    { value: 'written' },
  ]);
  for (const { id } of [broken, unreadable]) expect(await books.rowsOf(id)).toEqual(untouched);
  for (const { id } of [first, last]) expect(await books.rowsOf(id)).toEqual(moved);
});

test('two processes that hear the same notifications in opposite orders write each once', async () => {
  const sold = await books.soldMany(40);
  const other = postgresOrderStore(books.database);
  const notices = sold.map((order) => hearing(order));
  const results = await Promise.all([
    ...notices.map((change) => orders.write(change)),
    ...[...notices].reverse().map((change) => other.write(change)),
  ]);
  expect(results.filter((result) => result === 'written')).toHaveLength(40);
  for (const { id } of sold) expect(await books.rowsOf(id)).toEqual(moved);
});
