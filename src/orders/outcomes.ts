// What a use case may answer. Expected refusals are members, not exceptions; each becomes a union member at the edge.
import type { Order, OrderStatus, WholeOrder } from './order.ts';
import type { Payment } from './payment.ts';

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
  | { readonly kind: 'submission_token_invalid' };

export type PrecreateOutcome =
  | { readonly kind: 'payment'; readonly payment: Payment; readonly order: WholeOrder }
  | InvalidInput
  | { readonly kind: 'order_not_found' }
  | { readonly kind: 'order_not_payable'; readonly status: OrderStatus; readonly expired: boolean }
  | { readonly kind: 'payment_unresolved' }
  | { readonly kind: 'payment_rejected'; readonly subCode: string; readonly message: string }
  | { readonly kind: 'channel_unavailable' };
