import { describe, expect, test } from 'vitest';
import { hearNotification, type Notice } from '../../src/orders/hear-notification.ts';
import { aDesk, BYTES, KEY_ID, memoryStore, scriptedChannel } from '../support/memory-ports.ts';
import { ACCOUNT, aFact, anOrder, MERCHANT, newId, orderIn, refunded } from '../support/orders.ts';

function mailbox(...given: Parameters<typeof memoryStore>) {
  const store = memoryStore(...given);
  const needs = { ...aDesk(store, scriptedChannel({})), inbox: store };
  return { store, hear: (fields: Partial<Notice> = {}) => hearNotification(needs, aNotice(fields)) };
}

function aNotice(fields: Partial<Notice>): Notice {
  return {
    merchantId: MERCHANT,
    accountId: ACCOUNT,
    notifyId: 'N-1',
    fact: aFact(),
    bytes: BYTES,
    keyId: KEY_ID,
    ...fields,
  };
}

describe('a notification', () => {
  test('is applied, and written down with what it changed', async () => {
    const order = anOrder();
    const { store, hear } = mailbox(order);
    expect(await hear()).toEqual({ verdict: 'applied', reply: 'success', orderId: order.id });
    expect(store.orders.get(order.id)?.status).toBe('PAID');
    expect(store.recorded).toMatchObject([
      { kind: 'notification', notifyId: 'N-1', orderId: order.id, verdict: 'applied', bytes: BYTES, keyId: KEY_ID },
    ]);
    expect(store.events).toMatchObject([{ type: 'payment.succeeded', evidenceId: expect.any(String) }]);
  });

  test('sent again is only answered', async () => {
    const order = anOrder();
    const { store, hear } = mailbox(order);
    await hear();
    expect(await hear()).toEqual({ verdict: 'repeated', reply: 'success', orderId: order.id });
    expect(store.recorded).toHaveLength(1);
    expect(store.events).toHaveLength(1);
  });

  test('20 copies at once change the order once and are all answered success', async () => {
    const { store, hear } = mailbox(anOrder());
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => hear()));
    expect(outcomes.filter(({ verdict }) => verdict === 'applied')).toHaveLength(1);
    expect(new Set(outcomes.map(({ reply }) => reply))).toEqual(new Set(['success']));
    expect(store.events).toHaveLength(1);
  });

  // biome-ignore format: a table
  test.each([
    ['that says nothing new', aFact(),                                    'stays'],
    ['that the order refuses', aFact({ state: 'closed', paidAt: null, amountFen: 1n }),  'refused'],
    ['of too great a refund', refunded(1_000n),                           'refused'],
  ])('%s changes nothing, is kept, and is answered success', async (_, fact, verdict) => {
    const order = orderIn('PAID');
    const { store, hear } = mailbox(order);
    expect(await hear({ fact })).toMatchObject({ verdict, reply: 'success' });
    expect(store.recorded).toMatchObject([{ notifyId: 'N-1', verdict, orderId: order.id, kase: null }]);
    expect(store.orders.get(order.id)).toBe(order);
  });

  test('of money that does not fit opens a case and is answered success', async () => {
    const order = anOrder();
    const { store, hear } = mailbox(order);
    expect(await hear({ fact: aFact({ amountFen: 1n }) })).toMatchObject({ verdict: 'wrong_amount', reply: 'success' });
    expect(store.orders.get(order.id)).toMatchObject({ status: 'PENDING', cases: [{ kind: 'wrong_amount' }] });
  });

  test('that lost a race is judged by what is there then', async () => {
    const order = anOrder();
    const { store, hear } = mailbox(order);
    store.losing = 1;
    expect(await hear()).toMatchObject({ verdict: 'applied' });
    expect(store.events).toHaveLength(1);
  });

  test('whose writing fails is not answered at all', async () => {
    const order = anOrder();
    const { store, hear } = mailbox(order);
    store.write = async () => {
      throw new Error('the database is away');
    };
    await expect(hear()).rejects.toThrow('the database is away');
    expect(store.recorded).toEqual([]);
  });
});

describe('of an unknown order', () => {
  test('it is kept with a case and answered failure; sent again when the order is there, it is applied', async () => {
    const { store, hear } = mailbox();
    expect(await hear()).toEqual({ verdict: 'unknown_order', reply: 'failure', orderId: null });
    expect(store.recorded).toMatchObject([{ verdict: 'unknown_order', kase: 'unknown_order', orderId: null }]);
    const order = anOrder();
    store.orders.set(order.id, order);
    expect(await hear()).toEqual({ verdict: 'applied', reply: 'success', orderId: order.id });
  });

  test.each(['awaiting_buyer', 'closed'] as const)('%s speaks of no money: no case', async (state) => {
    const { store, hear } = mailbox();
    expect(await hear({ fact: aFact({ state, paidAt: null }) })).toMatchObject({ reply: 'failure' });
    expect(store.recorded).toMatchObject([{ kase: null }]);
  });

  test("another merchant's order is unknown", async () => {
    const { hear } = mailbox(anOrder());
    expect(await hear({ merchantId: newId() })).toMatchObject({ verdict: 'unknown_order' });
  });
});
