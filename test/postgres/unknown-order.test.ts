// Money that came before its order was there: the case that it opened is over once the order hears of it.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newUuid } from '../../src/ids.ts';
import type { Case } from '../../src/orders/case.ts';
import { changeOf } from '../../src/orders/draft.ts';
import { hear as decide } from '../../src/orders/hear.ts';
import type { Notice } from '../../src/orders/hear-notification.ts';
import type { Order, WholeOrder } from '../../src/orders/order.ts';
import type { Inbox } from '../../src/orders/ports.ts';
import { postgresInbox } from '../../src/postgres/inbox.ts';
import { type Books, evidenceFor, hearing, moment, openBooks, paymentFor, putting } from './books.ts';
import { hearAlone, newNumber, noticeOf, paidFact, sell, seller } from './sales.ts';

let books: Books;
let inbox: Inbox;

beforeAll(async () => {
  books = await openBooks();
  inbox = postgresInbox(books.database);
});

afterAll(() => books?.close());

const hear = (notice: Notice) => hearAlone({ orders: books.orders, inbox }, notice);

/** The notice of an order that is not there yet, heard: it opens a case. */
async function heardTooEarly(): Promise<{ merchantOrderNo: string; notice: Notice }> {
  const merchantOrderNo = newNumber();
  const ghost: Order = { ...(await books.sold()), id: newUuid(new Date()), merchantOrderNo };
  const notice = noticeOf(ghost, { fact: paidFact(ghost, { tradeNo: newNumber(), paidAt: new Date() }) });
  expect(await hear(notice)).toMatchObject({ verdict: 'unknown_order', reply: 'failure' });
  return { merchantOrderNo, notice };
}

async function casesOf(tradeNo: string) {
  return books.rows<Pick<Case, 'kind' | 'state' | 'note'> & { order_id: string | null; isResolved: boolean }>(
    `select kind, state, order_id, note, resolved_at is not null as "isResolved" from cases where trade_no = $1 order by id`,
    tradeNo,
  );
}

const open = { kind: 'unknown_order', state: 'OPEN', order_id: null, note: null, isResolved: false };
const over = (order: Order) => ({ ...open, state: 'CLOSED', order_id: order.id, isResolved: true });

test('the resend that pays the order closes the case, and the order shows it', async () => {
  const { merchantOrderNo, notice } = await heardTooEarly();
  const order = await sell(books.orders, { merchantOrderNo });
  expect(await casesOf(notice.fact.tradeNo)).toEqual([open]);
  expect(await hear(notice)).toMatchObject({ verdict: 'applied', reply: 'success' });
  expect(await casesOf(notice.fact.tradeNo)).toEqual([over(order)]);
  const read = await books.found(order.id);
  expect(read).toMatchObject({ status: 'PAID', version: 2, cases: [{ kind: 'unknown_order', state: 'CLOSED' }] });
});

test('resends of one moment, in one statement, close each its own case and no other', async () => {
  const early = await Promise.all([heardTooEarly(), heardTooEarly(), heardTooEarly()]);
  const [first, second, third] = early;
  const made = await Promise.all([first, second].map(({ merchantOrderNo }) => sell(books.orders, { merchantOrderNo })));
  const heard = await Promise.all([hear(first.notice), hear(second.notice), hear(noticeOf(await books.sold()))]);
  expect(heard.map(({ verdict }) => verdict)).toEqual(['applied', 'applied', 'applied']);
  const cases = await Promise.all(early.map(({ notice }) => casesOf(notice.fact.tradeNo)));
  expect(cases).toEqual([...made.map((order) => [over(order)]), [open]]);
  expect(await casesOf(third.notice.fact.tradeNo)).toEqual([open]);
});

test('when the order is paid already, the resend that changes nothing closes it', async () => {
  const { merchantOrderNo, notice } = await heardTooEarly();
  const order = await sell(books.orders, { merchantOrderNo });
  await hear({ ...notice, notifyId: newNumber() });
  await books.rows(
    `update cases set state = 'OPEN', order_id = null, resolved_at = null where trade_no = $1`,
    notice.fact.tradeNo,
  );
  expect(await hear(notice)).toMatchObject({ verdict: 'stays', reply: 'success' });
  expect(await casesOf(notice.fact.tradeNo)).toEqual([over(order)]);
});

test('an answer that the order is paid closes it too', async () => {
  const { merchantOrderNo, notice } = await heardTooEarly();
  const order = await books.found((await sell(books.orders, { merchantOrderNo })).id);
  const evidence = evidenceFor(order, { kind: 'answer', notifyId: null });
  const { draft } = decide(order, notice.fact, moment(evidence.id));
  expect(await books.orders.write(changeOf(draft, evidence, null))).toBe('written');
  expect(await casesOf(notice.fact.tradeNo)).toEqual([over(order)]);
});

test('money that does not fit the order either is another case, of that order', async () => {
  const { merchantOrderNo, notice } = await heardTooEarly();
  const order = await sell(books.orders, { merchantOrderNo, amountFen: 5n });
  expect(await hear(notice)).toMatchObject({ verdict: 'wrong_amount' });
  const wrong = { ...open, kind: 'wrong_amount', order_id: order.id };
  expect(await casesOf(notice.fact.tradeNo)).toEqual([over(order), wrong]);
});

test('a write that comes too late leaves it open, alone and among others', async () => {
  const { merchantOrderNo, notice } = await heardTooEarly();
  const order = await books.found((await sell(books.orders, { merchantOrderNo })).id);
  expect(await books.orders.write(putting(order, [paymentFor(order)]))).toBe('written');
  const late = () => changeOf(decide(order, notice.fact, moment()).draft, evidenceFor(order), null);
  expect(await books.orders.write(late())).toBe('stale');
  const fine = (sold: WholeOrder) => books.orders.write(hearing(sold));
  const [one, other] = await books.soldMany(2);
  if (!one || !other) throw new Error('not sold');
  expect(await Promise.all([fine(one), books.orders.write(late()), fine(other)])).toEqual([
    'written',
    'stale',
    'written',
  ]);
  expect(await casesOf(notice.fact.tradeNo)).toEqual([open]);
});

test('a case that a person has closed stays as it was closed, and another merchant’s is not touched', async () => {
  const [closed, strangers] = [await heardTooEarly(), await heardTooEarly()];
  const byHand = `update cases set state = 'CLOSED', resolved_at = now(), note = 'in cash' where trade_no = $1`;
  await books.rows(byHand, closed.notice.fact.tradeNo);
  const { tradeNo } = strangers.notice.fact;
  await books.rows(
    `insert into evidence select $2, id, null, kind, notify_id, received_at, bytes, verdict
      from evidence where id = (select evidence_id from cases where trade_no = $1)`,
    ...[tradeNo, newUuid(new Date())],
  );
  await books.rows(
    `update cases set merchant_id = e.merchant_id from evidence e
    where cases.trade_no = $1 and e.id = cases.evidence_id and e.merchant_id <> $2`,
    tradeNo,
    seller.merchantId,
  );
  for (const { merchantOrderNo, notice } of [closed, strangers]) {
    await sell(books.orders, { merchantOrderNo });
    expect(await hear(notice)).toMatchObject({ verdict: 'applied' });
  }
  expect(await casesOf(closed.notice.fact.tradeNo)).toMatchObject([
    { state: 'CLOSED', order_id: null, note: 'in cash' },
  ]);
  expect(await casesOf(tradeNo)).toEqual([open]);
});
