// Rows as the pool answers them (bigint and timestamptz as text), and what they become. The column lists
// serve plain reads and JSON aggregates alike; there a bigint must be text, because a JSON number is a double.
import type { Case } from '../orders/case.ts';
import type { OrderEvent } from '../orders/event.ts';
import type { Order, WholeOrder } from '../orders/order.ts';
import type { Payment, PaymentFailure } from '../orders/payment.ts';
import type { OrdersOwn } from '../orders/reads.ts';
import type { Refund } from '../orders/refund.ts';
import { timestamp, timestampOrNull } from './timestamps.ts';

export const orderColumns = `o.merchant_id, o.id, o.account_id, o.merchant_order_no, o.content_hash, o.subject, o.body,
  o.amount_fen, o.refunded_fen, o.status, o.version, o.store_id, o.terminal_id, o.operator_id, o.metadata,
  o.created_at, o.expires_at, o.paid_at, o.paid_payment_id, o.last_hash`;

export const paymentColumns = `p.order_id, p.id, p.method, p.status, p.amount_fen::text as amount_fen, p.out_trade_no,
  p.trade_no, p.qr_content, p.qr_expires_at, p.failure_sub_code, p.failure_message, p.created_at, p.succeeded_at`;

export const refundColumns = `r.order_id, r.id, r.payment_id, r.refund_no, r.amount_fen::text as amount_fen, r.reason,
  r.status, r.failure_sub_code, r.failure_message, r.created_at, r.succeeded_at`;

export const caseColumns = `c.id, c.merchant_id, c.order_id, c.kind, c.amount_fen::text as amount_fen, c.out_trade_no,
  c.trade_no, c.evidence_id, c.opened_at`;

export const eventColumns = `e.id, e.merchant_id, e.order_id, e.version, e.type, e.status, e.occurred_at, e.data,
  e.evidence_id, e.prev_hash, e.hash`;

/** An order `o` with its parts, each as one JSON array, oldest first, read through an index in that order. */
export const wholeOrderColumns = `${orderColumns},
  (select json_agg(p) from (select ${paymentColumns} from payments p
    where p.merchant_id = o.merchant_id and p.order_id = o.id order by p.id) p) as payments,
  (select json_agg(r) from (select ${refundColumns} from refunds r
    where r.merchant_id = o.merchant_id and r.order_id = o.id order by r.id) r) as refunds,
  (select json_agg(c) from (select ${caseColumns} from cases c
    where c.merchant_id = o.merchant_id and c.order_id = o.id order by c.id) c) as cases`;

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
}

export interface PaymentRow extends FailureRow {
  readonly order_id: string;
  readonly id: string;
  readonly method: Payment['method'];
  readonly status: Payment['status'];
  readonly amount_fen: string;
  readonly out_trade_no: string;
  readonly trade_no: string | null;
  readonly qr_content: string | null;
  readonly qr_expires_at: string | null;
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
  readonly created_at: string;
  readonly succeeded_at: string | null;
}

interface CaseRow {
  readonly id: string;
  readonly merchant_id: string;
  readonly order_id: string | null;
  readonly kind: Case['kind'];
  readonly amount_fen: string;
  readonly out_trade_no: string;
  readonly trade_no: string;
  readonly evidence_id: string;
  readonly opened_at: string;
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
    qrContent: row.qr_content,
    qrExpiresAt: timestampOrNull(row.qr_expires_at),
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
    createdAt: timestamp(row.created_at),
    succeededAt: timestampOrNull(row.succeeded_at),
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

function toCase(row: CaseRow): Case {
  return {
    id: row.id,
    merchantId: row.merchant_id,
    orderId: row.order_id,
    kind: row.kind,
    amountFen: BigInt(row.amount_fen),
    outTradeNo: row.out_trade_no,
    tradeNo: row.trade_no,
    evidenceId: row.evidence_id,
    openedAt: timestamp(row.opened_at),
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

function toFailure({ failure_sub_code: subCode, failure_message: message }: FailureRow): PaymentFailure | null {
  return message === null ? null : { subCode, message };
}
