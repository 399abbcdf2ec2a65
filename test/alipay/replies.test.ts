import { describe, expect, test } from 'vitest';
import type { Method } from '../../src/alipay/gateway.ts';
import type { Meaning } from '../../src/alipay/meaning.ts';
import { readReply } from '../../src/alipay/replies.ts';

const PRECREATE = 'alipay.trade.precreate';
const PAY = 'alipay.trade.pay';
const QUERY = 'alipay.trade.query';
const CLOSE = 'alipay.trade.close';
const CANCEL = 'alipay.trade.cancel';
const REFUND = 'alipay.trade.refund';
const REFUND_QUERY = 'alipay.trade.fastpay.refund.query';
const METHODS: readonly Method[] = [PRECREATE, PAY, QUERY, CLOSE, CANCEL, REFUND, REFUND_QUERY];

const ENGLISH = /^[A-Z][ -~]{5,}$/;
const CHINESE = /^[\p{Script=Han}，]{3,}$/u;

// Alipay's common codes (dossier 2.4): what they mean does not depend on the method.
describe.each(METHODS)('%s', (method) => {
  test.each<[string, string | undefined, Meaning, Meaning, string]>([
    // code   sub_code                          signed      unsigned    subCode
    ['10000', undefined, 'accepted', 'unknown', '10000'],
    ['20000', 'isp.unknow-error', 'unknown', 'unknown', 'unknow-error'],
    ['20000', 'aop.unknow-error', 'unknown', 'unknown', 'unknow-error'],
    ['20000', 'aop.ACQ.SYSTEM_ERROR', 'unknown', 'unknown', 'SYSTEM_ERROR'],
    ['20001', 'aop.invalid-auth-token', 'rejected', 'rejected', 'invalid-auth-token'],
    ['20001', 'aop.auth-token-time-out', 'rejected', 'rejected', 'auth-token-time-out'],
    ['20001', 'aop.no-product-reg-by-partner', 'rejected', 'rejected', 'no-product-reg-by-partner'],
    ['40001', 'isv.missing-signature', 'rejected', 'rejected', 'missing-signature'],
    ['40001', 'isv.missing-timestamp', 'rejected', 'rejected', 'missing-timestamp'],
    ['40002', 'isv.invalid-signature', 'rejected', 'rejected', 'invalid-signature'],
    ['40002', 'isv.invalid-app-id', 'rejected', 'rejected', 'invalid-app-id'],
    ['40002', 'isv.invalid-timestamp', 'rejected', 'rejected', 'invalid-timestamp'],
    ['40002', 'isv.suspected-attack', 'rejected', 'rejected', 'suspected-attack'],
    ['40002', 'isv.app-cert-expired', 'rejected', 'rejected', 'app-cert-expired'],
    ['40002', 'isv.not-online-app', 'rejected', 'rejected', 'not-online-app'],
    ['40003', 'isv.missing-signature-config', 'rejected', 'rejected', 'missing-signature-config'],
    ['40004', 'ACQ.SYSTEM_ERROR', 'unknown', 'unknown', 'SYSTEM_ERROR'],
    ['40004', 'AQC.SYSTEM_ERROR', 'unknown', 'unknown', 'SYSTEM_ERROR'],
    ['40004', 'SYSTEM_ERROR', 'unknown', 'unknown', 'SYSTEM_ERROR'],
    ['40004', 'ACQ.INVALID_PARAMETER', 'rejected', 'unknown', 'INVALID_PARAMETER'],
    ['40004', 'ACQ.ACCESS_FORBIDDEN', 'rejected', 'unknown', 'ACCESS_FORBIDDEN'],
    ['40004', 'ACQ.PARTNER_ERROR', 'rejected', 'unknown', 'PARTNER_ERROR'],
    ['40004', 'ACQ.SOMETHING_NEW', 'rejected', 'unknown', 'SOMETHING_NEW'],
    ['40004', undefined, 'rejected', 'unknown', '40004'],
    ['40004', 'ACQ.', 'rejected', 'unknown', '40004'],
    ['40004', 'ACQ.<script>', 'rejected', 'unknown', '40004'],
    ['40005', 'isv.app-call-limited', 'rejected', 'rejected', 'app-call-limited'],
    ['40005', 'isv.method-call-limited', 'rejected', 'rejected', 'method-call-limited'],
    ['40005', undefined, 'rejected', 'rejected', 'app-call-limited'],
    ['40006', 'isv.insufficient-isv-permissions', 'rejected', 'rejected', 'insufficient-isv-permissions'],
    ['', undefined, 'unknown', 'unknown', ''],
    ['99999', 'ACQ.TRADE_NOT_EXIST', 'unknown', 'unknown', 'TRADE_NOT_EXIST'],
    ['constructor', '__proto__', 'unknown', 'unknown', '__proto__'],
    ['constructor', undefined, 'unknown', 'unknown', 'constructo'],
  ])('%s %s: signed %s, unsigned %s, as %s', (code, raw, signed, unsigned, subCode) => {
    const read = readReply(method, { code, subCode: raw, signed: true });
    expect(read).toMatchObject({ meaning: signed, subCode });
    expect(readReply(method, { code, subCode: raw, signed: false })).toMatchObject({ meaning: unsigned, subCode });
    expect(read.message).toMatch(ENGLISH);
    expect(read.messageZh).toMatch(CHINESE);
  });
});

