import type { Fen } from './money.ts';

/**
 * What the payment channel says of a payment, whichever way it reached us (a notification, the answer
 * to a query). Whoever makes one has verified the signature it came under.
 */
export interface Fact {
  readonly outTradeNo: string;
  readonly tradeNo: string;
  readonly amountFen: Fen;
  /** `paid` also when it was given back since: see `refund`. `closed`: nobody paid and nobody can any more. */
  readonly state: 'awaiting_buyer' | 'paid' | 'closed';
  readonly paidAt: Date | null;
  readonly refund: RefundFigures | null;
  /** False when the message names another seller than the account's. */
  readonly sellerMatches: boolean;
}

export interface RefundFigures {
  /** Everything given back so far, not this refund alone (Alipay's refund_fee is cumulative). */
  readonly totalFen: Fen;
  /** Alipay's out_biz_no: the number of the refund that caused this message. */
  readonly refundNo: string | null;
  readonly refundedAt: Date | null;
}
