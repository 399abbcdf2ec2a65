import type { Case } from './case.ts';
import type { Life } from './life.ts';
import type { Fen } from './money.ts';
import type { Payment } from './payment.ts';
import type { Refund } from './refund.ts';

export type OrderStatus = 'PENDING' | 'PAID' | 'SHIPPING' | 'COMPLETED' | 'CANCELLED' | 'REFUNDED' | 'RETURNED';

/** What can happen to an order. `accepted`: money that came after the cancellation is kept all the same. */
export type OrderFact = 'paid' | 'cancelled' | 'shipped' | 'completed' | 'refundedInFull' | 'returned' | 'accepted';

/**
 * The life of an order. A cell that names its own row is "stays": heard again, nothing new.
 * An absent cell is refused: ILLEGAL_TRANSITION to a caller, a recorded refusal to an outside fact.
 * No other code decides where an order goes next.
 */
export const orderLife: Life<OrderStatus, OrderFact> = {
  PENDING: { paid: 'PAID', cancelled: 'CANCELLED' },
  PAID: { paid: 'PAID', shipped: 'SHIPPING', completed: 'COMPLETED', refundedInFull: 'REFUNDED' },
  SHIPPING: {
    paid: 'SHIPPING',
    shipped: 'SHIPPING',
    completed: 'COMPLETED',
    refundedInFull: 'REFUNDED',
    returned: 'RETURNED',
  },
  COMPLETED: { paid: 'COMPLETED', completed: 'COMPLETED', refundedInFull: 'REFUNDED', returned: 'RETURNED' },
  // Money that comes after a cancellation opens a case; the order stays until the case is accepted.
  CANCELLED: { paid: 'CANCELLED', cancelled: 'CANCELLED', refundedInFull: 'CANCELLED', accepted: 'PAID' },
  REFUNDED: { paid: 'REFUNDED', refundedInFull: 'REFUNDED', returned: 'REFUNDED' },
  RETURNED: { paid: 'RETURNED', refundedInFull: 'RETURNED', returned: 'RETURNED' },
};

/** One sale, the aggregate: payments, refunds and events belong to one. */
export interface Order {
  readonly merchantId: string;
  readonly id: string;
  /** The Alipay account (seller) that collects. */
  readonly accountId: string;
  /** The merchant's own number, unique for ever, and the first out_trade_no. */
  readonly merchantOrderNo: string;
  /** SHA-256 in hex over every input field: tells a repeat from another order under the same number. */
  readonly contentHash: string;
  readonly subject: string;
  readonly body: string | null;
  readonly amountFen: Fen;
  /** Succeeded refunds of the payment that made the order PAID. */
  readonly refundedFen: Fen;
  readonly status: OrderStatus;
  /** 1 at creation, +1 with each event; guards every write. */
  readonly version: number;
  readonly storeId: string | null;
  readonly terminalId: string | null;
  readonly operatorId: string | null;
  /** Canonical JSON text. */
  readonly metadata: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly paidAt: Date | null;
  /** The payment that made the order PAID. */
  readonly paidPaymentId: string | null;
  /** When somebody asked to undo the sale: it can't be paid any more and ends once nothing is in doubt. */
  readonly undoAt: Date | null;
  /** Hash of the order's latest event, in hex; the next event chains to it. */
  readonly lastHash: string;
}

/** An order with everything that a decision about it needs. */
export interface WholeOrder extends Order {
  /** Oldest first. */
  readonly payments: readonly Payment[];
  /** Oldest first. */
  readonly refunds: readonly Refund[];
  readonly cases: readonly Case[];
}

/** How a caller names an order: exactly one of the two. */
export type OrderRef = { readonly id: string } | { readonly merchantOrderNo: string };

/** How long after its end an offer may still be reported as paid: clocks differ. */
export const GRACE_MS = 5_000;

/** True while a buyer may still be asked to pay. */
export function isPayable(order: Order, now: Date): boolean {
  return order.status === 'PENDING' && order.undoAt === null && now < order.expiresAt;
}

/** What could be done to the order where it is, for a caller who asked for something else. */
export function allowedFrom(status: OrderStatus): readonly OrderFact[] {
  const told: readonly OrderFact[] = ['cancelled', 'shipped', 'completed', 'returned', 'refundedInFull'];
  return told.filter((fact) => (orderLife[status][fact] ?? status) !== status);
}

/** Only with one of these can `isOver` be true. */
export const MAY_BE_OVER: readonly OrderStatus[] = ['CANCELLED', 'REFUNDED', 'RETURNED'];

/** True when nothing more can happen that a subscriber waits for. */
export function isOver(order: WholeOrder, now: Date): boolean {
  switch (order.status) {
    case 'PENDING':
    case 'PAID':
    case 'SHIPPING':
    case 'COMPLETED':
      return false;
    case 'REFUNDED':
      return true;
    case 'RETURNED':
      return order.refundedFen === order.amountFen;
    case 'CANCELLED':
      return (
        order.cases.every(({ state }) => state !== 'OPEN') && !order.payments.some((one) => isExposed(order, one, now))
      );
  }
}

/** True while a buyer could still pay what is over for us: Alipay has neither money nor an end for it and its time is not up. */
export function isExposed(order: WholeOrder, { outTradeNo, payableUntil }: Payment, now: Date): boolean {
  const isPaid = order.payments.some((one) => one.outTradeNo === outTradeNo && one.status === 'SUCCEEDED');
  if (isPaid || payableUntil === null || isSpent(order, outTradeNo)) return false;
  return now.getTime() < payableUntil.getTime() + GRACE_MS;
}

/** True for a sale that was to be undone before it turned out to be paid: it goes back whole, once, by itself. */
export function isToBeUndone({ status, undoAt, refunds, refundedFen }: WholeOrder): boolean {
  return status === 'PAID' && undoAt !== null && refundedFen === 0n && refunds.length === 0;
}

/** The order's refunds that may still take, or have taken, money of this payment. */
export function refundsOf(order: WholeOrder, payment: Payment): readonly Refund[] {
  return order.refunds.filter(({ paymentId }) => paymentId === payment.id);
}

/** The number for the order's next payment: the one in use, unless Alipay has closed it. */
export function numberFor(order: WholeOrder): string {
  const last = order.payments.at(-1)?.outTradeNo;
  if (last === undefined) return order.merchantOrderNo;
  return isSpent(order, last) ? laterNumber(order) : last;
}

/** Alipay has ended a trade under this number: none can be made under it any more. */
function isSpent({ payments }: WholeOrder, number: string): boolean {
  return payments.some(({ outTradeNo, channelEnd }) => outTradeNo === number && channelEnd !== null);
}

/** 61 characters: no merchantOrderNo has so many, so that no other order can own it. */
function laterNumber({ id, payments }: WholeOrder): string {
  const used = new Set(payments.map(({ outTradeNo }) => outTradeNo)).size;
  return `${id.replaceAll('-', '')}_${String(used + 1).padStart(28, '0')}`;
}
