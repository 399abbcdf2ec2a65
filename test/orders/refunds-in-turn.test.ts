// Refunds of one trade go out one at a time, three seconds apart, and never more of them than was paid.
import { describe, expect, test } from 'vitest';
import { REFUND_SPACING_MS } from '../../src/orders/agenda.ts';
import type { ChannelAnswer, RefundAnswer, RefundRequest } from '../../src/orders/ports.ts';
import { refundOrder } from '../../src/orders/refund-order.ts';
import { accepted, rejectedWith, type Script } from '../support/memory-ports.ts';
import { orderIn } from '../support/orders.ts';
import { aShop } from './shop.ts';

const SHORT = rejectedWith('SELLER_BALANCE_NOT_ENOUGH');
const NOT_DONE = accepted({ done: false as const });

function aShopWhere(script: Script = {}, order = orderIn('PAID')) {
  const shop = aShop(script, order);
  const refund = (refundNo: string, amountFen: bigint, reason: string | null = null) =>
    refundOrder(shop.desk, { ...shop.asked, refundNo, amountFen, reason });
  const said = () =>
    shop.order().refunds.map(({ refundNo, amountFen, status }) => `${refundNo} ${amountFen} ${status}`);
  return { ...shop, refund, said };
}

function backWith(totalFen: bigint): ChannelAnswer<RefundAnswer> {
  return accepted({ fundChange: true, totalFen, refundedAt: null });
}

/** Alipay: gives back what it is asked for, each number once, and tells the sum. */
function alipay() {
  const given = new Map<string, bigint>();
  const sentAt: number[] = [];
  return {
    given,
    sentAt,
    refund:
      (now: () => number) =>
      async ({ refundNo, amountFen }: RefundRequest): Promise<ChannelAnswer<RefundAnswer>> => {
        sentAt.push(now());
        const fundChange = !given.has(refundNo);
        given.set(refundNo, amountFen);
        const totalFen = [...given.values()].reduce((sum, fen) => sum + fen, 0n);
        return accepted({ fundChange, totalFen, refundedAt: null });
      },
  };
}

describe('one at a time', () => {
  test('the second goes out in its turn', async () => {
    const bank = alipay();
    const shop = aShopWhere();
    shop.channel.refund = bank.refund(() => shop.clock.now().getTime());
    expect(await shop.refund('R-1', 300n)).toMatchObject({ refund: { status: 'SUCCEEDED' } });
    expect(await shop.refund('R-2', 300n)).toMatchObject({ refund: { status: 'PENDING' } });
    expect(shop.dueInS()).toBe(REFUND_SPACING_MS / 1_000);
    await shop.settle();
    expect(shop.said()).toEqual(['R-1 300 SUCCEEDED', 'R-2 300 SUCCEEDED']);
    expect((bank.sentAt[1] ?? 0) - (bank.sentAt[0] ?? 0)).toBe(REFUND_SPACING_MS);
  });

  test('the first one goes out with what wrote it down; whoever comes meanwhile waits', async () => {
    const bank = alipay();
    const shop = aShopWhere();
    shop.channel.refund = bank.refund(() => shop.clock.now().getTime());
    await Promise.all([shop.refund('R-1', 300n), shop.refund('R-2', 300n)]);
    expect(bank.given).toEqual(new Map([['R-1', 300n]]));
    await shop.settle();
    expect((bank.sentAt[1] ?? 0) - (bank.sentAt[0] ?? 0)).toBe(REFUND_SPACING_MS);
  });

  /** A refund has failed a while ago. */
  async function aShopAfterFailure() {
    const shop = aShopWhere({ queryRefund: [NOT_DONE] });
    shop.channel.refund = async () => SHORT;
    expect(await shop.refund('R-2', 300n)).toMatchObject({ refund: { status: 'FAILED' } });
    shop.clock.forward(60_000);
    return shop;
  }

  test('who read the order before another refund went out sees it all the same', async () => {
    const bank = alipay();
    const shop = await aShopAfterFailure();
    shop.channel.refund = bank.refund(() => shop.clock.now().getTime());
    const { takeOne } = shop.store.checks;
    let first: Promise<unknown> | undefined;
    const checks = {
      ...shop.store.checks,
      // Between the second one's write and its turn the first one is sent and done with.
      takeOne: async (merchantId: string, orderId: string) => {
        await first;
        return takeOne(merchantId, orderId);
      },
    };
    const slow = { ...shop.desk, checks };
    const second = refundOrder(slow, { ...shop.asked, refundNo: 'R-2', amountFen: 300n, reason: null });
    first = shop.refund('R-1', 300n);
    await Promise.all([first, second]);
    expect(bank.given).toEqual(new Map([['R-1', 300n]]));
    await shop.settle();
    expect(bank.sentAt).toHaveLength(2);
  });

  test('while another process looks at the order, one that was tried before waits for the next look', async () => {
    const shop = await aShopAfterFailure();
    shop.channel.refund = async () => backWith(300n);
    shop.store.checks.taken.add(shop.order().id);
    expect(await shop.refund('R-2', 300n)).toMatchObject({ refund: { status: 'PENDING' } });
    expect(shop.channel.calls).toEqual([]);
    shop.store.checks.taken.clear();
    await shop.settle();
    expect(shop.said()).toEqual(['R-2 300 SUCCEEDED']);
  });

  test('20 at once of 30 %: exactly three, one after the other, three seconds apart', async () => {
    const bank = alipay();
    const shop = aShopWhere({}, { ...orderIn('PAID'), amountFen: 1_000n, payments: orderIn('PAID').payments });
    const payments = shop.order().payments.map((one) => ({ ...one, amountFen: 1_000n }));
    shop.store.orders.set(shop.order().id, { ...shop.order(), payments, paidPaymentId: payments[0]?.id ?? null });
    shop.channel.refund = bank.refund(() => shop.clock.now().getTime());
    const outcomes = await Promise.all(Array.from({ length: 20 }, (_, index) => shop.refund(`R-${index}`, 300n)));
    expect(outcomes.filter(({ kind }) => kind === 'refund')).toHaveLength(3);
    expect(outcomes.filter(({ kind }) => kind === 'refund_exceeds_paid')).toHaveLength(17);
    await shop.settle();
    expect(shop.said().map((said) => said.replace(/^\S+ /, ''))).toEqual([
      '300 SUCCEEDED',
      '300 SUCCEEDED',
      '300 SUCCEEDED',
    ]);
    expect([...bank.given.values()]).toEqual([300n, 300n, 300n]);
    for (const [index, at] of bank.sentAt.slice(1).entries())
      expect(at - (bank.sentAt[index] ?? 0)).toBeGreaterThanOrEqual(REFUND_SPACING_MS);
  });
});