test('10003 says something of a payment code only', () => {
  const meanings = METHODS.map((method) => readReply(method, { code: '10003', subCode: undefined, signed: true }));
  expect(meanings.map(({ meaning }) => meaning === 'accepted')).toEqual(METHODS.map((method) => method === PAY));
  expect(readReply(PAY, { code: '10003', subCode: undefined, signed: false }).meaning).toBe('unknown');
});

const refusal = (method: Method, subCode: string | undefined) =>
  readReply(method, { code: '40004', subCode: subCode && `ACQ.${subCode}`, signed: true });

// Every sub_code that the dossier names (2.5), by method; the words are what a cashier reads of it.
test.each<[string, readonly Method[], RegExp]>([
  // to collect
  ['CONTEXT_INCONSISTENT', [PRECREATE, PAY], /other details/],
  ['TRADE_HAS_SUCCESS', [PRECREATE, PAY], /already been made/],
  ['TRADE_HAS_CLOSE', [PRECREATE, PAY], /start a new one/],
  ['TOTAL_FEE_EXCEED', [PRECREATE, PAY], /amount/],
  ['EXIST_FORBIDDEN_WORD', [PRECREATE, PAY], /forbids/],
  ['TRADE_BUYER_NOT_MATCH', [PRECREATE, PAY], /refuses this buyer/],
  ['BUYER_SELLER_EQUAL', [PRECREATE, PAY], /the same Alipay account/],
  ['BUYER_ENABLE_STATUS_FORBID', [PRECREATE, PAY], /refuses this buyer/],
  ['SELLER_BEEN_BLOCKED', [PRECREATE, PAY], /call the operator/],
  ['SELLER_NOT_EXIST', [PRECREATE, PAY], /call the operator/],
  ['INVALID_RECEIVE_ACCOUNT', [PRECREATE, PAY], /call the operator/],
  ['MERCHANT_STATUS_NOT_NORMAL', [PRECREATE, PAY], /call the operator/],
  ['MERCHANT_PERM_RECEIPT_SUSPEND_LIMIT', [PRECREATE, PAY], /call the operator/],
  ['MERCHANT_PERM_RECEIPT_SINGLE_PAY_LIMIT', [PRECREATE, PAY], /exceeds/],
  ['MERCHANT_PERM_RECEIPT_DAY_LIMIT', [PRECREATE, PAY], /exceeds/],
  ['BEYOND_PAY_RESTRICTION', [PRECREATE, PAY], /exceeds/],
  ['BEYOND_PER_RECEIPT_RESTRICTION', [PRECREATE, PAY], /exceeds/],
  ['BEYOND_PER_RECEIPT_SINGLE_RESTRICTION', [PRECREATE, PAY], /exceeds/],
  ['BEYOND_PER_RECEIPT_DAY_RESTRICTION', [PRECREATE, PAY], /exceeds/],
  ['INVALID_STORE_ID', [PRECREATE, PAY], /store/],
  ['SUB_GOODS_SIZE_MAX_COUNT', [PRECREATE, PAY], /details of this payment/],
  ['NOW_TIME_AFTER_EXPIRE_TIME_ERROR', [PRECREATE, PAY], /time to pay is over/],
  ['RISK_MERCHANT_IP_NOT_EXIST', [PRECREATE, PAY], /details of this payment/],
  ['APPLY_PC_MERCHANT_CODE_ERROR', [PRECREATE, PAY], /details of this payment/],
  // with a payment code
  ['PAYMENT_AUTH_CODE_INVALID', [PAY], /scan a fresh one/],
  ['PULL_MOBILE_CASHIER_FAIL', [PAY], /scan again/],
  ['BUYER_BALANCE_NOT_ENOUGH', [PAY], /balance is too low.*another way/],
  ['BUYER_BANKCARD_BALANCE_NOT_ENOUGH', [PAY], /bank card is too low.*another way/],
  ['ERROR_BALANCE_PAYMENT_DISABLE', [PAY], /another way/],
  ['MOBILE_PAYMENT_SWITCH_OFF', [PAY], /another way/],
  ['USER_FACE_PAYMENT_SWITCH_OFF', [PAY], /another way/],
  ['PAYMENT_FAIL', [PAY], /failed.*another way/],
  ['PAYMENT_REQUEST_HAS_RISK', [PAY], /risk.*another way/],
  ['BUYER_PAYMENT_AMOUNT_DAY_LIMIT_ERROR', [PAY], /today.*another way/],
  ['BUYER_PAYMENT_AMOUNT_MONTH_LIMIT_ERROR', [PAY], /month.*another way/],
  ['NO_PAYMENT_INSTRUMENTS_AVAILABLE', [PAY], /another way/],
  ['NOT_SUPPORT_PAYMENT_INST', [PAY], /another way/],
  ['ERROR_BUYER_CERTIFY_LEVEL_LIMIT', [PAY], /not verified.*another way/],
  ['NOT_CERTIFIED_USER', [PAY], /not verified.*another way/],
  // to look, to close, to call off
  ['TRADE_NOT_EXIST', [QUERY, CLOSE, CANCEL], /nobody has scanned/],
  ['TRADE_STATUS_ERROR', [CLOSE], /waits for its buyer/],
  ['REASON_TRADE_STATUS_INVALID', [CLOSE], /waits for its buyer/],
  ['REASON_ILLEGAL_STATUS', [CLOSE], /waits for its buyer/],
  ['TRADE_CANCEL_TIME_OUT', [CANCEL], /24 hours.*refunded/],
  ['TRADE_HAS_FINISHED', [CANCEL], /pay back another way/],
  ['SELLER_BALANCE_NOT_ENOUGH', [CANCEL], /top it up/],
  ['REASON_TRADE_BEEN_FREEZEN', [CANCEL], /frozen/],
  ['REASON_TRADE_REFUND_FEE_ERR', [CANCEL], /already been refunded/],
  ['CANCEL_NOT_ALLOWED', [CANCEL], /called off/],
  // to refund
  ['SELLER_BALANCE_NOT_ENOUGH', [REFUND], /top it up and refund again/],
  ['REFUND_AMT_NOT_EQUAL_TOTAL', [REFUND], /does not fit what was paid/],
  ['REASON_TRADE_REFUND_FEE_ERR', [REFUND], /exceed what was paid/],
  ['DISCORDANT_REPEAT_REQUEST', [REFUND], /take a new one/],
  ['TRADE_NOT_EXIST', [REFUND], /does not know this payment$/],
  ['TRADE_STATUS_ERROR', [REFUND], /not paid, or closed/],
  ['TRADE_HAS_FINISHED', [REFUND], /pay back another way/],
  ['TRADE_NOT_ALLOW_REFUND', [REFUND], /pay back another way/],
  ['TRADE_HAS_CLOSE', [REFUND], /refunded in full/],
  ['NOT_ALLOW_PARTIAL_REFUND', [REFUND], /whole amount/],
  ['ONLINE_TRADE_VOUCHER_NOT_ALLOW_REFUND', [REFUND], /whole amount/],
  ['BUYER_NOT_EXIST', [REFUND], /call the operator/],
  ['BUYER_ERROR', [REFUND], /call the operator/],
  ['CUSTOMER_VALIDATE_ERROR', [REFUND], /call the operator/],
  ['USER_NOT_MATCH_ERR', [REFUND], /call the operator/],
  ['REASON_TRADE_BEEN_FREEZEN', [REFUND], /call the operator/],
  ['REFUND_FEE_ERROR', [REFUND], /call the operator/],
  ['REFUND_CHARGE_ERROR', [REFUND], /call the operator/],
  ['ALLOC_AMOUNT_VALIDATE_ERROR', [REFUND], /call the operator/],
  ['REFUNDALLOC_UNAUTH_LIMIT', [REFUND], /call the operator/],
  ['TRADE_SETTLE_ERROR', [REFUND], /call the operator/],
  ['CURRENCY_NOT_SUPPORT', [REFUND], /call the operator/],
  ['ENTERPRISE_PAY_BIZ_ERROR', [REFUND], /call the operator/],
])('%s is a definite no to %j', (subCode, methods, words) => {
  for (const method of methods) {
    const read = refusal(method, subCode);
    expect(read).toMatchObject({ meaning: 'rejected', subCode });
    expect(read.message).toMatch(ENGLISH);
    expect(read.message).toMatch(words);
    expect(read.messageZh).toMatch(CHINESE);
    expect(read.messageZh).not.toBe(refusal(method, undefined).messageZh);
  }
});

test('asked about a refund, “no such trade” is an answer, but only under Alipay’s signature', () => {
  expect(refusal(REFUND_QUERY, 'TRADE_NOT_EXIST').meaning).toBe('accepted');
  for (const code of ['40004', '40002', '20000'])
    expect(readReply(REFUND_QUERY, { code, subCode: 'TRADE_NOT_EXIST', signed: false }).meaning).toBe('unknown');
});
