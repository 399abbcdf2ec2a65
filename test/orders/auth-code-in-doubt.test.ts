// A scanned payment code whose answer was lost, or never asked for: found out, or called off at its deadline.
import { describe, expect, test } from 'vitest';
import { calledOff } from '../../src/orders/cancel-payment.ts';
import type { Fact } from '../../src/orders/fact.ts';
import type { OrderStatus } from '../../src/orders/order.ts';
import { payByAuthCode } from '../../src/orders/pay-by-auth-code.ts';
import { CALLED_OFF, isLive, type PaymentStatus } from '../../src/orders/payment.ts';
import type { Cancelled, ChannelAnswer, RefundState } from '../../src/orders/ports.ts';
import { refundOrder } from '../../src/orders/refund-order.ts';
import { reverseOrder } from '../../src/orders/reverse-order.ts';
import { accepted, NOT_SENT, rejectedWith, type Script, UNKNOWN } from '../support/memory-ports.ts';
import { aFact, anOrder, aPayment, at, TRADE } from '../support/orders.ts';
import { aShop, MOST_LOOKS, secondsAfterNoon } from './shop.ts';

const PAID = accepted(aFact());
const AWAITING = accepted(aFact({ state: 'awaiting_buyer', paidAt: null }));
const CLOSED = accepted(aFact({ state: 'closed', paidAt: null }));
const GIVEN_BACK = accepted(aFact({ refund: { totalFen: 999n, refundNo: null, refundedAt: null } }));
const NONE = rejectedWith('TRADE_NOT_EXIST');

/** What a crash leaves: the row that was written before the channel was asked. */
function afterCrash(script: Script) {
  const created = aPayment({
    method: 'AUTH_CODE',
    status: 'CREATED',
    offer: null,
    payableUntil: null,
    cancelAt: secondsAfterNoon(45),
    codeHash: 'hash of it',
  });
  const shop = aShop(script, anOrder({ payments: [created] }));
  /** From check to check until it is known what became of the payment. */
  async function untilResolved(): Promise<string> {
    const done: string[] = [];
    for (let looks = 0; shop.order().payments.some(isLive); looks += 1) {
      const kind = await shop.look();
      if (kind === undefined || looks > MOST_LOOKS) throw new Error(`never ends: ${done.join(' ')}`);
      if (kind !== done.at(-1)) done.push(kind);
    }
    return done.join(' ');
  }
  return { ...shop, untilResolved };
}

describe('after a crash', () => {
  // biome-ignore format: a table
  test.each<[string, Script, string, PaymentStatus, OrderStatus]>([
    ['it was paid',                      { query: [PAID] },                                   'ask',        'SUCCEEDED', 'PAID'],
    ['it is paid at the third question', { query: [AWAITING, UNKNOWN, PAID] },                'ask',        'SUCCEEDED', 'PAID'],
    ['it was closed',                    { query: [AWAITING, CLOSED] },                       'ask',        'FAILED',    'PENDING'],
    ['nothing was ever sent',            { query: [NONE], cancel: [cancelled('none')] },      'ask cancel', 'FAILED',    'PENDING'],
    ['the buyer never answers',          { query: [AWAITING], cancel: [cancelled('close')] }, 'ask cancel', 'FAILED',    'PENDING'],
    ['nobody can say',                   { query: [UNKNOWN], cancel: [cancelled('close')] },  'ask cancel', 'FAILED',    'PENDING'],
  ])('%s', async (_, script, did, payment, status) => {
    const shop = afterCrash(script);
    expect(await shop.untilResolved()).toBe(did);
    expect(shop.order()).toMatchObject({ status, payments: [{ status: payment }] });
  });

  test('it is asked about every three seconds, and called off at the deadline, not before', async () => {
    const shop = afterCrash({ query: [AWAITING], cancel: [cancelled('close')] });
    await shop.untilResolved();
    expect(shop.clock.now()).toEqual(secondsAfterNoon(45));
    expect(shop.channel.calls.filter((call) => call === 'query')).toHaveLength(14);
    expect(shop.channel.calls.at(-1)).toBe('cancel');
  });

  test('the order itself ends at its own time', async () => {
    const shop = afterCrash({ query: [NONE], cancel: [cancelled('none')] });
    await shop.settle();
    expect(shop.clock.now()).toEqual(secondsAfterNoon(1_800));
    expect(shop.order()).toMatchObject({ status: 'CANCELLED', payments: [{ status: 'FAILED' }] });
    expect(shop.types()).toBe('payment.failed order.cancelled');
  });
});

