import type { Case } from './case.ts';
import type { Life } from './life.ts';
import type { Fen } from './money.ts';
import type { Payment } from './payment.ts';
import type { Refund } from './refund.ts';

export type OrderStatus = 'PENDING' | 'PAID' | 'SHIPPING' | 'COMPLETED' | 'CANCELLED' | 'REFUNDED' | 'RETURNED';

/** What can happen to an order. */
export type OrderFact = 'paid' | 'cancelled' | 'shipped' | 'completed' | 'refundedInFull' | 'returned';

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
  // Money that comes after a cancellation opens a case; the order stays.
  CANCELLED: { paid: 'CANCELLED', cancelled: 'CANCELLED', refundedInFull: 'CANCELLED' },
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

/** True while a buyer may still be asked to pay. */
export function isPayable(order: Order, now: Date): boolean {
  return order.status === 'PENDING' && now < order.expiresAt;
}

/** True when nothing more can happen that a subscriber waits for. */
export function isOver(order: Order): boolean {
  if (order.status === 'RETURNED') return order.refundedFen === order.amountFen;
  return order.status === 'REFUNDED';
}
