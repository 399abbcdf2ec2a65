import type { Life } from './life.ts';
import type { Fen } from './money.ts';

export type PaymentMethod = 'QR_CODE' | 'AUTH_CODE' | 'PAGE' | 'WAP' | 'APP';
export type PaymentStatus = 'CREATED' | 'AWAITING_BUYER' | 'UNKNOWN' | 'SUCCEEDED' | 'FAILED' | 'CLOSED';

/** What can happen to a payment. `offered`: the buyer can pay now; `doubted`: we asked and cannot tell. */
export type PaymentFact = 'offered' | 'doubted' | 'succeeded' | 'refused' | 'closed';

/**
 * The life of a payment. Money is the truth: a payment that we hold for failed or closed still hears
 * "succeeded", because Alipay says it under its own signature.
 */
export const paymentLife: Life<PaymentStatus, PaymentFact> = {
  CREATED: {
    offered: 'AWAITING_BUYER',
    doubted: 'UNKNOWN',
    succeeded: 'SUCCEEDED',
    refused: 'FAILED',
    closed: 'CLOSED',
  },
  AWAITING_BUYER: {
    offered: 'AWAITING_BUYER',
    doubted: 'AWAITING_BUYER',
    succeeded: 'SUCCEEDED',
    refused: 'AWAITING_BUYER',
    closed: 'CLOSED',
  },
  UNKNOWN: {
    offered: 'AWAITING_BUYER',
    doubted: 'UNKNOWN',
    succeeded: 'SUCCEEDED',
    // A later no (call limited, key expired) does not say what became of the first question.
    refused: 'UNKNOWN',
    closed: 'CLOSED',
  },
  SUCCEEDED: { offered: 'SUCCEEDED', doubted: 'SUCCEEDED', succeeded: 'SUCCEEDED' },
  FAILED: { succeeded: 'SUCCEEDED', closed: 'FAILED' },
  CLOSED: { succeeded: 'SUCCEEDED', closed: 'CLOSED' },
};

/** One way of collecting an order's amount. Several may share an out_trade_no, never across orders. */
export interface Payment {
  readonly id: string;
  readonly method: PaymentMethod;
  readonly status: PaymentStatus;
  readonly amountFen: Fen;
  readonly outTradeNo: string;
  /** Alipay's own number, known once the buyer has scanned. */
  readonly tradeNo: string | null;
  /** What the QR code says, and until when it can be paid. */
  readonly qrContent: string | null;
  readonly qrExpiresAt: Date | null;
  readonly failure: PaymentFailure | null;
  readonly createdAt: Date;
  readonly succeededAt: Date | null;
}

/** Why a payment failed: Alipay's sub_code and a sentence. */
export interface PaymentFailure {
  readonly subCode: string | null;
  readonly message: string;
}

/** A payment whose end is open. At most one an order. */
export function isLive(payment: Payment): boolean {
  return payment.status === 'CREATED' || payment.status === 'AWAITING_BUYER' || payment.status === 'UNKNOWN';
}

/** True while the payment shows a code that a buyer can still scan. */
export function hasLiveCode(payment: Payment, now: Date): boolean {
  return isLive(payment) && payment.qrContent !== null && payment.qrExpiresAt !== null && now < payment.qrExpiresAt;
}
