// A change to one order while it is being decided: what was, what will be, and the events between.
import type { Json } from './canonical-json.ts';
import type { Case } from './case.ts';
import { type EventType, type OrderEvent, seal } from './event.ts';
import { formatAmount } from './money.ts';
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
}

/** When a decision is made, and the message that caused it. */
export interface Moment {
  readonly now: Date;
  readonly newId: NewId;
  readonly evidenceId: string | null;
}

export function draftOf(order: WholeOrder): Draft {
  return { before: order, after: order, payments: [], refunds: [], events: [], cases: [] };
}

export function isEmpty(draft: Draft): boolean {
  return draft.events.length === 0;
}

export function changeOf(draft: Draft, evidence: Evidence | null): Change {
  return { ...draft, evidence };
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

export function putCase(draft: Draft, at: Moment, opened: Case): Draft {
  const data = { kind: opened.kind, amount: formatAmount(opened.amountFen), tradeNo: opened.tradeNo };
  const noted = { ...draft, cases: [...draft.cases, opened] };
  return putEvent(putOrder(noted, { cases: [...draft.after.cases, opened] }), at, { type: 'case.opened', data });
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
