// The decision about a fact from outside: pure, total, and the same for every way a fact can arrive.
import type { CaseKind } from './case.ts';
import {
  type Draft,
  draftOf,
  isEmpty,
  type Moment,
  paymentData,
  putCase,
  putEvent,
  putOrder,
  putPayment,
} from './draft.ts';
import type { Fact } from './fact.ts';
import { hearRefund } from './hear-refund.ts';
import { next } from './life.ts';
import { orderLife, type WholeOrder } from './order.ts';
import { isLive, type Payment, paymentLife } from './payment.ts';
import type { Verdict } from './ports.ts';

export interface Heard {
  readonly verdict: Verdict;
  readonly draft: Draft;
}

/** Decides what `fact` does to `order`. Money that does not fit opens a case and moves nothing else. */
export function hear(order: WholeOrder, fact: Fact, at: Moment): Heard {
  const draft = draftOf(order);
  const misfit = misfitOf(order, fact);
  if (misfit !== undefined) return fact.state === 'paid' ? openCase(draft, fact, { kind: misfit, at }) : refused(draft);
  const payment = paymentOf(order, fact) ?? newPayment(order, fact, at);
  if (fact.state === 'awaiting_buyer') return hearAwaiting(draft, { payment, fact, at });
  if (fact.state === 'closed') return hearClosed(draft, { payment, fact, at });
  return hearPaid(draft, { payment, fact, at });
}

/** How far Alipay's clock, which shows whole seconds, may be behind ours. */
const CLOCK_SKEW_MS = 3_000;

interface About {
  readonly payment: Payment;
  readonly fact: Fact;
  readonly at: Moment;
}

function misfitOf(order: WholeOrder, fact: Fact): CaseKind | undefined {
  if (!fact.sellerMatches) return 'wrong_seller';
  if (fact.amountFen !== order.amountFen) return 'wrong_amount';
  const early = fact.paidAt !== null && fact.paidAt.getTime() < order.createdAt.getTime() - CLOCK_SKEW_MS;
  return early ? 'paid_before_order' : undefined;
}

/** The payment that the fact speaks of: the one with its trade, else one under its number with no trade yet. */
function paymentOf(order: WholeOrder, fact: Fact): Payment | undefined {
  const sameNumber = order.payments.filter((payment) => payment.outTradeNo === fact.outTradeNo);
  const sameTrade = sameNumber.find((payment) => payment.tradeNo === fact.tradeNo);
  const noTrade = sameNumber.filter((payment) => payment.tradeNo === null);
  return sameTrade ?? noTrade.find(isLive) ?? noTrade.at(-1);
}

/** The message came before our own write did, or speaks of a second trade under the number. */
function newPayment(order: WholeOrder, fact: Fact, at: Moment): Payment {
  return {
    id: at.newId(at.now),
    method: 'QR_CODE',
    status: 'CREATED',
    amountFen: order.amountFen,
    outTradeNo: fact.outTradeNo,
    tradeNo: null,
    qrContent: null,
    qrExpiresAt: null,
    failure: null,
    createdAt: at.now,
    succeededAt: null,
  };
}

function hearAwaiting(draft: Draft, { payment, fact, at }: About): Heard {
  if (!isLive(payment) || payment.tradeNo === fact.tradeNo) return stays(draft);
  if (draft.after.payments.some((other) => isLive(other) && other.id !== payment.id)) return refused(draft);
  const scanned: Payment = { ...payment, status: 'AWAITING_BUYER', tradeNo: fact.tradeNo };
  return applied(putEvent(putPayment(draft, scanned), at, { type: 'payment.started', data: paymentData(scanned) }));
}

function hearClosed(draft: Draft, { payment, fact, at }: About): Heard {
  const status = next(paymentLife, payment.status, 'closed');
  if (status === undefined) return refused(draft);
  if (status === payment.status) return stays(draft);
  const closed: Payment = { ...payment, status, tradeNo: fact.tradeNo };
  return applied(putEvent(putPayment(draft, closed), at, { type: 'payment.closed', data: paymentData(closed) }));
}

function hearPaid(draft: Draft, about: About): Heard {
  const { payment, fact, at } = about;
  if (payment.status === 'SUCCEEDED') return hearRefund(draft, { payment, fact, at });
  const status = next(orderLife, draft.after.status, 'paid');
  if (status === undefined) return openCase(draft, fact, { kind: 'refused_fact', at });
  const paid: Payment = {
    ...payment,
    status: 'SUCCEEDED',
    tradeNo: fact.tradeNo,
    failure: null,
    succeededAt: fact.paidAt ?? at.now,
  };
  const misfit = draft.after.status === 'CANCELLED' ? 'late' : draft.after.paidPaymentId && 'second_payment';
  if (misfit)
    return besides(openCase(putPayment(draft, paid), fact, { kind: misfit, at }), { payment: paid, fact, at });
  const order = { status, paidAt: paid.succeededAt, paidPaymentId: paid.id };
  const moved = putEvent(putOrder(putPayment(draft, paid), order), at, {
    type: 'payment.succeeded',
    data: paymentData(paid),
  });
  return applied(hearRefund(moved, { payment: paid, fact, at }).draft);
}

/** What the same message says was given back of money that a case was opened for. */
function besides({ verdict, draft }: Heard, about: About): Heard {
  return { verdict, draft: hearRefund(draft, about).draft };
}

function openCase(draft: Draft, fact: Fact, { kind, at }: { kind: CaseKind; at: Moment }): Heard {
  const known = draft.after.cases.some((one) => one.kind === kind && one.tradeNo === fact.tradeNo);
  if (known) return stays({ ...draft, payments: [] });
  const opened = putCase(draft, at, {
    id: at.newId(at.now),
    merchantId: draft.after.merchantId,
    orderId: draft.after.id,
    kind,
    amountFen: fact.amountFen,
    outTradeNo: fact.outTradeNo,
    tradeNo: fact.tradeNo,
    evidenceId: at.evidenceId ?? '',
    openedAt: at.now,
  });
  return { verdict: kind, draft: opened };
}

function applied(draft: Draft): Heard {
  return { verdict: isEmpty(draft) ? 'stays' : 'applied', draft };
}

function stays(draft: Draft): Heard {
  return { verdict: 'stays', draft };
}

function refused(draft: Draft): Heard {
  return { verdict: 'refused', draft };
}
