import type { RefusalText } from '../shape.ts';

export const refusals: RefusalText = {
  refusal: {
    INVALID_INPUT: 'The gateway does not accept this.',
    ORDER_NOT_FOUND: 'This order does not exist.',
    MERCHANT_ORDER_NO_CONFLICT: 'This number already belongs to another sale. Press Sell again.',
    SUBMISSION_TOKEN_INVALID: 'This took too long and nothing was sold. Press Sell again.',
    ORDER_NOT_PAYABLE: 'This order can no longer be paid. Start a new sale.',
    PAYMENT_UNRESOLVED: 'An earlier payment is still being checked with Alipay. Wait a moment, then try again.',
    PAYMENT_REJECTED: 'Alipay refused.',
    ILLEGAL_TRANSITION: 'That is not possible with this order now.',
    REFUND_EXCEEDS_PAID: 'That is more than can still be given back.',
    REFUND_NO_CONFLICT: 'This refund was sent with another amount. Close this and start again.',
    CONFIRMATION_REQUIRED: 'A second person has to confirm this.',
    CONFIRMATION_INVALID: 'The confirmation is not valid.',
    CHANNEL_UNAVAILABLE: 'Alipay cannot be reached right now. Try again in a moment.',
    CASE_NOT_FOUND: 'This case does not exist any more.',
    CASE_NOT_RESOLVABLE:
      'This cannot be done with the case now: it is settled, its refund is under way, or Alipay does not confirm the money.',
    WEBHOOK_ENDPOINT_NOT_FOUND: 'This webhook endpoint does not exist any more.',
    WEBHOOK_ENDPOINT_LIMIT: 'There are as many webhook endpoints as there may be.',
    FORBIDDEN: 'This key may not do that.',
    other: 'The gateway refused. Try again.',
  },
  allowed: { CANCELLED: 'cancel', SHIPPING: 'ship', COMPLETED: 'hand over', RETURNED: 'take back', REFUNDED: 'refund' },
  possible: (what) => `Possible: ${what}.`,
  invalid: {
    amount: 'The amount must be between 0.01 and 100,000,000.00 yuan.',
    subject: 'Write what is sold: at most 256 characters, without / = & and emoji.',
    reason: 'Write the reason in at most 256 characters, without emoji.',
    note: 'Write the note in at most 256 characters, without emoji.',
    authCode: 'That is no Alipay payment code. Let the buyer show it again.',
    other: 'The gateway does not accept this input.',
  },
  noAnswer: 'The gateway does not answer. Check the network and try again.',
  sellNoAnswer: 'No answer from the gateway. Press Sell again: this never makes a second order.',
};
