import 'reflect-metadata';
import { expect, test } from 'vitest';
import { nextActionOf } from '../../src/graphql/present-case.ts';
import { type CasePolicy, type CaseState, caseRefundNo } from '../../src/orders/case.ts';
import type { RefundStatus } from '../../src/orders/refund.ts';
import { aCase } from './a-case.ts';

// biome-ignore format: a table
test.each<[CaseState, CasePolicy, RefundStatus | 'no', ReturnType<typeof nextActionOf>]>([
  // state      policy         refund       what comes next
  ['OPEN',     'HOLD',        'no',        'DECIDE'],
  ['OPEN',     'ACCEPT',      'no',        'AUTOMATIC_ACCEPT'],
  ['OPEN',     'AUTO_REFUND', 'no',        'AUTOMATIC_REFUND'],
  ['OPEN',     'AUTO_REFUND', 'PENDING',   'AUTOMATIC_REFUND'],
  ['OPEN',     'HOLD',        'PENDING',   'AUTOMATIC_REFUND'],  // a person has decided; it is on its way
  ['OPEN',     'AUTO_REFUND', 'FAILED',    'DECIDE'],            // Alipay has refused it
  ['OPEN',     'HOLD',        'FAILED',    'DECIDE'],
  ['ACCEPTED', 'ACCEPT',      'no',        'NONE'],
  ['REFUNDED', 'AUTO_REFUND', 'SUCCEEDED', 'NONE'],
  ['CLOSED',   'AUTO_REFUND', 'FAILED',    'NONE'],
])('%s under %s with %s refund: %s', (state, policy, status, action) => {
  const one = aCase({ state, policy });
  const refunds = status === 'no' ? [] : [{ refundNo: caseRefundNo(one), status }];
  expect(nextActionOf(one, refunds)).toBe(action);
});

test("another refund of the order is not the case's", () => {
  expect(nextActionOf(aCase(), [{ refundNo: 'R-1', status: 'PENDING' }])).toBe('DECIDE');
});
