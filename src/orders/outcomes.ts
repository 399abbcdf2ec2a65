// What a use case may answer. Expected refusals are members, not exceptions; each becomes a union member at the edge.
import type { Case } from './case.ts';
import type { Fen } from './money.ts';
import type { Order, OrderFact, OrderStatus, WholeOrder } from './order.ts';
import type { Payment } from './payment.ts';
import type { Refund } from './refund.ts';

export interface InvalidInput {
  readonly kind: 'invalid_input';
  /** The input field, as the API names it. */
  readonly field: string;
  readonly message: string;
}

export type CreateOrderOutcome =
  | { readonly kind: 'created'; readonly order: Order }
  | InvalidInput
  | { readonly kind: 'merchant_order_no_conflict'; readonly merchantOrderNo: string }
  | { readonly kind: 'submission_token_invalid' }
  /** The merchant has no app that is not suspended. Nothing was stored. */
  | { readonly kind: 'no_active_app' };

export interface PaymentMade {
  readonly kind: 'payment';
  readonly payment: Payment;
  readonly order: WholeOrder;
}

/** Why an order can't be collected now. */
export type NotCollectable =
  | { readonly kind: 'order_not_payable'; readonly status: OrderStatus; readonly expired: boolean }
  | { readonly kind: 'payment_unresolved' }
  | {
      readonly kind: 'payment_rejected';
      readonly subCode: string;
      readonly message: string;
      readonly messageZh: string;
    }
  | { readonly kind: 'channel_unavailable' };

export type PaymentOutcome = PaymentMade | InvalidInput | { readonly kind: 'order_not_found' } | NotCollectable;

/** It waits for a second person. */
export interface ConfirmationRequired {
  readonly kind: 'confirmation_required';
  readonly operationId: string;
  readonly expiresAt: Date;
  /** Null for what is no refund. */
  readonly held: { readonly refund: Refund; readonly order: WholeOrder } | null;
}

/**
 * Asked right before a change is made that a second person may have to agree to, once everything else is seen to fit:
 * undefined when it may be made.
 */
export type Sure = () => Promise<ConfirmationRequired | undefined>;

export interface ConfirmationInvalid {
  readonly kind: 'confirmation_invalid';
  readonly message: string;
}

/** The order can't go there from where it is; `allowed` are the facts it could hear. */
export interface IllegalTransition {
  readonly kind: 'illegal_transition';
  readonly from: OrderStatus;
  readonly to: OrderFact;
  readonly allowed: readonly OrderFact[];
}

export type OrderOutcome =
  | { readonly kind: 'order'; readonly order: WholeOrder }
  | ConfirmationRequired
  | InvalidInput
  | { readonly kind: 'order_not_found' }
  | IllegalTransition
  | { readonly kind: 'payment_unresolved' }
  | {
      readonly kind: 'payment_rejected';
      readonly subCode: string;
      readonly message: string;
      readonly messageZh: string;
    }
  | { readonly kind: 'channel_unavailable' };

export type RefundOutcome =
  | { readonly kind: 'refund'; readonly refund: Refund; readonly order: WholeOrder }
  | ConfirmationRequired
  | InvalidInput
  | { readonly kind: 'order_not_found' }
  | IllegalTransition
  | { readonly kind: 'refund_exceeds_paid'; readonly refundableFen: Fen }
  | { readonly kind: 'refund_no_conflict'; readonly refundNo: string }
  /** A second person turned down the refund of this number, or nobody agreed in time. */
  | { readonly kind: 'refund_rejected'; readonly refundNo: string };

export type ResolveCaseOutcome =
  | { readonly kind: 'case'; readonly one: Case }
  | ConfirmationRequired
  | InvalidInput
  | { readonly kind: 'case_not_found' }
  | { readonly kind: 'case_not_resolvable'; readonly message: string };
