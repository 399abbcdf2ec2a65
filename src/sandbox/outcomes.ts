import type { SubCode } from './sub-codes.ts';

// What happens is chosen by the amount: 8,800.71 to 8,899.86, so that hardly any ordinary sale comes across it.

export type PayOutcome =
  | { readonly kind: 'paid' | 'password' | 'unknown_paid' | 'unknown_waiting' | 'unknown_nothing' }
  /** A definite failure: the code is used up, no trade is made. */
  | { readonly kind: 'failed'; readonly subCode: SubCode }
  /** Nothing was done, the same call may be made again. */
  | { readonly kind: 'nothing'; readonly subCode: SubCode };

export type RefundOutcome =
  | { readonly kind: 'done' | 'from_purse' | 'unknown_done' | 'unknown_once' | 'unknown_never' }
  /** Nothing is done at the first call, which hears this; a repeat is an ordinary refund. So it is with unknown_once. */
  | { readonly kind: 'not_at_once'; readonly subCode: SubCode }
  | { readonly kind: 'failed'; readonly subCode: SubCode };

const LEAST_YUAN = 8_800;
const MOST_YUAN = 8_899;

// By the last two digits.
const PAY_OUTCOMES = new Map<number, PayOutcome>([
  [71, { kind: 'password' }],
  [72, { kind: 'unknown_paid' }],
  [73, { kind: 'unknown_waiting' }],
  [74, { kind: 'unknown_nothing' }],
  [75, { kind: 'failed', subCode: 'ACQ.BUYER_BALANCE_NOT_ENOUGH' }],
  [76, { kind: 'failed', subCode: 'ACQ.PAYMENT_AUTH_CODE_INVALID' }],
  [77, { kind: 'nothing', subCode: 'ACQ.SYSTEM_ERROR' }],
  [78, { kind: 'failed', subCode: 'ACQ.PAYMENT_FAIL' }],
  [79, { kind: 'failed', subCode: 'ACQ.PULL_MOBILE_CASHIER_FAIL' }],
  [80, { kind: 'failed', subCode: 'ACQ.PAYMENT_REQUEST_HAS_RISK' }],
]);

const REFUND_OUTCOMES = new Map<number, RefundOutcome>([
  [81, { kind: 'from_purse' }],
  [82, { kind: 'unknown_done' }],
  [83, { kind: 'unknown_once' }],
  [84, { kind: 'unknown_never' }],
  [85, { kind: 'failed', subCode: 'ACQ.TRADE_NOT_ALLOW_REFUND' }],
  [86, { kind: 'not_at_once', subCode: 'ACQ.SYSTEM_ERROR' }],
]);

/** What becomes of a payment by code. */
export function payOutcome(totalFen: number): PayOutcome {
  return PAY_OUTCOMES.get(chosenBy(totalFen)) ?? { kind: 'paid' };
}

/** What becomes of a refund call. */
export function refundOutcome(fen: number): RefundOutcome {
  return REFUND_OUTCOMES.get(chosenBy(fen)) ?? { kind: 'done' };
}

function chosenBy(fen: number): number {
  const yuan = Math.floor(fen / 100);
  return yuan >= LEAST_YUAN && yuan <= MOST_YUAN ? fen % 100 : 0;
}
