import { afterAll, beforeAll, expect, test } from 'vitest';
import { newUuid } from '../../src/ids.ts';
import type { Check } from '../../src/orders/agenda.ts';
import type { Case } from '../../src/orders/case.ts';
import { changeOf, draftOf, putCase, putEvent, putOrder, putPayment } from '../../src/orders/draft.ts';
import { hear } from '../../src/orders/hear.ts';
import type { WholeOrder } from '../../src/orders/order.ts';
import type { Payment } from '../../src/orders/payment.ts';
import type { OrderStore } from '../../src/orders/ports.ts';
import {
  type Books,
  evidenceFor,
  hearing,
  moment,
  moved,
  openBooks,
  paymentFor,
  putting,
  refundFor,
  untouched,
} from './books.ts';
import { newNumber, paidFact, seller } from './sales.ts';

let books: Books;
let orders: OrderStore;

beforeAll(async () => {
  books = await openBooks();
  orders = books.orders;
});

afterAll(() => books?.close());

function caseOf(order: WholeOrder, fields: Partial<Case> = {}): Case {
  return {
    id: newUuid(new Date()),
    merchantId: order.merchantId,
    orderId: order.id,
    kind: 'late',
    amountFen: 1n,
    outTradeNo: order.merchantOrderNo,
    tradeNo: newNumber(),
    evidenceId: newUuid(new Date()),
    policy: 'AUTO_REFUND',
    state: 'OPEN',
    openedAt: new Date(),
    resolvedAt: null,
    note: null,
    ...fields,
  };
}

const HOUR_MS = 3_600_000;

function later(ms: number): Date {
  return new Date(Date.now() + ms);
}

test('a payment with its notification is written whole, and read back whole', async () => {
  const order = await books.sold();
  const change = hearing(order);
  expect(await orders.write(change)).toBe('written');
  expect(await books.found(order.id)).toEqual(change.after);
  expect(await books.rowsOf(order.id)).toEqual(moved);
  const [row] = await books.rows<{ bytes: Buffer }>('select bytes from evidence where id = $1', change.evidence?.id);
  expect([...(row?.bytes ?? [])]).toEqual([0, 255, 92, 10]);
});

test('every column of an order, a payment, a refund and a case comes back as it went in', async () => {
  const order = await books.sold();
  const said = { subCode: 'A', message: 'no', messageZh: '系统' };
  const first = paymentFor(order, { status: 'SUCCEEDED', tradeNo: newNumber(), succeededAt: new Date() });
  const second = paymentFor(order, {
    id: newUuid(later(1_000)),
    method: 'AUTH_CODE',
    status: 'UNKNOWN',
    offer: 'https://qr.example/咖啡?a="1"',
    payableUntil: later(1),
    cancelAt: later(2),
    codeHash: 'h',
    channelEnd: 'refunded',
    refundedTotalFen: 7n,
    failure: said,
  });
  const refund = refundFor(order, {
    paymentId: first.id,
    status: 'FAILED',
    reason: '太苦',
    failure: said,
    triedAt: later(3),
  });
  const evidence = evidenceFor(order);
  const opened = caseOf(order, { evidenceId: evidence.id, state: 'CLOSED', resolvedAt: later(4), note: 'in cash' });
  const fields = { refundedFen: 3n, paidAt: later(5), paidPaymentId: first.id, expiresAt: later(6), undoAt: later(7) };
  const draft = putCase(putOrder([first, second].reduce(putPayment, draftOf(order)), fields), moment(), {
    type: 'case.opened',
    one: opened,
  });
  const after = { ...draft.after, refunds: [refund] };
  expect(await orders.write({ ...changeOf(draft, evidence, undefined), after, refunds: [refund] })).toBe('written');
  expect(await books.found(order.id)).toEqual(after);
});

test('two writers with one version: one is written, the other is stale and leaves nothing anywhere', async () => {
  const order = await books.sold();
  const attempts = [0, 1].map(() => {
    const evidence = evidenceFor(order);
    const at = moment(evidence.id);
    const { draft } = hear(order, paidFact(order, { refund: { totalFen: 5n, refundNo: 'r', refundedAt: null } }), at);
    const opened = putCase(draft, at, { type: 'case.opened', one: caseOf(order, { evidenceId: evidence.id }) });
    return { opened, change: changeOf(opened, evidence, null) };
  });
  const results = await Promise.all(attempts.map(({ change }) => orders.write(change)));
  expect([...results].sort()).toEqual(['stale', 'written']);
  expect(await books.found(order.id)).toEqual(attempts[results.indexOf('written')]?.opened.after);
  expect(await books.rowsOf(order.id)).toEqual({ ...moved, refunds: 1, cases: 1, order_events: 4, outbox: 4 });
});

