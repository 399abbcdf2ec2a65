import { caseLife, caseRefundNo } from './case.ts';
import {
  type Draft,
  type Moment,
  putCase,
  putEvent,
  putOrder,
  putPayment,
  putRefund,
  putStep,
  refundData,
} from './draft.ts';
import type { Fact, RefundFigures } from './fact.ts';
import type { Heard } from './hear.ts';
import { next } from './life.ts';
import { type Fen, sumFen } from './money.ts';
import { NOBODYS } from './operation.ts';
import { type OrderStatus, orderLife, refundsOf } from './order.ts';
import type { Payment } from './payment.ts';
import { type Refund, refundLife } from './refund.ts';

/** Alipay's trade numbers have 28 digits. A refund number has room for 64 characters. */
const MAX_TRADE_NO = 32;

interface About {
  readonly payment: Payment;
  readonly fact: Fact;
  readonly at: Moment;
}

/**
 * Books what the channel says has been given back for a payment that succeeded. Its figure is cumulative:
 * what we know already is taken off, and a total that is lower or equal changes nothing.
 */
export function hearRefund(draft: Draft, { payment, fact, at }: About): Heard {
  const figures = fact.refund;
  if (figures === null || figures.totalFen <= payment.refundedTotalFen) return settled(draft);
  if (figures.totalFen > payment.amountFen) return { verdict: 'refused', draft };
  return settled(hearFigures(draft, { payment, figures, at }));
}

/**
 * Books a cumulative figure: first the refund that it names, when that is ours and fits; what is left over
 * once every refund of ours that may have gone out is taken off was given back elsewhere.
 */
export function hearFigures(draft: Draft, about: { payment: Payment; figures: RefundFigures; at: Moment }): Draft {
  const { figures, at } = about;
  const payment = { ...about.payment, refundedTotalFen: maxOf(about.payment.refundedTotalFen, figures.totalFen) };
  const noted = putPayment(draft, payment);
  const own = ownRefund(noted, payment, figures);
  const booked = own === undefined ? noted : bookRefund(noted, at, { ...own, succeededAt: figures.refundedAt });
  return bookElsewhere(booked, { payment, figures, at });
}

/** Books what the answer to a refund of ours says has been given back of its trade in all. */
export function hearTotal(
  draft: Draft,
  at: Moment,
  { paymentId, totalFen }: { paymentId: string; totalFen: Fen },
): Draft {
  const payment = draft.after.payments.find(({ id }) => id === paymentId);
  if (payment === undefined || totalFen <= payment.refundedTotalFen || totalFen > payment.amountFen) return draft;
  return hearFigures(draft, { payment, figures: { totalFen, refundNo: null, refundedAt: null }, at });
}

/** A refund of ours succeeded. Books it with all that follows: the order's sum and status, the case it settles. */
export function bookRefund(draft: Draft, at: Moment, refund: Refund): Draft {
  const done: Refund = { ...refund, status: 'SUCCEEDED', failure: null, succeededAt: refund.succeededAt ?? at.now };
  const { after } = draft;
  const counts = refund.paymentId === after.paidPaymentId;
  const refundedFen = counts ? after.refundedFen + refund.amountFen : after.refundedFen;
  const full = counts && refundedFen === after.amountFen;
  const status: OrderStatus = full ? (next(orderLife, after.status, 'refundedInFull') ?? after.status) : after.status;
  const moved = raiseTotal(putOrder(putRefund(draft, done), { refundedFen, status }), done);
  const told = putEvent(moved, at, { type: 'refund.succeeded', data: refundData(moved.after, done) });
  const waited = refund.status === 'AWAITING_CONFIRMATION' ? needless(told, done, at) : told;
  return settleCase(waited, at, done);
}

/** It was given back after all: there is nothing left to confirm. */
function needless(draft: Draft, { id }: Refund, { now, newId }: Moment): Draft {
  const note = { id: newId(now), actor: NOBODYS, at: now };
  return putStep(draft, { kind: 'decided', id, state: 'EXPIRED', decidedBy: null, note });
}

