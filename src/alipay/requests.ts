// The biz_content of every call. Only documented fields (dossier 3.1): Alipay takes others for an attack
// (isv.suspected-attack). Never an empty string: it would be signed here and dropped there.
import { formatAmount } from '../orders/money.ts';
import type { PaymentRequest, RedirectRequest, RefundRequest } from '../orders/ports.ts';
import { formatBeijingTime } from './beijing-time.ts';
import type { BizContent, OfferMethod } from './gateway.ts';

export function precreateContent(request: PaymentRequest): BizContent {
  return {
    ...orderContent(request),
    ...given({ body: request.body, terminal_id: request.terminalId, operator_id: request.operatorId }),
  };
}

/** What a precreate says, and the buyer's payment code. */
export function payContent(request: PaymentRequest & { readonly authCode: string }): BizContent {
  const { authCode } = request;
  // A face code is no bar code to Alipay.
  const scene = authCode.startsWith('fp') ? 'security_code' : 'bar_code';
  return { ...precreateContent(request), auth_code: authCode, scene };
}

export interface Product {
  readonly method: OfferMethod;
  readonly productCode: string;
}

export const products: Readonly<Record<RedirectRequest['method'], Product>> = {
  PAGE: { method: 'alipay.trade.page.pay', productCode: 'FAST_INSTANT_TRADE_PAY' },
  WAP: { method: 'alipay.trade.wap.pay', productCode: 'QUICK_WAP_WAY' },
  APP: { method: 'alipay.trade.app.pay', productCode: 'QUICK_MSECURITY_PAY' },
};

/** Online products know no till, no operator and no body. */
export function offerContent(request: PaymentRequest & RedirectRequest): BizContent {
  const { method, quitUrl } = request;
  return {
    ...orderContent(request),
    product_code: products[method].productCode,
    ...given({ quit_url: method === 'WAP' ? quitUrl : null }),
  };
}

export function numberContent(outTradeNo: string): BizContent {
  return { out_trade_no: outTradeNo };
}

export function refundContent({ outTradeNo, refundNo, amountFen, reason }: RefundRequest): BizContent {
  return {
    out_trade_no: outTradeNo,
    out_request_no: refundNo,
    refund_amount: formatAmount(amountFen),
    ...given({ refund_reason: reason }),
  };
}

/** The time of a refund comes only when asked for. */
export function refundQueryContent({
  outTradeNo,
  refundNo,
}: Pick<RefundRequest, 'outTradeNo' | 'refundNo'>): BizContent {
  return { out_trade_no: outTradeNo, out_request_no: refundNo, query_options: ['gmt_refund_pay'] };
}

function orderContent(request: PaymentRequest): BizContent {
  return {
    out_trade_no: request.outTradeNo,
    total_amount: formatAmount(request.amountFen),
    subject: request.subject,
    time_expire: formatBeijingTime(request.expiresAt),
    ...given({ store_id: request.storeId }),
  };
}

function given(fields: Readonly<Record<string, string | null>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(fields).filter((entry): entry is [string, string] => Boolean(entry[1])));
}
