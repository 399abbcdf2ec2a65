// A refund that waits for a second person: reserved, never sent, decided once.
import { describe, expect, test } from 'vitest';
import { confirmRefund } from '../../src/orders/confirm-refund.ts';
import { CONFIRM_WITHIN_MS, FREE, type Judgement } from '../../src/orders/operation.ts';
import type { WholeOrder } from '../../src/orders/order.ts';
import type { ChannelAnswer, RefundAnswer } from '../../src/orders/ports.ts';
import { refundOrder } from '../../src/orders/refund-order.ts';
import { reverseOrder } from '../../src/orders/reverse-order.ts';
import { syncOrder } from '../../src/orders/sync-order.ts';
import { accepted, rejectedWith, type Script } from '../support/memory-ports.ts';
import { aFact, anOrder, aPayment, MERCHANT, orderIn, refunded } from '../support/orders.ts';
import { aShop, secondsAfterNoon } from './shop.ts';

const PAID = accepted(aFact());
const HELD: Judgement = { isHeld: true, askedBy: 'maker', turn: null };
const backWith = (totalFen: bigint): ChannelAnswer<RefundAnswer> =>
  accepted({ fundChange: true, totalFen, refundedAt: null });

function aTill(script: Script = {}, order: WholeOrder = orderIn('PAID')) {
  const shop = aShop(script, order);
  let judgement = HELD;
  const desk = { ...shop.desk, judgeRefund: async () => judgement };
  const decide = (approve: boolean, by = 'checker') => {
    const { refunds } = shop.order();
    const waiting = refunds.findLast(({ status }) => status === 'AWAITING_CONFIRMATION') ?? refunds[0];
    const refundId = waiting?.id ?? '';
    return confirmRefund(desk, { merchantId: MERCHANT, orderId: order.id, refundId, approve, by });
  };
  return {
    ...shop,
    decide,
    judge: (next: Judgement) => {
      judgement = next;
    },
    refund: (refundNo = 'R-1', amountFen = 300n) =>
      refundOrder(desk, { ...shop.asked, refundNo, amountFen, reason: null }),
    reverse: () => reverseOrder(desk, { ...shop.asked, reason: null }),
    sync: () => syncOrder(desk, shop.asked),
    said: () => shop.order().refunds.map(({ amountFen, status }) => `${amountFen} ${status}`),
    steps: () => shop.store.steps.map((step) => (step.kind === 'asked' ? 'asked' : step.state)),
  };
}

describe('asked for', () => {
  test('it is written down, reserved and not sent, whatever looks at it', async () => {
    const till = aTill({ query: [PAID] });
    const heldUntil = new Date(till.clock.now().getTime() + CONFIRM_WITHIN_MS);
    expect(await till.refund()).toMatchObject({
      kind: 'confirmation_required',
      operationId: till.order().refunds[0]?.id,
      expiresAt: heldUntil,
      held: { refund: { status: 'AWAITING_CONFIRMATION', triedAt: null } },
    });
    expect(till.types()).toBe('refund.requested');
    expect(till.store.events[0]?.data).toContain('"awaitsConfirmation":true');
    expect(till.store.steps).toMatchObject([
      {
        kind: 'asked',
        operation: { kind: 'refund', askedBy: 'maker', summary: 'Refund R-1: give back 3.00 of order A-1' },
        note: { actor: 'key-of-a-till' },
      },
    ]);
    expect(await till.checkNow()).toBe('nothing');
    await till.sync();
    expect(till.channel.calls).toEqual(['query']);
    expect(await till.refund('R-2', 700n)).toEqual({ kind: 'refund_exceeds_paid', refundableFen: 699n });
  });

  test('again: the same operation; another amount: a conflict', async () => {
    const till = aTill();
    const first = await till.refund();
    till.clock.forward(60_000);
    expect(await till.refund()).toMatchObject({
      kind: 'confirmation_required',
      operationId: till.order().refunds[0]?.id,
    });
    expect(first).toMatchObject({ expiresAt: till.order().refunds[0]?.heldUntil });
    expect(await till.refund('R-1', 301n)).toMatchObject({ kind: 'refund_no_conflict' });
    expect(till.steps()).toEqual(['asked']);
  });

  test('beside others that go out at once', async () => {
    const till = aTill({ refund: [backWith(100n)] });
    await till.refund();
    till.judge(FREE);
    expect(await till.refund('R-2', 100n)).toMatchObject({ kind: 'refund', refund: { status: 'SUCCEEDED' } });
    expect(till.said()).toEqual(['300 AWAITING_CONFIRMATION', '100 SUCCEEDED']);
  });
});

