import { afterAll, beforeAll, expect, test } from 'vitest';
import { newUuid } from '../../src/ids.ts';
import type { Case, CaseState } from '../../src/orders/case.ts';
import type { CaseBook, Inbox } from '../../src/orders/ports.ts';
import type { OrderReads } from '../../src/orders/reads.ts';
import { openMoney, postgresCaseBook, postgresMerchantSettings } from '../../src/postgres/cases.ts';
import { postgresInbox } from '../../src/postgres/inbox.ts';
import { postgresMerchantsStore } from '../../src/postgres/merchants-store.ts';
import { postgresOrderReads } from '../../src/postgres/order-reads.ts';
import { type Books, evidenceFor, openBooks } from './books.ts';
import { newNumber, seller, systemClock } from './sales.ts';

let books: Books;
let book: CaseBook;
let reads: OrderReads;
let inbox: Inbox;

beforeAll(async () => {
  books = await openBooks();
  book = postgresCaseBook(books.database);
  reads = postgresOrderReads(books.database);
  inbox = postgresInbox(books.database);
});

afterAll(() => books?.close());

const stranger = newUuid(new Date());
let made = 0;

/** A case of money that no order waits for, as the inbox opens it. Ids sort by the moment they were made. */
async function opened(fields: Partial<Case> = {}): Promise<Case> {
  made += 1;
  const openedAt = new Date(Date.now() + made);
  const merchantId = fields.merchantId ?? seller.merchantId;
  const evidence = { ...evidenceFor(await books.sold()), merchantId, orderId: null, verdict: 'unknown_order' as const };
  const one: Case = {
    id: newUuid(openedAt),
    merchantId,
    orderId: null,
    kind: 'unknown_order',
    amountFen: 9_007_199_254_740_993n,
    outTradeNo: newNumber(),
    tradeNo: newNumber(),
    evidenceId: evidence.id,
    policy: 'HOLD',
    state: 'OPEN',
    openedAt,
    resolvedAt: null,
    note: null,
    ...fields,
  };
  await inbox.record(evidence, one);
  return one;
}

async function inState(one: Case, state: CaseState): Promise<Case> {
  await books.rows('update cases set state = $2 where id = $1', one.id, state);
  return { ...one, state };
}

test('a case is found by its merchant alone, every field of it', async () => {
  const one = await opened();
  expect([await book.find(one.merchantId, one.id), await reads.caseById(one.merchantId, one.id)]).toEqual([one, one]);
  expect([await book.find(stranger, one.id), await reads.caseById(stranger, one.id)]).toEqual([undefined, undefined]);
});

test('one that belongs to no order is closed once', async () => {
  const one = await opened();
  const closed: Case = { ...one, state: 'CLOSED', resolvedAt: new Date(), note: '现金 given back' };
  expect(await book.close({ ...closed, merchantId: stranger })).toBe(false);
  const both = await Promise.all([book.close(closed), book.close({ ...closed, note: 'second' })]);
  expect(both.sort()).toEqual([false, true]);
  expect(await book.find(one.merchantId, one.id)).toMatchObject({ state: 'CLOSED', resolvedAt: closed.resolvedAt });
});

test('a case of an order is not closed behind the order’s back', async () => {
  const one = await opened();
  const order = await books.sold();
  await books.rows('update cases set order_id = $2 where id = $1', one.id, order.id);
  expect(await book.close({ ...one, state: 'CLOSED', resolvedAt: new Date() })).toBe(false);
  const [mine, ...others] = await reads.casesOf(seller.merchantId, [order.id, newUuid(new Date())]);
  expect([mine, others]).toEqual([{ ...one, orderId: order.id }, []]);
  expect(await reads.casesOf(stranger, [order.id])).toEqual([]);
});

test('pages of cases go back in time and end, with every filter and none', async () => {
  const merchantId = newUuid(new Date());
  const a = await opened({ merchantId });
  const b = await inState(await opened({ merchantId }), 'CLOSED');
  const c = await opened({ merchantId, kind: 'wrong_amount' });
  const d = await inState(await opened({ merchantId }), 'ACCEPTED');
  const page = async (asked: Omit<Parameters<OrderReads['casePage']>[1], 'first'>, first = 10) => {
    const { cases, hasNextPage } = await reads.casePage(merchantId, { first, ...asked });
    return [cases, hasNextPage];
  };
  expect(await page({})).toEqual([[d, c, b, a], false]);
  expect(await page({}, 2)).toEqual([[d, c], true]);
  expect(await page({ afterId: c.id }, 2)).toEqual([[b, a], false]);
  expect(await page({ state: ['OPEN'] })).toEqual([[c, a], false]);
  expect(await page({ state: ['OPEN'] }, 1)).toEqual([[c], true]);
  expect(await page({ state: ['OPEN'], afterId: c.id }, 1)).toEqual([[a], false]);
  expect(await page({ state: ['OPEN'], kind: ['wrong_amount'] })).toEqual([[c], false]);
  expect(await page({ state: ['CLOSED', 'ACCEPTED'] })).toEqual([[d, b], false]);
  expect(await page({ kind: ['unknown_order'] })).toEqual([[d, b, a], false]);
  expect(await page({ kind: ['unknown_order'], state: ['CLOSED'] })).toEqual([[b], false]);
  expect(await page({ state: [] })).toEqual([[], false]);
  expect((await reads.casePage(stranger, { first: 9 })).cases).toEqual([]);
});

