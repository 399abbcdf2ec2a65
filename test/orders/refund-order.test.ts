import { describe, expect, test } from 'vitest';
import { REFUND_QUERY_AFTER_MS, REFUND_SPACING_MS } from '../../src/orders/agenda.ts';
import type { ChannelAnswer, RefundAnswer, RefundRequest } from '../../src/orders/ports.ts';
import { refundOrder } from '../../src/orders/refund-order.ts';
import { accepted, NOT_SENT, rejectedWith, type Script, UNKNOWN } from '../support/memory-ports.ts';
import { anOrder, orderIn } from '../support/orders.ts';
import { aShop, MAKER } from './shop.ts';

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

describe('giving back', () => {
  // biome-ignore format: a table
  test.each([
    ['a part',     [['R-1', 300n]],                               300n, 'PAID'],
    ['all',        [['R-1', 999n]],                               999n, 'REFUNDED'],
    ['three parts', [['R-1', 333n], ['R-2', 333n], ['R-3', 333n]], 999n, 'REFUNDED'],
  ] as const)('%s', async (_, refunds, refundedFen, status) => {
    const bank = alipay();
    const shop = aShopWhere();
    shop.channel.refund = bank.refund(() => 0);
    for (const [refundNo, amountFen] of refunds) {
      expect(await shop.refund(refundNo, amountFen)).toMatchObject({ kind: 'refund', refund: { status: 'SUCCEEDED' } });
      shop.clock.forward(REFUND_SPACING_MS);
    }
    expect(shop.order()).toMatchObject({ refundedFen, status, payments: [{ refundedTotalFen: refundedFen }] });
    expect(shop.types()).toBe(refunds.map(() => 'refund.requested refund.succeeded').join(' '));
    expect(shop.dueInS()).toBeNull();
  });

  test('the number is written before the channel is asked, with the time', async () => {
    const shop = aShopWhere({
      refund: [
        async (request) => {
          expect(request).toEqual({ outTradeNo: 'A-1', refundNo: 'R-1', amountFen: 300n, reason: 'too cold' });
          expect(shop.order().refunds).toMatchObject([{ status: 'PENDING', triedAt: shop.clock.now() }]);
          return backWith(300n);
        },
      ],
    });
    expect(await shop.refund('R-1', 300n, 'too cold')).toMatchObject({ refund: { status: 'SUCCEEDED' } });
    expect(shop.store.recorded).toMatchObject([{ kind: 'answer', verdict: 'applied' }]);
    expect(shop.store.events.at(-1)?.evidenceId).toEqual(expect.any(String));
  });

  test.each(['SHIPPING', 'COMPLETED', 'RETURNED'] as const)('%s: the order may be given back too', async (status) => {
    const shop = aShopWhere({ refund: [backWith(999n)] }, orderIn(status));
    expect(await shop.refund('R-1', 999n)).toMatchObject({ kind: 'refund' });
    expect(shop.order().status).toBe(status === 'RETURNED' ? 'RETURNED' : 'REFUNDED');
  });
});

