import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json } from '../../src/orders/canonical-json.ts';
import { type CreateOrder, createOrder } from '../../src/orders/create-order.ts';
import { FIRST_HASH, hashOf } from '../../src/orders/event.ts';
import { issueSubmissionToken } from '../../src/orders/issue-submission-token.ts';
import type { SubmissionToken, SubmissionTokens } from '../../src/orders/ports.ts';
import { memoryStore } from '../support/memory-ports.ts';
import { aCommand, MERCHANT, NOON, newId, standingClock } from '../support/orders.ts';

/** Tokens that are looked up: what signs real ones is tested where it stands. */
function tokenBook(): SubmissionTokens {
  const book = new Map<string, SubmissionToken>();
  return {
    issue(merchantId, expiresAt) {
      const token = `sub_${book.size}`;
      book.set(token, { merchantId, expiresAt, merchantOrderNo: `k${book.size}` });
      return token;
    },
    read: (token) => book.get(token),
  };
}

function counter() {
  const orders = memoryStore();
  const clock = standingClock();
  const needs = { orders, clock, newId, tokens: tokenBook() };
  return { ...needs, create: (fields: Partial<CreateOrder>) => createOrder(needs, aCommand(fields)) };
}

async function created(outcome: ReturnType<typeof createOrder>) {
  const made = await outcome;
  if (made.kind !== 'created') throw new Error(made.kind);
  return made.order;
}

describe('without an app that makes new orders', () => {
  test('nothing is stored; what the number has become already is answered all the same', async () => {
    const { create, orders, tokens, clock } = counter();
    expect(await create({ accountId: null })).toEqual({ kind: 'no_active_app' });
    expect([orders.orders.size, orders.events]).toEqual([0, []]);
    const order = await created(create({}));
    expect(await create({ accountId: null })).toMatchObject({ kind: 'created', order: { id: order.id } });
    expect(await create({ accountId: null, subject: 'other' })).toMatchObject({ kind: 'merchant_order_no_conflict' });
    const { token } = issueSubmissionToken({ tokens, clock }, MERCHANT);
    const redeemed = { accountId: null, merchantOrderNo: null, submissionToken: token };
    expect(await create(redeemed)).toEqual({ kind: 'no_active_app' });
  });
});

describe('an order of a number', () => {
  test('is pending, at version 1, with its first event', async () => {
    const { create, orders } = counter();
    const order = await created(create({ subject: '茶', metadata: { b: 1, a: 2 }, expiresInMinutes: 5 }));
    expect(order).toMatchObject({
      merchantId: MERCHANT,
      status: 'PENDING',
      version: 1,
      amountFen: 999n,
      refundedFen: 0n,
      metadata: '{"a":2,"b":1}',
      createdAt: NOON,
      expiresAt: new Date('2026-11-23T12:05:00Z'),
      paidAt: null,
    });
    const [event, ...others] = orders.events;
    expect(others).toEqual([]);
    expect(event).toMatchObject({ type: 'order.created', version: 1, status: 'PENDING', prevHash: FIRST_HASH });
    expect(event?.data).toBe('{"amount":"9.99","merchantOrderNo":"A-1","subject":"茶"}');
    expect(event && hashOf(event)).toBe(order.lastHash);
  });

  test('again, with the same content and at any later time, is the same order', async () => {
    const { create, orders, clock } = counter();
    const first = await created(create({ metadata: { b: [1, { y: 1, x: 2 }], a: 2 } }));
    clock.forward(3_600_000);
    const again = await created(create({ metadata: { a: 2, b: [1, { x: 2, y: 1 }] } }));
    expect(again.id).toBe(first.id);
    expect(again.expiresAt).toEqual(first.expiresAt);
    expect(orders.orders.size).toBe(1);
  });

  test('twenty times at once is one order', async () => {
    const { create, orders } = counter();
    const made = await Promise.all(Array.from({ length: 20 }, () => created(create({}))));
    expect(new Set(made.map(({ id }) => id)).size).toBe(1);
    expect(orders.events).toHaveLength(1);
  });

  test('of another merchant is another order', async () => {
    const { create } = counter();
    const other = newId();
    const mine = await created(create({}));
    const theirs = await created(create({ merchantId: other, subject: 'Coffee' }));
    expect(theirs.id).not.toBe(mine.id);
  });

  const text = fc.stringMatching(/^[a-z]{1,20}$/);
  const anyMetadata = fc.dictionary(text, fc.oneof(text, fc.integer(), fc.boolean()), { maxKeys: 3 });
  const anyContent = fc.record({
    amountFen: fc.bigInt({ min: 1n, max: 10_000_000_000n }),
    subject: text,
    body: fc.option(text),
    expiresInMinutes: fc.integer({ min: 1, max: 1_440 }),
    storeId: fc.option(text),
    terminalId: fc.option(text),
    operatorId: fc.option(text),
    metadata: fc.option(anyMetadata.map((value): Json => value)),
  });
  const fields = [
    'amountFen',
    'subject',
    'body',
    'expiresInMinutes',
    'storeId',
    'terminalId',
    'operatorId',
    'metadata',
  ] as const;

  test.each(fields)('with another %s, and nothing else changed, is a conflict', async (field) => {
    await fc.assert(
      fc.asyncProperty(anyContent, anyContent, async (content, other) => {
        const { create, orders } = counter();
        fc.pre(!same(content[field], other[field]));
        await created(create(content));
        const outcome = await create({ ...content, [field]: other[field] });
        expect(outcome).toEqual({ kind: 'merchant_order_no_conflict', merchantOrderNo: 'A-1' });
        expect(orders.events).toHaveLength(1);
        expect((await create(content)).kind).toBe('created');
      }),
      { numRuns: 30 },
    );
  });

  function same(a: unknown, b: unknown): boolean {
    if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
    const [one, other] = [Object.entries(a).sort(), Object.entries(b).sort()];
    return JSON.stringify(one) === JSON.stringify(other);
  }

  test('texts that run together to the same letters are told apart', async () => {
    const { create } = counter();
    await created(create({ storeId: 'ab', terminalId: 'c' }));
    expect((await create({ storeId: 'a', terminalId: 'bc' })).kind).toBe('merchant_order_no_conflict');
  });
});

