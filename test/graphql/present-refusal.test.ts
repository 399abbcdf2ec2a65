import 'reflect-metadata';
import { describe, expect, test } from 'vitest';
import { presentRefusal, type Refusal } from '../../src/graphql/present-refusal.ts';
import type {
  CreateOrderOutcome,
  OrderOutcome,
  PaymentOutcome,
  RefundOutcome,
  ResolveCaseOutcome,
} from '../../src/orders/outcomes.ts';
import { memorySchema } from '../support/schema.ts';

const schema = memorySchema();

function membersOf(name: string): readonly string[] {
  const union = schema.getType(name);
  return union && 'getTypes' in union ? union.getTypes().map((type) => type.name) : [];
}

type Kinds<Outcome extends { readonly kind: string }> = readonly Extract<Outcome, Refusal>['kind'][];

/** The compiler keeps these lists within the outcomes; the test below keeps them within the unions. */
const REFUSED_IN = {
  CreateOrderResult: [
    'invalid_input',
    'merchant_order_no_conflict',
    'submission_token_invalid',
    'no_active_app',
  ] satisfies Kinds<CreateOrderOutcome>,
  PaymentResult: [
    'invalid_input',
    'order_not_found',
    'order_not_payable',
    'payment_unresolved',
    'payment_rejected',
    'channel_unavailable',
  ] satisfies Kinds<PaymentOutcome>,
  OrderResult: [
    'invalid_input',
    'order_not_found',
    'illegal_transition',
    'payment_unresolved',
    'payment_rejected',
    'channel_unavailable',
  ] satisfies Kinds<OrderOutcome>,
  RefundResult: [
    'invalid_input',
    'order_not_found',
    'illegal_transition',
    'refund_exceeds_paid',
    'refund_no_conflict',
    'refund_rejected',
  ] satisfies Kinds<RefundOutcome>,
  ResolveCaseResult: ['invalid_input', 'case_not_found', 'case_not_resolvable'] satisfies Kinds<ResolveCaseOutcome>,
};

const SAYS = { subCode: 'TOTAL_FEE_EXCEED', message: 'too much', messageZh: '金额超限' };

// biome-ignore format: a table
const REFUSALS: { readonly [Kind in Refusal['kind']]: readonly [Extract<Refusal, { kind: Kind }>, string, object] } = {
  invalid_input:              [{ kind: 'invalid_input', field: 'amount', message: 'amount must be more' }, 'InvalidInput', { code: 'INVALID_INPUT', field: 'amount', message: 'amount must be more' }],
  order_not_found:            [{ kind: 'order_not_found' }, 'OrderNotFound', { code: 'ORDER_NOT_FOUND' }],
  merchant_order_no_conflict: [{ kind: 'merchant_order_no_conflict', merchantOrderNo: 'A-1' }, 'MerchantOrderNoConflict', { code: 'MERCHANT_ORDER_NO_CONFLICT', message: expect.stringContaining('A-1') }],
  no_active_app:              [{ kind: 'no_active_app' }, 'NoActiveApp', { code: 'NO_ACTIVE_APP' }],
  submission_token_invalid:   [{ kind: 'submission_token_invalid' }, 'SubmissionTokenInvalid', { code: 'SUBMISSION_TOKEN_INVALID' }],
  order_not_payable:          [{ kind: 'order_not_payable', status: 'PAID', expired: true }, 'OrderNotPayable', { code: 'ORDER_NOT_PAYABLE', message: 'The order is PAID' }],
  payment_unresolved:         [{ kind: 'payment_unresolved' }, 'PaymentUnresolved', { code: 'PAYMENT_UNRESOLVED' }],
  payment_rejected:           [{ kind: 'payment_rejected', ...SAYS }, 'PaymentRejected', { code: 'PAYMENT_REJECTED', ...SAYS }],
  channel_unavailable:        [{ kind: 'channel_unavailable' }, 'ChannelUnavailable', { code: 'CHANNEL_UNAVAILABLE' }],
  illegal_transition:         [{ kind: 'illegal_transition', from: 'PENDING', to: 'shipped', allowed: ['cancelled'] }, 'IllegalTransition', { code: 'ILLEGAL_TRANSITION', from: 'PENDING', to: 'SHIPPING', allowed: ['CANCELLED'] }],
  refund_exceeds_paid:        [{ kind: 'refund_exceeds_paid', refundableFen: 500n }, 'RefundExceedsPaid', { code: 'REFUND_EXCEEDS_PAID', refundable: 500n }],
  refund_no_conflict:         [{ kind: 'refund_no_conflict', refundNo: 'R-1' }, 'RefundNoConflict', { code: 'REFUND_NO_CONFLICT', message: expect.stringContaining('R-1') }],
  refund_rejected:            [{ kind: 'refund_rejected', refundNo: 'R-1' }, 'RefundNoConflict', { code: 'REFUND_NO_CONFLICT' }],
  case_not_found:             [{ kind: 'case_not_found' }, 'CaseNotFound', { code: 'CASE_NOT_FOUND' }],
  case_not_resolvable:        [{ kind: 'case_not_resolvable', message: 'The case is CLOSED' }, 'CaseNotResolvable', { code: 'CASE_NOT_RESOLVABLE', message: 'The case is CLOSED' }],
};

describe('every refusal is a type of its own that says what happened', () => {
  test.each(Object.entries(REFUSALS))('%s', (_, [refusal, typeName, fields]) => {
    const shown = presentRefusal(refusal);
    expect(shown.constructor.name).toBe(typeName);
    expect(shown).toMatchObject(fields);
    expect(shown.message).not.toBe('');
  });
});

describe('what a use case may refuse is a member of its union, and every refusal there can happen', () => {
  test.each(Object.entries(REFUSED_IN))('%s', (union, kinds) => {
    const refusals = new Set(kinds.map((kind) => REFUSALS[kind][1]));
    // What waits for a second person is presented with what waits.
    const members = membersOf(union).filter((name) => name !== 'ConfirmationRequired');
    expect([...refusals].toSorted()).toEqual(members.slice(1).toSorted());
  });
});

// biome-ignore format: a table
test.each<[Extract<Refusal, { kind: 'illegal_transition' }>, string]>([
  [{ kind: 'illegal_transition', from: 'PENDING',  to: 'shipped',        allowed: ['cancelled'] },             'The order is PENDING and cannot become SHIPPING; it can become CANCELLED'],
  [{ kind: 'illegal_transition', from: 'PAID',     to: 'cancelled',      allowed: ['shipped', 'completed'] },  'The order is PAID and cannot become CANCELLED; it can become SHIPPING or COMPLETED'],
  [{ kind: 'illegal_transition', from: 'PENDING',  to: 'refundedInFull', allowed: ['cancelled'] },             'The order is PENDING and cannot become REFUNDED; it can become CANCELLED'],
  [{ kind: 'illegal_transition', from: 'REFUNDED', to: 'shipped',        allowed: [] },                        'The order is REFUNDED and cannot become SHIPPING; it stays so'],
])('a step that is not allowed names where the order is, what was asked and what is allowed: %#', (refusal, message) => {
  expect(presentRefusal(refusal).message).toBe(message);
});

// biome-ignore format: a table
test.each([
  ['PENDING',   true,  'The order has expired'],
  ['PENDING',   false, 'The order is being undone'],
  ['CANCELLED', true,  'The order is CANCELLED'],
] as const)('why an order that is %s (expired: %s) cannot be paid', (status, expired, message) => {
  expect(presentRefusal({ kind: 'order_not_payable', status, expired }).message).toBe(message);
});
