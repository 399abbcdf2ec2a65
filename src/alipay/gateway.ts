// The one wrapper around the official SDK: nobody else calls it.
import type { AlipayAccount } from './account.ts';
import { formatBeijingTime } from './beijing-time.ts';
import { type GatewayAnswer, readGatewayAnswer } from './gateway-answer.ts';
import { openSdk } from './open-sdk.ts';
import type { AlipaySdk, IRequestParams } from './sdk.ts';
import { openTransport, type SignedForm, type TransportLimits } from './transport.ts';

/** What we ask of the gateway. */
export type Method =
  | 'alipay.trade.precreate'
  | 'alipay.trade.pay'
  | 'alipay.trade.query'
  | 'alipay.trade.close'
  | 'alipay.trade.cancel'
  | 'alipay.trade.refund'
  | 'alipay.trade.fastpay.refund.query';

/** What a buyer's browser or app asks of it, signed by us. */
export type OfferMethod = 'alipay.trade.page.pay' | 'alipay.trade.wap.pay' | 'alipay.trade.app.pay';

export type BizContent = Readonly<Record<string, string | readonly string[]>>;

export interface Call {
  readonly method: Method;
  readonly bizContent: BizContent;
  readonly notifyUrl?: string;
}

export interface SignedOffer {
  readonly method: OfferMethod;
  readonly bizContent: BizContent;
  readonly notifyUrl: string;
  readonly returnUrl: string | null;
}

export interface Gateway {
  call(call: Call): Promise<GatewayAnswer>;
  /** A page's URL, or an app's order string. Nothing is sent. */
  sign(offer: SignedOffer): string;
  close(): Promise<void>;
}

export interface GatewayLimits extends TransportLimits {
  /** Of any call but trade.pay, from the first attempt to the last byte of the answer. */
  readonly totalTimeoutMs: number;
  /** Of trade.pay: Alipay takes its time there, and a cashier would rather wait than not know. */
  readonly payTimeoutMs: number;
}

export interface GatewayOptions {
  readonly account: AlipayAccount;
  readonly limits: GatewayLimits;
  readonly now: () => Date;
}

/** @throws AlipaySettingsError when the SDK cannot read a certificate */
export function openGateway({ account, limits, now }: GatewayOptions): Gateway {
  const sdk = openSdk(account);
  const transport = openTransport({ gateway: account.gateway, userAgent: sdk.version, limits });
  // An empty string would be signed here and dropped at Alipay; an undefined key makes the SDK throw.
  const { appAuthToken } = account;
  const common = (urls: { notifyUrl?: string; returnUrl?: string | null }) => ({
    timestamp: formatBeijingTime(now()),
    ...(appAuthToken === undefined ? {} : { appAuthToken }),
    ...(urls.notifyUrl ? { notifyUrl: urls.notifyUrl } : {}),
    ...(urls.returnUrl ? { returnUrl: urls.returnUrl } : {}),
  });
  return {
    call: async ({ method, bizContent, ...urls }) => {
      const form = formOf(sdk, { method, params: { ...common(urls), bizContent } });
      const patienceMs = method === 'alipay.trade.pay' ? limits.payTimeoutMs : limits.totalTimeoutMs;
      const exchange = await transport.post(form, patienceMs);
      return readGatewayAnswer({ sdk, keyId: account.keyId, otherKeys: account.otherKeys }, { method, exchange });
    },
    sign: ({ method, bizContent, ...urls }) => {
      const params = { ...common(urls), bizContent };
      // A URL rather than the SDK's form, whose escaping browsers undo differently (nodejs-all#154).
      return method === 'alipay.trade.app.pay' ? sdk.sdkExec(method, params) : sdk.pageExec(method, 'GET', params);
    },
    close: () => transport.close(),
  };
}

interface Unsigned {
  readonly method: Method;
  readonly params: IRequestParams;
}

const BODY = 'biz_content=';

/**
 * Signed and encoded by the SDK, laid out as it lays out its own calls: the content in the body, all else in the URL,
 * where Alipay reads the charset before it reads a body. Our content is named in snake case already.
 */
function formOf(sdk: AlipaySdk, { method, params }: Unsigned): SignedForm {
  const parts = sdk.sdkExecute(method, params, { bizContentAutoSnakeCase: false }).split('&');
  const inBody = (part: string) => part.startsWith(BODY);
  return { query: parts.filter((part) => !inBody(part)).join('&'), body: parts.filter(inBody).join('&') };
}