/** A payment's total is never less than what its refunds come to. */
function raiseTotal(draft: Draft, { paymentId }: Refund): Draft {
  const payment = draft.after.payments.find(({ id }) => id === paymentId);
  if (payment === undefined || givenBack(draft, payment) <= payment.refundedTotalFen) return draft;
  return putPayment(draft, { ...payment, refundedTotalFen: givenBack(draft, payment) });
}

/** Once no refund of ours is in doubt any more, a higher figure than they explain was given back elsewhere. */
export function bookElsewhere(
  draft: Draft,
  about: { payment: Payment; figures: RefundFigures | null; at: Moment },
): Draft {
  const { payment, figures, at } = about;
  const known = refundsOf(draft.after, payment).filter(mayHaveGoneOut);
  const elsewhereFen = payment.refundedTotalFen - sumFen(known.map(({ amountFen }) => amountFen));
  if (elsewhereFen <= 0n) return draft;
  return bookRefund(draft, at, {
    id: at.newId(at.now),
    paymentId: payment.id,
    refundNo: elsewhereNo(draft, payment, { figures, totalFen: givenBack(draft, payment) + elsewhereFen }),
    amountFen: elsewhereFen,
    reason: null,
    status: 'PENDING',
    failure: null,
    triedAt: null,
    createdAt: at.now,
    succeededAt: figures?.refundedAt ?? null,
    heldUntil: null,
  });
}

/** The refund of ours that the figures name, if it is still to be booked and fits into what is new. */
function ownRefund(draft: Draft, payment: Payment, { refundNo, totalFen }: RefundFigures): Refund | undefined {
  const named = refundsOf(draft.after, payment).find((refund) => refund.refundNo === refundNo);
  if (named === undefined || next(refundLife, named.status, 'succeeded') === undefined) return undefined;
  return named.status !== 'SUCCEEDED' && named.amountFen <= totalFen - givenBack(draft, payment) ? named : undefined;
}

function mayHaveGoneOut(refund: Refund): boolean {
  return refund.status === 'SUCCEEDED' || (refund.status === 'PENDING' && refund.triedAt !== null);
}

/** The channel's own number for it; when one of ours has that, one made of its trade and what is booked with it. */
function elsewhereNo(
  { after }: Draft,
  { tradeNo }: Payment,
  { figures, totalFen }: { figures: RefundFigures | null; totalFen: Fen },
): string {
  const given = figures?.refundNo ?? null;
  if (given !== null && after.refunds.every(({ refundNo }) => refundNo !== given)) return given;
  return `elsewhere_${(tradeNo ?? '').slice(-MAX_TRADE_NO)}_${totalFen}`;
}

/** Late money that has been given back, by us or elsewhere, is settled. */
function settleCase(draft: Draft, at: Moment, refund: Refund): Draft {
  const payment = draft.after.payments.find(({ id }) => id === refund.paymentId);
  const open = draft.after.cases.find((one) => {
    const mine = caseRefundNo(one) === refund.refundNo || one.tradeNo === payment?.tradeNo;
    return mine && (one.kind === 'late' || one.kind === 'second_payment') && one.state === 'OPEN';
  });
  if (open === undefined || payment === undefined || givenBack(draft, payment) < open.amountFen) return draft;
  const state = next(caseLife, open.state, 'refunded') ?? open.state;
  return putCase(draft, at, { type: 'case.resolved', one: { ...open, state, resolvedAt: at.now } });
}

function givenBack(draft: Draft, payment: Payment): Fen {
  const done = refundsOf(draft.after, payment).filter(({ status }) => status === 'SUCCEEDED');
  return sumFen(done.map(({ amountFen }) => amountFen));
}

function settled(draft: Draft): Heard {
  return { verdict: draft.events.length === 0 ? 'stays' : 'applied', draft };
}

function maxOf(one: Fen, other: Fen): Fen {
  return one > other ? one : other;
}
