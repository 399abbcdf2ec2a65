import { registerEnumType } from 'type-graphql';
import type { OrderStatus } from '../orders/order.ts';
import type { PaymentMethod, PaymentStatus } from '../orders/payment.ts';
import type { RefundStatus } from '../orders/refund.ts';

export type Names<Name extends string> = Readonly<{ [Key in Name]: Key }>;

export const OrderStatusEnum: Names<OrderStatus> = {
  PENDING: 'PENDING',
  PAID: 'PAID',
  SHIPPING: 'SHIPPING',
  COMPLETED: 'COMPLETED',
  CANCELLED: 'CANCELLED',
  REFUNDED: 'REFUNDED',
  RETURNED: 'RETURNED',
};
export const PaymentMethodEnum: Names<PaymentMethod> = {
  QR_CODE: 'QR_CODE',
  AUTH_CODE: 'AUTH_CODE',
  PAGE: 'PAGE',
  WAP: 'WAP',
  APP: 'APP',
};
export const PaymentStatusEnum: Names<PaymentStatus> = {
  CREATED: 'CREATED',
  AWAITING_BUYER: 'AWAITING_BUYER',
  UNKNOWN: 'UNKNOWN',
  SUCCEEDED: 'SUCCEEDED',
  FAILED: 'FAILED',
  CLOSED: 'CLOSED',
};
export const RefundStatusEnum: Names<RefundStatus> = {
  AWAITING_CONFIRMATION: 'AWAITING_CONFIRMATION',
  PENDING: 'PENDING',
  SUCCEEDED: 'SUCCEEDED',
  FAILED: 'FAILED',
  REJECTED: 'REJECTED',
};
export const ErrorCodeEnum = {
  INVALID_INPUT: 'INVALID_INPUT',
  ORDER_NOT_FOUND: 'ORDER_NOT_FOUND',
  MERCHANT_ORDER_NO_CONFLICT: 'MERCHANT_ORDER_NO_CONFLICT',
  SUBMISSION_TOKEN_INVALID: 'SUBMISSION_TOKEN_INVALID',
  ORDER_NOT_PAYABLE: 'ORDER_NOT_PAYABLE',
  PAYMENT_UNRESOLVED: 'PAYMENT_UNRESOLVED',
  PAYMENT_REJECTED: 'PAYMENT_REJECTED',
  ILLEGAL_TRANSITION: 'ILLEGAL_TRANSITION',
  REFUND_EXCEEDS_PAID: 'REFUND_EXCEEDS_PAID',
  REFUND_NO_CONFLICT: 'REFUND_NO_CONFLICT',
  CONFIRMATION_REQUIRED: 'CONFIRMATION_REQUIRED',
  CONFIRMATION_INVALID: 'CONFIRMATION_INVALID',
  CHANNEL_UNAVAILABLE: 'CHANNEL_UNAVAILABLE',
  CASE_NOT_FOUND: 'CASE_NOT_FOUND',
  CASE_NOT_RESOLVABLE: 'CASE_NOT_RESOLVABLE',
  WEBHOOK_ENDPOINT_NOT_FOUND: 'WEBHOOK_ENDPOINT_NOT_FOUND',
  WEBHOOK_ENDPOINT_LIMIT: 'WEBHOOK_ENDPOINT_LIMIT',
  API_KEY_NOT_FOUND: 'API_KEY_NOT_FOUND',
  API_KEY_LIMIT: 'API_KEY_LIMIT',
  NO_ACTIVE_APP: 'NO_ACTIVE_APP',
  APP_NOT_FOUND: 'APP_NOT_FOUND',
  APP_LIMIT: 'APP_LIMIT',
  MERCHANT_NOT_FOUND: 'MERCHANT_NOT_FOUND',
} as const;
export type ErrorCode = keyof typeof ErrorCodeEnum;

registerEnumType(OrderStatusEnum, { name: 'OrderStatus' });
registerEnumType(PaymentMethodEnum, { name: 'PaymentMethod' });
registerEnumType(PaymentStatusEnum, { name: 'PaymentStatus' });
registerEnumType(RefundStatusEnum, { name: 'RefundStatus' });
registerEnumType(ErrorCodeEnum, {
  name: 'ErrorCode',
  valuesConfig: {
    MERCHANT_ORDER_NO_CONFLICT: { description: 'The same number, other content.' },
    ORDER_NOT_PAYABLE: { description: 'Already paid, cancelled, expired, …' },
    PAYMENT_UNRESOLVED: { description: "An earlier payment's outcome is still unknown: no new number yet." },
    PAYMENT_REJECTED: { description: "Alipay's definite no; carries subCode." },
    ILLEGAL_TRANSITION: { description: 'The order cannot go there from where it is.' },
    REFUND_EXCEEDS_PAID: { description: 'More than what can still be given back.' },
    REFUND_NO_CONFLICT: { description: 'The same refundNo, another amount; or it was turned down and is spent.' },
    CONFIRMATION_REQUIRED: { description: 'It waits for a second person.' },
    CONFIRMATION_INVALID: { description: 'Not the one to decide, a wrong code, too late, or decided already.' },
    CHANNEL_UNAVAILABLE: { description: 'Alipay could not be reached and nothing was sent.' },
    NO_ACTIVE_APP: { description: 'The merchant has no Alipay app that is not suspended. Nothing was stored.' },
    CASE_NOT_RESOLVABLE: { description: 'The case is resolved already, or cannot be resolved that way.' },
  },
});
