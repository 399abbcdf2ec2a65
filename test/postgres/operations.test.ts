// Second confirmations on a real PostgreSQL: what is written with an order, who wins a race, what can't be used twice.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { newUuid } from '../../src/ids.ts';
import { ASKS_FOR_NOTHING, type ConfirmationPolicy } from '../../src/merchants/confirmation-policy.ts';
import { judgeRefund } from '../../src/merchants/judge-refund.ts';
import { confirmRefund, expireRefund } from '../../src/orders/confirm-refund.ts';
import { changeOf } from '../../src/orders/draft.ts';
import { turnedDown } from '../../src/orders/hold-refund.ts';
import type { DeskNeeds } from '../../src/orders/needs.ts';
import { CONFIRM_WITHIN_MS, type Operation } from '../../src/orders/operation.ts';
import type { WholeOrder } from '../../src/orders/order.ts';
import { refundOrder } from '../../src/orders/refund-order.ts';
import { Turns } from '../../src/orders/turns.ts';
import { postgresChecks } from '../../src/postgres/checks.ts';
import { postgresConfirmationPolicies } from '../../src/postgres/confirmation-policies.ts';
import { postgresOperations } from '../../src/postgres/operations.ts';
import { postgresTotps } from '../../src/postgres/totps.ts';
import { accepted, scriptedChannel } from '../support/memory-ports.ts';
import { type Books, moment, openBooks } from './books.ts';
import { seller } from './sales.ts';

const { merchantId } = seller;
const DIGEST = 'd'.repeat(64);

let books: Books;
let policies: ReturnType<typeof postgresConfirmationPolicies>;
let operations: ReturnType<typeof postgresOperations>;
let sent: string[];
let aheadMs = 0;
const clock = { now: () => new Date(Date.now() + aheadMs) };
const note = (actor = 'somebody') => ({ id: newUuid(clock.now()), actor, at: clock.now() });

beforeAll(async () => {
  books = await openBooks();
  await books.rows(`insert into merchants (id, name, created_at) values ($1, 'm', now())`, merchantId);
  policies = postgresConfirmationPolicies(books.database);
  operations = postgresOperations(books.database);
});

afterAll(() => books?.close());

beforeEach(() => {
  sent = [];
  aheadMs = 0;
});

/** As a process of its own: only the database is shared. */
function aProcess(): DeskNeeds {
  const channel = scriptedChannel({
    refund: [
      async ({ refundNo, amountFen }) => {
        sent.push(refundNo);
        return accepted({ fundChange: true, totalFen: amountFen, refundedAt: null });
      },
    ],
  });
  return {
    orders: books.orders,
    checks: postgresChecks(books.database, { callsPerSecond: 100, freshMs: 0 }),
    channelOf: async () => channel,
    clock,
    newId: newUuid,
    turns: new Turns(),
    pace: { checkIntervalMs: 3_000 },
    casePolicyOf: async () => 'HOLD',
    judgeRefund: (asked) => judgeRefund({ policies, operations }, asked),
  };
}

async function setPolicy(rules: Partial<ConfirmationPolicy>): Promise<void> {
  const before = await policies.read(merchantId);
  expect(await policies.put(merchantId, { before, after: { ...ASKS_FOR_NOTHING, ...rules } }, note())).toBe(true);
}

const ask = (order: WholeOrder, amountFen = 500n, credentialId = newUuid(new Date()), refundNo = 'R-1') =>
  refundOrder(aProcess(), {
    merchantId,
    ref: { id: order.id },
    refundNo,
    amountFen,
    reason: null,
    by: { credentialId, terminalId: null },
  });

async function held(): Promise<{ order: WholeOrder; refundId: string }> {
  await setPolicy({ refundAboveFen: 100n });
  const order = await books.paid();
  const asked = await ask(order);
  if (asked.kind !== 'confirmation_required') throw new Error(asked.kind);
  return { order, refundId: asked.operationId };
}

const decide = ({ order, refundId }: { order: WholeOrder; refundId: string }, approve: boolean, by = 'checker') =>
  confirmRefund(aProcess(), { merchantId, orderId: order.id, refundId, approve, by });

