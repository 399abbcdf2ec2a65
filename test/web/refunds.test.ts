import { expect, test } from 'vitest';
import type { Problem } from '../../web/api/answer.ts';
import { payingPayment, refundableFen } from '../../web/order/refunds.ts';
import { type GivenBack, openRefundDesk, type RefundAsked, type RefundCounter } from '../../web/pos/refund-desk.ts';
import { refundTyped } from '../../web/pos/refund-typed.ts';
import { orderView, paid, refund } from './order-view.ts';

const done: GivenBack = { kind: 'given_back', order: orderView() };
const lost: Problem = { kind: 'no_answer' };
const short: Problem = { kind: 'refused', code: 'REFUND_EXCEEDS_PAID', refundable: '1.00' };
const five = { amount: '5.00', reason: undefined };

/** Answers in turn, then "given back"; keeps what it was asked. */
function counterThat(...answers: readonly (GivenBack | Problem)[]): RefundCounter & { readonly asked: RefundAsked[] } {
  const asked: RefundAsked[] = [];
  let made = 0;
  return {
    asked,
    newNumber: () => `R${++made}`,
    pause: async () => {},
    refund: async (one) => answers[asked.push(one) - 1] ?? done,
  };
}

const numbers = ({ asked }: { readonly asked: RefundAsked[] }) => asked.map(({ refundNo }) => refundNo);

test('a double click gives back once', async () => {
  const counter = counterThat();
  const desk = openRefundDesk(counter);
  await Promise.all([desk.give(five), desk.give(five)]);
  expect(numbers(counter)).toEqual(['R1']);
});

test('a lost answer is asked for again under the same number, also by the next press', async () => {
  const counter = counterThat(lost, lost, lost, lost);
  const desk = openRefundDesk(counter);
  expect(await desk.give(five)).toEqual(lost);
  expect(desk.unanswered()).toEqual({ ...five, refundNo: 'R1' });
  expect(await desk.give(five)).toBe(done);
  expect(new Set(numbers(counter))).toEqual(new Set(['R1']));
  expect(desk.unanswered()).toBeUndefined();
});

test('the same amount once more is another refund', async () => {
  const counter = counterThat();
  const desk = openRefundDesk(counter);
  await desk.give(five);
  await desk.give(five);
  expect(numbers(counter)).toEqual(['R1', 'R2']);
});

test('a refusal is an answer: the next try has a number of its own', async () => {
  const counter = counterThat(short);
  const desk = openRefundDesk(counter);
  expect(await desk.give(five)).toEqual(short);
  await desk.give({ ...five, amount: '1.00' });
  expect(numbers(counter)).toEqual(['R1', 'R2']);
});

test('a refund that shows live is answered, so that the same amount can be given back again', async () => {
  const counter = counterThat(lost, lost, lost, lost);
  const desk = openRefundDesk(counter);
  await desk.give(five);
  desk.seen(['R1']);
  await desk.give(five);
  expect(numbers(counter).at(-1)).toBe('R2');
});

test('one that failed goes out again under its own number', async () => {
  const counter = counterThat();
  await openRefundDesk(counter).again({ refundNo: 'OLD', amount: '5.00', reason: undefined });
  expect(numbers(counter)).toEqual(['OLD']);
});

const pending = refund({ status: 'PENDING', amount: '3.00' });

test.each<[string, Parameters<typeof orderView>[0], bigint]>([
  ['not paid', { status: 'PENDING' }, 0n],
  ['paid', { status: 'PAID', payments: [paid()] }, 999n],
  ['a part back', { status: 'PAID', payments: [paid()], refundedAmount: '4.00' }, 599n],
  ['a part on its way', { status: 'PAID', payments: [paid()], refundedAmount: '4.00', refunds: [pending] }, 299n],
  ['handed over', { status: 'COMPLETED', payments: [paid()] }, 999n],
  ['all back', { status: 'REFUNDED', payments: [paid()], refundedAmount: '9.99' }, 0n],
  ['late money', { status: 'CANCELLED', payments: [paid()] }, 0n],
  ['failed', { status: 'PAID', payments: [paid()], refunds: [refund({ status: 'FAILED' })] }, 999n],
])('what can be given back: %s', (_, order, fen) => {
  expect(refundableFen(orderView(order))).toBe(fen);
});

test('a second payment’s refund takes nothing from the order’s own', () => {
  const second = paid({ id: 'pay_2', succeededAt: '2026-03-01T12:09:00.000Z' });
  const itsRefund = refund({ status: 'PENDING', amount: '9.99', payment: { id: 'pay_2' } });
  const order = orderView({
    status: 'PAID',
    paidAt: '2026-03-01T12:00:30.000Z',
    payments: [second, paid()],
    refunds: [itsRefund],
  });
  expect(payingPayment(order)?.id).toBe('pay_1');
  expect(refundableFen(order)).toBe(999n);
});

test.each([
  ['9.99', 999n],
  ['9.9', 990n],
  ['9', 900n],
  ['9.', 900n],
  [' 0,01 ', 1n],
  ['0', undefined],
  ['0.00', undefined],
  ['10.00', undefined], // more than was paid
  ['1.234', undefined],
  ['-1', undefined],
  ['1e2', undefined],
  ['', undefined],
] as const)('%j typed of at most 9.99: %s', (typed, fen) => {
  expect(refundTyped(typed, 999n)).toBe(fen);
});
