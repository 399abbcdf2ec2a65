import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hashOf } from '../../src/orders/event.ts';
import { hear } from '../../src/orders/hear.ts';
import { type OrderStatus, orderLife, type WholeOrder } from '../../src/orders/order.ts';
import { isLive } from '../../src/orders/payment.ts';
import { aFact, at, OTHER_TRADE, orderIn, TRADE } from '../support/orders.ts';

describe('whatever is heard, in whatever order', () => {
  const anyFact = fc
    .record({
      state: fc.constantFrom('awaiting_buyer' as const, 'paid' as const, 'closed' as const),
      tradeNo: fc.constantFrom(TRADE, OTHER_TRADE, '3'),
      amountFen: fc.constantFrom(999n, 999n, 999n, 998n),
      sellerMatches: fc.constantFrom(true, true, true, false),
      refund: fc.option(
        fc.record({
          totalFen: fc.bigInt({ min: 0n, max: 1_100n }),
          refundNo: fc.option(fc.constantFrom('R-1', 'R-2')),
          refundedAt: fc.constant(null),
        }),
      ),
    })
    .map((fields) => aFact({ ...fields, refund: fields.state === 'paid' ? fields.refund : null }));
  const anyStatus = fc.constantFrom<OrderStatus>(
    'PENDING',
    'PAID',
    'SHIPPING',
    'COMPLETED',
    'CANCELLED',
    'REFUNDED',
    'RETURNED',
  );

  test('versions follow each other, the chain holds, statuses follow the table, no more goes back than came in', () => {
    fc.assert(
      fc.property(anyStatus, fc.array(anyFact, { maxLength: 12 }), (status, facts) => {
        let order = orderIn(status);
        for (const fact of facts) {
          const { draft, verdict } = hear(order, fact, at());
          expect(draft.before).toBe(order);
          if (verdict === 'stays' || verdict === 'refused') expect(draft.after.status).toBe(order.status);
          if (verdict === 'stays') expect(draft.events).toEqual([]);
          for (const event of draft.events) {
            expect(event).toMatchObject({ version: order.version + 1, prevHash: order.lastHash, orderId: order.id });
            expect(hashOf(event)).toBe(event.hash);
            expect([order.status, ...Object.values(orderLife[order.status])]).toContain(event.status);
            order = { ...order, version: event.version, lastHash: event.hash, status: event.status };
          }
          if (draft.events.length === 0) continue;
          expect(draft.after).toMatchObject({ version: order.version, lastHash: order.lastHash, status: order.status });
          order = draft.after;
          soundMoney(order);
        }
      }),
      { numRuns: 500 },
    );
  });

  function soundMoney(order: WholeOrder): void {
    expect(order.refundedFen).toBeLessThanOrEqual(order.amountFen);
    expect(order.refundedFen).toBeGreaterThanOrEqual(0n);
    expect(order.status === 'REFUNDED' && order.refundedFen !== order.amountFen).toBe(false);
    expect(order.payments.filter(isLive).length).toBeLessThanOrEqual(1);
    for (const keys of [order.payments.map(({ id }) => id), order.refunds.map(({ refundNo }) => refundNo)])
      expect(new Set(keys).size).toBe(keys.length);
    for (const refund of order.refunds) expect(order.payments.map(({ id }) => id)).toContain(refund.paymentId);
    const cases = order.cases.map(({ kind, tradeNo }) => `${kind} ${tradeNo}`);
    expect(new Set(cases).size).toBe(cases.length);
  }
});
