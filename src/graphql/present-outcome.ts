// Outcomes of use cases → members of the result unions.
import type {
  CreateOrderOutcome,
  OrderOutcome,
  PaymentOutcome,
  RefundOutcome,
  ResolveCaseOutcome,
} from '../orders/outcomes.ts';
import type { Context } from './context.ts';
import { presentHeld } from './present-operation.ts';
import { presentCase, presentOrder, presentPayment, presentRefund, wholeOwner } from './present-order.ts';
import { presentRefusal } from './present-refusal.ts';
import type { CreateOrderResult, OrderResult, PaymentResult, RefundResult, ResolveCaseResult } from './result.types.ts';

export function presentCreated(outcome: CreateOrderOutcome, context: Context): typeof CreateOrderResult {
  return outcome.kind === 'created' ? presentOrder(outcome.order, context) : presentRefusal(outcome);
}

export function presentCollected(outcome: PaymentOutcome): typeof PaymentResult {
  if (outcome.kind !== 'payment') return presentRefusal(outcome);
  return presentPayment(outcome.payment, wholeOwner(outcome.order));
}

export function presentMoved(outcome: OrderOutcome, context: Context): typeof OrderResult {
  if (outcome.kind === 'confirmation_required') return presentHeld(outcome, context);
  return outcome.kind === 'order' ? presentOrder(outcome.order, context) : presentRefusal(outcome);
}

export function presentGivenBack(outcome: RefundOutcome, context: Context): typeof RefundResult {
  if (outcome.kind === 'confirmation_required') return presentHeld(outcome, context);
  if (outcome.kind !== 'refund') return presentRefusal(outcome);
  return presentRefund(outcome.refund, wholeOwner(outcome.order), context);
}

export function presentResolved(outcome: ResolveCaseOutcome, context: Context): typeof ResolveCaseResult {
  if (outcome.kind === 'confirmation_required') return presentHeld(outcome, context);
  return outcome.kind === 'case' ? presentCase(outcome.one) : presentRefusal(outcome);
}