describe('decided', () => {
  test('approved: it goes out once, under its own number, and a second approval is too late', async () => {
    const till = aTill({ refund: [backWith(300n)] });
    await till.refund();
    expect(await till.decide(true)).toMatchObject({ kind: 'refund', refund: { status: 'SUCCEEDED', refundNo: 'R-1' } });
    expect(await till.decide(true)).toMatchObject({ kind: 'confirmation_invalid' });
    expect(await till.decide(false)).toMatchObject({ kind: 'confirmation_invalid' });
    expect(await till.refund()).toMatchObject({ kind: 'refund', refund: { status: 'SUCCEEDED' } });
    expect(till.channel.calls).toEqual(['refund']);
    expect(till.types()).toBe('refund.requested refund.confirmed refund.succeeded');
    expect(till.steps()).toEqual(['asked', 'APPROVED']);
    expect(till.dueInS()).toBeNull();
  });

  test('twenty at once, for and against: one decides', async () => {
    const till = aTill({ refund: [backWith(300n)] });
    await till.refund();
    const said = await Promise.all(Array.from({ length: 20 }, (_, n) => till.decide(n % 2 === 0)));
    expect(said.filter(({ kind }) => kind === 'refund')).toHaveLength(1);
    expect(till.steps()).toHaveLength(2);
  });

  test('approved and then a crash before it was sent: the check sends it', async () => {
    const till = aTill({ refund: [backWith(300n)] });
    await till.refund();
    till.store.checks.taken.add(till.order().id);
    expect(await till.decide(true)).toMatchObject({ refund: { status: 'PENDING' } });
    till.store.checks.taken.clear();
    expect(await till.settle()).toEqual(['refund']);
    expect(till.said()).toEqual(['300 SUCCEEDED']);
  });

  test('rejected: its amount is free again, its number is spent', async () => {
    const till = aTill({ refund: [backWith(999n)] });
    await till.refund();
    expect(await till.decide(false)).toMatchObject({ kind: 'refund', refund: { status: 'REJECTED' } });
    expect(await till.refund()).toEqual({ kind: 'refund_rejected', refundNo: 'R-1' });
    till.judge(FREE);
    expect(await till.refund('R-2', 999n)).toMatchObject({ kind: 'refund', refund: { status: 'SUCCEEDED' } });
    expect(till.types()).toBe('refund.requested refund.rejected refund.requested refund.succeeded');
    expect(till.steps()).toEqual(['asked', 'REJECTED']);
  });

  test('so much was given back elsewhere meanwhile that it no longer fits: turned down, not sent', async () => {
    const till = aTill();
    await till.refund();
    await till.hear(refunded(999n, 'SITE-1'));
    expect(await till.decide(true)).toMatchObject({ kind: 'confirmation_invalid' });
    expect(till.said()).toEqual(['300 REJECTED', '999 SUCCEEDED']);
    expect(till.channel.calls).toEqual([]);
  });
});

