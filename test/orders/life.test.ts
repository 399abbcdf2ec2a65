import { describe, expect, test } from 'vitest';
import { type CaseFact, type CaseState, caseLife } from '../../src/orders/case.ts';
import { type Life, next, unreachable } from '../../src/orders/life.ts';
import { type OperationFact, type OperationState, operationLife } from '../../src/orders/operation.ts';
import { type OrderFact, type OrderStatus, orderLife } from '../../src/orders/order.ts';
import { type PaymentFact, type PaymentStatus, paymentLife } from '../../src/orders/payment.ts';
import { type RefundFact, type RefundStatus, refundLife } from '../../src/orders/refund.ts';

function landing<State extends string, Fact extends string>(life: Life<State, Fact>, state: State, fact: Fact) {
  const to = next(life, state, fact);
  if (to === undefined) return 'refused';
  return to === state ? 'stays' : to;
}

describe('an order', () => {
  // biome-ignore format: a table
  test.each<[OrderStatus, OrderFact, OrderStatus | 'stays' | 'refused']>([
    // in         hears             lands
    ['PENDING',   'paid',           'PAID'],
    ['PENDING',   'cancelled',      'CANCELLED'],
    ['PENDING',   'shipped',        'refused'],
    ['PENDING',   'completed',      'refused'],
    ['PENDING',   'refundedInFull', 'refused'],   // hear() makes it PAID first
    ['PENDING',   'returned',       'refused'],
    ['PAID',      'paid',           'stays'],     // Alipay repeats itself for 25 hours
    ['PAID',      'cancelled',      'refused'],
    ['PAID',      'shipped',        'SHIPPING'],
    ['PAID',      'completed',      'COMPLETED'], // handed over the counter
    ['PAID',      'refundedInFull', 'REFUNDED'],
    ['PAID',      'returned',       'refused'],
    ['SHIPPING',  'paid',           'stays'],
    ['SHIPPING',  'cancelled',      'refused'],
    ['SHIPPING',  'shipped',        'stays'],
    ['SHIPPING',  'completed',      'COMPLETED'],
    ['SHIPPING',  'refundedInFull', 'REFUNDED'],
    ['SHIPPING',  'returned',       'RETURNED'],
    ['COMPLETED', 'paid',           'stays'],
    ['COMPLETED', 'cancelled',      'refused'],
    ['COMPLETED', 'shipped',        'refused'],
    ['COMPLETED', 'completed',      'stays'],
    ['COMPLETED', 'refundedInFull', 'REFUNDED'],
    ['COMPLETED', 'returned',       'RETURNED'],
    ['CANCELLED', 'paid',           'stays'],     // and opens a case, never nothing
    ['CANCELLED', 'cancelled',      'stays'],
    ['CANCELLED', 'shipped',        'refused'],
    ['CANCELLED', 'completed',      'refused'],
    ['CANCELLED', 'refundedInFull', 'stays'],     // the case's refund
    ['CANCELLED', 'returned',       'refused'],
    ['CANCELLED', 'accepted',       'PAID'],      // the late money is kept
    ['PENDING',   'accepted',       'refused'],
    ['PAID',      'accepted',       'refused'],
    ['REFUNDED',  'accepted',       'refused'],
    ['REFUNDED',  'paid',           'stays'],
    ['REFUNDED',  'cancelled',      'refused'],
    ['REFUNDED',  'shipped',        'refused'],
    ['REFUNDED',  'completed',      'refused'],
    ['REFUNDED',  'refundedInFull', 'stays'],
    ['REFUNDED',  'returned',       'stays'],
    ['RETURNED',  'paid',           'stays'],
    ['RETURNED',  'cancelled',      'refused'],
    ['RETURNED',  'shipped',        'refused'],
    ['RETURNED',  'completed',      'refused'],
    ['RETURNED',  'refundedInFull', 'stays'],     // goods and money are both back
    ['RETURNED',  'returned',       'stays'],
  ])('%s, hearing %s: %s', (state, fact, lands) => {
    expect(landing(orderLife, state, fact)).toBe(lands);
  });
});

describe('a payment', () => {
  // biome-ignore format: a table
  test.each<[PaymentStatus, PaymentFact, PaymentStatus | 'stays' | 'refused']>([
    // in              hears        lands
    ['CREATED',        'offered',   'AWAITING_BUYER'],
    ['CREATED',        'doubted',   'UNKNOWN'],
    ['CREATED',        'succeeded', 'SUCCEEDED'],      // the notification was faster than the answer
    ['CREATED',        'refused',   'FAILED'],
    ['CREATED',        'closed',    'CLOSED'],
    ['CREATED',        'cancelled', 'FAILED'],         // a scanned code that was called off
    ['AWAITING_BUYER', 'offered',   'stays'],          // a new code, the same payment
    ['AWAITING_BUYER', 'doubted',   'stays'],
    ['AWAITING_BUYER', 'succeeded', 'SUCCEEDED'],
    ['AWAITING_BUYER', 'refused',   'stays'],          // the old code may still be paid
    ['AWAITING_BUYER', 'closed',    'CLOSED'],
    ['AWAITING_BUYER', 'cancelled', 'FAILED'],
    ['UNKNOWN',        'offered',   'AWAITING_BUYER'],
    ['UNKNOWN',        'doubted',   'stays'],
    ['UNKNOWN',        'succeeded', 'SUCCEEDED'],
    ['UNKNOWN',        'refused',   'stays'], // a later no does not tell what became of the first question
    ['UNKNOWN',        'closed',    'CLOSED'],
    ['UNKNOWN',        'cancelled', 'FAILED'],
    ['SUCCEEDED',      'offered',   'stays'],
    ['SUCCEEDED',      'doubted',   'stays'],
    ['SUCCEEDED',      'succeeded', 'stays'],
    ['SUCCEEDED',      'refused',   'refused'],        // nobody can unsay money
    ['SUCCEEDED',      'closed',    'refused'],
    ['SUCCEEDED',      'cancelled', 'refused'],
    ['FAILED',         'offered',   'refused'],
    ['FAILED',         'doubted',   'refused'],
    ['FAILED',         'succeeded', 'SUCCEEDED'],      // money is the truth
    ['FAILED',         'refused',   'refused'],
    ['FAILED',         'closed',    'stays'],
    ['FAILED',         'cancelled', 'stays'],
    ['CLOSED',         'offered',   'refused'],
    ['CLOSED',         'doubted',   'refused'],
    ['CLOSED',         'succeeded', 'SUCCEEDED'],
    ['CLOSED',         'refused',   'refused'],
    ['CLOSED',         'closed',    'stays'],
    ['CLOSED',         'cancelled', 'stays'],
  ])('%s, hearing %s: %s', (state, fact, lands) => {
    expect(landing(paymentLife, state, fact)).toBe(lands);
  });
});

