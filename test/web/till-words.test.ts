// What the till says and offers of an order, without a screen.
import { expect, test } from 'vitest';
import type { CaseKind } from '../../web/gql/graphql.ts';
import type { Stage } from '../../web/order/stage.ts';
import { decisionsFor } from '../../web/pos/case-decisions.ts';
import { actionsFor } from '../../web/pos/order-actions.ts';
import { shown } from '../../web/pos/shown.ts';
import { deskProblem } from '../../web/pos/use-desk.ts';
import { texts } from '../../web/text/text.ts';
import { orderView, paid, payment } from './order-view.ts';

const quiet = {
  code: { problem: undefined, stuck: false },
  charge: { charging: undefined, problem: undefined, byCode: false },
};
const declined = orderView({
  payments: [
    payment({
      method: 'AUTH_CODE',
      status: 'FAILED',
      failure: { subCode: 'BUYER_BALANCE_NOT_ENOUGH', message: 'The balance is too low', messageZh: '余额不足' },
    }),
  ],
});

test('a refused payment code says why, in the cashier’s language', () => {
  const said = (language: 'zh' | 'en') =>
    shown(texts[language], { order: declined, stage: 'declined', ...quiet }).said.hint;
  expect(said('en')).toBe('The balance is too low (BUYER_BALANCE_NOT_ENOUGH)');
  expect(said('zh')).toBe('余额不足 (BUYER_BALANCE_NOT_ENOUGH)');
});

test('while a code is charged the till says so and shows no more than its end', () => {
  const charge = { charging: '3456', problem: undefined, byCode: true };
  const now = (stage: Stage) => shown(texts.en, { order: orderView(), stage, ...quiet, charge });
  expect(now('preparing')).toMatchObject({ stage: 'in_doubt', said: { title: 'Charging code … 3456' } });
  expect(now('waiting').stage).toBe('in_doubt');
  expect(now('confirming').said).toBe(texts.en.stage.confirming);
});

test('a sale by code that was not charged does not look as if a QR code were coming', () => {
  const charge = { charging: undefined, problem: { kind: 'no_answer' as const }, byCode: true };
  expect(shown(texts.en, { order: orderView(), stage: 'preparing', ...quiet, charge })).toEqual({
    stage: 'declined',
    said: { title: texts.en.scan.notCharged, hint: texts.en.scan.noAnswer },
  });
});

test('a sale that gets no QR code says so', () => {
  const stuck = (code: string) =>
    shown(texts.en, {
      ...quiet,
      order: orderView(),
      stage: 'preparing',
      code: { problem: { kind: 'refused', code }, stuck: true },
    });
  expect(stuck('PAYMENT_REJECTED').stage).toBe('failed');
  expect(stuck('CHANNEL_UNAVAILABLE')).toMatchObject({ stage: 'ran_out', said: { title: texts.en.till.noCode } });
});

test.each<[string, Parameters<typeof orderView>[0], Stage, string]>([
  // in                                         stage          may be
  ['waiting', {}, 'waiting', 'cancel'],
  ['scanned', {}, 'scanned', 'sync cancel'],
  ['in doubt', {}, 'in_doubt', 'sync reverse'], // never just cancelled: the money may be there
  ['confirming', {}, 'confirming', 'sync reverse'],
  ['expired', {}, 'expired', 'sync'],
  ['paid', { status: 'PAID', payments: [paid()] }, 'paid', 'complete ship reverse'],
  ['shipped', { status: 'SHIPPING', payments: [paid()] }, 'shipping', 'complete return reverse'],
  ['handed over', { status: 'COMPLETED', payments: [paid()] }, 'handed_over', 'return reverse'],
  ['goods back', { status: 'RETURNED', payments: [paid()] }, 'returned', 'reverse'],
  ['all back', { status: 'RETURNED', payments: [paid()], refundedAmount: '9.99' }, 'refunded', ''],
  ['refunded', { status: 'REFUNDED' }, 'refunded', ''],
  ['cancelled', { status: 'CANCELLED' }, 'cancelled', ''],
])('what can be done when it is %s', (_, order, stage, actions) => {
  expect(actionsFor(orderView(order), stage).join(' ')).toBe(actions);
});

test('an undo that Alipay has not answered is on its way, not refused', () => {
  const problem = { kind: 'refused', code: 'PAYMENT_UNRESOLVED' } as const;
  expect(deskProblem(texts.en, { action: 'reverse', problem })).toBe(texts.en.desk.undoNoted);
  expect(deskProblem(texts.en, { action: 'cancel', problem })).toBe(texts.en.desk.cancelLater);
  expect(deskProblem(texts.zh, { action: 'ship', problem })).toBe(texts.zh.refusal.PAYMENT_UNRESOLVED);
});

test.each<[CaseKind, string]>([
  ['LATE', 'ACCEPT REFUND CLOSE'],
  ['SECOND_PAYMENT', 'REFUND CLOSE'],
  ['WRONG_AMOUNT', 'CLOSE'],
  ['WRONG_SELLER', 'CLOSE'],
  ['PAID_BEFORE_ORDER', 'CLOSE'],
  ['UNKNOWN_ORDER', 'CLOSE'],
  ['REFUSED_FACT', 'CLOSE'],
])('money of the kind %s can be: %s', (kind, decisions) => {
  expect(decisionsFor({ kind, nextAction: 'DECIDE' }).join(' ')).toBe(decisions);
  expect(decisionsFor({ kind, nextAction: 'AUTOMATIC_REFUND' })).toEqual(['CLOSE']);
  expect(decisionsFor({ kind, nextAction: 'NONE' })).toEqual([]);
});
