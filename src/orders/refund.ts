import type { Life } from './life.ts';
import type { Fen } from './money.ts';
import type { PaymentFailure } from './payment.ts';

export type RefundStatus = 'AWAITING_CONFIRMATION' | 'PENDING' | 'SUCCEEDED' | 'FAILED' | 'REJECTED';

/** What can happen to a refund. `held`: asked for again, and a second person is to agree. */
export type RefundFact = 'confirmed' | 'rejected' | 'succeeded' | 'failed' | 'retried' | 'held';

/** The life of a refund. A failed one may be tried again under the same number. */
export const refundLife: Life<RefundStatus, RefundFact> = {
  // It may have failed before and be asked for again: Alipay's word on money counts here too.
  AWAITING_CONFIRMATION: { confirmed: 'PENDING', rejected: 'REJECTED', succeeded: 'SUCCEEDED' },
  PENDING: { succeeded: 'SUCCEEDED', failed: 'FAILED', retried: 'PENDING' },
  SUCCEEDED: { succeeded: 'SUCCEEDED' },
  FAILED: { succeeded: 'SUCCEEDED', failed: 'FAILED', retried: 'PENDING', held: 'AWAITING_CONFIRMATION' },
  REJECTED: { rejected: 'REJECTED' },
};

/** Money given back for a payment. */
export interface Refund {
  readonly id: string;
  readonly paymentId: string;
  /** The refund's number, Alipay's out_request_no, unique in its order. */
  readonly refundNo: string;
  readonly amountFen: Fen;
  readonly reason: string | null;
  readonly status: RefundStatus;
  readonly failure: PaymentFailure | null;
  /** When it was last sent to the channel; written before it is sent. */
  readonly triedAt: Date | null;
  readonly createdAt: Date;
  readonly succeededAt: Date | null;
  /** Until when a second person can agree; stays as the sign that one did. Null: nobody has to. */
  readonly heldUntil: Date | null;
}

/** A refund that may still take its amount: it is reserved. */
export function isOpenRefund({ status }: Refund): boolean {
  return status === 'AWAITING_CONFIRMATION' || status === 'PENDING';
}
