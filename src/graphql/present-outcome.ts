// Outcomes of use cases → members of the result unions.
import type { CreateOrderOutcome, InvalidInput as Invalid, PrecreateOutcome } from '../orders/outcomes.ts';
import type { Context } from './context.ts';
import {
  ChannelUnavailable,
  InvalidInput,
  MerchantOrderNoConflict,
  OrderNotFound,
  OrderNotPayable,
  PaymentRejected,
  PaymentUnresolved,
  SubmissionTokenInvalid,
} from './error.types.ts';
import { make } from './make.ts';
import { presentOrder, presentPayment } from './present-order.ts';
import type { CreateOrderResult, PaymentResult } from './result.types.ts';

export function presentCreated(outcome: CreateOrderOutcome, context: Context): typeof CreateOrderResult {
  switch (outcome.kind) {
    case 'created':
      return presentOrder(outcome.order, context);
    case 'invalid_input':
      return presentInvalid(outcome);
    case 'merchant_order_no_conflict':
      return make(MerchantOrderNoConflict, {
        code: 'MERCHANT_ORDER_NO_CONFLICT',
        message: `${outcome.merchantOrderNo} names an order with other content`,
      });
    case 'submission_token_invalid':
      return make(SubmissionTokenInvalid, {
        code: 'SUBMISSION_TOKEN_INVALID',
        message: 'The submission token is not ours, not yours, or its five minutes are over',
      });
  }
}

export function presentPrecreated(outcome: PrecreateOutcome): typeof PaymentResult {
  switch (outcome.kind) {
    case 'payment':
      return presentPayment({ ...outcome.payment, orderId: outcome.order.id });
    case 'invalid_input':
      return presentInvalid(outcome);
    case 'order_not_found':
      return make(OrderNotFound, { code: 'ORDER_NOT_FOUND', message: 'There is no such order' });
    case 'order_not_payable':
      return make(OrderNotPayable, { code: 'ORDER_NOT_PAYABLE', message: notPayable(outcome) });
    case 'payment_unresolved':
      return make(PaymentUnresolved, {
        code: 'PAYMENT_UNRESOLVED',
        message: 'An earlier payment of this order is still open',
      });
    case 'payment_rejected':
      return make(PaymentRejected, {
        code: 'PAYMENT_REJECTED',
        message: outcome.message,
        subCode: outcome.subCode,
      });
    case 'channel_unavailable':
      return make(ChannelUnavailable, {
        code: 'CHANNEL_UNAVAILABLE',
        message: 'Alipay could not be reached; nothing was sent',
      });
  }
}

function notPayable({ status, expired }: { status: string; expired: boolean }): string {
  return status === 'PENDING' && expired ? 'The order has expired' : `The order is ${status}`;
}

function presentInvalid({ field, message }: Invalid): InvalidInput {
  return make(InvalidInput, { code: 'INVALID_INPUT', message, field });
}
