import { afterAll, beforeAll, expect, test } from 'vitest';
import { newUuid } from '../../src/ids.ts';
import { changeOf, draftOf, putEvent, putPayment } from '../../src/orders/draft.ts';
import type { WholeOrder } from '../../src/orders/order.ts';
import type { Change, Evidence, OrderStore } from '../../src/orders/ports.ts';
import { postgresInbox } from '../../src/postgres/inbox.ts';
import { postgresOrderStore } from '../../src/postgres/order-store.ts';
import { type Books, evidenceFor, hearing, moment, moved, openBooks, paymentFor, putting, untouched } from './books.ts';
import { newNumber, sell } from './sales.ts';

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
  expect(sent).toEqual(['orders-write:vpenfu']);
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

/** An answer of Alipay's: it has no notify_id. */
const answer = { kind: 'answer', notifyId: null } as const;

/** Everything that a plain change may carry, and leave out. */
const plain: Readonly<Record<string, (order: WholeOrder) => Change>> = {
  'paid, as a notification says': (order) => hearing(order),
  'paid, as an answer says': (order) => hearing(order, answer),
  'paid, as a notification says that nobody could place': (order) => hearing(order, { verdict: 'unknown_order' }),
  'a QR code': (order) => stepping(order, { payments: [paymentFor(order)], evidence: answer, check: later }),
  'a payment in doubt': (order) => stepping(order, { payments: [paymentFor(order)], check: later }),
  'a payment, and the check as it was': (order) => stepping(order, { payments: [paymentFor(order)] }),
  'an answer that changes no payment': (order) => stepping(order, { evidence: answer, check: later }),
  'goods that have left': (order) => stepping(order, { check: null }),
};

const later = { dueAt: new Date('2026-11-27T09:00:00.123Z'), lookedAt: new Date('2026-11-27T08:59:57Z'), tries: 2 };

interface Carried extends Pick<Partial<Change>, 'check' | 'payments'> {
  readonly evidence?: Partial<Evidence>;
}

/** A change with one event and no more than what is given. */
function stepping(order: WholeOrder, { payments = [], evidence, check }: Carried): Change {
  const kept = evidence === undefined ? null : evidenceFor(order, evidence);
  const event = { type: 'payment.precreated', data: {} } as const;
  return changeOf(putEvent(payments.reduce(putPayment, draftOf(order)), moment(kept?.id), event), kept, check);
}

/** The money had come once before there was an order for it. */
async function openCase({ before, payments: [payment] }: Change, places: readonly Books[]): Promise<void> {
  const evidence = evidenceFor({ ...before, payments: [], refunds: [], cases: [] }, { orderId: null });
  const { outTradeNo, amountFen, tradeNo } = payment ?? paymentFor({ ...before, payments: [], refunds: [], cases: [] });
  const unknown = { kind: 'unknown_order', policy: 'HOLD', state: 'OPEN', orderId: null } as const;
  const time = { openedAt: new Date(), resolvedAt: null, note: null };
  const trade = { outTradeNo, amountFen, tradeNo: tradeNo ?? '', evidenceId: evidence.id };
  const { merchantId } = before;
  const opened = { id: newUuid(new Date()), merchantId, ...unknown, ...time, ...trade };
  for (const { database } of places)
    await postgresInbox(database).record({ ...evidence, verdict: 'unknown_order' }, opened);
}

/** Every row of these orders, whole. */
async function everyRow(place: Books, ids: readonly string[]): Promise<string[]> {
  const ofOrders = ['payments', 'cases', 'order_events', 'outbox', 'evidence', 'checks'].map((table) => [
    table,
    'order_id',
  ]);
  const rows: string[] = [];
  for (const [table, id] of [...ofOrders, ['orders', 'id']]) {
    const found = await place.rows<{ row: string }>(
      `select '${table} ' || to_jsonb(t)::text as row from ${table} t where ${id} = any ($1)`,
      ids,
    );
    rows.push(...found.map(({ row }) => row));
  }
  const judged = await place.rows<{ row: string }>(
    `select 'judged ' || to_jsonb(n)::text as row from notification_ids n
    where evidence_id in (select id from evidence where order_id = any ($1))`,
    ids,
  );
  return [...rows, ...judged.map(({ row }) => row)].sort();
}

test('changes of one moment, each of another kind, write the very rows that each writes alone', async () => {
  const alone = await openBooks();
  try {
    const { sent, orders: store } = watched();
    const insert: OrderStore['insert'] = async (order, event) => {
      await alone.orders.insert(order, event);
      return store.insert(order, event);
    };
    const kinds = Object.values(plain);
    const sold: WholeOrder[] = [];
    for (const _ of [...kinds, ...kinds]) sold.push(await books.found((await sell({ ...store, insert })).id));
    const changes = sold.map((order, n) => kinds[n % kinds.length]?.(order) ?? hearing(order));
    for (const change of changes.slice(0, 3)) await openCase(change, [books, alone]);
    for (const change of changes) expect(await alone.orders.write(change)).toBe('written');
    sent.length = 0;
    const written = await Promise.all(changes.map((change) => store.write(change)));
    expect(written).toEqual(changes.map(() => 'written'));
    expect(sent).toEqual(['orders-write:vpenfdu']);
    const ids = sold.map(({ id }) => id);
    expect(await everyRow(books, ids)).toEqual(await everyRow(alone, ids));
  } finally {
    await alone.close();
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
  expect(sent).toEqual(['orders-write:vpenfu']);
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
  expect(sent).toEqual(['orders-write:vpenfu']);
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