describe('nobody decides', () => {
  test('after a day it is turned down by itself', async () => {
    const till = aTill();
    await till.refund();
    expect(till.dueInS()).toBe(CONFIRM_WITHIN_MS / 1_000);
    expect(await till.settle()).toEqual(['expire']);
    expect(till.said()).toEqual(['300 REJECTED']);
    expect(till.store.events.at(-1)?.data).toContain('"reason":"expired"');
    expect(till.store.steps.at(-1)).toMatchObject({ state: 'EXPIRED', decidedBy: null, note: { actor: 'kassa' } });
    expect(till.dueInS()).toBeNull();
  });

  test('a confirmation after that comes too late, whoever notices first', async () => {
    const till = aTill();
    await till.refund();
    till.clock.forward(CONFIRM_WITHIN_MS);
    expect(await till.decide(true)).toEqual({ kind: 'confirmation_invalid', message: 'Its time is over' });
    expect(till.said()).toEqual(['300 REJECTED']);
    expect(till.steps()).toEqual(['asked', 'EXPIRED']);
  });

  test('asked for again after that: its number is spent', async () => {
    const till = aTill();
    await till.refund();
    till.clock.forward(CONFIRM_WITHIN_MS);
    expect(await till.refund()).toEqual({ kind: 'refund_rejected', refundNo: 'R-1' });
    expect(till.said()).toEqual(['300 REJECTED']);
  });
});

describe('one that failed', () => {
  const SHORT = rejectedWith('SELLER_BALANCE_NOT_ENOUGH');
  const NOT_DONE = accepted({ done: false as const });

  test('and was confirmed is tried again without asking', async () => {
    const till = aTill({ refund: [SHORT, backWith(300n)], queryRefund: [NOT_DONE] });
    await till.refund();
    expect(await till.decide(true)).toMatchObject({ refund: { status: 'FAILED' } });
    till.clock.forward(60_000);
    expect(await till.refund()).toMatchObject({ kind: 'refund', refund: { status: 'SUCCEEDED' } });
    expect(till.steps()).toEqual(['asked', 'APPROVED']);
  });

  test('and was never confirmed waits, when by now somebody has to agree', async () => {
    const till = aTill({ refund: [SHORT, backWith(300n)], queryRefund: [NOT_DONE] });
    till.judge(FREE);
    await till.refund();
    till.judge(HELD);
    expect(await till.refund()).toMatchObject({ kind: 'confirmation_required' });
    expect(await till.checkNow()).toBe('nothing');
    till.clock.forward(60_000);
    expect(await till.decide(true)).toMatchObject({ refund: { status: 'SUCCEEDED' } });
    expect(till.channel.calls).toEqual(['refund', 'queryRefund', 'refund']);
  });

  test('and waits, and was given back after all: it is booked, and nothing is left to confirm', async () => {
    const till = aTill({ refund: [SHORT] });
    till.judge(FREE);
    await till.refund();
    till.judge(HELD);
    await till.refund();
    await till.hear(refunded(300n, 'R-1'));
    expect(till.order()).toMatchObject({ refundedFen: 300n, refunds: [{ status: 'SUCCEEDED' }] });
    expect(till.steps()).toEqual(['asked', 'EXPIRED']);
    expect(await till.decide(true)).toMatchObject({ kind: 'confirmation_invalid' });
  });
});

