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
import type { Evidence, OrderStore } from '../../src/orders/ports.ts';
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