describe('the cancel', () => {
  test.each([false, true])('marks the payment whose trade it ended, whichever the clocks say was last', (isLast) => {
    const scanned = aPayment({ method: 'AUTH_CODE', status: 'FAILED', channelEnd: 'closed' });
    const replaced = aPayment({ status: 'CLOSED' });
    const order = anOrder({ payments: isLast ? [replaced, scanned] : [scanned, replaced] });
    const { after } = calledOff(order, { id: scanned.id, action: 'refund' }, at());
    expect(after.payments.find(({ id }) => id === scanned.id)?.channelEnd).toBe('refunded');
    expect(after.payments.find(({ id }) => id === replaced.id)).toEqual(replaced);
  });

  // biome-ignore format: a table
  test.each<[string, ChannelAnswer<Cancelled>[], number, PaymentStatus, 'closed' | 'refunded' | null]>([
    // says                      answers                                                       calls
    ['closed',                   [cancelled('close')],                                         1, 'FAILED', 'closed'],
    ['again, then closed',       [again(), again(), cancelled('close')],                       3, 'FAILED', 'closed'],
    ['unknown, then closed',     [UNKNOWN, UNKNOWN, cancelled('close')],                       3, 'FAILED', 'closed'],
    ['there is no such trade',   [NONE],                                                       1, 'FAILED', 'closed'],
    ['not sent, then closed',    [NOT_SENT, cancelled('close')],                               2, 'FAILED', 'closed'],
    ['refused, then closed',     [rejectedWith('CANCEL_NOT_ALLOWED'), cancelled('close')],     2, 'FAILED', 'closed'],
    ['paid, and given back',     [cancelled('refund')],                                        1, 'FAILED', 'refunded'],
    ['again, then given back',   [again(), cancelled('refund')],                               2, 'FAILED', 'refunded'],
  ])('%s', async (_, cancel, calls, status, channelEnd) => {
    const shop = afterCrash({ query: [AWAITING], cancel });
    await shop.untilResolved();
    expect(shop.channel.calls.filter((call) => call === 'cancel')).toHaveLength(calls);
    const failure = channelEnd && CALLED_OFF[channelEnd];
    expect(shop.order()).toMatchObject({ status: 'PENDING', cases: [], payments: [{ status, channelEnd, failure }] });
    expect(shop.types().endsWith('payment.failed')).toBe(true);
  });

  // An earlier one, whose answer was lost, may have ended the trade: then this one ends nothing.
  // biome-ignore format: a table
  test.each<[string, ChannelAnswer<Fact>[], number, 'closed' | 'refunded']>([
    // says of the trade               answers             cancels
    ['that there is none',             [NONE],             1, 'closed'],
    ['closed',                         [CLOSED],           1, 'closed'],
    ['paid, and given back whole',     [GIVEN_BACK],       1, 'refunded'],
    ['waiting, then closed',           [AWAITING, CLOSED], 2, 'closed'],
    ['paid, then given back',          [PAID, GIVEN_BACK], 2, 'refunded'],
    ['nothing, then that there is none', [UNKNOWN, NONE],  2, 'closed'],
  ])('ended nothing, and the channel says %s', async (_, query, cancels, channelEnd) => {
    const doubts = Array.from({ length: 14 }, () => UNKNOWN);
    const shop = afterCrash({ query: [...doubts, ...query], cancel: [cancelled('none')] });
    await shop.untilResolved();
    expect(shop.channel.calls.filter((call) => call === 'cancel')).toHaveLength(cancels);
    expect(shop.order()).toMatchObject({ status: 'PENDING', payments: [{ status: 'FAILED', channelEnd }] });
    const late = await shop.hear(aFact());
    expect(late.verdict).toBe(channelEnd === 'refunded' ? 'stays' : 'applied');
  });

  test.each<[string, Partial<Fact>]>([
    ['another amount', { amountFen: 1n }],
    ['paid before the order was there', { paidAt: new Date(0) }],
  ])('is not made while a person decides about money under the number: %s', async (_, fields) => {
    const shop = afterCrash({ query: [accepted(aFact(fields))] });
    await shop.settle();
    expect(shop.channel.calls).not.toContain('cancel');
    expect(shop.order()).toMatchObject({ status: 'CANCELLED', cases: [{ policy: 'HOLD', state: 'OPEN' }] });
    expect(shop.order().payments).toMatchObject([{ status: 'FAILED', channelEnd: 'closed' }]);
  });

  test('is repeated every few seconds while nothing is certain', async () => {
    const shop = afterCrash({ query: [AWAITING], cancel: [again(), again(), again(), cancelled('close')] });
    await shop.untilResolved();
    expect(shop.clock.now().getTime()).toBeLessThanOrEqual(secondsAfterNoon(45 + 3 * 5).getTime());
  });

  test.each(['SELLER_BALANCE_NOT_ENOUGH', 'TRADE_CANCEL_TIME_OUT', 'TRADE_HAS_FINISHED', 'REASON_TRADE_BEEN_FREEZEN'])(
    'refused with %s because it was paid: then it is paid',
    async (subCode) => {
      const query = [...Array.from({ length: 14 }, () => AWAITING), PAID];
      const shop = afterCrash({ query, cancel: [rejectedWith(subCode)] });
      expect(await shop.untilResolved()).toBe('ask cancel');
      expect(shop.order()).toMatchObject({ status: 'PAID', payments: [{ status: 'SUCCEEDED' }] });
      expect(await shop.settle()).toEqual(['ask']);
    },
  );
});

