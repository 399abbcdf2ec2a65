// Refunds made elsewhere while ours are on their way: whatever is heard first, the sums are the channel's own.
import { describe, expect, test } from 'vitest';
import type { Fact } from '../../src/orders/fact.ts';
import { sumFen } from '../../src/orders/money.ts';
import type { WholeOrder } from '../../src/orders/order.ts';
import type { ChannelAnswer, RefundAnswer, RefundState } from '../../src/orders/ports.ts';
import { refundOrder } from '../../src/orders/refund-order.ts';
import { syncOrder } from '../../src/orders/sync-order.ts';
import { accepted, rejectedWith, type Script, UNKNOWN } from '../support/memory-ports.ts';
import { aFact, aRefund, orderIn, refunded } from '../support/orders.ts';
import { aShop } from './shop.ts';

const SHORT = rejectedWith('SELLER_BALANCE_NOT_ENOUGH');
const GIVEN_BACK = accepted(aFact({ refund: { totalFen: 999n, refundNo: null, refundedAt: null } }));
const NOT_DONE = accepted<RefundState>({ done: false });

function aShopWhere(script: Script = {}) {
  const shop = aShop(script, orderIn('PAID'));
  const refund = (refundNo: string, amountFen: bigint) =>
    refundOrder(shop.desk, { ...shop.asked, refundNo, amountFen, reason: null });
  return { ...shop, refund, said: () => saidOf(shop.order()) };
}

function saidOf({ refunds }: WholeOrder): string {
  return refunds.map(({ amountFen, status }) => `${amountFen} ${status}`).join(', ');
}

function backWith(totalFen: bigint, fundChange = true): ChannelAnswer<RefundAnswer> {
  return accepted({ fundChange, totalFen, refundedAt: null });
}

function done(amountFen: bigint): ChannelAnswer<RefundState> {
  return accepted<RefundState>({ done: true, amountFen, refundedAt: null });
}

