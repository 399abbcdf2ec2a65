import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { draftOf, putEvent } from '../../src/orders/draft.ts';
import { FIRST_HASH, hashOf, type OrderEvent, seal } from '../../src/orders/event.ts';
import { anOrder, at, NOON, newId } from '../support/orders.ts';

function happening() {
  return {
    id: newId(),
    merchantId: newId(),
    orderId: newId(),
    version: 1,
    type: 'order.created' as const,
    status: 'PENDING' as const,
    occurredAt: NOON,
    data: { subject: 'Tea', amount: '9.99' },
    evidenceId: null,
    prevHash: FIRST_HASH,
  };
}

test('an event keeps its data as canonical text, so that its bytes can be hashed again', () => {
  const event = seal(happening());
  expect(event.data).toBe('{"amount":"9.99","subject":"Tea"}');
  expect(hashOf(event)).toBe(event.hash);
  expect(event.hash).toMatch(/^[0-9a-f]{64}$/);
});

describe('the hash gives away a change of', () => {
  const event = seal(happening());
  test.each<[keyof OrderEvent, Partial<OrderEvent>]>([
    ['id', { id: newId() }],
    ['merchantId', { merchantId: newId() }],
    ['orderId', { orderId: newId() }],
    ['version', { version: 2 }],
    ['type', { type: 'payment.succeeded' }],
    ['status', { status: 'PAID' }],
    ['occurredAt', { occurredAt: new Date(NOON.getTime() + 1) }],
    ['data', { data: '{"amount":"9.98","subject":"Tea"}' }],
    ['evidenceId', { evidenceId: newId() }],
    ['prevHash', { prevHash: event.hash }],
  ])('%s', (_, change) => {
    expect(hashOf({ ...event, ...change })).not.toBe(event.hash);
  });
});

test('events chain: each names the hash before it, versions count up by one', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 30 }), (count) => {
      let draft = draftOf(anOrder({ version: 7, lastHash: 'f'.repeat(64) }));
      for (let i = 0; i < count; i++) draft = putEvent(draft, at(), { type: 'payment.unknown', data: { i } });
      let before = { hash: 'f'.repeat(64), version: 7 };
      for (const event of draft.events) {
        expect(event.prevHash).toBe(before.hash);
        expect(event.version).toBe(before.version + 1);
        expect(hashOf(event)).toBe(event.hash);
        before = event;
      }
      expect(draft.after).toMatchObject({ version: 7 + count, lastHash: before.hash });
    }),
  );
});