describe('a refund', () => {
  // biome-ignore format: a table
  test.each<[RefundStatus, RefundFact, RefundStatus | 'stays' | 'refused']>([
    // in                     hears        lands
    ['AWAITING_CONFIRMATION', 'confirmed', 'PENDING'],
    ['AWAITING_CONFIRMATION', 'rejected',  'REJECTED'],
    ['AWAITING_CONFIRMATION', 'succeeded', 'SUCCEEDED'], // one that failed before, and did not
    ['AWAITING_CONFIRMATION', 'failed',    'refused'],  // nothing was sent
    ['AWAITING_CONFIRMATION', 'retried',   'refused'],
    ['PENDING',               'succeeded', 'SUCCEEDED'],
    ['PENDING',               'failed',    'FAILED'],
    ['PENDING',               'retried',   'stays'],
    ['PENDING',               'rejected',  'refused'],
    ['SUCCEEDED',             'succeeded', 'stays'],
    ['SUCCEEDED',             'failed',    'refused'],
    ['FAILED',                'succeeded', 'SUCCEEDED'],
    ['FAILED',                'failed',    'stays'],
    ['FAILED',                'retried',   'PENDING'],
    ['FAILED',                'held',      'AWAITING_CONFIRMATION'],
    ['PENDING',               'held',      'refused'],  // it may have been sent
    ['PENDING',               'confirmed', 'refused'],  // once is enough
    ['REJECTED',              'rejected',  'stays'],
    ['REJECTED',              'confirmed', 'refused'],
  ])('%s, hearing %s: %s', (state, fact, lands) => {
    expect(landing(refundLife, state, fact)).toBe(lands);
  });
});

describe('a case', () => {
  // biome-ignore format: a table
  test.each<[CaseState, CaseFact, CaseState | 'stays' | 'refused']>([
    // in       hears       lands
    ['OPEN',     'accepted', 'ACCEPTED'],
    ['OPEN',     'refunded', 'REFUNDED'],
    ['OPEN',     'closed',   'CLOSED'],    // a person has settled it elsewhere
    ['ACCEPTED', 'accepted', 'stays'],
    ['ACCEPTED', 'refunded', 'refused'],   // then it is the order's own refund
    ['ACCEPTED', 'closed',   'refused'],
    ['REFUNDED', 'accepted', 'refused'],
    ['REFUNDED', 'refunded', 'stays'],
    ['REFUNDED', 'closed',   'refused'],
    ['CLOSED',   'accepted', 'refused'],
    ['CLOSED',   'refunded', 'refused'],
    ['CLOSED',   'closed',   'stays'],
  ])('%s, hearing %s: %s', (state, fact, lands) => {
    expect(landing(caseLife, state, fact)).toBe(lands);
  });
});

describe('an operation', () => {
  // biome-ignore format: a table
  test.each<[OperationState, OperationFact, OperationState | 'stays' | 'refused']>([
    // in        hears       lands
    ['WAITING',  'approved', 'APPROVED'],
    ['WAITING',  'rejected', 'REJECTED'],
    ['WAITING',  'expired',  'EXPIRED'],
    ['WAITING',  'used',     'refused'],   // nobody has agreed
    ['APPROVED', 'approved', 'stays'],
    ['APPROVED', 'rejected', 'refused'],   // it may be done by now
    ['APPROVED', 'expired',  'EXPIRED'],   // nobody came back for it
    ['APPROVED', 'used',     'USED'],
    ['REJECTED', 'approved', 'refused'],
    ['EXPIRED',  'approved', 'refused'],
    ['USED',     'used',     'stays'],
    ['USED',     'approved', 'refused'],
  ])('%s, hearing %s: %s', (state, fact, lands) => {
    expect(landing(operationLife, state, fact)).toBe(lands);
  });
});

describe('the tables', () => {
  test('hold no state that nothing leads to', () => {
    expect(unreachable(orderLife, 'PENDING')).toEqual([]);
    expect(unreachable(paymentLife, 'CREATED')).toEqual([]);
    expect(unreachable(refundLife, 'AWAITING_CONFIRMATION')).toEqual([]);
    expect(unreachable(caseLife, 'OPEN')).toEqual([]);
    expect(unreachable(operationLife, 'WAITING')).toEqual([]);
  });

  test('a broken table names the states that it strands', () => {
    const life: Life<'A' | 'B' | 'C' | 'D', 'go'> = { A: { go: 'B' }, B: {}, C: { go: 'D' }, D: { go: 'C' } };
    expect(unreachable(life, 'A')).toEqual(['C', 'D']);
  });
});