describe('an undo', () => {
  test('of a paid order waits with its refund, and goes back whole when it is approved', async () => {
    const till = aTill({ refund: [backWith(999n)] });
    const asked = await till.reverse();
    expect(asked).toMatchObject({ kind: 'confirmation_required', held: { refund: { amountFen: 999n } } });
    expect(await till.reverse()).toEqual(asked);
    expect(till.store.steps).toMatchObject([{ operation: { kind: 'reversal' } }]);
    expect(await till.decide(true)).toMatchObject({ kind: 'refund', order: { status: 'REFUNDED' } });
    expect(till.channel.calls).toEqual(['refund']);
  });

  test('turned down it may be asked for again, and waits again', async () => {
    const till = aTill();
    for (let times = 1; times <= 3; times += 1) {
      expect(await till.reverse()).toMatchObject({ kind: 'confirmation_required' });
      await till.decide(false);
      expect(till.said()).toEqual(Array(times).fill('999 REJECTED'));
    }
    expect(new Set(till.order().refunds.map(({ refundNo }) => refundNo)).size).toBe(3);
  });

  test('of an order all of which waits already answers what waits, every time', async () => {
    const till = aTill({ refund: [backWith(999n)] });
    const asked = await till.refund('R-1', 999n);
    for (let times = 0; times < 2; times += 1) expect(await till.reverse()).toEqual(asked);
    expect(till.steps()).toEqual(['asked']);
    await till.decide(true);
    expect(await till.reverse()).toMatchObject({ kind: 'order', order: { status: 'REFUNDED' } });
  });

  test('of an order whose parts wait answers the first of them, until nothing waits', async () => {
    const till = aTill({ refund: [backWith(300n), backWith(999n)] });
    const part = await till.refund('R-1', 300n);
    const rest = await till.reverse();
    expect(rest).toMatchObject({ kind: 'confirmation_required', held: { refund: { amountFen: 699n } } });
    expect(await till.reverse()).toEqual(rest);
    await till.decide(false);
    await till.refund('R-2', 699n);
    expect(part).toMatchObject({ operationId: till.order().refunds[0]?.id });
    expect(await till.reverse()).toMatchObject({ operationId: till.order().refunds[0]?.id });
  });

  test('of what was given back elsewhere meanwhile has nothing to wait for', async () => {
    const till = aTill();
    await till.refund('R-1', 999n);
    await till.hear(refunded(999n, 'SITE-1'));
    expect(await till.reverse()).toMatchObject({ kind: 'order', order: { status: 'REFUNDED' } });
  });

  test.each<[string, (till: ReturnType<typeof aTill>) => Promise<unknown>, string[]]>([
    ['undo', (till) => till.reverse(), ['999 REJECTED', '999 AWAITING_CONFIRMATION']],
    ['refund of all', (till) => till.refund('R-1', 999n), ['999 REJECTED', '999 AWAITING_CONFIRMATION']],
    ['refund of a part', (till) => till.refund('R-1', 300n), ['300 REJECTED', '999 AWAITING_CONFIRMATION']],
  ])('after the time of an earlier %s is over waits anew, before anything has noticed', async (_, ask, said) => {
    const till = aTill();
    await ask(till);
    till.clock.forward(CONFIRM_WITHIN_MS);
    const anew = await till.reverse();
    expect(till.said()).toEqual(said);
    expect(anew).toMatchObject({
      kind: 'confirmation_required',
      operationId: till.order().refunds[1]?.id,
      expiresAt: new Date(till.clock.now().getTime() + CONFIRM_WITHIN_MS),
    });
    expect(await till.reverse()).toEqual(anew);
    expect(till.steps()).toEqual(['asked', 'EXPIRED', 'asked']);
  });

  test('of what is not paid yet, or turns out to be paid meanwhile, needs nobody', async () => {
    const showing = anOrder({ payments: [aPayment()] });
    const till = aTill({ query: [PAID], refund: [backWith(999n)] }, showing);
    expect(await till.reverse()).toMatchObject({ kind: 'order', order: { status: 'REFUNDED' } });
    const fresh = aTill({}, anOrder());
    expect(await fresh.reverse()).toMatchObject({ kind: 'order', order: { status: 'CANCELLED' } });
  });

  test('that the gateway does by itself, after a scanned code in doubt turned out to be paid, stays so', async () => {
    const inDoubt = anOrder({
      payments: [
        aPayment({
          method: 'AUTH_CODE',
          status: 'UNKNOWN',
          offer: null,
          payableUntil: null,
          cancelAt: secondsAfterNoon(45),
        }),
      ],
    });
    const script: Script = {
      cancel: [{ kind: 'unknown', reason: 'timeout' }, rejectedWith('CANCEL_NOT_ALLOWED')],
      query: [PAID],
      refund: [backWith(999n)],
    };
    const till = aTill(script, inDoubt);
    expect(await till.reverse()).toEqual({ kind: 'payment_unresolved' });
    await till.settle();
    expect(till.order()).toMatchObject({ status: 'REFUNDED' });
    expect(till.steps()).toEqual([]);
  });
});
