import type { Fact } from '../orders/fact.ts';
import { formatAmount } from '../orders/money.ts';
import type { ChannelAnswer, PaymentChannel, PrecreateRequest } from '../orders/ports.ts';
import type { AlipayAccount } from './account.ts';
import { formatBeijingTime } from './beijing-time.ts';
import { type BreakerLimits, openBreaker } from './breaker.ts';
import { type Call, type Fields, type GatewayAnswer, type Method, openGateway } from './gateway.ts';
import { readReply } from './replies.ts';
import { readFact } from './trade-fact.ts';
import type { TransportLimits } from './transport.ts';

export interface AlipayChannelOptions {
  readonly account: AlipayAccount;
  /** Where Alipay sends the notifications of these orders. */
  readonly notifyUrl: string;
  readonly limits?: Partial<TransportLimits & BreakerLimits>;
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
  close(): Promise<void>;
}

const LIMITS: TransportLimits & BreakerLimits = {
  connectTimeoutMs: 2_000,
  totalTimeoutMs: 6_000,
  maxAnswerBytes: 262_144,
  failures: 5,
  halfOpenAfterMs: 5_000,
  maxConcurrent: 256,
};

const MAX_QR_CODE = 1024;

/**
 * The payment channel on Alipay's gateway.
 * @throws AlipaySettingsError when a certificate cannot be read
 */
export function alipayChannel(options: AlipayChannelOptions): AlipayChannel {
  const { account, notifyUrl, now = () => new Date(), onCall } = options;
  const limits = { ...LIMITS, ...options.limits };
  const gateway = openGateway({ account, limits, now });
  const breaker = openBreaker(limits);

  async function ask<Value>(call: Call, read: ReadValue<Value>): Promise<ChannelAnswer<Value>> {
    const startedAt = performance.now();
    const answer = await breaker.run(() => gateway.call(call), {
      isFailure: ({ kind }) => kind === 'no_answer',
      refusal: (reason): GatewayAnswer => ({ kind: 'no_answer', sent: false, reason }),
    });
    const said = understand(answer, call, read);
    onCall?.({ method: call.method, outcome: said.kind, ms: performance.now() - startedAt });
    return said;
  }

  return {
    precreate: (request) =>
      ask({ method: 'alipay.trade.precreate', bizContent: precreateContent(request), notifyUrl }, readQrCode),
    query: (outTradeNo) => ask({ method: 'alipay.trade.query', bizContent: { out_trade_no: outTradeNo } }, readTrade),
    close: () => gateway.close(),
  };
}

/** Only documented fields: Alipay takes others for an attack (isv.suspected-attack). */
function precreateContent(request: PrecreateRequest): Readonly<Record<string, string>> {
  const optional = {
    body: request.body,
    store_id: request.storeId,
    terminal_id: request.terminalId,
    operator_id: request.operatorId,
  };
  return {
    out_trade_no: request.outTradeNo,
    total_amount: formatAmount(request.amountFen),
    subject: request.subject,
    time_expire: formatBeijingTime(request.expiresAt),
    ...Object.fromEntries(Object.entries(optional).filter((entry): entry is [string, string] => Boolean(entry[1]))),
  };
}

/** Reads the value of an accepted answer; a text says what is wrong with it. */
type ReadValue<Value> = (fields: Fields) => { readonly value: Value } | string;

function understand<Value>(answer: GatewayAnswer, call: Call, read: ReadValue<Value>): ChannelAnswer<Value> {
  if (answer.kind === 'no_answer') return { kind: answer.sent ? 'unknown' : 'not_sent', reason: answer.reason };
  if (answer.kind === 'unreadable') return { kind: 'unknown', reason: answer.reason };
  const { fields, signed, bytes } = answer;
  const about = fields.get('out_trade_no');
  const asked = call.bizContent.out_trade_no;
  if (about !== undefined && about !== asked)
    return { kind: 'unknown', reason: 'an answer about another out_trade_no' };
  const { meaning, subCode, message } = readReply(fields.get('code') ?? '', fields.get('sub_code'), signed);
  if (meaning === 'rejected') return { kind: 'rejected', subCode, message };
  if (meaning === 'unknown') return { kind: 'unknown', reason: signed ? subCode : `unsigned: ${subCode}` };
  const found = about === undefined ? 'an answer without out_trade_no' : read(fields);
  if (typeof found === 'string') return { kind: 'unknown', reason: found };
  return { kind: 'accepted', value: found.value, bytes };
}

function readQrCode(fields: Fields): { readonly value: { readonly qrContent: string } } | string {
  const qrContent = fields.get('qr_code') ?? '';
  if (qrContent === '' || qrContent.length > MAX_QR_CODE) return 'an answer without a usable qr_code';
  return { value: { qrContent } };
}

/** An answer names no seller: it comes from the account that was asked. */
function readTrade(fields: Fields): { readonly value: Fact } | string {
  const read = readFact((name) => fields.get(name) || undefined, true);
  return read.kind === 'fact' ? { value: read.fact } : read.reason;
}
