import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { newUuid } from '../../src/ids.ts';
import type { Case } from '../../src/orders/case.ts';
import type { Notice } from '../../src/orders/hear-notification.ts';
import type { Order } from '../../src/orders/order.ts';
import type { Evidence, Inbox, OrderStore } from '../../src/orders/ports.ts';
import { type Database, openDatabase } from '../../src/postgres/database.ts';
import { postgresInbox } from '../../src/postgres/inbox.ts';
import { postgresOrderStore } from '../../src/postgres/order-store.ts';
import { type FreshDatabase, freshDatabase } from '../support/database.ts';
import { paymentFor, putting } from './books.ts';
import { hearAlone, newNumber, noticeOf, paidFact, sell, seller } from './sales.ts';

let fresh: FreshDatabase;
let database: Database;
let orders: OrderStore;
let inbox: Inbox;
let order: Order;

beforeAll(async () => {
  fresh = await freshDatabase();
  database = await openDatabase({ url: fresh.url });
  orders = postgresOrderStore(database);
  inbox = postgresInbox(database);
});

beforeEach(async () => {
  order = await sell(orders);
});

afterAll(async () => {
  await database?.close();
  await fresh?.drop();
});

const hear = (notice: Notice) => hearAlone({ orders, inbox }, notice);

async function count(sql: string, ...values: unknown[]): Promise<number> {
  const { rows } = await database.pool.query<{ n: number }>(`select count(*)::int as n from ${sql}`, values);
  return rows[0]?.n ?? -1;
}

const byNumber = (outTradeNo: string) => ({ ...seller, outTradeNo, notifyId: 'unheard' });

function unknownEvidence(notifyId: string): Evidence {
  const id = newUuid(new Date());
  const { merchantId } = seller;
  const bytes = Buffer.from('x');
  return {
    id,
    merchantId,
    orderId: null,
    kind: 'notification',
    notifyId,
    receivedAt: new Date(),
    bytes,
    keyId: null,
    verdict: 'unknown_order',
  };
}

function caseOf(evidence: Evidence): Case {
  const { merchantId, orderId, id: evidenceId } = evidence;
  const outTradeNo = newNumber();
  const money = { kind: 'unknown_order' as const, amountFen: 5n, outTradeNo, tradeNo: `trade-${evidence.notifyId}` };
  const unresolved = { policy: 'HOLD' as const, state: 'OPEN' as const, resolvedAt: null, note: null };
  return { id: newUuid(new Date()), merchantId, orderId, ...money, evidenceId, openedAt: new Date(), ...unresolved };
}

test('one look tells the order of a number, of this account only, and that nobody has judged', async () => {
  expect(await inbox.look(byNumber(order.merchantOrderNo))).toEqual({
    judged: false,
    order: { ...order, payments: [], refunds: [], cases: [] },
  });
  const none = { judged: false, order: undefined };
  expect(await inbox.look({ ...byNumber(order.merchantOrderNo), accountId: newUuid(new Date()) })).toEqual(none);
  expect(await inbox.look({ ...byNumber(order.merchantOrderNo), merchantId: newUuid(new Date()) })).toEqual(none);
  expect(await inbox.look(byNumber('nobody'))).toEqual(none);
});

test('a later number leads to the order of its payment', async () => {
  const later = `${order.id.replaceAll('-', '')}_${'2'.padStart(28, '0')}`;
  const read = await orders.find(order.merchantId, { id: order.id });
  if (read === undefined) throw new Error('not found');
  const payment = paymentFor(read, { outTradeNo: later, status: 'AWAITING_BUYER', offer: 'https://qr.example/1' });
  const change = putting(read, [payment]);
  await orders.write(change);
  expect(await inbox.look(byNumber(later))).toEqual({ judged: false, order: change.after });
  expect((await inbox.look({ ...byNumber(later), accountId: newUuid(new Date()) })).order).toBeUndefined();
  expect((await inbox.look(byNumber(`${later.slice(1)}1`))).order).toBeUndefined();
});

test('20 copies of one notification at once: one event, one outbox row, one payment, 20 times success', async () => {
  const notice = noticeOf(order);
  const heard = await Promise.all(Array.from({ length: 20 }, () => hear(notice)));
  expect(heard.map(({ reply }) => reply)).toEqual(Array(20).fill('success'));
  expect(heard.filter(({ verdict }) => verdict === 'applied')).toHaveLength(1);
  expect(await count('order_events where order_id = $1 and version > 1', order.id)).toBe(1);
  expect(await count('outbox where order_id = $1 and version > 1', order.id)).toBe(1);
  expect(await count('payments where order_id = $1', order.id)).toBe(1);
  expect(await count('evidence where order_id = $1', order.id)).toBe(1);
  expect(await count('notification_ids where notify_id = $1', notice.notifyId)).toBe(1);
  expect((await orders.find(order.merchantId, { id: order.id }))?.status).toBe('PAID');
  expect(await hear(notice)).toEqual({ verdict: 'repeated', reply: 'success', orderId: order.id });
});

