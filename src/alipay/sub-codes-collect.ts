// Refusals to collect: alipay.trade.precreate, create and pay.
import { type SubCodeRow, says, type Table } from './meaning.ts';

const BUYER = says(
  'Alipay refuses this buyer; please choose another way to pay',
  '顾客的支付宝账户不能付款，请换一种付款方式',
);
const SHOP = says(
  'Alipay does not let this shop collect at the moment; please call the operator',
  '本店暂时不能用支付宝收款，请联系运营人员',
);
const LIMIT = says('The amount exceeds what this shop may collect through Alipay', '金额超出本店的支付宝收款限额');
const REQUEST = says(
  'Alipay does not accept the details of this payment; please call the operator',
  '支付宝不接受这笔交易的信息，请联系运营人员',
);
const UNVERIFIED = says(
  "The buyer's Alipay account is not verified; please choose another way to pay",
  '顾客的支付宝账户未完成实名认证，请换一种付款方式',
);

const number: Table<SubCodeRow> = {
  CONTEXT_INCONSISTENT: says('Alipay knows this number with other details', '支付宝已有订单号相同但内容不同的交易'),
  TRADE_HAS_SUCCESS: says('This payment has already been made', '这笔交易已付款，请勿重复收款'),
  TRADE_HAS_CLOSE: says('This payment is closed; please start a new one', '这笔交易已关闭，请重新发起收款'),
  NOW_TIME_AFTER_EXPIRE_TIME_ERROR: says('The time to pay is over', '已超过付款期限，请重新下单'),
};

const content: Table<SubCodeRow> = {
  TOTAL_FEE_EXCEED: says('The amount is outside what Alipay allows', '金额超出支付宝允许的范围'),
  EXIST_FORBIDDEN_WORD: says(
    'The subject or the description holds a word that Alipay forbids',
    '商品标题或描述含有违禁词，请修改后重试',
  ),
  INVALID_STORE_ID: says('Alipay does not know this store', '支付宝查不到该门店，请联系运营人员'),
  SUB_GOODS_SIZE_MAX_COUNT: REQUEST,
  RISK_MERCHANT_IP_NOT_EXIST: REQUEST,
  APPLY_PC_MERCHANT_CODE_ERROR: REQUEST,
};

const shop: Table<SubCodeRow> = {
  SELLER_BEEN_BLOCKED: SHOP,
  SELLER_NOT_EXIST: SHOP,
  INVALID_RECEIVE_ACCOUNT: SHOP,
  MERCHANT_STATUS_NOT_NORMAL: SHOP,
  MERCHANT_PERM_RECEIPT_SUSPEND_LIMIT: SHOP,
  MERCHANT_PERM_RECEIPT_SINGLE_PAY_LIMIT: LIMIT,
  MERCHANT_PERM_RECEIPT_DAY_LIMIT: LIMIT,
  BEYOND_PAY_RESTRICTION: LIMIT,
  BEYOND_PER_RECEIPT_RESTRICTION: LIMIT,
  BEYOND_PER_RECEIPT_SINGLE_RESTRICTION: LIMIT,
  BEYOND_PER_RECEIPT_DAY_RESTRICTION: LIMIT,
};

const buyer: Table<SubCodeRow> = {
  TRADE_BUYER_NOT_MATCH: BUYER,
  BUYER_ENABLE_STATUS_FORBID: BUYER,
  BUYER_SELLER_EQUAL: says('Buyer and seller are the same Alipay account', '付款方与收款方是同一个支付宝账户'),
  ERROR_BUYER_CERTIFY_LEVEL_LIMIT: UNVERIFIED,
  NOT_CERTIFIED_USER: UNVERIFIED,
};

/** Of a scanned payment code. All are definite; with a fresh code the same number may be used again. */
const code: Table<SubCodeRow> = {
  PAYMENT_AUTH_CODE_INVALID: says(
    'This payment code is not valid any more; please scan a fresh one',
    '付款码无效或已过期，请让顾客刷新后重新扫码',
  ),
  PULL_MOBILE_CASHIER_FAIL: says(
    "The buyer's phone did not ask for the payment; please scan again",
    '未能唤起顾客手机上的收银台，请重新扫码',
  ),
};

const means: Table<SubCodeRow> = {
  BUYER_BALANCE_NOT_ENOUGH: says(
    "The buyer's balance is too low; please choose another way to pay",
    '顾客账户余额不足，请换一种付款方式',
  ),
  BUYER_BANKCARD_BALANCE_NOT_ENOUGH: says(
    "The balance of the buyer's bank card is too low; please choose another way to pay",
    '顾客银行卡余额不足，请换一种付款方式',
  ),
  ERROR_BALANCE_PAYMENT_DISABLE: says(
    'The buyer has switched off paying from the balance; please choose another way to pay',
    '顾客已关闭余额支付，请换一种付款方式',
  ),
  MOBILE_PAYMENT_SWITCH_OFF: says(
    'The buyer has switched off paying by phone; please choose another way to pay',
    '顾客已关闭手机支付，请换一种付款方式',
  ),
  USER_FACE_PAYMENT_SWITCH_OFF: says(
    'The buyer has switched off payment codes; please choose another way to pay',
    '顾客已关闭付款码付款，请换一种付款方式',
  ),
  PAYMENT_FAIL: says('The payment failed; please choose another way to pay', '付款失败，请换一种付款方式'),
  PAYMENT_REQUEST_HAS_RISK: says(
    'Alipay sees a risk in this payment; please choose another way to pay',
    '支付宝认为这笔付款存在风险，请换一种付款方式',
  ),
  BUYER_PAYMENT_AMOUNT_DAY_LIMIT_ERROR: says(
    "The buyer's limit for today is used up; please choose another way to pay",
    '顾客今日付款额度已用完，请换一种付款方式',
  ),
  BUYER_PAYMENT_AMOUNT_MONTH_LIMIT_ERROR: says(
    "The buyer's limit for this month is used up; please choose another way to pay",
    '顾客本月付款额度已用完，请换一种付款方式',
  ),
  NO_PAYMENT_INSTRUMENTS_AVAILABLE: says(
    'The buyer has nothing in Alipay to pay with; please choose another way to pay',
    '顾客没有可用的支付渠道，请换一种付款方式',
  ),
  NOT_SUPPORT_PAYMENT_INST: says(
    'Alipay does not take what the buyer pays with here; please choose another way to pay',
    '不支持顾客所选的支付渠道，请换一种付款方式',
  ),
};

export const collecting: Table<SubCodeRow> = { ...number, ...content, ...shop, ...buyer, ...code, ...means };