async function actionsOn(id: string): Promise<string[]> {
  const rows = await books.rows<{ said: string }>(
    `select action || ' by ' || actor as said from audit_notes where merchant_id = $1 and subject = $2 order by at`,
    ...[merchantId, id],
  );
  return rows.map(({ said }) => said);
}

async function reservedOf({ id }: WholeOrder): Promise<string | undefined> {
  return (await books.rows<{ fen: string }>('select reserved_fen::text as fen from orders where id = $1', id))[0]?.fen;
}

test('a refund that waits is an operation, reserved and noted, with its check at the end of its time', async () => {
  const { order, refundId } = await held();
  expect(await operations.find(merchantId, refundId)).toMatchObject({
    kind: 'refund',
    state: 'WAITING',
    orderId: order.id,
  });
  const page = await operations.page(merchantId, { first: 5, afterId: undefined, kinds: ['refund'], now: clock.now() });
  expect(page.operations.map(({ id }) => id)).toContain(refundId);
  const refund = (await books.found(order.id)).refunds[0];
  expect(refund).toMatchObject({ status: 'AWAITING_CONFIRMATION', triedAt: null, heldUntil: expect.any(Date) });
  expect(await reservedOf(order)).toBe('500');
  const [check] = await books.rows<{ at: string }>(
    'select due_at::text as at from checks where order_id = $1',
    order.id,
  );
  expect(new Date(check?.at ?? '')).toEqual(refund?.heldUntil);
  expect((await actionsOn(refundId)).map((said) => said.split(' ')[0])).toEqual(['operation.asked']);
});

test('ten checkers at once, for and against, in as many processes: one decides, and one refund at most is sent', async () => {
  const waiting = await held();
  const said = await Promise.all(Array.from({ length: 10 }, (_, n) => decide(waiting, n % 2 === 0, `checker ${n}`)));
  const [won, ...others] = said.filter(({ kind }) => kind === 'refund');
  expect(others).toEqual([]);
  const approved = won?.kind === 'refund' && won.refund.status !== 'REJECTED';
  expect(sent).toEqual(approved ? ['R-1'] : []);
  const operation = await operations.find(merchantId, waiting.refundId);
  expect(operation?.state).toBe(approved ? 'APPROVED' : 'REJECTED');
  expect(await actionsOn(waiting.refundId)).toHaveLength(2);
  expect(await reservedOf(waiting.order)).toBe('0');
});

test('a decision that lost its race writes nothing, neither the operation nor a note', async () => {
  const { order, refundId } = await held();
  const now = await books.found(order.id);
  const refund = now.refunds[0] ?? expect.unreachable();
  const draft = turnedDown(now, refund, { at: moment(), why: 'rejected', by: 'late' });
  const stale = { ...draft, before: { ...now, version: now.version - 1 } };
  expect(await books.orders.write(changeOf(stale, null, undefined))).toBe('stale');
  expect((await operations.find(merchantId, refundId))?.state).toBe('WAITING');
  expect(await actionsOn(refundId)).toHaveLength(1);
});

test('approved while its time ends: either it goes out or it is turned down', async () => {
  const waiting = await held();
  const order = await books.found(waiting.order.id);
  const refund = order.refunds[0] ?? expect.unreachable();
  const early = aProcess();
  const late = { ...aProcess(), clock: { now: () => new Date(Date.now() + CONFIRM_WITHIN_MS + 1) } };
  const decision = { merchantId, orderId: order.id, refundId: refund.id, approve: true, by: 'checker' };
  await Promise.all([confirmRefund(early, decision), expireRefund(late, order, refund)]);
  const { refunds } = await books.found(order.id);
  const [status] = refunds.map((one) => one.status);
  expect(['SUCCEEDED', 'REJECTED']).toContain(status);
  expect(sent).toEqual(status === 'SUCCEEDED' ? ['R-1'] : []);
  expect((await operations.find(merchantId, refund.id))?.state).toBe(status === 'SUCCEEDED' ? 'APPROVED' : 'EXPIRED');
});

