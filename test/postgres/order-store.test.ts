import { afterAll, beforeAll, expect, test } from 'vitest';
import { newUuid } from '../../src/ids.ts';
import { createOrder } from '../../src/orders/create-order.ts';
import {
  changeOf,
  draftOf,
  type Moment,
  putCase,
  putEvent,
  putOrder,
  putPayment,
  putRefund,
} from '../../src/orders/draft.ts';
import { hear } from '../../src/orders/hear.ts';
import type { WholeOrder } from '../../src/orders/order.ts';
import type { Payment } from '../../src/orders/payment.ts';
import type { Change, Evidence, OrderStore } from '../../src/orders/ports.ts';
import type { Refund } from '../../src/orders/refund.ts';
import { type Database, openDatabase } from '../../src/postgres/database.ts';
import { postgresOrderStore } from '../../src/postgres/order-store.ts';
import { type FreshDatabase, freshDatabase } from '../support/database.ts';
import { newNumber, paidFact, saleOf, sell, seller, systemClock } from './sales.ts';

let fresh: FreshDatabase;
let database: Database;
let orders: OrderStore;

beforeAll(async () => {
  fresh = await freshDatabase();
  database = await openDatabase({ url: fresh.url });
  orders = postgresOrderStore(database);
});

afterAll(async () => {
  await database?.close();
  await fresh?.drop();
});

const tables = ['orders', 'payments', 'refunds', 'cases', 'order_events', 'outbox', 'evidence', 'notification_ids'];

/** How many rows each table has for one order. */
async function rowsOfOrder(id: string): Promise<Record<string, number>> {
  const counts = await Promise.all(
    tables.map(async (table) => {
      const column = table === 'orders' ? 'id' : 'order_id';
      const text =
        table === 'notification_ids'
          ? 'select count(*)::int as n from notification_ids n join evidence e on e.id = n.evidence_id where e.order_id = $1'
          : `select count(*)::int as n from ${table} where ${column} = $1`;
      const { rows } = await database.pool.query<{ n: number }>(text, [id]);
      return [table, rows[0]?.n ?? -1] as const;
    }),
  );
  return Object.fromEntries(counts);
}

function moment(evidenceId: string | null = null): Moment {
  return { now: new Date(), newId: newUuid, evidenceId };
}

async function found(id: string): Promise<WholeOrder> {
  const order = await orders.find(seller.merchantId, { id });
  if (order === undefined) throw new Error('not found');
  return order;
}

function evidenceFor(order: WholeOrder, fields: Partial<Evidence> = {}): Evidence {
  return {
    id: newUuid(new Date()),
    merchantId: order.merchantId,
    orderId: order.id,
    kind: 'notification',
    notifyId: newNumber(),
    receivedAt: new Date(),
    bytes: Uint8Array.from([0, 255, 92, 10]),
    verdict: 'applied',
    ...fields,
  };
}

function paymentFor(order: WholeOrder, fields: Partial<Payment> = {}): Payment {
  return {
    id: newUuid(new Date()),
    method: 'QR_CODE',
    status: 'CREATED',
    amountFen: order.amountFen,
    outTradeNo: order.merchantOrderNo,
    tradeNo: null,
    qrContent: null,
    qrExpiresAt: null,
    failure: null,
    createdAt: new Date(),
    succeededAt: null,
    ...fields,
  };
}

/** A change that puts these payments, with one event. */
function putting(order: WholeOrder, payments: readonly Payment[]) {
  const draft = payments.reduce(putPayment, draftOf(order));
  return changeOf(putEvent(draft, moment(), { type: 'payment.precreated', data: {} }), null);
}

async function paid(order: WholeOrder): Promise<WholeOrder> {
  const evidence = evidenceFor(order);
  const { draft } = hear(order, paidFact(order), moment(evidence.id));
  expect(await orders.write(changeOf(draft, evidence))).toBe('written');
  return found(order.id);
}

