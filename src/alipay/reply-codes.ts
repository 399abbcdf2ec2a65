// What an answer's `code` means. Alipay's common error codes: https://opendocs.alipay.com/common/02km9f
import type { Method } from './gateway.ts';
import { type Meaning, rowOf, type Sentence, says, type Table } from './meaning.ts';

export interface CodeRow extends Sentence {
  readonly meaning: Meaning;
  /** Without Alipay's signature this reply proves nothing (some errors come unsigned). */
  readonly needsSignature: boolean;
}

export const ASK_OPERATOR = says(
  "Alipay does not accept this shop's connection; please call the operator",
  '支付宝不接受本店的接入，请联系运营人员',
);
export const NOT_SIGNED_UP = says('This product is not signed with Alipay', '本店未签约该支付宝产品，请联系运营人员');
export const TOO_MANY = says('Too many calls to Alipay; please wait a moment', '调用支付宝过于频繁，请稍候再试');
const OUTDATED = says(
  "This shop's authorisation at Alipay no longer holds; please call the operator",
  '本店在支付宝的授权已失效，请联系运营人员',
);

const signed = (meaning: Meaning, sentence: Sentence): CodeRow => ({ meaning, needsSignature: true, ...sentence });
/** Alipay refuses the call itself, in a shape that it does not sign. */
const refusesCall = (sentence: Sentence): CodeRow => ({ meaning: 'rejected', needsSignature: false, ...sentence });

/** A code that is not here is unknown. */
const codes: Table<CodeRow> = {
  10000: signed('accepted', says('Accepted', '已受理')),
  10003: signed('unknown', says('Alipay is still working on it', '支付宝仍在处理')),
  20000: signed('unknown', says('Alipay is not available and may have acted or not', '支付宝暂时不可用，结果未知')),
  20001: refusesCall(OUTDATED),
  40001: refusesCall(ASK_OPERATOR),
  40002: refusesCall(ASK_OPERATOR),
  40003: refusesCall(ASK_OPERATOR),
  40004: signed('rejected', says('Alipay refuses this payment', '支付宝拒绝了这笔收款')),
  40005: refusesCall(TOO_MANY),
  40006: refusesCall(NOT_SIGNED_UP),
};

const ENDING = says('Alipay does not end this payment', '支付宝拒绝关闭这笔交易');
const REFUND = says('Alipay refuses this refund', '支付宝拒绝了这笔退款');

/** Where a code says something else to one method. */
const byMethod: Partial<Record<Method, Table<CodeRow>>> = {
  'alipay.trade.pay': {
    10003: signed('accepted', says('The buyer confirms on the phone', '等待顾客在手机上确认付款')),
  },
  'alipay.trade.query': { 40004: signed('rejected', says('Alipay does not say', '支付宝未能查询这笔交易')) },
  'alipay.trade.close': { 40004: signed('rejected', ENDING) },
  'alipay.trade.cancel': { 40004: signed('rejected', ENDING) },
  'alipay.trade.refund': { 40004: signed('rejected', REFUND) },
  'alipay.trade.fastpay.refund.query': {
    40004: signed('rejected', says('Alipay does not say', '支付宝未能查询这笔退款')),
  },
};

export function codeRow(method: Method, code: string): CodeRow | undefined {
  return rowOf(byMethod[method], code) ?? rowOf(codes, code);
}