test('rejected: nothing is sent, the amount is free, the log says who', async () => {
  const waiting = await held();
  await decide(waiting, false, 'anna');
  expect(await reservedOf(waiting.order)).toBe('0');
  expect(sent).toEqual([]);
  expect(await actionsOn(waiting.refundId)).toContain('operation.rejected by anna');
});

test('what a credential gives back in a day is summed up, however many it asks for at once', async () => {
  await setPolicy({ dailySumAboveFen: 1_000n });
  const credential = newUuid(new Date());
  const orders = await Promise.all(Array.from({ length: 6 }, () => books.paid()));
  const said = await Promise.all(orders.map((order) => ask(order, 400n, credential)));
  expect(said.filter(({ kind }) => kind === 'refund')).toHaveLength(2);
  expect(said.filter(({ kind }) => kind === 'confirmation_required')).toHaveLength(4);
  expect(await ask(await books.paid(), 400n)).toMatchObject({ kind: 'refund' });
  // Of another day nothing counts.
  aheadMs = 24 * 3_600_000;
  expect(await ask(await books.paid(), 400n, credential)).toMatchObject({ kind: 'refund' });
});

test('what is turned down does not count towards the day', async () => {
  await setPolicy({ dailySumAboveFen: 1_000n, refundAboveFen: 900n });
  const credential = newUuid(new Date());
  const order = await books.paid();
  const asked = await ask(order, 1_000n, credential);
  if (asked.kind !== 'confirmation_required') throw new Error(asked.kind);
  await decide({ order, refundId: asked.operationId }, false);
  expect(await ask(await books.paid(), 900n, credential)).toMatchObject({ kind: 'refund' });
});

function aChange(fields: Partial<Operation> = {}): Operation {
  const now = clock.now();
  return {
    id: newUuid(now),
    merchantId,
    kind: 'api_key',
    orderId: null,
    askedBy: newUuid(now),
    askedAt: now,
    summary: 'Make a key',
    state: 'WAITING',
    expiresAt: new Date(now.getTime() + CONFIRM_WITHIN_MS),
    decidedBy: null,
    decidedAt: null,
    ...fields,
  };
}

test('the same change asked for twice is one, and its approval is used once, whoever comes at the same time', async () => {
  const change = aChange();
  const { id, askedBy } = await operations.ask(change, DIGEST, note());
  expect(await operations.ask({ ...change, id: newUuid(clock.now()) }, DIGEST, note())).toMatchObject({ id });
  expect(await operations.use({ merchantId, askedBy, digest: DIGEST }, note())).toBe(false);
  const both = await Promise.all(
    [true, false].map((approve) => operations.decide({ merchantId, id, approve }, note())),
  );
  expect(both.filter((one) => one !== undefined)).toHaveLength(1);

  const other = await operations.ask(aChange(), DIGEST, note());
  await operations.decide({ merchantId, id: other.id, approve: true }, note('checker'));
  const approved = { merchantId, askedBy: other.askedBy, digest: DIGEST };
  expect(await operations.use({ ...approved, digest: 'e'.repeat(64) }, note())).toBe(false);
  expect(await operations.use({ ...approved, askedBy: newUuid(clock.now()) }, note())).toBe(false);
  const uses = await Promise.all(Array.from({ length: 8 }, () => operations.use(approved, note('maker'))));
  expect(uses.filter((used) => used)).toHaveLength(1);
  expect((await operations.find(merchantId, other.id))?.state).toBe('USED');
  expect((await actionsOn(other.id)).toSorted()).toEqual([
    'operation.approved by checker',
    'operation.asked by somebody',
    'operation.used by maker',
  ]);
  expect(await operations.ask(aChange({ askedBy: other.askedBy }), DIGEST, note())).not.toMatchObject({ id: other.id });
});

test('an approval of a case stays good for its time', async () => {
  const { id, askedBy } = await operations.ask(aChange({ kind: 'case' }), DIGEST, note());
  await operations.decide({ merchantId, id, approve: true }, note());
  for (let times = 0; times < 2; times += 1)
    expect(await operations.use({ merchantId, askedBy, digest: DIGEST }, note())).toBe(true);
});