test('a notification that another process has judged makes the write stale', async () => {
  const [one, other] = [await books.sold(), await books.sold()];
  const first = hearing(one);
  expect(await orders.write(first)).toBe('written');
  expect(await orders.write(hearing(other, { notifyId: first.evidence?.notifyId ?? '' }))).toBe('stale');
  expect(await books.found(other.id)).toEqual(other);
  expect(await books.rowsOf(other.id)).toEqual(untouched);
});

test('a second live payment makes the write stale, unless the first one ends with it', async () => {
  const order = await books.sold();
  const first = paymentFor(order, { failure: { subCode: 'A', message: 'no', messageZh: '系统' } });
  expect(await orders.write(putting(order, [first]))).toBe('written');
  const second = paymentFor(order, { outTradeNo: `${order.id.replaceAll('-', '')}_${'2'.padStart(28, '0')}` });
  const read = await books.found(order.id);
  expect(read.payments).toEqual([first]);
  expect(await orders.write(putting(read, [second]))).toBe('stale');
  const ended = { status: 'CLOSED', channelEnd: 'closed', tradeNo: 't', failure: null } as const;
  const closed: Payment = { ...first, ...ended, offer: 'q', payableUntil: new Date() };
  expect(await orders.write(putting(read, [closed, second]))).toBe('written');
  expect((await books.found(order.id)).payments).toEqual([closed, second]);
});

test('what has been heard of a payment’s refunds never shrinks, and stays within its amount', async () => {
  const order = await books.sold();
  const payment = paymentFor(order, { refundedTotalFen: 500n });
  expect(await orders.write(putting(order, [payment]))).toBe('written');
  const read = await books.found(order.id);
  expect(await orders.write(putting(read, [{ ...payment, refundedTotalFen: 400n }]))).toBe('written');
  const again = await books.found(order.id);
  expect(again.payments).toMatchObject([{ refundedTotalFen: 500n }]);
  const tooMuch = putting(again, [{ ...payment, refundedTotalFen: order.amountFen + 1n }]);
  await expect(orders.write(tooMuch)).rejects.toThrow('payments_refunded_total_check');
});

test('a payment code that was not sent after all is forgotten, so that it may be scanned again', async () => {
  const order = await books.sold();
  const scanned = paymentFor(order, { method: 'AUTH_CODE', status: 'CREATED', offer: null, codeHash: 'a hash' });
  expect(await orders.write(putting(order, [scanned]))).toBe('written');
  const refused = putting(await books.found(order.id), [{ ...scanned, status: 'FAILED', codeHash: null }]);
  expect(await orders.write(refused)).toBe('written');
  expect((await books.found(order.id)).payments).toMatchObject([{ status: 'FAILED', codeHash: null }]);
});

test('a payment may change without an event: no version, nothing to tell, and guarded all the same', async () => {
  const order = await books.paid();
  const payment = order.payments[0] ?? paymentFor(order);
  const evidence = evidenceFor(order);
  const silent = putPayment(draftOf(order), { ...payment, refundedTotalFen: 5n });
  expect(await orders.write(changeOf(silent, evidence, undefined))).toBe('written');
  expect(await books.found(order.id)).toEqual(silent.after);
  expect(await books.rowsOf(order.id)).toEqual({ ...moved, evidence: 2, notification_ids: 2 });
  const event = putEvent(draftOf(order), moment(), { type: 'order.completed', data: {} });
  expect(await orders.write(changeOf(event, null, undefined))).toBe('written');
  const late = putPayment(draftOf(order), { ...payment, refundedTotalFen: 9n });
  expect(await orders.write(changeOf(late, evidenceFor(order), undefined))).toBe('stale');
  expect((await books.found(order.id)).payments).toMatchObject([{ refundedTotalFen: 5n }]);
});

