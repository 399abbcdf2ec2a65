// Refunds whose answer was lost, or that were refused.
import { describe, expect, test } from 'vitest';
import { failed } from '../../src/orders/give-back.ts';
import type { WholeOrder } from '../../src/orders/order.ts';
import type { ChannelAnswer, RefundAnswer, RefundState } from '../../src/orders/ports.ts';
import { refundOrder } from '../../src/orders/refund-order.ts';
import { accepted, NOT_SENT, rejectedWith, type Script, UNKNOWN } from '../support/memory-ports.ts';
import { aFact, aRefund, at, NOON, orderIn } from '../support/orders.ts';
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

test('a refusal and what it shows was given back elsewhere are one step', () => {
  const paid = orderIn('PAID');
  const payments = paid.payments.map((one) => ({ ...one, refundedTotalFen: 200n }));
  const refund = aRefund({ paymentId: paid.paidPaymentId ?? '', amountFen: 300n, triedAt: NOON });
  const { events, after } = failed(
    { ...paid, payments, refunds: [refund] },
    { id: refund.id, refusal: SHORT },
    at(null),
  );
  expect(events.map(({ type }) => type)).toEqual(['refund.failed', 'refund.succeeded']);
  expect(saidOf(after)).toBe('300 FAILED, 200 SUCCEEDED');
});

describe('the answer to the first sending got lost', () => {
  // biome-ignore format: a table
  test.each<[string, Script, string, string]>([
    ['it was done',                         { refund: [UNKNOWN], queryRefund: [done(300n)] },                               '300 SUCCEEDED', 'refund queryRefund'],
    ['it never got there: sent again',      { refund: [UNKNOWN, backWith(300n)], queryRefund: [NOT_DONE] },                 '300 SUCCEEDED', 'refund queryRefund refund'],
    ['no such trade, says the query: again', { refund: [UNKNOWN, backWith(300n)], queryRefund: [rejectedWith('TRADE_NOT_EXIST')] }, '300 SUCCEEDED', 'refund queryRefund refund'],
    ['too many calls at the moment: again', { refund: [rejectedWith('app-call-limited'), backWith(300n)], queryRefund: [NOT_DONE] }, '300 SUCCEEDED', 'refund queryRefund refund'],
    ['the query says nothing at first',     { refund: [UNKNOWN], queryRefund: [UNKNOWN, NOT_SENT, rejectedWith('isv'), done(300n)] }, '300 SUCCEEDED', 'refund queryRefund queryRefund queryRefund queryRefund'],
    ['sent again it is a repeat, then done', { refund: [UNKNOWN, backWith(300n, false)], queryRefund: [NOT_DONE, done(300n)] }, '300 SUCCEEDED', 'refund queryRefund refund queryRefund'],
    ['sent again it is refused',            { refund: [UNKNOWN, SHORT], queryRefund: [NOT_DONE] },                          '300 FAILED',    'refund queryRefund refund'],
    ['it was not sent: sent again',         { refund: [NOT_SENT, backWith(300n)], queryRefund: [NOT_DONE] },                '300 SUCCEEDED', 'refund queryRefund refund'],
    ['the number holds another amount',     { refund: [UNKNOWN, rejectedWith('DISCORDANT_REPEAT_REQUEST')], queryRefund: [done(200n)] }, '300 FAILED', 'refund queryRefund refund'],
  ])('%s: %s', async (_, script, said, calls) => {
    const shop = aShopWhere(script);
    expect(await shop.refund('R-1', 300n)).toMatchObject({ kind: 'refund', refund: { status: 'PENDING' } });
    await shop.settle();
    expect(shop.said()).toBe(said);
    expect(shop.channel.calls.join(' ')).toBe(calls);
    expect(shop.order().refundedFen).toBe(said.endsWith('SUCCEEDED') ? 300n : 0n);
  });

  test('every sending says the same number and amount', async () => {
    const sent: unknown[] = [];
    const shop = aShopWhere({ queryRefund: [NOT_DONE] });
    shop.channel.refund = async (request) => {
      sent.push(request);
      return sent.length < 4 ? UNKNOWN : backWith(300n);
    };
    await shop.refund('R-1', 300n);
    await shop.settle();
    expect(sent).toEqual(
      Array.from({ length: 4 }, () => ({ outTradeNo: 'A-1', refundNo: 'R-1', amountFen: 300n, reason: null })),
    );
  });

  test('N (no change of funds) alone proves nothing: it stays PENDING until the query says so', async () => {
    const shop = aShopWhere({ refund: [backWith(300n, false)], queryRefund: [done(300n)] });
    expect(await shop.refund('R-1', 300n)).toMatchObject({ refund: { status: 'PENDING' } });
    expect(await shop.settle()).toEqual(['refund']);
    expect(shop.said()).toBe('300 SUCCEEDED');
  });

  test('a crash after the sending: only the time is known, and what became of it is asked first', async () => {
    const shop = aShopWhere({ queryRefund: [done(300n)] });
    shop.channel.refund = async () => {
      throw new Error('the process dies here');
    };
    await expect(shop.refund('R-1', 300n)).rejects.toThrow('dies here');
    expect(shop.order().refunds).toMatchObject([{ status: 'PENDING', triedAt: shop.clock.now() }]);
    shop.store.checks.taken.clear();
    await shop.settle();
    expect(shop.channel.calls).toEqual(['queryRefund']);
    expect(shop.said()).toBe('300 SUCCEEDED');
  });

  test('a crash between the wish and the sending: Alipay knows nothing of it, and it goes out all the same', async () => {
    const shop = aShopWhere({ queryRefund: [NOT_DONE], refund: [backWith(300n)] });
    const channel = { ...shop.channel, refund: () => Promise.reject(new Error('dies here')) };
    const asked = { ...shop.asked, refundNo: 'R-1', amountFen: 300n, reason: null };
    await expect(refundOrder({ ...shop.desk, channelOf: async () => channel }, asked)).rejects.toThrow('dies here');
    await shop.settle();
    expect(shop.channel.calls).toEqual(['queryRefund', 'refund']);
    expect(shop.said()).toBe('300 SUCCEEDED');
  });

  test('a crash before its turn: it goes out in its turn', async () => {
    const shop = aShopWhere({ refund: [backWith(100n), backWith(400n)] });
    await shop.refund('R-0', 100n);
    const checks = { ...shop.store.checks, takeOne: () => Promise.reject(new Error('dies here')) };
    const asked = { ...shop.asked, refundNo: 'R-1', amountFen: 300n, reason: null };
    await expect(refundOrder({ ...shop.desk, checks }, asked)).rejects.toThrow('dies here');
    await shop.settle();
    expect(shop.channel.calls).toEqual(['refund', 'refund']);
    expect(shop.order().refunds.map(({ status }) => status)).toEqual(['SUCCEEDED', 'SUCCEEDED']);
  });
});