test('after a day a change can neither be approved nor used, and is ended and noted once', async () => {
  const waiting = await operations.ask(aChange(), DIGEST, note());
  const approved = await operations.ask(aChange(), DIGEST, note());
  await operations.decide({ merchantId, id: approved.id, approve: true }, note());
  aheadMs = CONFIRM_WITHIN_MS + 1;
  expect(await operations.decide({ merchantId, id: waiting.id, approve: true }, note())).toBeUndefined();
  expect(await operations.use({ merchantId, askedBy: approved.askedBy, digest: DIGEST }, note())).toBe(false);
  const expired = await Promise.all([1, 2, 3].map(() => operations.expire(clock.now(), 100)));
  expect(expired.reduce((sum, n) => sum + n, 0)).toBeGreaterThanOrEqual(2);
  for (const { id } of [waiting, approved]) {
    expect((await operations.find(merchantId, id))?.state).toBe('EXPIRED');
    expect((await actionsOn(id)).filter((said) => said === 'operation.expired by kassa')).toHaveLength(1);
  }
});

test('a key and every key that it was rotated into are one maker', async () => {
  const [first, second, third, other] = [1, 2, 3, 4].map(() => newUuid(new Date()));
  for (const [subject, next] of [
    [first, second],
    [second, third],
  ])
    await books.rows(
      `insert into audit_notes (merchant_id, id, actor, at, action, subject, details)
       values ($1, $2, 'a', now(), 'api_key.rotated', $3, jsonb_build_object('next', $4::uuid))`,
      ...[merchantId, newUuid(new Date()), subject, next],
    );
  for (const key of [first, second, third]) expect(await operations.makerOf(merchantId, key ?? '')).toBe(first);
  expect(await operations.makerOf(merchantId, other ?? '')).toBe(other);
  expect(await operations.makerOf(merchantId, 'anna@shop')).toBe('anna@shop');
});

test('a policy is put over the one that was read, or not at all, and noted', async () => {
  const before = await policies.read(merchantId);
  const after = { ...ASKS_FOR_NOTHING, freeHours: { from: 9, to: 18 }, settings: true };
  const puts = await Promise.all([1, 2].map(() => policies.put(merchantId, { before, after }, note('admin'))));
  expect(puts.filter((put) => put)).toHaveLength(1);
  expect(await policies.read(merchantId)).toEqual(after);
  expect(await policies.known(merchantId)).toEqual(after);
  expect((await actionsOn(merchantId)).filter((said) => said.endsWith('by admin'))).toEqual([
    'confirmation_policy.set by admin',
  ]);
});

test('one-time codes: five tries in a quarter of an hour however many at once, each step once', async () => {
  const totps = postgresTotps(books.database);
  const owner = newUuid(new Date());
  const of = { merchantId, owner };
  expect(await totps.takeTry(merchantId, owner, clock.now())).toBeUndefined();
  expect(await totps.offer({ ...of, sealed: 'one', replaces: false }, note())).toBe(true);
  expect(await totps.isActive(merchantId, owner)).toBe(false);
  expect(await totps.useStep({ ...of, step: 5 })).toBe(false);
  expect(await totps.activate({ ...of, sealed: 'other', step: 5 }, note())).toBe(false);
  expect(await totps.activate({ ...of, sealed: 'one', step: 5 }, note())).toBe(true);
  expect(await totps.offer({ ...of, sealed: 'unproved', replaces: false }, note())).toBe(false);
  expect(await totps.offer({ ...of, sealed: 'two', replaces: true }, note())).toBe(true);
  const tries = await Promise.all(Array.from({ length: 12 }, () => totps.takeTry(merchantId, owner, clock.now())));
  expect(tries.filter((one) => one !== undefined)).toEqual(Array(5).fill({ active: 'one', offered: 'two' }));
  aheadMs = 15 * 60_000 + 1;
  expect(await totps.takeTry(merchantId, owner, clock.now())).toBeDefined();
  const steps = await Promise.all([5, 6, 6, 4].map((step) => totps.useStep({ ...of, step })));
  expect(steps.filter((used) => used)).toHaveLength(1);
});
