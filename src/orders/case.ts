import type { Fen } from './money.ts';

/**
 * Why money does not fit: `late` (the order was cancelled), `second_payment`, `wrong_amount`,
 * `wrong_seller`, `paid_before_order` (under a number that was used before, say after a database was lost), `unknown_order`, `refused_fact` (the life table has no cell for it).
 */
export type CaseKind =
  | 'late'
  | 'second_payment'
  | 'wrong_amount'
  | 'wrong_seller'
  | 'paid_before_order'
  | 'unknown_order'
  | 'refused_fact';

/** Money that does not fit and waits for a rule or a person. */
export interface Case {
  readonly id: string;
  readonly merchantId: string;
  readonly orderId: string | null;
  readonly kind: CaseKind;
  readonly amountFen: Fen;
  readonly outTradeNo: string;
  readonly tradeNo: string;
  readonly evidenceId: string;
  readonly openedAt: Date;
}