describe('given back elsewhere while ours is on its way', () => {
  const ours = 300n;
  const elsewhere = 200n;
  type Step = 'sent' | 'answer' | 'ours, named' | 'ours, unnamed' | 'theirs, named' | 'theirs, unnamed' | 'query';

  /** Notices tell the sum as it was when each refund was made. */
  function noticesOf(oursFirst: boolean): Record<Exclude<Step, 'sent' | 'answer' | 'query'>, Fact> {
    const oursTotal = oursFirst ? ours : ours + elsewhere;
    const theirsTotal = oursFirst ? ours + elsewhere : elsewhere;
    return {
      'ours, named': refunded(oursTotal, 'R-1'),
      'ours, unnamed': refunded(oursTotal, null),
      'theirs, named': refunded(theirsTotal, 'E-1'),
      'theirs, unnamed': refunded(theirsTotal, null),
    };
  }

  const steps = permutations(['answer', 'ours', 'theirs'] as const);
  const rows = steps.flatMap((order) =>
    [true, false].flatMap((oursFirst) =>
      (['named', 'unnamed'] as const).flatMap((mine) =>
        (['named', 'unnamed'] as const).map((their) => ({ order, oursFirst, mine, their })),
      ),
    ),
  );

  test.each(rows)(
    '$order, ours first: $oursFirst, ours $mine, theirs $their',
    async ({ order, oursFirst, mine, their }) => {
      const notices = noticesOf(oursFirst);
      const shop = aShopWhere({ refund: [UNKNOWN], queryRefund: [done(ours)] });
      await shop.refund('R-1', ours);
      for (const step of order) {
        if (step === 'answer') await shop.settle();
        else await shop.hear(notices[`${step}, ${step === 'ours' ? mine : their}`]);
        soundSums(shop.order());
      }
      await shop.settle();
      expect(shop.order()).toMatchObject({ refundedFen: ours + elsewhere, status: 'PAID' });
      expect(
        shop
          .order()
          .refunds.filter(({ status }) => status === 'SUCCEEDED')
          .map(({ amountFen }) => amountFen)
          .toSorted(),
      ).toEqual([elsewhere, ours]);
    },
  );

  test('theirs was all there was: ours is refused, and the sum is theirs', async () => {
    for (const heard of ['before', 'after'] as const) {
      const shop = aShopWhere({
        refund: [UNKNOWN, rejectedWith('TRADE_HAS_CLOSE')],
        queryRefund: [NOT_DONE],
        query: [GIVEN_BACK],
      });
      await shop.refund('R-1', ours);
      if (heard === 'before') await shop.hear(refunded(999n, null));
      await shop.settle();
      await shop.hear(refunded(999n, null));
      expect(shop.order()).toMatchObject({ refundedFen: 999n, status: 'REFUNDED' });
      expect(new Set(shop.order().refunds.map(({ refundNo }) => refundNo)).size).toBe(shop.order().refunds.length);
      soundSums(shop.order());
    }
  });

  test('three of ours on their way, all of it given back elsewhere: each is refused, the sum is theirs, nothing throws', async () => {
    for (const refundNo of [null, 'E-1']) {
      const shop = aShopWhere({
        refund: [UNKNOWN, rejectedWith('TRADE_HAS_CLOSE')],
        queryRefund: [NOT_DONE],
        query: [GIVEN_BACK],
      });
      for (const number of ['R-1', 'R-2', 'R-3']) await shop.refund(number, ours);
      await shop.hear(refunded(999n, refundNo));
      soundSums(shop.order());
      await shop.settle();
      expect(shop.order()).toMatchObject({ refundedFen: 999n, status: 'REFUNDED' });
      expect(shop.order().refunds.filter(({ status }) => status === 'FAILED')).toHaveLength(3);
    }
  });

  test('theirs is heard while ours is being refused: it is booked, though it was noted unseen', async () => {
    const shop = aShopWhere({
      refund: [
        async () => {
          await shop.hear(refunded(elsewhere, null));
          return SHORT;
        },
      ],
    });
    await shop.refund('R-1', ours);
    expect(shop.said()).toBe('300 FAILED, 200 SUCCEEDED');
    expect(shop.order().refundedFen).toBe(elsewhere);
  });

  test('a question that was put before ours went out hears of ours: it is not booked a second time', async () => {
    const asked = Promise.withResolvers<typeof GIVEN_BACK>();
    const heard = Promise.withResolvers<unknown>();
    const script: Script = {
      query: [() => asked.promise],
      refund: [
        async () => {
          asked.resolve(GIVEN_BACK);
          await heard.promise;
          return backWith(999n);
        },
      ],
    };
    const paid = orderIn('PAID');
    const shop = aShop(script, { ...paid, refunds: [aRefund({ paymentId: paid.paidPaymentId ?? '' })] });
    const question = syncOrder(shop.desk, shop.asked).finally(() => heard.resolve(undefined));
    await Promise.all([question, shop.checkNow()]);
    expect(saidOf(shop.order())).toBe('999 SUCCEEDED');
    expect(shop.order()).toMatchObject({ refundedFen: 999n, status: 'REFUNDED' });
  });

  test('a notice of theirs got lost: the answer to ours tells the sum', async () => {
    const shop = aShopWhere({ refund: [backWith(ours + elsewhere)] });
    await shop.refund('R-1', ours);
    expect(shop.said()).toBe('300 SUCCEEDED, 200 SUCCEEDED');
    await shop.hear(refunded(elsewhere, 'E-1'));
    expect(shop.order().refundedFen).toBe(ours + elsewhere);
  });

  test('one of ours that we held for failed is booked when its number is heard', async () => {
    const shop = aShopWhere({ refund: [SHORT] });
    await shop.refund('R-1', ours);
    await shop.hear(refunded(ours, 'R-1'));
    expect(shop.said()).toBe('300 SUCCEEDED');
    expect(shop.order().refunds[0]?.failure).toBeNull();
  });

  test('a notice names our number with less than ours: another refund, and ours is not taken for it', async () => {
    const discordant = rejectedWith('DISCORDANT_REPEAT_REQUEST');
    const shop = aShopWhere({ refund: [UNKNOWN, discordant], queryRefund: [done(elsewhere)] });
    await shop.refund('R-1', ours);
    await shop.hear(refunded(elsewhere, 'R-1'));
    expect(shop.said()).toBe('300 PENDING');
    await shop.settle();
    expect(shop.said()).toBe('300 FAILED, 200 SUCCEEDED');
  });

  test('a failed one tried again elsewhere under another number', async () => {
    const shop = aShopWhere({ refund: [SHORT] });
    await shop.refund('R-1', ours);
    await shop.hear(refunded(ours, null));
    expect(shop.said()).toBe('300 FAILED, 300 SUCCEEDED');
    expect(shop.order().refundedFen).toBe(ours);
  });
});

function soundSums(order: WholeOrder): void {
  const given = order.refunds.filter(({ status }) => status === 'SUCCEEDED').map(({ amountFen }) => amountFen);
  expect(sumFen(given)).toBe(order.refundedFen);
  expect(order.refundedFen).toBeLessThanOrEqual(order.amountFen);
}

function permutations<Item>(items: readonly Item[]): Item[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((one) => permutations(items.filter((other) => other !== one)).map((rest) => [one, ...rest]));
}
