// Refusals to refund, and to say what became of a refund.
import { type SubCodeRow, says, type Table } from './meaning.ts';

const NO_TRADE = says('Alipay does not know this payment', '支付宝查不到这笔交易');
const TOO_LATE = says('The time to refund is over; please pay back another way', '已超过退款期限，请用其他方式退款');
const WHOLE_ONLY = says('Only the whole amount of this payment can be refunded', '这笔交易只能全额退款');
const OPERATOR = says('Alipay refuses this refund; please call the operator', '支付宝拒绝了这笔退款，请联系运营人员');

const shop: Table<SubCodeRow> = {
  SELLER_BALANCE_NOT_ENOUGH: says(
    "The shop's Alipay balance is too low; please top it up and refund again",
    '本店支付宝余额不足，请充值后用同一退款单号重试',
  ),
  TRADE_HAS_FINISHED: TOO_LATE,
  TRADE_NOT_ALLOW_REFUND: TOO_LATE,
  NOT_ALLOW_PARTIAL_REFUND: WHOLE_ONLY,
  ONLINE_TRADE_VOUCHER_NOT_ALLOW_REFUND: WHOLE_ONLY,
};

const request: Table<SubCodeRow> = {
  REFUND_AMT_NOT_EQUAL_TOTAL: says('The refund does not fit what was paid', '退款金额与付款金额不符'),
  REASON_TRADE_REFUND_FEE_ERR: says('The refunds would exceed what was paid', '累计退款金额超过付款金额'),
  DISCORDANT_REPEAT_REQUEST: says(
    'This refund number stands for another amount; please take a new one',
    '该退款单号已用于其他金额，请换新的退款单号',
  ),
  TRADE_NOT_EXIST: NO_TRADE,
  TRADE_STATUS_ERROR: says('This payment is not paid, or closed', '这笔交易未付款或已关闭，不能退款'),
  TRADE_HAS_CLOSE: says('This payment is closed or has been refunded in full', '这笔交易已关闭或已全额退款'),
};

const operator: Table<SubCodeRow> = {
  BUYER_NOT_EXIST: OPERATOR,
  BUYER_ERROR: OPERATOR,
  CUSTOMER_VALIDATE_ERROR: OPERATOR,
  USER_NOT_MATCH_ERR: OPERATOR,
  REASON_TRADE_BEEN_FREEZEN: OPERATOR,
  REFUND_FEE_ERROR: OPERATOR,
  REFUND_CHARGE_ERROR: OPERATOR,
  ALLOC_AMOUNT_VALIDATE_ERROR: OPERATOR,
  REFUNDALLOC_UNAUTH_LIMIT: OPERATOR,
  TRADE_SETTLE_ERROR: OPERATOR,
  CURRENCY_NOT_SUPPORT: OPERATOR,
  ENTERPRISE_PAY_BIZ_ERROR: OPERATOR,
};

export const refunding: Table<SubCodeRow> = { ...shop, ...request, ...operator };

/** Asked about a refund, "no such trade" is a full answer: there is no such refund either. */
export const queryingRefund: Table<SubCodeRow> = { TRADE_NOT_EXIST: { meaning: 'accepted', ...NO_TRADE } };
