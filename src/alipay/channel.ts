import type { ChannelAnswer, PaymentChannel } from '../orders/ports.ts';
import type { AlipayAccount } from './account.ts';
import {
  type ReadValue,
  readCancelled,
  readClosed,
  readPaid,
  readQrCode,
  readRefund,
  readRefundState,
  readTrade,
} from './answers.ts';
import { type BreakerLimits, openBreaker } from './breaker.ts';
import { type BizContent, type Call, type GatewayLimits, type Method, openGateway } from './gateway.ts';
import type { GatewayAnswer } from './gateway-answer.ts';
import {
  numberContent,
  offerContent,
  payContent,
  precreateContent,
  products,
  refundContent,
  refundQueryContent,
} from './requests.ts';
import { understand } from './understand.ts';

export interface AlipayChannelOptions {
  readonly account: AlipayAccount;
  /** Where Alipay sends the notifications of these orders. */
  readonly notifyUrl: string;
  readonly limits?: Partial<GatewayLimits & BreakerLimits>;
  readonly now?: () => Date;
  /** Hears of every call, for metrics. Must not throw. */
  readonly onCall?: (call: FinishedCall) => void;
}

export interface FinishedCall {
  readonly method: Method;
  readonly outcome: ChannelAnswer<unknown>['kind'];
  readonly ms: number;
}

export interface AlipayChannel extends PaymentChannel {
  /** Drops every connection; calls under way end as unknown. */
  disconnect(): Promise<void>;
}

const LIMITS: GatewayLimits & BreakerLimits = {
  connectTimeoutMs: 2_000,
  totalTimeoutMs: 6_000,
  payTimeoutMs: 8_000,
  maxAnswerBytes: 262_144,
  failures: 5,
  halfOpenAfterMs: 5_000,
  maxConcurrent: 256,
};

/**
 * The payment channel on Alipay's gateway.
 * @throws AlipaySettingsError when a certificate cannot be read
 */
export function alipayChannel(options: AlipayChannelOptions): AlipayChannel {
  const { account, notifyUrl, now = () => new Date(), onCall } = options;
  const limits = { ...LIMITS, ...options.limits };
  const gateway = openGateway({ account, limits, now });
  const breaker = openBreaker(limits);

  async function send<Value>(call: Call, read: ReadValue<Value>): Promise<ChannelAnswer<Value>> {
    const startedAt = performance.now();
    const answer = await breaker.run(() => gateway.call(call), {
      isFailure: ({ kind }) => kind === 'no_answer',
      refusal: (reason): GatewayAnswer => ({ kind: 'no_answer', sent: false, reason }),
    });
    const said = understand(answer, { call, read });
    onCall?.({ method: call.method, outcome: said.kind, ms: performance.now() - startedAt });
    return said;
  }
  /** A call about a trade that exists or not: its notifications have their address already. */
  const ask = <Value>(method: Method, bizContent: BizContent, read: ReadValue<Value>) =>
    send({ method, bizContent }, read);

  return {
    precreate: (request) =>
      send({ method: 'alipay.trade.precreate', bizContent: precreateContent(request), notifyUrl }, readQrCode),
    pay: (request) =>
      send({ method: 'alipay.trade.pay', bizContent: payContent(request), notifyUrl }, readPaid(request)),
    offer: (request) => {
      const { method } = products[request.method];
      const returnUrl = request.method === 'APP' ? null : request.returnUrl;
      return gateway.sign({ method, bizContent: offerContent(request), notifyUrl, returnUrl });
    },
    query: (outTradeNo) => ask('alipay.trade.query', numberContent(outTradeNo), readTrade),
    close: (outTradeNo) => ask('alipay.trade.close', numberContent(outTradeNo), readClosed),
    cancel: (outTradeNo) => ask('alipay.trade.cancel', numberContent(outTradeNo), readCancelled),
    refund: (request) => ask('alipay.trade.refund', refundContent(request), readRefund(request)),
    queryRefund: (asked) => ask('alipay.trade.fastpay.refund.query', refundQueryContent(asked), readRefundState(asked)),
    disconnect: () => gateway.close(),
  };
}
