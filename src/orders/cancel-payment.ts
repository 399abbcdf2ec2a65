import { askPayment, knowsNone } from './ask-payment.ts';
import type { CaseKind } from './case.ts';
import { again, changeOrder } from './change-order.ts';
import type { Draft, Moment } from './draft.ts';
import { draftOf } from './draft.ts';
import { type Ended, endedAtChannel } from './end-payment.ts';
import type { Fact } from './fact.ts';
import { hearFigures } from './hear-refund.ts';
import { answered, type DeskNeeds, ownMoment } from './needs.ts';
import type { WholeOrder } from './order.ts';
import { isLive, type Payment } from './payment.ts';
import type { Cancelled, ChannelAnswer } from './ports.ts';

/** How the payment stands after the attempt. `unresolved`: cancel again, a little later. */
export type CalledOff = { readonly kind: Exclude<Ended['kind'], 'no_trade'>; readonly order: WholeOrder };

/** Money that is held for a person: a cancel would give it back. */
const HELD: readonly CaseKind[] = ['wrong_amount', 'paid_before_order'];

/** Calls a scanned payment code off at the channel, which closes it or gives the money back, and books what it did. */
export async function cancelPayment(needs: DeskNeeds, order: WholeOrder, payment: Payment): Promise<CalledOff> {
  if (order.cases.some(({ outTradeNo, kind }) => outTradeNo === payment.outTradeNo && HELD.includes(kind)))
    return { kind: 'ended', order: await bookNone(needs, order, payment) };
  const answer = await (await needs.channelOf(order)).cancel(payment.outTradeNo);
  if (answer.kind === 'not_sent') return { kind: 'not_sent', order };
  if (knowsNone(answer)) return { kind: 'ended', order: await bookNone(needs, order, payment) };
  if (answer.kind === 'rejected') return askWhy(needs, order, payment);
  if (answer.kind === 'unknown' || answer.value.retry) return { kind: 'unresolved', order };
  if (answer.value.action === 'none') return askWhat(needs, order, payment);
  return { kind: 'ended', order: await book(needs, order, { payment, answer }) };
}

/** It ended nothing: there was no trade, or an earlier cancel, whose answer was lost, has ended it. */
async function askWhat(needs: DeskNeeds, order: WholeOrder, payment: Payment): Promise<CalledOff> {
  const asked = await (await needs.channelOf(order)).query(payment.outTradeNo);
  if (knowsNone(asked)) return { kind: 'ended', order: await bookNone(needs, order, payment) };
  const action = asked.kind === 'accepted' ? ended(asked.value) : undefined;
  if (asked.kind !== 'accepted' || action === undefined) return { kind: 'unresolved', order };
  const answer = { ...asked, value: { retry: false, action } };
  return { kind: 'ended', order: await book(needs, order, { payment, answer }) };
}

/** What a cancel has made of a trade that looks like this; undefined: nothing yet. */
function ended({ state, amountFen, refund }: Fact): Cancelled['action'] | undefined {
  if (state === 'closed') return 'close';
  return state === 'paid' && refund?.totalFen === amountFen ? 'refund' : undefined;
}

/** A refused cancel (too late, paid and the seller's balance short …): the payment's own state tells. */
async function askWhy(needs: DeskNeeds, order: WholeOrder, { id, outTradeNo }: Payment): Promise<CalledOff> {
  const asked = await askPayment(needs, order, { outTradeNo });
  const payment = asked.order.payments.find((one) => one.id === id);
  if (payment?.status === 'SUCCEEDED') return { kind: 'paid', order: asked.order };
  return { kind: payment && isLive(payment) ? 'unresolved' : 'ended', order: asked.order };
}

/** There was no trade to end. No signed answer says so, but a refusal does. */
function bookNone(needs: DeskNeeds, order: WholeOrder, { id }: Payment): Promise<WholeOrder> {
  return changeOrder(needs, order, (current) => {
    const draft = calledOff(current, { id, action: 'none' }, ownMoment(needs));
    return { draft, evidence: null, outcome: draft.after };
  });
}

interface Answer {
  readonly payment: Payment;
  readonly answer: Extract<ChannelAnswer<Cancelled>, { kind: 'accepted' }>;
}

async function book(needs: DeskNeeds, order: WholeOrder, { payment, answer }: Answer): Promise<WholeOrder> {
  // A refund of ours that went out meanwhile is known as sent only to who reads now.
  const read = await again(needs.orders, order);
  const { at, evidence } = await answered(needs, answer, read);
  return changeOrder(needs, read, (current) => {
    const draft = calledOff(current, { id: payment.id, action: answer.value.action }, at);
    return { draft, evidence, outcome: draft.after };
  });
}

/** Pure. Money that had been booked as paid is booked as given back; otherwise there never was any to keep. */
export function calledOff(
  order: WholeOrder,
  { id, action }: { id: string; action: Cancelled['action'] },
  at: Moment,
): Draft {
  const payment = order.payments.find((one) => one.id === id);
  if (payment === undefined) return draftOf(order);
  if (payment.status === 'SUCCEEDED') return action === 'refund' ? givenBackWhole(order, payment, at) : draftOf(order);
  const spent = payment.method === 'AUTH_CODE' || action !== 'none';
  const channelEnd = action === 'refund' ? 'refunded' : spent ? 'closed' : null;
  return endedAtChannel(order, { outTradeNo: payment.outTradeNo, channelEnd }, at);
}

/** Whatever was given back before, by then it is all of it; a refund of ours that may have gone out is part of that. */
function givenBackWhole(order: WholeOrder, payment: Payment, at: Moment): Draft {
  const refundNo = `cancel_${payment.id.replaceAll('-', '')}`;
  const figures = { totalFen: payment.amountFen, refundNo, refundedAt: at.now };
  return hearFigures(draftOf(order), { payment, figures, at });
}