test('a case is resolved with its order, once', async () => {
  const order = await books.sold();
  const evidence = evidenceFor(order);
  const one = caseOf(order, { evidenceId: evidence.id });
  const opened = putCase(draftOf(order), moment(), { type: 'case.opened', one });
  expect(await orders.write(changeOf(opened, evidence, undefined))).toBe('written');
  const resolve = (fields: Partial<Case>) => async () => {
    const draft = draftOf(await books.found(order.id));
    const done = putCase(draft, moment(), { type: 'case.resolved', one: { ...one, resolvedAt: later(0), ...fields } });
    return (await orders.write(changeOf(done, null, undefined))) === 'written' ? done.after.cases : [];
  };
  const refunded = await resolve({ state: 'REFUNDED', note: 'sorry' })();
  expect((await books.found(order.id)).cases).toEqual(refunded);
  await resolve({ state: 'ACCEPTED', note: 'no, keep it' })();
  expect((await books.found(order.id)).cases).toEqual(refunded);
});

/** What is in the database of an order's check. */
async function checkOf(order: WholeOrder): Promise<unknown> {
  const rows = await books.rows<Record<string, string>>(
    'select due_at, looked_at, tries, taken_until from checks where order_id = $1',
    order.id,
  );
  return rows.map(({ due_at, looked_at, ...rest }) => ({
    dueAt: new Date(due_at ?? ''),
    lookedAt: new Date(looked_at ?? ''),
    ...rest,
  }))[0];
}

test('a new order is looked at when it expires; a change sets its check, leaves it or clears it', async () => {
  const order = await books.sold();
  const begun = { dueAt: order.expiresAt, lookedAt: order.createdAt, tries: 0, taken_until: null };
  expect(await checkOf(order)).toEqual(begun);
  const write = async (check: Check | null | undefined) => {
    const draft = putEvent(draftOf(await books.found(order.id)), moment(), { type: 'payment.started', data: {} });
    expect(await orders.write(changeOf(draft, null, check))).toBe('written');
    return checkOf(order);
  };
  expect(await write(undefined)).toEqual(begun);
  const check: Check = { dueAt: later(HOUR_MS), lookedAt: later(0), tries: 3 };
  expect(await write(check)).toEqual({ ...check, taken_until: null });
  expect(await write(undefined)).toEqual({ ...check, taken_until: null });
  expect(await write(null)).toBeUndefined();
  expect(await write(null)).toBeUndefined();
  expect(await write(check)).toEqual({ ...check, taken_until: null });
});

test('a change that sets a check leaves it with whoever has taken it; a stale one touches no check', async () => {
  const order = await books.sold();
  await books.rows(`update checks set taken_until = now() + interval '1 minute' where order_id = $1`, order.id);
  const check: Check = { dueAt: later(HOUR_MS), lookedAt: later(0), tries: 1 };
  const event = putEvent(draftOf(order), moment(), { type: 'payment.started', data: {} });
  expect(await orders.write(changeOf(event, null, check))).toBe('written');
  expect(await checkOf(order)).toEqual({ ...check, taken_until: expect.any(String) });
  expect(await orders.write(changeOf(event, null, null))).toBe('stale');
  expect(await orders.write(changeOf(event, null, { ...check, tries: 9 }))).toBe('stale');
  expect(await orders.write(hearing(order))).toBe('stale');
  expect(await checkOf(order)).toEqual({ ...check, taken_until: expect.any(String) });
});

test('paid orders of one moment lose their checks, a stale one keeps it, and so does one that still has work', async () => {
  const [paid, also, stale, busy] = await books.soldMany(4);
  if (!paid || !also || !stale || !busy) throw new Error('not sold');
  expect(await orders.write(putting(stale, [paymentFor(stale)]))).toBe('written');
  const check: Check = { dueAt: later(HOUR_MS), lookedAt: later(0), tries: 0 };
  const changes = [hearing(paid), hearing(also), hearing(stale), { ...hearing(busy), check }];
  const results = await Promise.all(changes.map((change) => orders.write(change)));
  expect(results).toEqual(['written', 'written', 'stale', 'written']);
  const left = await Promise.all([paid, also, stale, busy].map(checkOf));
  expect(left).toMatchObject([undefined, undefined, { dueAt: stale.expiresAt }, check]);
});

test('an order of another merchant is out of reach of a write', async () => {
  const order = await books.sold();
  const stranger = { ...order, merchantId: newUuid(new Date()) };
  expect(await orders.write(hearing(stranger))).toBe('stale');
  expect(await books.rowsOf(order.id)).toEqual(untouched);
  expect(seller.merchantId).toBe(order.merchantId);
});
