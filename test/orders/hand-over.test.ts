import { describe, expect, test } from 'vitest';
import { type HandOverFact, handOver } from '../../src/orders/hand-over.ts';
import type { OrderFact, OrderStatus } from '../../src/orders/order.ts';
import { MERCHANT, orderIn } from '../support/orders.ts';
import { aShop } from './shop.ts';

function aCounter(status: OrderStatus) {
  const shop = aShop({}, orderIn(status));
  const tell = (fact: HandOverFact, reason: string | null = null) =>
    handOver(shop.desk, { ...shop.asked, fact, reason });
  return { ...shop, tell };
}

/** What a caller is told that he could do instead. */
const from: Readonly<Record<OrderStatus, readonly OrderFact[]>> = {
  PENDING: ['cancelled'],
  PAID: ['shipped', 'completed', 'refundedInFull'],
  SHIPPING: ['completed', 'returned', 'refundedInFull'],
  COMPLETED: ['returned', 'refundedInFull'],
  CANCELLED: [],
  REFUNDED: [],
  RETURNED: [],
};

describe('the goods', () => {
  // biome-ignore format: a table
  test.each<[OrderStatus, HandOverFact, OrderStatus | 'stays' | 'illegal']>([
    // in         hears        lands
    ['PENDING',   'shipped',   'illegal'],    // nobody has paid
    ['PENDING',   'completed', 'illegal'],
    ['PENDING',   'returned',  'illegal'],
    ['PAID',      'shipped',   'SHIPPING'],
    ['PAID',      'completed', 'COMPLETED'],  // handed over the counter
    ['PAID',      'returned',  'illegal'],
    ['SHIPPING',  'shipped',   'stays'],
    ['SHIPPING',  'completed', 'COMPLETED'],
    ['SHIPPING',  'returned',  'RETURNED'],
    ['COMPLETED', 'shipped',   'illegal'],
    ['COMPLETED', 'completed', 'stays'],
    ['COMPLETED', 'returned',  'RETURNED'],
    ['CANCELLED', 'shipped',   'illegal'],
    ['CANCELLED', 'completed', 'illegal'],
    ['CANCELLED', 'returned',  'illegal'],
    ['REFUNDED',  'shipped',   'illegal'],
    ['REFUNDED',  'completed', 'illegal'],
    ['REFUNDED',  'returned',  'stays'],
    ['RETURNED',  'shipped',   'illegal'],
    ['RETURNED',  'completed', 'illegal'],
    ['RETURNED',  'returned',  'stays'],
  ])('%s, %s: %s', async (status, fact, lands) => {
    const counter = aCounter(status);
    const outcome = await counter.tell(fact);
    if (lands === 'illegal') expect(outcome).toEqual({ kind: 'illegal_transition', from: status, to: fact, allowed: from[status] });
    else expect(outcome).toMatchObject({ kind: 'order', order: { status: lands === 'stays' ? status : lands } });
    const moved = lands !== 'illegal' && lands !== 'stays';
    expect(counter.types()).toBe(moved ? `order.${fact}` : '');
  });

  test('the reason is kept in the history', async () => {
    const counter = aCounter('PAID');
    await counter.tell('shipped', 'by bicycle');
    expect(counter.store.events).toMatchObject([{ data: '{"note":"by bicycle"}', status: 'SHIPPING', version: 2 }]);
  });

  test('told twice at once it happens once', async () => {
    const counter = aCounter('PAID');
    await Promise.all([counter.tell('shipped'), counter.tell('shipped'), counter.tell('shipped')]);
    expect(counter.types()).toBe('order.shipped');
  });

  test('a reason that is none, and no order of ours', async () => {
    const counter = aCounter('PAID');
    expect(await counter.tell('shipped', ' ')).toMatchObject({ kind: 'invalid_input', field: 'reason' });
    const asked = { merchantId: MERCHANT, ref: { id: 'none' }, fact: 'shipped', reason: null } as const;
    expect(await handOver(counter.desk, asked)).toEqual({ kind: 'order_not_found' });
  });
});