test('evidence says that and when it came, to its merchant alone', async () => {
  const order = await books.sold();
  const notice = evidenceFor(order, { receivedAt: new Date('2026-01-02T03:04:05.678Z') });
  const answer = evidenceFor(order, { kind: 'answer', notifyId: null });
  for (const one of [notice, answer]) await inbox.record(one, null);
  const ids = [notice.id, answer.id, newUuid(new Date())];
  const heads = await reads.evidenceByIds(seller.merchantId, ids);
  expect(heads.toSorted((one) => (one.id === notice.id ? -1 : 1))).toEqual([
    { id: notice.id, kind: 'notification', receivedAt: notice.receivedAt },
    { id: answer.id, kind: 'answer', receivedAt: answer.receivedAt },
  ]);
  expect(await reads.evidenceByIds(stranger, ids)).toEqual([]);
});

test('open money is summed by kind and age over all merchants, in whole fen', async () => {
  await books.rows(`update cases set state = 'CLOSED' where state = 'OPEN'`);
  const now = new Date(Date.now() + 60_000);
  const ago = (minutes: number) => ({ openedAt: new Date(now.getTime() - minutes * 60_000) });
  await opened({ ...ago(59), amountFen: 5n });
  await opened({ ...ago(58), merchantId: stranger });
  await opened({ ...ago(61), amountFen: 7n });
  await opened({ ...ago(24 * 60 + 1), amountFen: 11n, kind: 'late' });
  await inState(await opened(ago(1)), 'REFUNDED');
  const figures = await openMoney(books.database, now);
  expect(figures.toSorted((one, other) => one.age.localeCompare(other.age))).toEqual([
    { kind: 'late', age: 'over_1d', fen: 11n, cases: 1 },
    { kind: 'unknown_order', age: 'under_1d', fen: 7n, cases: 1 },
    { kind: 'unknown_order', age: 'under_1h', fen: 9_007_199_254_740_998n, cases: 2 },
  ]);
});

test('the policy is AUTO_REFUND until a merchant says otherwise; one that is not known holds', async () => {
  const store = postgresMerchantsStore({ database: books.database, clock: systemClock, newId: newUuid });
  const { merchantId } = await store.ensureFirstMerchant({ appId: 'app' });
  const settings = postgresMerchantSettings(books.database);
  expect([await settings.casePolicy(merchantId), await settings.casePolicy(stranger)]).toEqual(['AUTO_REFUND', 'HOLD']);
  const elsewhere = postgresMerchantSettings(books.database);
  await elsewhere.casePolicy(merchantId);
  await settings.setCasePolicy(merchantId, 'ACCEPT', note('anna'));
  expect([await settings.casePolicy(merchantId), await elsewhere.readCasePolicy(merchantId)]).toEqual([
    'ACCEPT',
    'ACCEPT',
  ]);
  expect(await elsewhere.casePolicy(merchantId)).toBe('ACCEPT');
  await settings.setCasePolicy(merchantId, 'ACCEPT', note('bert'));
  await settings.setCasePolicy(merchantId, 'HOLD', note('carl'));
  expect(await notesOn(merchantId)).toEqual([
    { actor: 'anna', details: { before: 'AUTO_REFUND', after: 'ACCEPT' } },
    { actor: 'carl', details: { before: 'ACCEPT', after: 'HOLD' } },
  ]);
});

test('of a policy that is set many times at once each note begins where the one before it has ended', async () => {
  const { merchantId } = seller;
  await books.rows(
    `insert into merchants (id, name, created_at) values ($1, 'm', now()) on conflict do nothing`,
    merchantId,
  );
  const settings = postgresMerchantSettings(books.database);
  const policies = ['HOLD', 'ACCEPT', 'AUTO_REFUND', 'HOLD', 'ACCEPT', 'AUTO_REFUND'] as const;
  await Promise.all(policies.map((policy) => settings.setCasePolicy(merchantId, policy, note('many'))));
  const told = (await notesOn(merchantId)).map(({ details }) => details);
  expect(told.map(({ before }) => before)).toEqual(['AUTO_REFUND', ...told.slice(0, -1).map(({ after }) => after)]);
});

const note = (actor: string) => ({ id: newUuid(new Date()), actor, at: new Date() });

function notesOn(merchantId: string) {
  return books.rows<{ actor: string; details: { before: string; after: string } }>(
    `select actor, details from audit_notes where action = 'case_policy.set' and merchant_id = $1 and subject = $1
     order by position`,
    merchantId,
  );
}
