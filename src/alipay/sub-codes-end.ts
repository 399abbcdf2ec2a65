// Refusals to say how a trade stands, to close it and to call it off.
import { type SubCodeRow, says, type Table } from './meaning.ts';

/** A precreated code makes no trade until somebody scans it. */
const NOBODY = says(
  'Alipay does not know this payment; nobody has scanned its code',
  '支付宝查不到这笔交易，顾客尚未扫码',
);
const NOT_UNPAID = says(
  'Only a payment that waits for its buyer can be closed; please look at it first',
  '只能关闭等待付款的交易，请先查询交易状态',
);

export const querying: Table<SubCodeRow> = { TRADE_NOT_EXIST: NOBODY };

export const closing: Table<SubCodeRow> = {
  TRADE_STATUS_ERROR: NOT_UNPAID,
  REASON_TRADE_STATUS_INVALID: NOT_UNPAID,
  REASON_ILLEGAL_STATUS: NOT_UNPAID,
  TRADE_NOT_EXIST: NOBODY,
};

export const cancelling: Table<SubCodeRow> = {
  TRADE_NOT_EXIST: NOBODY,
  TRADE_CANCEL_TIME_OUT: says(
    'A payment of more than 24 hours ago can only be refunded',
    '交易已超过二十四小时，不能撤销，请改为退款',
  ),
  TRADE_HAS_FINISHED: says(
    'The time to undo this payment is over; please pay back another way',
    '这笔交易已完结，不能撤销，请用其他方式退款',
  ),
  SELLER_BALANCE_NOT_ENOUGH: says(
    "The shop's Alipay balance is too low to give the money back; please top it up",
    '本店支付宝余额不足，不能退回款项，请充值后重试',
  ),
  REASON_TRADE_BEEN_FREEZEN: says(
    'Alipay has frozen this payment; please call the operator',
    '这笔交易已被冻结，请联系运营人员',
  ),
  REASON_TRADE_REFUND_FEE_ERR: says('This payment has already been refunded', '这笔交易已经退款'),
  CANCEL_NOT_ALLOWED: says('Alipay does not let this payment be called off', '支付宝不允许撤销这笔交易'),
};
