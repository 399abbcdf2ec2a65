// A change to one order while it is being decided: what was, what will be, and the events between.

import type { Check } from './agenda.ts';
import type { Json } from './canonical-json.ts';
import type { Case, CasePolicy } from './case.ts';
import { type EventType, type OrderEvent, seal } from './event.ts';
import { formatAmount } from './money.ts';
import type { DayTurn, OperationStep } from './operation.ts';
import type { WholeOrder } from './order.ts';
import type { Payment } from './payment.ts';
import type { Change, Evidence, NewId } from './ports.ts';
import type { Refund } from './refund.ts';

export interface Draft {
  readonly before: WholeOrder;
  readonly after: WholeOrder;
  readonly payments: readonly Payment[];
  readonly refunds: readonly Refund[];
  readonly events: readonly OrderEvent[];
  readonly cases: readonly Case[];
  /** What happens to the operation that a refund in it is. */
  readonly step: OperationStep | null;
  /** Of the refund in it, where the merchant's policy sums up. */
  readonly turn: (DayTurn & { readonly refundId: string }) | null;
}

/** When a decision is made, and the message that caused it. */
export interface Moment {
  readonly now: Date;
  readonly newId: NewId;
  readonly evidenceId: string | null;
  /** The merchant's rule for late money. */
  readonly casePolicy: CasePolicy;
}

export function draftOf(order: WholeOrder): Draft {
  return { before: order, after: order, payments: [], refunds: [], events: [], cases: [], step: null, turn: null };
}

/** Nothing to write. A payment may change without an event: what has been heard of its refunds in all. */
export function isEmpty(draft: Draft): boolean {
  return draft.events.length === 0 && draft.payments.length === 0;
}

export function changeOf(draft: Draft, evidence: Evidence | null, check: Check | null | undefined): Change {
  return { ...draft, evidence, check };
}

export function putPayment(draft: Draft, payment: Payment): Draft {
  return {
    ...draft,
    payments: put(draft.payments, payment),
    after: { ...draft.after, payments: put(draft.after.payments, payment) },
  };
}

export function putRefund(draft: Draft, refund: Refund): Draft {
  return {
    ...draft,
    refunds: put(draft.refunds, refund),
    after: { ...draft.after, refunds: put(draft.after.refunds, refund) },
  };
}

export function putStep(draft: Draft, step: OperationStep): Draft {
  return { ...draft, step };
}

/** The refund takes its place among those of the day. */
export function putTurn(draft: Draft, refundId: string, turn: DayTurn | null): Draft {
  return turn === null ? draft : { ...draft, turn: { ...turn, refundId } };
}

export function putOrder(draft: Draft, fields: Partial<WholeOrder>): Draft {
  return { ...draft, after: { ...draft.after, ...fields } };
}

/** Adds an event: the version goes up by one, the hash chain grows by one link. */
export function putEvent(draft: Draft, at: Moment, what: { type: EventType; data: Record<string, Json> }): Draft {
  const { merchantId, id: orderId, status, version, lastHash } = draft.after;
  const event = seal({
    id: at.newId(at.now),
    merchantId,
    orderId,
    version: version + 1,
    type: what.type,
    status,
    occurredAt: at.now,
    data: what.data,
    evidenceId: at.evidenceId,
    prevHash: lastHash,
  });
  return {
    ...draft,
    events: [...draft.events, event],
    after: { ...draft.after, version: event.version, lastHash: event.hash },
  };
}

export function putCase(
  draft: Draft,
  at: Moment,
  { type, one }: { type: 'case.opened' | 'case.resolved'; one: Case },
): Draft {
  const data = { kind: one.kind, state: one.state, amount: formatAmount(one.amountFen), tradeNo: one.tradeNo };
  return putEvent(noteCase(draft, one), at, { type, data });
}

/** What a person wrote on a case that is not settled yet: no step in the order's life. */
export function noteCase(draft: Draft, one: Case): Draft {
  return putOrder({ ...draft, cases: put(draft.cases, one) }, { cases: put(draft.after.cases, one) });
}

/** What an event says of a refund. */
export function refundData(order: WholeOrder, refund: Refund): Record<string, Json> {
  const payment = order.payments.find(({ id }) => id === refund.paymentId);
  return {
    refundNo: refund.refundNo,
    amount: formatAmount(refund.amountFen),
    refundedAmount: formatAmount(order.refundedFen),
    ...(payment && { outTradeNo: payment.outTradeNo, paymentStatus: payment.status }),
    ...(refund.failure?.subCode ? { subCode: refund.failure.subCode } : {}),
  };
}

/** What an event says of a payment. */
export function paymentData(payment: Payment): Record<string, Json> {
  return {
    amount: formatAmount(payment.amountFen),
    method: payment.method,
    outTradeNo: payment.outTradeNo,
    paymentStatus: payment.status,
    ...(payment.tradeNo === null ? {} : { tradeNo: payment.tradeNo }),
    ...(payment.failure?.subCode ? { subCode: payment.failure.subCode } : {}),
  };
}

function put<Item extends { readonly id: string }>(items: readonly Item[], item: Item): readonly Item[] {
  const known = items.some((one) => one.id === item.id);
  return known ? items.map((one) => (one.id === item.id ? item : one)) : [...items, item];
}