describe('the same number again', () => {
  test('the same amount: the same refund, and no second call', async () => {
    const shop = aShopWhere({ refund: [backWith(300n)] });
    const first = await shop.refund('R-1', 300n);
    expect(await shop.refund('R-1', 300n)).toEqual(first);
    expect(shop.channel.calls).toEqual(['refund']);
  });

  test('another amount: a conflict', async () => {
    const shop = aShopWhere({ refund: [backWith(300n)] });
    await shop.refund('R-1', 300n);
    expect(await shop.refund('R-1', 301n)).toEqual({ kind: 'refund_no_conflict', refundNo: 'R-1' });
    expect(shop.said()).toEqual(['R-1 300 SUCCEEDED']);
  });

  test('20 at once: one refund, one call', async () => {
    const shop = aShopWhere({ refund: [backWith(300n)] });
    await Promise.all(Array.from({ length: 20 }, () => shop.refund('R-1', 300n)));
    expect(shop.said()).toEqual(['R-1 300 SUCCEEDED']);
    expect(shop.channel.calls).toEqual(['refund']);
  });

  test("the shop's balance was short: failed with its reason, then done under the same number", async () => {
    const shop = aShopWhere({ refund: [SHORT, backWith(300n)], queryRefund: [NOT_DONE] });
    const { subCode, message, messageZh } = SHORT;
    expect(await shop.refund('R-1', 300n)).toMatchObject({
      kind: 'refund',
      refund: { status: 'FAILED', failure: { subCode, message, messageZh } },
    });
    expect(shop.dueInS()).toBeNull();
    shop.clock.forward(60_000);
    expect(await shop.refund('R-1', 300n)).toMatchObject({ refund: { status: 'SUCCEEDED', failure: null } });
    expect(shop.said()).toEqual(['R-1 300 SUCCEEDED']);
    expect(shop.types()).toBe('refund.requested refund.failed refund.requested refund.succeeded');
  });

  test('tried again at once it waits until the channel can be asked what became of it', async () => {
    const shop = aShopWhere({ refund: [SHORT, backWith(300n)], queryRefund: [NOT_DONE] });
    await shop.refund('R-1', 300n);
    expect(await shop.refund('R-1', 300n)).toMatchObject({ refund: { status: 'PENDING' } });
    expect(shop.dueInS()).toBe(REFUND_QUERY_AFTER_MS / 1_000);
    await shop.settle();
    expect(shop.said()).toEqual(['R-1 300 SUCCEEDED']);
  });

  test('what failed reserves nothing', async () => {
    const shop = aShopWhere({ refund: [SHORT, backWith(999n)] });
    await shop.refund('R-1', 999n);
    shop.clock.forward(REFUND_SPACING_MS);
    expect(await shop.refund('R-2', 999n)).toMatchObject({ refund: { status: 'SUCCEEDED' } });
    expect(await shop.refund('R-1', 999n)).toEqual({ kind: 'refund_exceeds_paid', refundableFen: 0n });
  });
});

describe('too much', () => {
  test('more than was paid, or than is left', async () => {
    const shop = aShopWhere({ refund: [backWith(300n)] });
    expect(await shop.refund('R-1', 1_000n)).toEqual({ kind: 'refund_exceeds_paid', refundableFen: 999n });
    await shop.refund('R-2', 300n);
    expect(await shop.refund('R-3', 700n)).toEqual({ kind: 'refund_exceeds_paid', refundableFen: 699n });
    expect(shop.said()).toEqual(['R-2 300 SUCCEEDED']);
  });

  test('what is in doubt is reserved', async () => {
    const shop = aShopWhere({ refund: [UNKNOWN] });
    await shop.refund('R-1', 600n);
    expect(await shop.refund('R-2', 400n)).toEqual({ kind: 'refund_exceeds_paid', refundableFen: 399n });
  });
});

describe('refused', () => {
  test.each(['PENDING', 'CANCELLED'] as const)('%s: nothing was paid', async (status) => {
    const order = orderIn(status);
    expect(await aShopWhere({}, order).refund('R-1', 1n)).toMatchObject({
      kind: 'illegal_transition',
      from: status,
      to: 'refundedInFull',
    });
  });

  // biome-ignore format: a table
  test.each([
    ['',             1n, null,            'refundNo'],
    ['R 1',          1n, null,            'refundNo'],
    ['x'.repeat(65), 1n, null,            'refundNo'],
    ['R-1',          0n, null,            'amount'],
    ['R-1',         -1n, null,            'amount'],
    ['R-1',          1n, ' ',             'reason'],
    ['R-1',          1n, 'x'.repeat(257), 'reason'],
  ])('%s of %d because %s: %s is at fault', async (refundNo, amountFen, reason, field) => {
    expect(await aShopWhere().refund(refundNo, amountFen, reason)).toMatchObject({ kind: 'invalid_input', field });
  });

  test('no order of ours', async () => {
    const { desk } = aShopWhere({}, anOrder());
    const asked = {
      merchantId: 'another',
      ref: { id: 'none' },
      refundNo: 'R-1',
      amountFen: 1n,
      reason: null,
      by: MAKER,
    };
    expect(await refundOrder(desk, asked)).toEqual({ kind: 'order_not_found' });
  });

  test.each([UNKNOWN, NOT_SENT])('no answer ($kind): stays PENDING', async (answer) => {
    const shop = aShopWhere({ refund: [answer] });
    expect(await shop.refund('R-1', 300n)).toMatchObject({ kind: 'refund', refund: { status: 'PENDING' } });
    expect(shop.types()).toBe('refund.requested');
  });
});
