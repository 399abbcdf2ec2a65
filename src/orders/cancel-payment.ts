import { askPayment, knowsNone } from './ask-payment.ts';
import { changeOrder } from './change-order.ts';
import type { Draft, Moment } from './draft.ts';
import { draftOf } from './draft.ts';
import { type Ended, endedAtChannel } from './end-payment.ts';
import { bookRefund } from './hear-refund.ts';
import { sumFen } from './money.ts';
import { answered, type DeskNeeds, ownMoment } from './needs.ts';
import { refundsOf, type WholeOrder } from './order.ts';
import { isLive, type Payment } from './payment.ts';
import type { Cancelled, ChannelAnswer } from './ports.ts';

/** How the payment stands after the attempt. `unresolved`: cancel again, a little later. */
export type CalledOff = { readonly kind: Exclude<Ended['kind'], 'no_trade'>; readonly order: WholeOrder };

/** Calls a scanned payment code off at the channel, which closes it or gives the money back, and books what it did. */
export async function cancelPayment(needs: DeskNeeds, order: WholeOrder, payment: Payment): Promise<CalledOff> {
  const answer = await needs.channel.cancel(payment.outTradeNo);
  if (answer.kind === 'not_sent') return { kind: 'not_sent', order };
  if (knowsNone(answer)) return { kind: 'ended', order: await bookNone(needs, order, payment) };
  if (answer.kind === 'rejected') return askWhy(needs, order, payment);
  if (answer.kind === 'unknown' || answer.value.retry) return { kind: 'unresolved', order };
  return { kind: 'ended', order: await book(needs, order, { payment, answer }) };
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
  const { at, evidence } = await answered(needs, answer, order);
  return changeOrder(needs, order, (current) => {
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

function givenBackWhole(order: WholeOrder, payment: Payment, at: Moment): Draft {
  const done = refundsOf(order, payment).filter(({ status }) => status === 'SUCCEEDED');
  const amountFen = payment.amountFen - sumFen(done.map((refund) => refund.amountFen));
  if (amountFen <= 0n) return draftOf(order);
  return bookRefund(draftOf(order), at, {
    id: at.newId(at.now),
    paymentId: payment.id,
    refundNo: `cancel_${payment.id.replaceAll('-', '')}`,
    amountFen,
    reason: null,
    status: 'PENDING',
    failure: null,
    triedAt: null,
    createdAt: at.now,
    succeededAt: at.now,
  });
}
