import { askPayment } from './ask-payment.ts';
import { changeOrder } from './change-order.ts';
import { type Draft, draftOf, type Moment, putEvent, putRefund, refundData } from './draft.ts';
import { bookElsewhere, bookRefund, hearTotal } from './hear-refund.ts';
import { next } from './life.ts';
import type { Fen } from './money.ts';
import { type Answered, answered, type DeskNeeds, ownMoment } from './needs.ts';
import type { WholeOrder } from './order.ts';
import type { Payment } from './payment.ts';
import type { ChannelAnswer, RefundAnswer, RefundRequest, Rejected } from './ports.ts';
import { type Refund, refundLife } from './refund.ts';

/** Refusals that say nothing of the refund: it goes out again a little later. */
const TOO_MANY_CALLS: readonly string[] = ['app-call-limited', 'method-call-limited'];
/** Refusals that say that the trade has been given back already: by whom, its own state tells. */
const GIVEN_BACK: readonly string[] = ['TRADE_HAS_CLOSE', 'REASON_TRADE_REFUND_FEE_ERR'];

/**
 * Sends a pending refund, or finds out what became of it. One that was sent before is asked about first and
 * repeated with the same number and amount only when the channel knows nothing of it. The caller holds the
 * order's check, so that the refunds of a trade go out one at a time.
 */
export async function giveBack(needs: DeskNeeds, order: WholeOrder, refund: Refund): Promise<WholeOrder> {
  const payment = order.payments.find(({ id }) => id === refund.paymentId);
  if (payment === undefined || refund.status !== 'PENDING') return order;
  const known = refund.triedAt === null ? 'nothing' : await found(needs, { order, payment, refund });
  if (known !== 'nothing') return known === 'doubt' ? order : known;
  const tried = { ...refund, triedAt: needs.clock.now() };
  await needs.orders.markTried(order.merchantId, refund.id, tried.triedAt);
  return send(needs, { order: putRefund(draftOf(order), tried).after, payment, refund: tried });
}

/** Sends a refund for the first time that has been written down as sent. */
export async function giveBackFirst(needs: DeskNeeds, order: WholeOrder, refund: Refund): Promise<WholeOrder> {
  const payment = order.payments.find(({ id }) => id === refund.paymentId);
  return payment === undefined ? order : send(needs, { order, payment, refund });
}

async function send(needs: DeskNeeds, about: About): Promise<WholeOrder> {
  const channel = await needs.channelOf(about.order);
  return hearAnswer(needs, about, await channel.refund(requestOf(about)));
}

interface About {
  readonly order: WholeOrder;
  readonly payment: Payment;
  readonly refund: Refund;
}

function requestOf({ payment, refund }: About): RefundRequest {
  const { refundNo, amountFen, reason } = refund;
  return { outTradeNo: payment.outTradeNo, refundNo, amountFen, reason };
}

/** What the channel knows of a refund that was sent before: `nothing` allows to send it again. */
async function found(needs: DeskNeeds, about: About): Promise<WholeOrder | 'doubt' | 'nothing'> {
  const state = await (await needs.channelOf(about.order)).queryRefund(requestOf(about));
  if (state.kind === 'rejected') return state.subCode === 'TRADE_NOT_EXIST' ? 'nothing' : 'doubt';
  if (state.kind !== 'accepted') return 'doubt';
  // Another amount under the number is another refund: sent again, ours is refused for that.
  if (!state.value.done || state.value.amountFen !== about.refund.amountFen) return 'nothing';
  const { refundedAt } = state.value;
  return book(needs, about, { ...(await answered(needs, state, about.order)), refundedAt, totalFen: null });
}

async function hearAnswer(needs: DeskNeeds, about: About, answer: ChannelAnswer<RefundAnswer>): Promise<WholeOrder> {
  switch (answer.kind) {
    case 'accepted': {
      // A repeat alone proves nothing: the next look asks what became of it.
      if (!answer.value.fundChange) return about.order;
      const { refundedAt, totalFen } = answer.value;
      return book(needs, about, { ...(await answered(needs, answer, about.order)), refundedAt, totalFen });
    }
    case 'rejected': {
      if (TOO_MANY_CALLS.includes(answer.subCode)) return about.order;
      const order = await bookLeft(needs, await fail(needs, about, answer), about.payment);
      return GIVEN_BACK.includes(answer.subCode) ? (await askPayment(needs, order, about.payment)).order : order;
    }
    case 'unknown':
    case 'not_sent':
      return about.order;
  }
}

type Done = Answered & {
  readonly refundedAt: Date | null;
  /** Everything given back of the trade, ours and elsewhere; null when that was not said. */
  readonly totalFen: Fen | null;
};

function book(
  needs: DeskNeeds,
  { order, refund }: About,
  { at, evidence, refundedAt, totalFen }: Done,
): Promise<WholeOrder> {
  return changeOrder(needs, order, (current) => {
    const mine = current.refunds.find(({ id }) => id === refund.id);
    const open = mine !== undefined && mine.status !== 'SUCCEEDED';
    const booked = open ? bookRefund(draftOf(current), at, { ...mine, succeededAt: refundedAt }) : draftOf(current);
    const draft = totalFen === null ? booked : hearTotal(booked, at, { ...refund, totalFen });
    return { draft, evidence, outcome: draft.after };
  });
}

function fail(needs: DeskNeeds, { order, refund }: About, refusal: Rejected): Promise<WholeOrder> {
  return changeOrder(needs, order, (current) => {
    const draft = failed(current, { id: refund.id, refusal }, ownMoment(needs));
    return { draft, evidence: null, outcome: draft.after };
  });
}

/**
 * A total that was noted while ours was on its way moved no version, so that the decision above may not have seen
 * it. What is read now has it; one that is noted from here on is decided upon the failure.
 */
async function bookLeft(needs: DeskNeeds, order: WholeOrder, { id }: Payment): Promise<WholeOrder> {
  const fresh = (await needs.orders.find(order.merchantId, { id: order.id })) ?? order;
  return changeOrder(needs, fresh, (current) => {
    const payment = current.payments.find((one) => one.id === id);
    const about = payment && { payment, figures: null, at: ownMoment(needs) };
    const draft = about ? bookElsewhere(draftOf(current), about) : draftOf(current);
    return { draft, evidence: null, outcome: draft.after };
  });
}

/** Pure. The same number may be tried again later, say after the seller's balance has been topped up. */
export function failed(order: WholeOrder, { id, refusal }: { id: string; refusal: Rejected }, at: Moment): Draft {
  const refund = order.refunds.find((one) => one.id === id);
  const status = refund && next(refundLife, refund.status, 'failed');
  if (refund === undefined || status === undefined || status === refund.status) return draftOf(order);
  const { subCode, message, messageZh } = refusal;
  const done: Refund = { ...refund, status, failure: { subCode, message, messageZh } };
  const draft = putRefund(draftOf(order), done);
  const told = putEvent(draft, at, { type: 'refund.failed', data: refundData(draft.after, done) });
  const payment = order.payments.find((one) => one.id === refund.paymentId);
  return payment === undefined ? told : bookElsewhere(told, { payment, figures: null, at });
}