test('another notification of the same fact changes no order and is kept', async () => {
  await hear(noticeOf(order));
  const again = noticeOf(order);
  expect(await hear(again)).toMatchObject({ verdict: 'stays', reply: 'success' });
  expect(await count('order_events where order_id = $1', order.id)).toBe(2);
  expect(await count(`evidence where notify_id = $1 and verdict = 'stays'`, again.notifyId)).toBe(1);
  expect((await inbox.look({ ...byNumber(order.merchantOrderNo), notifyId: again.notifyId })).judged).toBe(true);
});

test('money for an unknown order is refused and kept once; when the order is there it is applied', async () => {
  const later = newNumber();
  const ghost: Order = { ...order, merchantOrderNo: later };
  const notice = noticeOf(ghost, { fact: paidFact(ghost, { tradeNo: newNumber() }) });
  for (let copy = 0; copy < 3; copy++)
    expect(await hear(notice)).toEqual({ verdict: 'unknown_order', reply: 'failure', orderId: null });
  expect(await count('evidence where notify_id = $1', notice.notifyId)).toBe(1);
  expect(await count('cases where trade_no = $1 and order_id is null', notice.fact.tradeNo)).toBe(1);
  expect(await count('notification_ids where notify_id = $1', notice.notifyId)).toBe(0);
  const made = await sell(orders, { merchantOrderNo: later });
  expect(await hear(notice)).toEqual({ verdict: 'applied', reply: 'success', orderId: made.id });
  expect(await count('notification_ids where notify_id = $1', notice.notifyId)).toBe(1);
});

test('recording twice, or twenty times at once, keeps one message and one case', async () => {
  const notifyId = newNumber();
  const unknown = Array.from({ length: 20 }, () => unknownEvidence(notifyId));
  await Promise.all(unknown.map((evidence) => inbox.record(evidence, caseOf(evidence))));
  expect(await count('evidence where notify_id = $1', notifyId)).toBe(1);
  expect(await count('cases where trade_no = $1', `trade-${notifyId}`)).toBe(1);
  const judged = unknown.map((evidence): Evidence => ({ ...evidence, id: newUuid(new Date()), verdict: 'refused' }));
  await Promise.all(judged.map((evidence) => inbox.record(evidence, null)));
  expect(await count(`evidence where notify_id = $1 and verdict = 'refused'`, notifyId)).toBe(1);
  expect(await count('notification_ids where notify_id = $1', notifyId)).toBe(1);
});

test('an answer has no id of its own and is always kept', async () => {
  const answer = (): Evidence => ({
    ...unknownEvidence(''),
    kind: 'answer',
    notifyId: null,
    orderId: order.id,
    verdict: 'stays',
  });
  await inbox.record(answer(), null);
  await inbox.record(answer(), null);
  expect(await count('evidence where order_id = $1', order.id)).toBe(2);
});

test('the wrong amount opens one case, however many notifications say so', async () => {
  const fact = paidFact(order, { amountFen: order.amountFen + 1n });
  expect(await hear(noticeOf(order, { fact }))).toMatchObject({ verdict: 'wrong_amount', reply: 'success' });
  expect(await hear(noticeOf(order, { fact }))).toMatchObject({ verdict: 'stays' });
  const read = await orders.find(order.merchantId, { id: order.id });
  expect(read).toMatchObject({ status: 'PENDING', version: 2 });
  expect(read?.cases).toMatchObject([{ kind: 'wrong_amount', amountFen: order.amountFen + 1n, orderId: order.id }]);
});

test('questions of one moment are answered each for itself, whatever their kind', async () => {
  const judged = noticeOf(order);
  await hear(judged);
  const other = await sell(orders);
  const own = (sold: Order) => byNumber(sold.merchantOrderNo);
  const [first, again, strangers, unknown, later, second] = await Promise.all([
    inbox.look(own(order)),
    inbox.look({ ...own(order), notifyId: judged.notifyId }),
    inbox.look({ ...own(order), merchantId: newUuid(new Date()) }),
    inbox.look(byNumber(newNumber())),
    inbox.look(byNumber('x'.repeat(61))),
    inbox.look(own(other)),
  ]);
  const whole = await orders.find(seller.merchantId, { id: order.id });
  expect(first).toEqual({ judged: false, order: whole });
  expect(again).toEqual({ judged: true, order: whole });
  for (const nothing of [strangers, unknown, later]) expect(nothing).toEqual({ judged: false, order: undefined });
  expect(second?.order?.id).toBe(other.id);
});

test('a question that the database cannot take harms no other', async () => {
  const settled = await Promise.allSettled([
    inbox.look(byNumber(order.merchantOrderNo)),
    inbox.look({ ...byNumber('n'), notifyId: '\0' }),
  ]);
  expect(settled).toMatchObject([{ value: { order: { id: order.id } } }, { reason: { code: '22021' } }]);
});
