// What the CHECK constraints allow. The types tie each list to the domain's own union of names.
import type { DeliveryStatus } from '../../deliveries/delivery.ts';
import type { DisabledReason } from '../../deliveries/endpoint.ts';
import type { CaseKind, CasePolicy, CaseState } from '../../orders/case.ts';
import type { OperationKind, OperationState } from '../../orders/operation.ts';
import type { OrderStatus } from '../../orders/order.ts';
import type { ChannelEnd, PaymentMethod, PaymentStatus } from '../../orders/payment.ts';
import type { Evidence, Verdict } from '../../orders/ports.ts';
import type { RefundStatus } from '../../orders/refund.ts';

export const orderStatuses = every<OrderStatus>()([
  'PENDING',
  'PAID',
  'SHIPPING',
  'COMPLETED',
  'CANCELLED',
  'REFUNDED',
  'RETURNED',
]);

export const paymentMethods = every<PaymentMethod>()(['QR_CODE', 'AUTH_CODE', 'PAGE', 'WAP', 'APP']);

export const paymentStatuses = every<PaymentStatus>()([
  'CREATED',
  'AWAITING_BUYER',
  'UNKNOWN',
  'SUCCEEDED',
  'FAILED',
  'CLOSED',
]);

export const refundStatuses = every<RefundStatus>()([
  'AWAITING_CONFIRMATION',
  'PENDING',
  'SUCCEEDED',
  'FAILED',
  'REJECTED',
]);

export const caseKinds = every<CaseKind>()([
  'late',
  'second_payment',
  'wrong_amount',
  'wrong_seller',
  'paid_before_order',
  'unknown_order',
  'refused_fact',
]);

export const caseStates = every<CaseState>()(['OPEN', 'ACCEPTED', 'REFUNDED', 'CLOSED']);

export const casePolicies = every<CasePolicy>()(['ACCEPT', 'AUTO_REFUND', 'HOLD']);

export const channelEnds = every<ChannelEnd>()(['closed', 'refunded']);

export const evidenceKinds = every<Evidence['kind']>()(['notification', 'answer']);

export const verdicts = every<Verdict>()([
  'applied',
  'stays',
  'refused',
  'late',
  'second_payment',
  'wrong_amount',
  'wrong_seller',
  'paid_before_order',
  'unknown_order',
  'refused_fact',
]);

export const deliveryStatuses = every<DeliveryStatus>()(['PENDING', 'SUCCEEDED', 'FAILED']);

export const disabledReasons = every<DisabledReason>()(['MERCHANT', 'GONE', 'FAILING']);

export const operationKinds = every<OperationKind>()([
  'refund',
  'reversal',
  'case',
  'api_key',
  'app',
  'webhook',
  'policy',
  'totp',
]);

export const operationStates = every<OperationState>()(['WAITING', 'APPROVED', 'REJECTED', 'EXPIRED', 'USED']);

export function lengthBetween(column: string, least: number, most: number): string {
  return `char_length(${column}) >= ${least} and char_length(${column}) <= ${most}`;
}

/** A SHA-256 in hex. */
export function fillsSha256(column: string): string {
  return `char_length(${column}) = 64`;
}

/** A list of names that does not compile when one of the union is missing. */
function every<Name extends string>() {
  return <const List extends readonly Name[]>(list: Exclude<Name, List[number]> extends never ? List : never): List =>
    list;
}
