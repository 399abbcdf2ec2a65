// One sale and what belongs to it. Property names are those of src/orders; columns are the same in snake_case.
import { defineEntity, p } from '@mikro-orm/postgresql';
import {
  caseKinds,
  casePolicies,
  caseStates,
  channelEnds,
  fillsSha256,
  lengthBetween,
  orderStatuses,
  paymentMethods,
  paymentStatuses,
  refundStatuses,
} from './checks.ts';

/** `reservedFen` belongs to the store alone: what open refunds of the paid payment may still take. */
export const Orders = defineEntity({
  name: 'Orders',
  tableName: 'orders',
  properties: {
    merchantId: p.uuid().primary(),
    id: p.uuid().primary(),
    accountId: p.uuid(),
    merchantOrderNo: p.text(),
    contentHash: p.text(),
    subject: p.text(),
    body: p.text().nullable(),
    amountFen: p.bigint(),
    refundedFen: p.bigint().defaultRaw('0'),
    reservedFen: p.bigint().defaultRaw('0'),
    status: p.enum(orderStatuses),
    version: p.integer(),
    storeId: p.text().nullable(),
    terminalId: p.text().nullable(),
    operatorId: p.text().nullable(),
    metadata: p.text().nullable(),
    createdAt: p.datetime(3),
    expiresAt: p.datetime(3),
    paidAt: p.datetime(3).nullable(),
    paidPaymentId: p.uuid().nullable(),
    lastHash: p.text(),
    undoAt: p.datetime(3).nullable(),
  },
  uniques: [{ name: 'orders_number_key', properties: ['merchantId', 'merchantOrderNo'] }],
  checks: [
    { name: 'orders_number_check', expression: lengthBetween('merchant_order_no', 1, 60) },
    { name: 'orders_content_hash_check', expression: fillsSha256('content_hash') },
    { name: 'orders_last_hash_check', expression: fillsSha256('last_hash') },
    { name: 'orders_amount_check', expression: 'amount_fen > 0' },
    { name: 'orders_refunded_check', expression: 'refunded_fen >= 0' },
    { name: 'orders_reserved_check', expression: 'reserved_fen >= 0' },
    { name: 'orders_refunds_fit_check', expression: 'refunded_fen + reserved_fen <= amount_fen' },
    { name: 'orders_version_check', expression: 'version > 0' },
  ],
});

export const Payments = defineEntity({
  name: 'Payments',
  tableName: 'payments',
  properties: {
    merchantId: p.uuid().primary(),
    id: p.uuid().primary(),
    orderId: p.uuid(),
    method: p.enum(paymentMethods),
    status: p.enum(paymentStatuses),
    amountFen: p.bigint(),
    outTradeNo: p.text(),
    tradeNo: p.text().nullable(),
    offer: p.text().nullable(),
    payableUntil: p.datetime(3).nullable(),
    failureSubCode: p.text().nullable(),
    failureMessage: p.text().nullable(),
    failureMessageZh: p.text().nullable(),
    cancelAt: p.datetime(3).nullable(),
    codeHash: p.text().nullable(),
    channelEnd: p.enum(channelEnds).nullable(),
    refundedTotalFen: p.bigint().defaultRaw('0'),
    createdAt: p.datetime(3),
    succeededAt: p.datetime(3).nullable(),
  },
  indexes: [
    { name: 'payments_order_idx', properties: ['merchantId', 'orderId', 'id'] },
    { name: 'payments_out_trade_no_idx', properties: ['merchantId', 'outTradeNo'] },
  ],
  uniques: [
    {
      name: 'payments_one_live_key',
      properties: ['merchantId', 'orderId'],
      where: `status = ANY (ARRAY['CREATED'::text, 'AWAITING_BUYER'::text, 'UNKNOWN'::text])`,
    },
  ],
  checks: [
    { name: 'payments_amount_check', expression: 'amount_fen > 0' },
    { name: 'payments_out_trade_no_check', expression: lengthBetween('out_trade_no', 1, 64) },
    {
      name: 'payments_refunded_total_check',
      expression: 'refunded_total_fen >= 0 and refunded_total_fen <= amount_fen',
    },
    {
      name: 'payments_later_number_check',
      expression: `char_length(out_trade_no) <= 60 or starts_with(out_trade_no, replace(order_id::text, '-', '') || '_')`,
    },
  ],
});

export const Refunds = defineEntity({
  name: 'Refunds',
  tableName: 'refunds',
  properties: {
    merchantId: p.uuid().primary(),
    id: p.uuid().primary(),
    orderId: p.uuid(),
    paymentId: p.uuid(),
    refundNo: p.text(),
    amountFen: p.bigint(),
    reason: p.text().nullable(),
    status: p.enum(refundStatuses),
    failureSubCode: p.text().nullable(),
    failureMessage: p.text().nullable(),
    failureMessageZh: p.text().nullable(),
    triedAt: p.datetime(3).nullable(),
    heldUntil: p.datetime(3).nullable(),
    createdAt: p.datetime(3),
    succeededAt: p.datetime(3).nullable(),
  },
  indexes: [
    { name: 'refunds_order_idx', properties: ['merchantId', 'orderId', 'id'] },
    { name: 'refunds_payment_idx', properties: ['merchantId', 'paymentId'] },
  ],
  uniques: [{ name: 'refunds_number_key', properties: ['merchantId', 'orderId', 'refundNo'] }],
  checks: [
    { name: 'refunds_amount_check', expression: 'amount_fen > 0' },
    { name: 'refunds_number_check', expression: lengthBetween('refund_no', 1, 64) },
  ],
});

/** Money that does not fit. The order is null when nobody knows the out_trade_no. */
export const Cases = defineEntity({
  name: 'Cases',
  tableName: 'cases',
  properties: {
    merchantId: p.uuid().primary(),
    id: p.uuid().primary(),
    orderId: p.uuid().nullable(),
    kind: p.enum(caseKinds),
    amountFen: p.bigint(),
    outTradeNo: p.text(),
    tradeNo: p.text(),
    evidenceId: p.uuid(),
    state: p.enum(caseStates).default('OPEN'),
    openedAt: p.datetime(3),
    policy: p.enum(casePolicies).default('HOLD'),
    resolvedAt: p.datetime(3).nullable(),
    note: p.text().nullable(),
  },
  indexes: [
    { name: 'cases_open_idx', properties: ['merchantId', 'id'], where: `state = 'OPEN'::text` },
    { name: 'cases_order_idx', properties: ['merchantId', 'orderId', 'id'] },
    { name: 'cases_evidence_idx', properties: ['merchantId', 'evidenceId'] },
  ],
  uniques: [{ name: 'cases_trade_key', properties: ['merchantId', 'tradeNo', 'kind'] }],
  checks: [{ name: 'cases_amount_check', expression: 'amount_fen >= 0' }],
});

/** One row an order that somebody must look at again. */
export const CheckRecords = defineEntity({
  name: 'CheckRecords',
  tableName: 'checks',
  properties: {
    merchantId: p.uuid().primary(),
    orderId: p.uuid().primary(),
    dueAt: p.datetime(3),
    lookedAt: p.datetime(3),
    tries: p.integer().defaultRaw('0'),
    takenUntil: p.datetime(3).nullable(),
  },
  indexes: [
    {
      name: 'checks_minute_idx',
      expression: `create index checks_minute_idx on checks (date_bin('1 minute', due_at, 'epoch'), merchant_id, due_at)`,
    },
  ],
  checks: [{ name: 'checks_tries_check', expression: 'tries >= 0' }],
});
