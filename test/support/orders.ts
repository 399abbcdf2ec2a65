// Builders for the pure ring: an order, what Alipay says of it, a clock that stands, ids that count.
import type { Case } from '../../src/orders/case.ts';
import type { CreateOrder } from '../../src/orders/create-order.ts';
import type { Moment } from '../../src/orders/draft.ts';
import { type OrderEvent, seal } from '../../src/orders/event.ts';
import type { Fact } from '../../src/orders/fact.ts';
import type { OrderStatus, WholeOrder } from '../../src/orders/order.ts';
import { newPayment, type Payment } from '../../src/orders/payment.ts';
import type { Refund } from '../../src/orders/refund.ts';

export const NOON = new Date('2026-11-23T12:00:00.000Z');
export const MERCHANT = '00000000-0000-7000-8000-0000000000aa';
export const ACCOUNT = '00000000-0000-7000-8000-0000000000bb';
export const TRADE = '2026112322001400000000000001';
export const OTHER_TRADE = '2026112322001400000000000002';

let made = 0;

/** A fresh id; ids sort by the moment they were made. */
export function newId(): string {
  made += 1;
  return `00000000-0000-7000-8000-${made.toString(16).padStart(12, '0')}`;
}

/** A clock that stands at noon until it is moved. */
export function standingClock() {
  let now = NOON;
  return {
    now: () => now,
    forward: (ms: number) => {
      now = new Date(now.getTime() + ms);
    },
  };
}

export function at(evidenceId: string | null = newId()): Moment {
  return { now: NOON, newId, evidenceId, casePolicy: 'AUTO_REFUND' };
}

export function anOrder(fields: Partial<WholeOrder> = {}): WholeOrder {
  const id = fields.id ?? newId();
  return {
    merchantId: MERCHANT,
    id,
    accountId: ACCOUNT,
    merchantOrderNo: 'A-1',
    contentHash: '',
    subject: 'Tea',
    body: null,
    amountFen: 999n,
    refundedFen: 0n,
    status: 'PENDING',
    version: 1,
    storeId: null,
    terminalId: null,
    operatorId: null,
    metadata: null,
    createdAt: NOON,
    expiresAt: new Date(NOON.getTime() + 30 * 60_000),
    paidAt: null,
    paidPaymentId: null,
    undoAt: null,
    lastHash: '0'.repeat(64),
    payments: [],
    refunds: [],
    cases: [],
    ...fields,
  };
}

export function aPayment(fields: Partial<Payment> = {}): Payment {
  return newPayment({
    id: newId(),
    method: 'QR_CODE',
    status: 'AWAITING_BUYER',
    amountFen: 999n,
    outTradeNo: 'A-1',
    offer: 'https://qr.example/1',
    payableUntil: new Date(NOON.getTime() + 30 * 60_000),
    createdAt: NOON,
    ...fields,
  });
}

/** A refund that has been asked for and not yet sent. */
export function aRefund(fields: Partial<Refund> = {}): Refund {
  return {
    id: newId(),
    paymentId: '',
    refundNo: 'R-1',
    amountFen: 999n,
    reason: null,
    status: 'PENDING',
    failure: null,
    triedAt: null,
    createdAt: NOON,
    succeededAt: null,
    heldUntil: null,
    ...fields,
  };
}

/** Late money of {@link TRADE} that is to be given back. */
export function aCase(fields: Partial<Case> = {}): Case {
  return {
    id: newId(),
    merchantId: MERCHANT,
    orderId: null,
    kind: 'late',
    amountFen: 999n,
    outTradeNo: 'A-1',
    tradeNo: TRADE,
    evidenceId: newId(),
    policy: 'AUTO_REFUND',
    state: 'OPEN',
    openedAt: NOON,
    resolvedAt: null,
    note: null,
    ...fields,
  };
}

/** An order in `status` whose trade {@link TRADE} has paid it, where the status means that. */
export function orderIn(status: OrderStatus): WholeOrder {
  if (status === 'PENDING' || status === 'CANCELLED') return anOrder({ status });
  const refundedTotalFen = status === 'REFUNDED' ? 999n : 0n;
  const payment = aPayment({ status: 'SUCCEEDED', tradeNo: TRADE, succeededAt: NOON, refundedTotalFen });
  const paid = anOrder({ status, payments: [payment], paidAt: NOON, paidPaymentId: payment.id });
  if (status !== 'REFUNDED') return paid;
  const refund = aRefund({ paymentId: payment.id, status: 'SUCCEEDED', succeededAt: NOON });
  return { ...paid, refunds: [refund], refundedFen: 999n };
}

export function aFact(fields: Partial<Fact> = {}): Fact {
  return {
    outTradeNo: 'A-1',
    tradeNo: TRADE,
    amountFen: 999n,
    state: 'paid',
    paidAt: NOON,
    refund: null,
    sellerMatches: true,
    ...fields,
  };
}

/** A notice that `fen` have been given back in all. */
export function refunded(fen: bigint, refundNo: string | null = 'R-1', fields: Partial<Fact> = {}): Fact {
  return aFact({ ...fields, refund: { totalFen: fen, refundNo, refundedAt: NOON } });
}

export function anEvent(order: { id: string }, version: number, fields: Partial<OrderEvent> = {}): OrderEvent {
  const event = seal({
    id: newId(),
    merchantId: MERCHANT,
    orderId: order.id,
    version,
    type: 'payment.precreated',
    status: 'PENDING',
    occurredAt: NOON,
    data: {},
    evidenceId: null,
    prevHash: '0'.repeat(64),
  });
  return { ...event, ...fields };
}

export function aCommand(fields: Partial<CreateOrder> = {}): CreateOrder {
  return {
    merchantId: MERCHANT,
    accountId: ACCOUNT,
    merchantOrderNo: 'A-1',
    submissionToken: null,
    amountFen: 999n,
    subject: 'Tea',
    body: null,
    expiresInMinutes: 30,
    storeId: null,
    terminalId: null,
    operatorId: null,
    metadata: null,
    ...fields,
  };
}