describe('a submission token', () => {
  test('makes one order, and answers it for ever', async () => {
    const { create, tokens, clock, orders } = counter();
    const { token, expiresAt } = issueSubmissionToken({ tokens, clock }, MERCHANT);
    expect(expiresAt).toEqual(new Date('2026-11-23T12:05:00Z'));
    const byToken = { merchantOrderNo: null, submissionToken: token };
    const order = await created(create(byToken));
    expect(order.merchantOrderNo).toMatch(/^[A-Za-z0-9_]+$/);
    expect((await created(create(byToken))).id).toBe(order.id);
    clock.forward(365 * 24 * 3_600_000);
    expect((await created(create(byToken))).id).toBe(order.id);
    expect(orders.events).toHaveLength(1);
  });

  test.each([0, 600_000])('with other content %d ms later is a conflict', async (laterMs) => {
    const { create, tokens, clock } = counter();
    const byToken = { merchantOrderNo: null, submissionToken: issueSubmissionToken({ tokens, clock }, MERCHANT).token };
    await created(create(byToken));
    clock.forward(laterMs);
    expect(await create({ ...byToken, subject: 'Coffee' })).toMatchObject({ kind: 'merchant_order_no_conflict' });
  });

  // biome-ignore format: a table
  test.each<[number, string]>([
    [299_999, 'created'],
    [300_000, 'submission_token_invalid'],
  ])('first used after %d ms: %s', async (ageMs, kind) => {
    const { create, tokens, clock } = counter();
    const { token } = issueSubmissionToken({ tokens, clock }, MERCHANT);
    clock.forward(ageMs);
    expect((await create({ merchantOrderNo: null, submissionToken: token })).kind).toBe(kind);
  });

  test('of another merchant, or of nobody, is invalid and makes nothing', async () => {
    const { create, tokens, clock, orders } = counter();
    const { token } = issueSubmissionToken({ tokens, clock }, newId());
    for (const submissionToken of [token, 'sub_made_up', ''])
      expect(await create({ merchantOrderNo: null, submissionToken })).toEqual({ kind: 'submission_token_invalid' });
    expect(orders.orders.size).toBe(0);
  });
});

describe('refused before anything is read or written', () => {
  // biome-ignore format: a table
  test.each<[string, Partial<CreateOrder>, string]>([
    ['neither number nor token', { merchantOrderNo: null },                        'merchantOrderNo'],
    ['both of them',             { submissionToken: 'sub_0' },                     'merchantOrderNo'],
    ['no money',                 { amountFen: 0n },                                'amount'],
    ['a bad subject',            { subject: 'a/b' },                               'subject'],
    ['a bad number',             { merchantOrderNo: 'a b' },                       'merchantOrderNo'],
    ['bad content of a token',   { merchantOrderNo: null, submissionToken: 'sub_0', body: '' }, 'body'],
  ])('%s', async (_, fields, field) => {
    const { create, orders } = counter();
    expect(await create(fields)).toMatchObject({ kind: 'invalid_input', field });
    expect(orders.orders.size).toBe(0);
  });
});
