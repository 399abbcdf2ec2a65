import type { Life } from './life.ts';
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

/** What becomes of late money without anybody asking; `AUTO_REFUND` goes for a second payment too. All else is held. */
export type CasePolicy = 'ACCEPT' | 'AUTO_REFUND' | 'HOLD';

export type CaseState = 'OPEN' | 'ACCEPTED' | 'REFUNDED' | 'CLOSED';

/** What can happen to a case. `closed`: a person has settled it elsewhere. */
export type CaseFact = 'accepted' | 'refunded' | 'closed';

export const caseLife: Life<CaseState, CaseFact> = {
  OPEN: { accepted: 'ACCEPTED', refunded: 'REFUNDED', closed: 'CLOSED' },
  ACCEPTED: { accepted: 'ACCEPTED' },
  REFUNDED: { refunded: 'REFUNDED' },
  CLOSED: { closed: 'CLOSED' },
};

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
  /** Fixed when the case is opened. */
  readonly policy: CasePolicy;
  readonly state: CaseState;
  readonly openedAt: Date;
  readonly resolvedAt: Date | null;
  /** What the person who resolved it wrote. */
  readonly note: string | null;
}

/** The policy of a new case: the merchant's own goes for late money, and only so far for a second payment. */
export function policyFor(kind: CaseKind, policy: CasePolicy): CasePolicy {
  if (kind === 'late') return policy;
  return kind === 'second_payment' && policy === 'AUTO_REFUND' ? 'AUTO_REFUND' : 'HOLD';
}

/** The number of the refund that a case makes: the same at every try, so that it happens once. */
export function caseRefundNo({ id }: Case): string {
  return `case_${id.replaceAll('-', '')}`;
}
