import { askPayment, knowsNone } from './ask-payment.ts';
import { changeOrder } from './change-order.ts';
import { type Draft, draftOf, type Moment, paymentData, putEvent, putPayment } from './draft.ts';
import type { Fact } from './fact.ts';
import { next } from './life.ts';
import { type DeskNeeds, ownMoment } from './needs.ts';
import type { WholeOrder } from './order.ts';
import { CALLED_OFF, type ChannelEnd, newPayment, type Payment, paymentLife, standingFor } from './payment.ts';
import type { ChannelAnswer } from './ports.ts';

/**
 * What became of an attempt to end what can be paid under a number. `no_trade`: nobody has begun to pay,
 * and Alipay can't close what does not exist: an offer stays payable until its own time is up.
 */
export type Ended = {
  readonly kind: 'ended' | 'no_trade' | 'paid' | 'unresolved' | 'not_sent';
  readonly order: WholeOrder;
};

/** A close that lost the race against the buyer is followed by one more question. */
const MAX_ROUNDS = 2;

/** Ends a trade that must not be paid any more: asks, closes what waits for a buyer, asks again when that fails. */
export async function endPayment(needs: DeskNeeds, given: WholeOrder, outTradeNo: string): Promise<Ended> {
  let order = given;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const asked = await askPayment(needs, order, { outTradeNo });
    order = asked.order;
    const known = standing(order, outTradeNo, asked.answer);
    if (known === 'misfit') return { kind: 'ended', order: await markEnded(needs, order, outTradeNo) };
    if (known !== 'waiting') return { kind: known, order };
    const closed = await (await needs.channelOf(order)).close(outTradeNo);
    if (closed.kind === 'accepted') return { kind: 'ended', order: await markEnded(needs, order, outTradeNo) };
  }
  return { kind: 'unresolved', order };
}

/** Where the number stands after the question. `misfit`: its money is a case; this order can't be paid under it. */
function standing(
  order: WholeOrder,
  number: string,
  answer: ChannelAnswer<Fact>,
): Ended['kind'] | 'waiting' | 'misfit' {
  const payments = order.payments.filter(({ outTradeNo }) => outTradeNo === number);
  if (payments.some(({ status }) => status === 'SUCCEEDED')) return 'paid';
  if (payments.some(({ channelEnd }) => channelEnd !== null)) return 'ended';
  if (answer.kind === 'accepted' && answer.value.state === 'paid') return 'misfit';
  if (knowsNone(answer)) return 'no_trade';
  if (answer.kind === 'not_sent') return 'not_sent';
  return answer.kind === 'accepted' ? 'waiting' : 'unresolved';
}

function markEnded(needs: DeskNeeds, order: WholeOrder, outTradeNo: string): Promise<WholeOrder> {
  return mark(needs, order, { outTradeNo, channelEnd: 'closed' });
}

/** Over for us only: nobody has begun to pay it, so that there is nothing to end at the channel. */
export function endHere(needs: DeskNeeds, order: WholeOrder, { outTradeNo }: Payment): Promise<WholeOrder> {
  return mark(needs, order, { outTradeNo, channelEnd: null });
}

function mark(needs: DeskNeeds, order: WholeOrder, end: End): Promise<WholeOrder> {
  return changeOrder(needs, order, (current) => {
    const draft = endedAtChannel(current, end, ownMoment(needs));
    return { draft, evidence: null, outcome: draft.after };
  });
}

interface End {
  readonly outTradeNo: string;
  /** Null: the offer stays payable until its time is up. */
  readonly channelEnd: ChannelEnd | null;
}

/** The payment under this number is over. One that nobody has written down yet is, so that its number counts as spent. */
export function endedAtChannel(order: WholeOrder, { outTradeNo, channelEnd }: End, at: Moment): Draft {
  const under = order.payments.filter((payment) => payment.outTradeNo === outTradeNo);
  const { amountFen } = order;
  const payment =
    standingFor(under) ??
    newPayment({ id: at.newId(at.now), method: 'QR_CODE', amountFen, outTradeNo, createdAt: at.now });
  const scanned = payment.method === 'AUTH_CODE';
  const status = next(paymentLife, payment.status, scanned ? 'cancelled' : 'closed');
  if (status === undefined || (status === payment.status && payment.channelEnd === channelEnd)) return draftOf(order);
  const failure = scanned ? (payment.failure ?? CALLED_OFF[channelEnd ?? 'closed']) : payment.failure;
  return close(order, { ...payment, status, channelEnd, failure }, at);
}

function close(order: WholeOrder, payment: Payment, at: Moment): Draft {
  const type = payment.status === 'FAILED' ? 'payment.failed' : 'payment.closed';
  return putEvent(putPayment(draftOf(order), payment), at, { type, data: paymentData(payment) });
}
