// Rows as the pool answers them (bigint and timestamptz as text; see columns.ts), and what they become.
import type { Case } from '../orders/case.ts';
import type { OrderEvent } from '../orders/event.ts';
import type { Order, WholeOrder } from '../orders/order.ts';
import type { Payment, PaymentFailure } from '../orders/payment.ts';
import type { OrdersOwn } from '../orders/reads.ts';
import type { Refund } from '../orders/refund.ts';
import { timestamp, timestampOrNull } from './timestamps.ts';

export interface OrderRow {
  readonly merchant_id: string;
  readonly id: string;
  readonly account_id: string;
  readonly merchant_order_no: string;
  readonly content_hash: string;
  readonly subject: string;
  readonly body: string | null;
  readonly amount_fen: string;
  readonly refunded_fen: string;
  readonly status: Order['status'];
  readonly version: number;
  readonly store_id: string | null;
  readonly terminal_id: string | null;
  readonly operator_id: string | null;
  readonly metadata: string | null;
  readonly created_at: string;
  readonly expires_at: string;
  readonly paid_at: string | null;
  readonly paid_payment_id: string | null;
  readonly undo_at: string | null;
  readonly last_hash: string;
}

export interface WholeOrderRow extends OrderRow {
  readonly payments: readonly PaymentRow[] | null;
  readonly refunds: readonly RefundRow[] | null;
  readonly cases: readonly CaseRow[] | null;
}

interface FailureRow {
  readonly failure_sub_code: string | null;
  readonly failure_message: string | null;
  readonly failure_message_zh: string | null;
}

export interface PaymentRow extends FailureRow {
  readonly order_id: string;
  readonly id: string;
  readonly method: Payment['method'];
  readonly status: Payment['status'];
  readonly amount_fen: string;
  readonly out_trade_no: string;
  readonly trade_no: string | null;
  readonly offer: string | null;
  readonly payable_until: string | null;
  readonly cancel_at: string | null;
  readonly code_hash: string | null;
  readonly channel_end: Payment['channelEnd'];
  readonly refunded_total_fen: string;
  readonly created_at: string;
  readonly succeeded_at: string | null;
}

export interface RefundRow extends FailureRow {
  readonly order_id: string;
  readonly id: string;
  readonly payment_id: string;
  readonly refund_no: string;
  readonly amount_fen: string;
  readonly reason: string | null;
  readonly status: Refund['status'];
  readonly tried_at: string | null;
  readonly created_at: string;
  readonly succeeded_at: string | null;
  readonly held_until: string | null;
}

export interface CaseRow {
  readonly id: string;
  readonly merchant_id: string;
  readonly order_id: string | null;
  readonly kind: Case['kind'];
  readonly amount_fen: string;
  readonly out_trade_no: string;
  readonly trade_no: string;
  readonly evidence_id: string;
  readonly policy: Case['policy'];
  readonly state: Case['state'];
  readonly opened_at: string;
  readonly resolved_at: string | null;
  readonly note: string | null;
}

export interface EventRow {
  readonly id: string;
  readonly merchant_id: string;
  readonly order_id: string;
  readonly version: number;
  readonly type: OrderEvent['type'];
  readonly status: OrderEvent['status'];
  readonly occurred_at: string;
  readonly data: string;
  readonly evidence_id: string | null;
  readonly prev_hash: string;
  readonly hash: string;
}

export function toOrder(row: OrderRow): Order {
  return {
    merchantId: row.merchant_id,
    id: row.id,
    accountId: row.account_id,
    merchantOrderNo: row.merchant_order_no,
    contentHash: row.content_hash,
    subject: row.subject,
    body: row.body,
    amountFen: BigInt(row.amount_fen),
    refundedFen: BigInt(row.refunded_fen),
    status: row.status,
    version: row.version,
    storeId: row.store_id,
    terminalId: row.terminal_id,
    operatorId: row.operator_id,
    metadata: row.metadata,
    createdAt: timestamp(row.created_at),
    expiresAt: timestamp(row.expires_at),
    paidAt: timestampOrNull(row.paid_at),
    paidPaymentId: row.paid_payment_id,
    undoAt: timestampOrNull(row.undo_at),
    lastHash: row.last_hash,
  };
}

export function toWholeOrder(row: WholeOrderRow): WholeOrder {
  return {
    ...toOrder(row),
    payments: (row.payments ?? []).map(toPayment),
    refunds: (row.refunds ?? []).map(toRefund),
    cases: (row.cases ?? []).map(toCase),
  };
}

function toPayment(row: PaymentRow): Payment {
  return {
    id: row.id,
    method: row.method,
    status: row.status,
    amountFen: BigInt(row.amount_fen),
    outTradeNo: row.out_trade_no,
    tradeNo: row.trade_no,
    offer: row.offer,
    payableUntil: timestampOrNull(row.payable_until),
    cancelAt: timestampOrNull(row.cancel_at),
    codeHash: row.code_hash,
    channelEnd: row.channel_end,
    refundedTotalFen: BigInt(row.refunded_total_fen),
    failure: toFailure(row),
    createdAt: timestamp(row.created_at),
    succeededAt: timestampOrNull(row.succeeded_at),
  };
}

function toRefund(row: RefundRow): Refund {
  return {
    id: row.id,
    paymentId: row.payment_id,
    refundNo: row.refund_no,
    amountFen: BigInt(row.amount_fen),
    reason: row.reason,
    status: row.status,
    failure: toFailure(row),
    triedAt: timestampOrNull(row.tried_at),
    createdAt: timestamp(row.created_at),
    succeededAt: timestampOrNull(row.succeeded_at),
    heldUntil: timestampOrNull(row.held_until),
  };
}

/** For a read that is not of one order. */
export function toOwnedPayment(row: PaymentRow): OrdersOwn<Payment> {
  return { ...toPayment(row), orderId: row.order_id };
}

/** For a read that is not of one order. */
export function toOwnedRefund(row: RefundRow): OrdersOwn<Refund> {
  return { ...toRefund(row), orderId: row.order_id };
}

export function toCase(row: CaseRow): Case {
  return {
    id: row.id,
    merchantId: row.merchant_id,
    orderId: row.order_id,
    kind: row.kind,
    amountFen: BigInt(row.amount_fen),
    outTradeNo: row.out_trade_no,
    tradeNo: row.trade_no,
    evidenceId: row.evidence_id,
    policy: row.policy,
    state: row.state,
    openedAt: timestamp(row.opened_at),
    resolvedAt: timestampOrNull(row.resolved_at),
    note: row.note,
  };
}

export function toEvent(row: EventRow): OrderEvent {
  return {
    id: row.id,
    merchantId: row.merchant_id,
    orderId: row.order_id,
    version: row.version,
    type: row.type,
    status: row.status,
    occurredAt: timestamp(row.occurred_at),
    data: row.data,
    evidenceId: row.evidence_id,
    prevHash: row.prev_hash,
    hash: row.hash,
  };
}

function toFailure(row: FailureRow): PaymentFailure | null {
  const { failure_sub_code: subCode, failure_message: message, failure_message_zh: messageZh } = row;
  return message === null ? null : { subCode, message, messageZh: messageZh ?? message };
}