// Dossier 2.5: refusals of a refund.
describe('refused', () => {
  test.each([
    'SELLER_BALANCE_NOT_ENOUGH',
    'DISCORDANT_REPEAT_REQUEST',
    'TRADE_STATUS_ERROR',
    'TRADE_HAS_FINISHED',
    'TRADE_NOT_ALLOW_REFUND',
    'NOT_ALLOW_PARTIAL_REFUND',
    'REASON_TRADE_BEEN_FREEZEN',
  ])('%s: failed with its reason, reserves nothing, waits for somebody', async (subCode) => {
    const shop = aShopWhere({ refund: [rejectedWith(subCode)] });
    expect(await shop.refund('R-1', 300n)).toMatchObject({ refund: { status: 'FAILED', failure: { subCode } } });
    expect(shop.types()).toBe('refund.requested refund.failed');
    expect(shop.dueInS()).toBeNull();
  });

  test.each(['TRADE_HAS_CLOSE', 'REASON_TRADE_REFUND_FEE_ERR'])(
    '%s: somebody gave it back elsewhere',
    async (subCode) => {
      const shop = aShopWhere({ refund: [rejectedWith(subCode)], query: [GIVEN_BACK] });
      await shop.refund('R-1', 300n);
      expect(shop.said()).toBe('300 FAILED, 999 SUCCEEDED');
      expect(shop.order()).toMatchObject({ status: 'REFUNDED', refundedFen: 999n });
    },
  );
});
