// The decision about a fact from outside: pure, total, and the same for every way a fact can arrive.
import { type Case, type CaseKind, policyFor } from './case.ts';
import { type Draft, draftOf, type Moment, paymentData, putCase, putEvent, putOrder, putPayment } from './draft.ts';
import type { Fact } from './fact.ts';
import { hearRefund } from './hear-refund.ts';
import { next } from './life.ts';
import { GRACE_MS, orderLife, type WholeOrder } from './order.ts';
import { CALLED_OFF, isLive, newPayment, type Payment, paymentLife, standingFor } from './payment.ts';
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
  const payment = paymentOf(order, fact) ?? heardFirst(order, fact, at);
  if (fact.state === 'awaiting_buyer') return hearAwaiting(draft, { payment, fact, at });
  if (fact.state === 'closed') return hearClosed(draft, { payment, fact, at });
  return hearPaid(draft, { payment, fact, at });
}

/** How far our clock may be ahead of Alipay's: a machine whose time is a little off must not hold every sale for a person. */
const CLOCK_SKEW_MS = 60_000;

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
  return sameTrade ?? standingFor(sameNumber.filter((payment) => payment.tradeNo === null));
}

/** The message came before our own write did, or speaks of a second trade under the number. */
function heardFirst({ amountFen }: WholeOrder, { outTradeNo }: Fact, at: Moment): Payment {
  return newPayment({ id: at.newId(at.now), method: 'QR_CODE', amountFen, outTradeNo, createdAt: at.now });
}

function hearAwaiting(draft: Draft, { payment, fact, at }: About): Heard {
  if (!isLive(payment) || payment.tradeNo === fact.tradeNo) return stays(draft);
  if (draft.after.payments.some((other) => isLive(other) && other.id !== payment.id)) return refused(draft);
  const scanned: Payment = { ...payment, status: 'AWAITING_BUYER', tradeNo: fact.tradeNo };
  return applied(putEvent(putPayment(draft, scanned), at, { type: 'payment.started', data: paymentData(scanned) }));
}

function hearClosed(draft: Draft, { payment, fact, at }: About): Heard {
  const scanned = payment.method === 'AUTH_CODE';
  const status = next(paymentLife, payment.status, scanned ? 'cancelled' : 'closed');
  if (status === undefined) return closedThoughPaid(draft, { payment, fact, at });
  const known = status === payment.status;
  if (known && payment.channelEnd !== null) return stays(draft);
  const failure = scanned ? (payment.failure ?? CALLED_OFF.closed) : payment.failure;
  const closed: Payment = { ...payment, status, tradeNo: fact.tradeNo, channelEnd: 'closed', failure };
  // It was over here before; that its number is spent is news, and no step in the order's life.
  if (known) return stays(putPayment(draft, closed));
  const type = scanned ? 'payment.failed' : 'payment.closed';
  return applied(putEvent(putPayment(draft, closed), at, { type, data: paymentData(closed) }));
}

/** Nobody can unsay money; where it went, if it is not what we gave back, a person must find out. */
function closedThoughPaid(draft: Draft, { payment, fact, at }: About): Heard {
  if (payment.refundedTotalFen === payment.amountFen) return stays(draft);
  return { ...openCase(draft, fact, { kind: 'refused_fact', at }), verdict: 'refused' };
}

function hearPaid(draft: Draft, about: About): Heard {
  const { payment, fact, at } = about;
  if (payment.status === 'SUCCEEDED') return hearRefund(draft, { payment, fact, at });
  // A cancel found it paid and gave the money back: the message is older than that.
  if (payment.channelEnd === 'refunded') return stays(draft);
  const status = next(orderLife, draft.after.status, 'paid');
  if (status === undefined) return openCase(draft, fact, { kind: 'refused_fact', at });
  const paid: Payment = {
    ...payment,
    status: 'SUCCEEDED',
    tradeNo: fact.tradeNo,
    failure: null,
    cancelAt: mayBeCalledOff(draft, { payment, fact, at }) ? payment.cancelAt : null,
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

/**
 * Near its deadline a scanned code may have been called off by somebody who never heard the answer: the money may be on its
 * way back already. The deadline that stays says that a question is still to be asked.
 */
function mayBeCalledOff(draft: Draft, { payment, at }: About): boolean {
  if (payment.cancelAt === null) return false;
  return draft.after.undoAt !== null || at.now.getTime() >= payment.cancelAt.getTime() - GRACE_MS;
}

/** What the same message says was given back of money that a case was opened for. */
function besides({ verdict, draft }: Heard, about: About): Heard {
  return { verdict, draft: hearRefund(draft, about).draft };
}

function openCase(draft: Draft, fact: Fact, { kind, at }: { kind: CaseKind; at: Moment }): Heard {
  const known = draft.after.cases.some((one) => one.kind === kind && one.tradeNo === fact.tradeNo);
  if (known) return stays({ ...draft, payments: [] });
  const one: Case = {
    id: at.newId(at.now),
    merchantId: draft.after.merchantId,
    orderId: draft.after.id,
    kind,
    amountFen: fact.amountFen,
    outTradeNo: fact.outTradeNo,
    tradeNo: fact.tradeNo,
    evidenceId: at.evidenceId ?? '',
    policy: policyFor(kind, at.casePolicy),
    state: 'OPEN',
    openedAt: at.now,
    resolvedAt: null,
    note: null,
  };
  return { verdict: kind, draft: putCase(draft, at, { type: 'case.opened', one }) };
}

function applied(draft: Draft): Heard {
  return { verdict: draft.events.length === 0 ? 'stays' : 'applied', draft };
}

function stays(draft: Draft): Heard {
  return { verdict: 'stays', draft };
}

function refused(draft: Draft): Heard {
  return { verdict: 'refused', draft };
}