describe('paid about when it is called off', () => {
  test('by a cancel whose answer a crash has lost: the paid notice is booked, and then what was given back', async () => {
    const shop = afterCrash({ query: [UNKNOWN, GIVEN_BACK] });
    shop.clock.forward(45_000);
    expect(await shop.hear(aFact())).toMatchObject({ verdict: 'applied', reply: 'success' });
    expect(shop.order()).toMatchObject({ status: 'PAID', refundedFen: 0n });
    expect(shop.dueInS()).toBe(15);
    expect(await shop.settle()).toEqual(['ask', 'ask']);
    expect(shop.order()).toMatchObject({ status: 'REFUNDED', refundedFen: 999n, refunds: [{ status: 'SUCCEEDED' }] });
  });

  test('and nobody gave it back: one question, and nothing is left to do', async () => {
    const shop = afterCrash({ query: [PAID] });
    shop.clock.forward(45_000);
    await shop.hear(aFact());
    expect(await shop.settle()).toEqual(['ask']);
    expect(shop.order()).toMatchObject({ status: 'PAID', payments: [{ status: 'SUCCEEDED', cancelAt: null }] });
  });

  test('well before that, no question is asked', async () => {
    const shop = afterCrash({});
    shop.clock.forward(30_000);
    await shop.hear(aFact());
    expect(shop.dueInS()).toBeNull();
  });
});

describe('a cancel that gave the money back', () => {
  test('of a payment that was not booked: there never was any; the late notice changes nothing', async () => {
    const shop = afterCrash({ query: [UNKNOWN], cancel: [cancelled('refund')] });
    await shop.untilResolved();
    const before = shop.order();
    for (const fact of [aFact(), aFact({ refund: { totalFen: 999n, refundNo: null, refundedAt: null } })])
      expect(await shop.hear(fact)).toMatchObject({ verdict: 'stays', reply: 'success' });
    expect(shop.order()).toEqual(before);
  });

  test('the next code is collected under a later number', async () => {
    const paid = async ({ outTradeNo }: { outTradeNo: string }) => accepted(aFact({ outTradeNo, tradeNo: '2' }));
    const shop = afterCrash({ query: [UNKNOWN], cancel: [cancelled('refund')], pay: [paid] });
    await shop.untilResolved();
    const next = await payByAuthCode(shop.desk, { ...shop.asked, authCode: '281111111111111111' });
    expect(next).toMatchObject({ payment: { status: 'SUCCEEDED', outTradeNo: expect.stringMatching(/^.{61}$/) } });
    expect(shop.order()).toMatchObject({ status: 'PAID', cases: [] });
  });

  test('of a payment that was booked meanwhile: paid, and wholly given back, once', async () => {
    const shop = afterCrash({
      query: [UNKNOWN],
      cancel: [
        async () => {
          await shop.hear(aFact());
          return cancelled('refund');
        },
      ],
    });
    await shop.settle();
    expect(shop.order()).toMatchObject({ status: 'REFUNDED', refundedFen: 999n, payments: [{ status: 'SUCCEEDED' }] });
    expect(shop.types()).toBe('payment.succeeded refund.succeeded');
    const back = aFact({ refund: { totalFen: 999n, refundNo: null, refundedAt: null } });
    expect(await shop.hear(back)).toMatchObject({ verdict: 'stays' });
    expect(shop.order().refunds).toMatchObject([{ amountFen: 999n, status: 'SUCCEEDED' }]);
  });
});

test('a refund of ours was on its way when the cancel gave the rest back: each is booked once', async () => {
  const shop = afterCrash({
    cancel: [
      async () => {
        await shop.hear(aFact());
        await refundOrder(shop.desk, { ...shop.asked, refundNo: 'R-1', amountFen: 300n, reason: null });
        return cancelled('refund');
      },
    ],
    refund: [UNKNOWN],
    queryRefund: [accepted<RefundState>({ done: true, amountFen: 300n, refundedAt: null })],
  });
  await reverseOrder(shop.desk, { ...shop.asked, reason: null });
  await shop.settle();
  expect(shop.order()).toMatchObject({ status: 'REFUNDED', refundedFen: 999n });
  expect(shop.order().refunds).toMatchObject([
    { refundNo: 'R-1', amountFen: 300n, status: 'SUCCEEDED' },
    { amountFen: 699n, status: 'SUCCEEDED' },
  ]);
});

test('closed by the cancel, and paid all the same, says Alipay: money is the truth', async () => {
  const shop = afterCrash({ query: [UNKNOWN], cancel: [cancelled('close')] });
  await shop.untilResolved();
  await shop.hear(aFact());
  expect(shop.order()).toMatchObject({ status: 'PAID', payments: [{ status: 'SUCCEEDED', tradeNo: TRADE }] });
});

function cancelled(action: Cancelled['action']): ChannelAnswer<Cancelled> {
  return accepted({ retry: false, action });
}

function again(): ChannelAnswer<Cancelled> {
  return accepted({ retry: true, action: 'none' });
}
