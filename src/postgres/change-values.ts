// A change as the parameters of its statement. A list travels as one JSON text, bigints in it as text; one
// event or one payment as plain parameters.
import { hash } from 'node:crypto';
import type { Case } from '../orders/case.ts';
import type { OrderEvent } from '../orders/event.ts';
import { sumFen } from '../orders/money.ts';
import type { OperationStep } from '../orders/operation.ts';
import type { Payment, PaymentFailure } from '../orders/payment.ts';
import type { Change, Evidence } from '../orders/ports.ts';
import { isOpenRefund, type Refund } from '../orders/refund.ts';
import type { Value } from './statement.ts';
import { type Columns, eventColumns, paymentColumns } from './statements/change-columns.ts';
import type { Carried } from './statements/write-order.ts';

type Row = Readonly<Record<string, Value>>;

/** What every change carries: the guard, and the order as it will be. */
export function sharedValues({ before, after }: Change): Value[] {
  return [
    before.merchantId,
    before.id,
    before.version,
    after.version,
    after.status,
    after.refundedFen.toString(),
    after.paidAt,
    after.paidPaymentId,
    after.expiresAt,
    after.lastHash,
    after.undoAt,
  ];
}

export function carriedBy(change: Change): Carried {
  const { cases, evidence, check } = change;
  const trade = tradeOf(change);
  return {
    ...eventsCarried(change.events.map(eventValues)),
    ...paymentsCarried(change.payments.map(paymentValues)),
    ...(change.refunds.length > 0 && { refunds: refundsValues(change) }),
    ...(evidence !== null && { evidence: evidenceValues(evidence) }),
    ...(evidence !== null && isJudged(evidence) && { notification: [evidence.notifyId, evidence.id] }),
    ...(evidence !== null && trade !== undefined && { found: [trade, evidence.receivedAt] }),
    ...(change.step?.kind === 'asked' && { asked: askedValues(change.step) }),
    ...(change.step?.kind === 'decided' && { decided: decidedValues(change.step) }),
    ...(change.turn !== null && { turn: turnValues(change.turn) }),
    ...(cases.length > 0 && { cases: [JSON.stringify(cases.map(caseValues))] }),
    ...(check && { check: [check.dueAt, check.lookedAt, check.tries] }),
    ...(check === null && { uncheck: [] }),
  };
}

/** A signed message speaks of one trade: that of every payment and case that it changes. */
function tradeOf({ payments, cases }: Change): string | undefined {
  return [...payments, ...cases].find(({ tradeNo }) => tradeNo !== null)?.tradeNo ?? undefined;
}

function eventsCarried(rows: readonly Row[]): Carried {
  const [first, ...others] = rows;
  if (first === undefined) return {};
  return others.length === 0 ? { event: inOrder(first, eventColumns) } : { events: [JSON.stringify(rows)] };
}

function paymentsCarried(rows: readonly Row[]): Carried {
  const [first, ...others] = rows;
  if (first === undefined) return {};
  return others.length === 0 ? { payment: inOrder(first, paymentColumns) } : { payments: [JSON.stringify(rows)] };
}

function inOrder(row: Row, columns: Columns): Value[] {
  return Object.keys(columns).map((name) => row[name] ?? null);
}

/** Judged for good. A notification whose order is unknown may find it at the next try. */
export function isJudged({ notifyId, verdict }: Evidence): boolean {
  return notifyId !== null && verdict !== 'unknown_order';
}

/** Only who asks for a refund must fit; what was given back, or failed, is a fact, and reservations make room for it. */
function refundsValues({ refunds, after, evidence }: Change): Value[] {
  const reserving = refunds.filter((refund) => isOpenRefund(refund) && refund.paymentId === after.paidPaymentId);
  return [
    JSON.stringify(refunds.map(refundValues)),
    refunds.map((refund) => refund.id),
    sumFen(reserving.map((refund) => refund.amountFen)).toString(),
    evidence !== null || !refunds.some(isOpenRefund),
  ];
}

function askedValues({ operation, note }: Extract<OperationStep, { kind: 'asked' }>): Value[] {
  const { id, kind, askedBy, askedAt, summary, expiresAt } = operation;
  return [id, kind, askedBy, askedAt, summary, expiresAt, note.id, note.actor];
}

function decidedValues({ id, state, decidedBy, note }: Extract<OperationStep, { kind: 'decided' }>): Value[] {
  return [id, state, decidedBy, note.at, note.id, note.actor];
}

function turnValues({ refundId, askedBy, day, turn }: NonNullable<Change['turn']>): Value[] {
  return [refundId, askedBy, day, turn];
}

function evidenceValues({ id, kind, notifyId, receivedAt, bytes, verdict, keyId }: Evidence): Value[] {
  return [id, kind, notifyId, receivedAt, bytes, verdict, keyId, digestOf(bytes)];
}

/** Alipay's signature covers what a message says; this covers how it was spelled, too. */
export function digestOf(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'hex');
}

export function eventValues(event: OrderEvent): Record<keyof typeof eventColumns, Value> {
  return {
    version: event.version,
    id: event.id,
    type: event.type,
    status: event.status,
    occurred_at: event.occurredAt,
    data: event.data,
    evidence_id: event.evidenceId,
    prev_hash: event.prevHash,
    hash: event.hash,
  };
}

export function paymentValues(payment: Payment): Record<keyof typeof paymentColumns, Value> {
  return {
    id: payment.id,
    method: payment.method,
    status: payment.status,
    amount_fen: payment.amountFen.toString(),
    out_trade_no: payment.outTradeNo,
    trade_no: payment.tradeNo,
    offer: payment.offer,
    payable_until: payment.payableUntil,
    cancel_at: payment.cancelAt,
    code_hash: payment.codeHash,
    channel_end: payment.channelEnd,
    refunded_total_fen: payment.refundedTotalFen.toString(),
    ...failureValues(payment.failure),
    created_at: payment.createdAt,
    succeeded_at: payment.succeededAt,
  };
}

function refundValues(refund: Refund): object {
  return {
    id: refund.id,
    payment_id: refund.paymentId,
    refund_no: refund.refundNo,
    amount_fen: refund.amountFen.toString(),
    reason: refund.reason,
    status: refund.status,
    ...failureValues(refund.failure),
    tried_at: refund.triedAt,
    created_at: refund.createdAt,
    succeeded_at: refund.succeededAt,
    held_until: refund.heldUntil,
  };
}

function failureValues(failure: PaymentFailure | null) {
  return {
    failure_sub_code: failure?.subCode ?? null,
    failure_message: failure?.message ?? null,
    failure_message_zh: failure?.messageZh ?? null,
  };
}

function caseValues(one: Case): object {
  return {
    id: one.id,
    kind: one.kind,
    amount_fen: one.amountFen.toString(),
    out_trade_no: one.outTradeNo,
    trade_no: one.tradeNo,
    evidence_id: one.evidenceId,
    policy: one.policy,
    state: one.state,
    opened_at: one.openedAt,
    resolved_at: one.resolvedAt,
    note: one.note,
  };
}
