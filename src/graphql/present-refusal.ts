// What a use case refuses → the member of the result union that says so.
import type { OrderFact, OrderStatus } from '../orders/order.ts';
import type {
  CreateOrderOutcome,
  IllegalTransition as Illegal,
  OrderOutcome,
  PaymentOutcome,
  RefundOutcome,
  ResolveCaseOutcome,
} from '../orders/outcomes.ts';
import {
  CaseNotFound,
  CaseNotResolvable,
  ChannelUnavailable,
  type ErrorResult,
  IllegalTransition,
  InvalidInput,
  MerchantOrderNoConflict,
  NoActiveApp,
  OrderNotFound,
  OrderNotPayable,
  PaymentRejected,
  PaymentUnresolved,
  RefundExceedsPaid,
  RefundNoConflict,
  SubmissionTokenInvalid,
} from './error.types.ts';
import { make } from './make.ts';

type Outcome = CreateOrderOutcome | PaymentOutcome | OrderOutcome | RefundOutcome | ResolveCaseOutcome;
/** What waits is presented with the refund that waits. */
type Success = { readonly kind: 'created' | 'payment' | 'order' | 'refund' | 'case' | 'confirmation_required' };
export type Refusal = Exclude<Outcome, Success>;

export function presentRefusal(refusal: Refusal): ErrorResult {
  switch (refusal.kind) {
    case 'invalid_input':
      return make(InvalidInput, { code: 'INVALID_INPUT', message: refusal.message, field: refusal.field });
    case 'payment_rejected': {
      const { subCode, message, messageZh } = refusal;
      return make(PaymentRejected, { code: 'PAYMENT_REJECTED', message, messageZh, subCode });
    }
    case 'illegal_transition':
      return presentIllegal(refusal);
    case 'refund_exceeds_paid':
      return make(RefundExceedsPaid, {
        code: 'REFUND_EXCEEDS_PAID',
        message: 'The amount is more than what can still be given back',
        refundable: refusal.refundableFen,
      });
    case 'order_not_payable':
      return make(OrderNotPayable, { code: 'ORDER_NOT_PAYABLE', message: notPayable(refusal) });
    case 'case_not_resolvable':
      return make(CaseNotResolvable, { code: 'CASE_NOT_RESOLVABLE', message: refusal.message });
    case 'order_not_found':
    case 'case_not_found':
    case 'submission_token_invalid':
    case 'no_active_app':
    case 'payment_unresolved':
    case 'channel_unavailable':
    case 'merchant_order_no_conflict':
    case 'refund_no_conflict':
    case 'refund_rejected':
      return presentPlain(refusal);
  }
}

type Plain = Exclude<
  Refusal,
  | { readonly kind: 'invalid_input' | 'payment_rejected' | 'illegal_transition' | 'refund_exceeds_paid' }
  | { readonly kind: 'order_not_payable' | 'case_not_resolvable' }
>;

/** Those that have nothing to tell but that they happened. */
function presentPlain(refusal: Plain): ErrorResult {
  switch (refusal.kind) {
    case 'order_not_found':
      return make(OrderNotFound, { code: 'ORDER_NOT_FOUND', message: 'There is no such order' });
    case 'case_not_found':
      return make(CaseNotFound, { code: 'CASE_NOT_FOUND', message: 'There is no such case' });
    case 'submission_token_invalid': {
      const message = 'The submission token is not ours, not yours, or its five minutes are over';
      return make(SubmissionTokenInvalid, { code: 'SUBMISSION_TOKEN_INVALID', message });
    }
    case 'no_active_app': {
      const message = 'The merchant has no active Alipay app: add one, or resume one that is suspended';
      return make(NoActiveApp, { code: 'NO_ACTIVE_APP', message });
    }
    case 'payment_unresolved': {
      const message = 'An earlier payment of this order is still open';
      return make(PaymentUnresolved, { code: 'PAYMENT_UNRESOLVED', message });
    }
    case 'channel_unavailable': {
      const message = 'Alipay could not be reached; nothing was sent';
      return make(ChannelUnavailable, { code: 'CHANNEL_UNAVAILABLE', message });
    }
    case 'merchant_order_no_conflict': {
      const message = `${refusal.merchantOrderNo} names an order with other content`;
      return make(MerchantOrderNoConflict, { code: 'MERCHANT_ORDER_NO_CONFLICT', message });
    }
    case 'refund_no_conflict': {
      const message = `${refusal.refundNo} names a refund of another amount`;
      return make(RefundNoConflict, { code: 'REFUND_NO_CONFLICT', message });
    }
    case 'refund_rejected': {
      const message = `${refusal.refundNo} was turned down, or not confirmed in time: ask again under another number`;
      return make(RefundNoConflict, { code: 'REFUND_NO_CONFLICT', message });
    }
  }
}

/** Where each fact of an order's life leads. */
const LEADS_TO: Readonly<Record<OrderFact, OrderStatus>> = {
  paid: 'PAID',
  cancelled: 'CANCELLED',
  shipped: 'SHIPPING',
  completed: 'COMPLETED',
  refundedInFull: 'REFUNDED',
  returned: 'RETURNED',
  accepted: 'PAID',
};

function presentIllegal({ from, to: asked, allowed: facts }: Illegal): IllegalTransition {
  const to = LEADS_TO[asked];
  const allowed = facts.map((fact) => LEADS_TO[fact]);
  const can = allowed.length === 0 ? 'it stays so' : `it can become ${allowed.join(' or ')}`;
  const message = `The order is ${from} and cannot become ${to}; ${can}`;
  return make(IllegalTransition, { code: 'ILLEGAL_TRANSITION', message, from, to, allowed });
}

function notPayable({ status, expired }: Extract<Refusal, { readonly kind: 'order_not_payable' }>): string {
  if (status !== 'PENDING') return `The order is ${status}`;
  return expired ? 'The order has expired' : 'The order is being undone';
}