function refundOf(order: WholeOrder, fields: Partial<Refund> = {}): Refund {
  return {
    id: newUuid(new Date()),
    paymentId: order.paidPaymentId ?? '',
    refundNo: newNumber(),
    amountFen: 500n,
    reason: null,
    status: 'PENDING',
    failure: null,
    createdAt: new Date(),
    succeededAt: null,
    ...fields,
  };
}

function putRefunds(order: WholeOrder, refunds: readonly Refund[], fields: Partial<WholeOrder> = {}) {
  const draft = refunds.reduce(putRefund, putOrder(draftOf(order), fields));
  return changeOf(putEvent(draft, moment(), { type: 'refund.requested', data: {} }), null);
}

async function reservedFen(id: string): Promise<string> {
  const { rows } = await database.pool.query('select reserved_fen from orders where id = $1', [id]);
  return rows[0].reserved_fen;
}

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
  expect(await rowsOfOrder(order.id)).toMatchObject({ orders: 1, order_events: 1, outbox: 1 });
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
  expect(await rowsOfOrder(answers[0]?.id ?? '')).toMatchObject({ orders: 1, order_events: 1, outbox: 1 });
});

test('orders made in the same moment come back as they went in, each with its event', async () => {
  const texts = [`"a" \\ '`, '咖啡', '{},[]', 'null'];
  const sold = await Promise.all(
    texts.map((subject, index) => sell(orders, { subject, amountFen: BigInt(index) + 1n, metadata: { subject } })),
  );
  for (const order of sold) {
    expect(await found(order.id)).toEqual({ ...order, payments: [], refunds: [], cases: [] });
    expect(await rowsOfOrder(order.id)).toMatchObject({ orders: 1, order_events: 1, outbox: 1 });
    const { rows } = await database.pool.query('select hash, data from order_events where order_id = $1', [order.id]);
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
  if (good?.status === 'fulfilled')
    expect(await rowsOfOrder(good.value.id)).toMatchObject({ orders: 1, order_events: 1, outbox: 1 });
});

test('many who sell the same numbers in opposite orders wait for nobody', async () => {
  const numbers = Array.from({ length: 40 }, newNumber);
  const other = postgresOrderStore(database);
  const selling = (store: OrderStore, merchantOrderNo: string) => sell(store, { merchantOrderNo });
  const settled = await Promise.all([
    ...numbers.map((number) => selling(orders, number)),
    ...[...numbers].reverse().map((number) => selling(other, number)),
  ]);
  expect(new Set(settled.map(({ id }) => id)).size).toBe(40);
});

test('a payment with its notification is written whole, and read back whole', async () => {
  const order = await found((await sell(orders)).id);
  const evidence = evidenceFor(order);
  const { draft } = hear(order, paidFact(order), moment(evidence.id));
  expect(await orders.write(changeOf(draft, evidence))).toBe('written');
  expect(await found(order.id)).toEqual(draft.after);
  expect(await rowsOfOrder(order.id)).toEqual({
    orders: 1,
    payments: 1,
    refunds: 0,
    cases: 0,
    order_events: 2,
    outbox: 2,
    evidence: 1,
    notification_ids: 1,
  });
  const { rows } = await database.pool.query('select bytes from evidence where id = $1', [evidence.id]);
  expect([...rows[0].bytes]).toEqual([0, 255, 92, 10]);
});

test('two writers with one version: one is written, the other is stale and leaves nothing anywhere', async () => {
  const order = await found((await sell(orders)).id);
  const attempts = [0, 1].map(() => {
    const evidence = evidenceFor(order);
    const at = moment(evidence.id);
    const { draft } = hear(order, paidFact(order, { refund: { totalFen: 5n, refundNo: 'r', refundedAt: null } }), at);
    const opened = putCase(draft, at, {
      id: newUuid(new Date()),
      merchantId: order.merchantId,
      orderId: order.id,
      kind: 'late',
      amountFen: 1n,
      outTradeNo: order.merchantOrderNo,
      tradeNo: newNumber(),
      evidenceId: evidence.id,
      openedAt: new Date(),
    });
    return { opened, change: changeOf(opened, evidence) };
  });
  const results = await Promise.all(attempts.map(({ change }) => orders.write(change)));
  expect([...results].sort()).toEqual(['stale', 'written']);
  expect(await found(order.id)).toEqual(attempts[results.indexOf('written')]?.opened.after);
  expect(await rowsOfOrder(order.id)).toEqual({
    orders: 1,
    payments: 1,
    refunds: 1,
    cases: 1,
    order_events: 4,
    outbox: 4,
    evidence: 1,
    notification_ids: 1,
  });
});

test('a notification that another process has judged makes the write stale', async () => {
  const [one, other] = [await found((await sell(orders)).id), await found((await sell(orders)).id)];
  const evidence = evidenceFor(one);
  expect(await orders.write(changeOf(hear(one, paidFact(one), moment(evidence.id)).draft, evidence))).toBe('written');
  const copy = evidenceFor(other, { notifyId: evidence.notifyId });
  expect(await orders.write(changeOf(hear(other, paidFact(other), moment(copy.id)).draft, copy))).toBe('stale');
  expect(await found(other.id)).toEqual(other);
  expect(await rowsOfOrder(other.id)).toMatchObject({ payments: 0, order_events: 1, outbox: 1, evidence: 0 });
});

/** What a notification does to an order, ready to be written. */
function hearing(order: WholeOrder, fields: Partial<Evidence> = {}) {
  const evidence = evidenceFor(order, fields);
  return changeOf(hear(order, paidFact(order), moment(evidence.id)).draft, evidence);
}

/** A notify_id without evidence belongs to no order: it would make the resend look judged, and lose the payment. */
async function isJudgedAnywhere({ evidence }: Change): Promise<boolean> {
  const { rowCount } = await database.pool.query('select from notification_ids where notify_id = $1', [
    evidence?.notifyId,
  ]);
  return rowCount !== 0;
}

async function soldOrders(count: number): Promise<WholeOrder[]> {
  const sold = await Promise.all(Array.from({ length: count }, () => sell(orders)));
  return Promise.all(sold.map(({ id }) => found(id)));
}

const moved = { orders: 1, payments: 1, refunds: 0, cases: 0, order_events: 2, outbox: 2, evidence: 1 };
const untouched = { orders: 1, payments: 0, refunds: 0, cases: 0, order_events: 1, outbox: 1, evidence: 0 };

/** The store, and the names of the statements it sends. */
function watched() {
  const sent: string[] = [];
  const pool = new Proxy(database.pool, {
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
  const sold = await soldOrders(bodies.length);
  const changes = sold.map((order, index) => hearing(order, { bytes: Uint8Array.from(bodies[index] ?? []) }));
  expect(await Promise.all(changes.map((change) => store.write(change)))).toEqual(sold.map(() => 'written'));
  expect(sent).toEqual(['orders-write']);
  for (const [index, change] of changes.entries()) {
    expect(await found(change.after.id)).toEqual(change.after);
    expect(await rowsOfOrder(change.after.id)).toEqual({ ...moved, notification_ids: 1 });
    const { rows } = await database.pool.query('select * from evidence where order_id = $1', [change.after.id]);
    expect([...rows[0].bytes]).toEqual(bodies[index]);
    expect(rows[0]).toMatchObject({
      id: change.evidence?.id,
      notify_id: change.evidence?.notifyId,
      verdict: 'applied',
    });
    const events = await database.pool.query('select * from order_events where order_id = $1 and version = 2', [
      change.after.id,
    ]);
    expect(events.rows[0]).toMatchObject({ hash: change.events[0]?.hash, data: change.events[0]?.data });
  }
});

test('of notifications of one moment the stale one alone writes nothing', async () => {
  const { sent, orders: store } = watched();
  const [first, late, last] = await soldOrders(3);
  if (!first || !late || !last) throw new Error('not sold');
  expect(await store.write(putting(late, [paymentFor(late)]))).toBe('written');
  const before = await rowsOfOrder(late.id);
  sent.length = 0;
  const changes = [first, late, last].map((order) => hearing(order));
  expect(await Promise.all(changes.map((change) => store.write(change)))).toEqual(['written', 'stale', 'written']);
  expect(await Promise.all(changes.map(isJudgedAnywhere))).toEqual([true, false, true]);
  expect(sent).toEqual(['orders-write']);
  expect(await rowsOfOrder(late.id)).toEqual(before);
  for (const { id } of [first, last]) expect(await rowsOfOrder(id)).toMatchObject(moved);
});

test('two changes of one moment to one order: one is written, the other is stale', async () => {
  const { sent, orders: store } = watched();
  const [order, other] = await soldOrders(2);
  if (!order || !other) throw new Error('not sold');
  const changes = [hearing(order), hearing(other), hearing(order)];
  const results = await Promise.all(changes.map((change) => store.write(change)));
  expect([results[0], results[2]].sort()).toEqual(['stale', 'written']);
  expect(results[1]).toBe('written');
  expect(sent).toEqual(['orders-write']);
  expect(await found(order.id)).toEqual(changes[results.indexOf('written')]?.after);
  expect(await Promise.all(changes.map(isJudgedAnywhere))).toEqual(results.map((result) => result === 'written'));
  expect(await rowsOfOrder(order.id)).toEqual({ ...moved, notification_ids: 1 });
});

test('a notify_id judged twice in one moment moves one order, and harms no other', async () => {
  const sold = await soldOrders(3);
  const notifyId = newNumber();
  const changes = sold.map((order, index) => hearing(order, index < 2 ? { notifyId } : {}));
  const results = await Promise.all(changes.map((change) => orders.write(change)));
  expect([results[0], results[1]].sort()).toEqual(['stale', 'written']);
  expect(results[2]).toBe('written');
  for (const [index, { id }] of sold.entries())
    expect(await rowsOfOrder(id)).toMatchObject(results[index] === 'written' ? moved : untouched);
});

test('a change that the database refuses harms none of the same moment', async () => {
  const [first, broken, unreadable, late, last] = await soldOrders(5);
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
  for (const { id } of [broken, unreadable]) expect(await rowsOfOrder(id)).toMatchObject(untouched);
  for (const { id } of [first, last]) expect(await rowsOfOrder(id)).toMatchObject(moved);
});

test('two processes that hear the same notifications in opposite orders write each once', async () => {
  const sold = await soldOrders(40);
  const other = postgresOrderStore(database);
  const notices = sold.map((order) => hearing(order));
  const results = await Promise.all([
    ...notices.map((change) => orders.write(change)),
    ...[...notices].reverse().map((change) => other.write(change)),
  ]);
  expect(results.filter((result) => result === 'written')).toHaveLength(40);
  for (const { id } of sold) expect(await rowsOfOrder(id)).toMatchObject(moved);
});

test('a second live payment makes the write stale, unless the first one ends with it', async () => {
  const order = await found((await sell(orders)).id);
  const first = paymentFor(order, { failure: { subCode: 'A', message: '系统' } });
  expect(await orders.write(putting(order, [first]))).toBe('written');
  const second = paymentFor(order, { outTradeNo: `${'x'.repeat(60)}-2` });
  const read = await found(order.id);
  expect(read.payments).toEqual([first]);
  expect(await orders.write(putting(read, [second]))).toBe('stale');
  const closed: Payment = {
    ...first,
    status: 'CLOSED',
    qrContent: 'q',
    qrExpiresAt: new Date(),
    tradeNo: 't',
    failure: null,
  };
  expect(await orders.write(putting(read, [closed, second]))).toBe('written');
  expect((await found(order.id)).payments).toEqual([closed, second]);
});

test('open refunds of the paid payment reserve, succeeded ones do not, and both together must fit', async () => {
  let order = await paid(await found((await sell(orders, { amountFen: 1_000n })).id));
  const first = refundOf(order, { amountFen: 600n });
  const second = refundOf(order, { amountFen: 400n, id: newUuid(new Date(Date.now() + 1_000)) });
  expect(await orders.write(putRefunds(order, [first]))).toBe('written');
  order = await found(order.id);
  expect(await reservedFen(order.id)).toBe('600');
  expect(await orders.write(putRefunds(order, [second]))).toBe('written');
  order = await found(order.id);
  expect(await reservedFen(order.id)).toBe('1000');
  await expect(orders.write(putRefunds(order, [refundOf(order, { amountFen: 1n })]))).rejects.toThrow(
    'orders_refunds_fit_check',
  );
  const done: Refund = { ...first, status: 'SUCCEEDED', succeededAt: new Date() };
  const failed: Refund = { ...second, status: 'FAILED', failure: { subCode: null, message: 'no' } };
  expect(await orders.write(putRefunds(order, [done, failed], { refundedFen: 600n }))).toBe('written');
  expect(await reservedFen(order.id)).toBe('0');
  expect((await found(order.id)).refunds).toEqual([done, failed]);
  expect(await rowsOfOrder(order.id)).toMatchObject({ refunds: 2, order_events: 5, outbox: 5 });
});

test('a refund of a payment that did not make the order PAID reserves nothing of it', async () => {
  let order = await paid(await found((await sell(orders, { amountFen: 1_000n })).id));
  const extra = paymentFor(order, { status: 'SUCCEEDED', tradeNo: 'second', succeededAt: new Date() });
  expect(await orders.write(putting(order, [extra]))).toBe('written');
  order = await found(order.id);
  const refunds = [refundOf(order, { amountFen: 1_000n }), refundOf(order, { amountFen: 1_000n, paymentId: extra.id })];
  expect(await orders.write(putRefunds(order, refunds))).toBe('written');
  expect(await reservedFen(order.id)).toBe('1000');
  order = await found(order.id);
  expect(await orders.write(putRefunds(order, [refundOf(order, { status: 'FAILED' })]))).toBe('written');
  expect(await reservedFen(order.id)).toBe('1000');
});

test('a refund number is used once in its order', async () => {
  const order = await paid(await found((await sell(orders)).id));
  const refunds = [refundOf(order, { refundNo: 'same' }), refundOf(order, { refundNo: 'same' })];
  await expect(orders.write(putRefunds(order, refunds))).rejects.toThrow('refunds_number_key');
});

test.each([
  ['orders_number_check', `update orders set merchant_order_no = repeat('x', 61)`],
  ['orders_status_check', `update orders set status = 'DONE'`],
  ['orders_amount_check', `update orders set amount_fen = 0`],
  ['orders_version_check', `update orders set version = 0`],
  ['orders_refunds_fit_check', `update orders set refunded_fen = amount_fen, reserved_fen = 1`],
  ['orders_refunded_check', `update orders set refunded_fen = -1`],
  ['orders_last_hash_check', `update orders set last_hash = 'short'`],
  ['payments_out_trade_no_check', `update payments set out_trade_no = repeat('x', 65)`],
  ['payments_status_check', `update payments set status = 'PAID'`],
  ['payments_method_check', `update payments set method = 'CASH'`],
  ['refunds_status_check', `update refunds set status = 'DONE'`],
  ['refunds_amount_check', `update refunds set amount_fen = 0`],
])('%s refuses: %s', async (constraint, sql) => {
  await expect(database.pool.query(sql)).rejects.toThrow(constraint);
});

test('history can not be rewritten', async () => {
  await expect(database.pool.query(`update order_events set data = '{}'`)).rejects.toThrow('append-only');
  await expect(database.pool.query(`delete from evidence`)).rejects.toThrow('append-only');
});
