// What a refusal's `sub_code` says, by its last part, whatever the prefix: Alipay's pages spell prefixes differently.
import type { Method } from './gateway.ts';
import { rowOf, type SubCodeRow, says, type Table } from './meaning.ts';
import { ASK_OPERATOR, NOT_SIGNED_UP, TOO_MANY } from './reply-codes.ts';
import { collecting } from './sub-codes-collect.ts';
import { cancelling, closing, querying } from './sub-codes-end.ts';
import { queryingRefund, refunding } from './sub-codes-refund.ts';

const FAULT = says('Alipay had a fault and may have acted or not', '支付宝系统异常，结果未知');

/** Every method may say these. */
const common: Table<SubCodeRow> = {
  SYSTEM_ERROR: { meaning: 'unknown', ...FAULT },
  'unknow-error': { meaning: 'unknown', ...FAULT },
  INVALID_PARAMETER: says(
    'Alipay does not accept the details of this payment; please call the operator',
    '支付宝不接受这笔交易的信息，请联系运营人员',
  ),
  ACCESS_FORBIDDEN: NOT_SIGNED_UP,
  PARTNER_ERROR: ASK_OPERATOR,
  'app-call-limited': TOO_MANY,
  'method-call-limited': TOO_MANY,
  'invalid-timestamp': says(
    "This machine's clock is wrong; please call the operator",
    '本机时间不准确，请联系运营人员',
  ),
  'app-cert-expired': says(
    "This shop's certificate for Alipay has expired; please call the operator",
    '本店的支付宝应用证书已过期，请联系运营人员',
  ),
  'not-online-app': says(
    "This shop's application at Alipay is not online; please call the operator",
    '本店的支付宝应用尚未上线，请联系运营人员',
  ),
};

const byMethod: Readonly<Record<Method, Table<SubCodeRow>>> = {
  'alipay.trade.precreate': collecting,
  'alipay.trade.pay': collecting,
  'alipay.trade.query': querying,
  'alipay.trade.close': closing,
  'alipay.trade.cancel': cancelling,
  'alipay.trade.refund': refunding,
  'alipay.trade.fastpay.refund.query': queryingRefund,
};

export function subCodeRow(method: Method, subCode: string): SubCodeRow | undefined {
  return rowOf(byMethod[method], subCode) ?? rowOf(common, subCode);
}
