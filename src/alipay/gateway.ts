// The one wrapper around the official SDK: nobody else calls it.
import { isUtf8 } from 'node:buffer';
import type { AlipayAccount } from './account.ts';
import { formatBeijingTime } from './beijing-time.ts';
import { AlipaySdk, type AlipaySdkConfig } from './sdk.ts';
import { AlipaySettingsError } from './settings-error.ts';
import { type Exchange, openTransport, type TransportLimits } from './transport.ts';

export type Method = 'alipay.trade.precreate' | 'alipay.trade.query';

export interface Call {
  readonly method: Method;
  readonly bizContent: Readonly<Record<string, string>>;
  readonly notifyUrl?: string;
}

/** What came back. `signed`: the fields are read from the very characters that Alipay's signature covers. */
export type GatewayAnswer =
  | { readonly kind: 'answer'; readonly fields: Fields; readonly signed: boolean; readonly bytes: Uint8Array }
  /** An answer that proves nothing: not JSON, no such node, a wrong signature, an HTTP error. */
  | { readonly kind: 'unreadable'; readonly reason: string }
  | { readonly kind: 'no_answer'; readonly sent: boolean; readonly reason: string };

/** The fields of an answer's node that are text. */
export type Fields = ReadonlyMap<string, string>;

export interface Gateway {
  call(call: Call): Promise<GatewayAnswer>;
  close(): Promise<void>;
}

export interface GatewayOptions {
  readonly account: AlipayAccount;
  readonly limits: TransportLimits;
  readonly now: () => Date;
}

/** @throws AlipaySettingsError when the SDK cannot read a certificate */
export function openGateway({ account, limits, now }: GatewayOptions): Gateway {
  const transport = openTransport(limits);
  const sdk = openSdk(account, { ...limits, dispatcher: transport.dispatcher });
  return {
    call: async ({ method, bizContent, notifyUrl }) => {
      // An empty string would be signed here and dropped at Alipay; an undefined key makes the SDK throw.
      const params = {
        timestamp: formatBeijingTime(now()),
        ...(notifyUrl ? { notifyUrl } : {}),
        bizContent,
      };
      const { exchange, error } = await transport.watch(() => sdk.exec(method, params, { validateSign: true }));
      return read(sdk, { method, exchange, error });
    },
    close: () => transport.close(),
  };
}

function openSdk(account: AlipayAccount, { totalTimeoutMs, dispatcher }: TransportLimits & { dispatcher: object }) {
  const { certificates } = account;
  const certified = certificates && {
    appCertContent: certificates.app,
    alipayPublicCertContent: certificates.alipay,
    alipayRootCertContent: certificates.root,
  };
  const sdk = construct({
    appId: account.appId,
    gateway: account.gateway,
    keyType: 'PKCS8',
    privateKey: account.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    alipayPublicKey: account.alipayPublicKey.export({ type: 'spki', format: 'pem' }).toString(),
    signType: 'RSA2',
    charset: 'utf-8',
    camelcase: false,
    timeout: totalTimeoutMs,
    // The SDK hands it to its HTTP client as the dispatcher; its type says ProxyAgent, the most common one.
    proxyAgent: dispatcher as NonNullable<AlipaySdkConfig['proxyAgent']>,
    ...certified,
  });
  // The SDK signs and verifies with PEM text and parses it anew each time, which costs more than the signature.
  // node:crypto takes a KeyObject in the same place; the declared type does not know.
  sdk.config.privateKey = account.privateKey as unknown as string;
  sdk.config.alipayPublicKey = account.alipayPublicKey as unknown as string;
  return sdk;
}

function construct(config: AlipaySdkConfig): AlipaySdk {
  try {
    return new AlipaySdk(config);
  } catch (error) {
    throw new AlipaySettingsError('ALI_ROOT_CERT', 'or another certificate cannot be read by the Alipay SDK', {
      cause: error,
    });
  }
}

interface Outcome {
  readonly method: Method;
  readonly exchange: Exchange;
  /** What the SDK threw, undefined when it verified the answer. */
  readonly error: unknown;
}

function read(sdk: AlipaySdk, { method, exchange, error }: Outcome): GatewayAnswer {
  const { sent, answer } = exchange;
  if (answer === undefined) return { kind: 'no_answer', sent, reason: faultOf(error) };
  if (answer.status !== 200) return unreadable(`HTTP status ${answer.status}`);
  if (!isUtf8(answer.body)) return unreadable('an answer that is not UTF-8');
  const text = answer.body.toString('utf8');
  const node = `${method.replaceAll('.', '_')}_response`;
  if (error === undefined) return answerOf(sdk.getSignStr(text, node), { signed: true, bytes: answer.body });
  return readDoubted(sdk, { text, node, bytes: answer.body });
}

interface Doubted {
  readonly text: string;
  readonly node: string;
  readonly bytes: Uint8Array;
}

/**
 * The SDK would not vouch for it. Alipay leaves some errors unsigned, and the SDK looks for the signature
 * of an error_response in the wrong place; whatever else is signed wrongly proves nothing.
 */
function readDoubted(sdk: AlipaySdk, { text, node, bytes }: Doubted): GatewayAnswer {
  const whole = objectOf(text);
  if (whole === undefined) return unreadable('an answer that is not JSON');
  const inner = whole[node] ?? whole.error_response;
  if (inner === undefined) return unreadable('an answer without its node');
  const { sign } = whole;
  if (sign === undefined || sign === null || sign === '')
    return answerOf(JSON.stringify(inner), { signed: false, bytes });
  if (whole[node] !== undefined || typeof sign !== 'string') return unreadable('a wrongly signed answer');
  try {
    sdk.checkResponseSign(text, 'error_response', sign, '');
  } catch {
    return unreadable('a wrongly signed answer');
  }
  return answerOf(sdk.getSignStr(text, 'error_response'), { signed: true, bytes });
}

/** `json`: for a signed answer exactly the characters that were verified, so that nothing else can be read. */
function answerOf(json: string, { signed, bytes }: { signed: boolean; bytes: Uint8Array }): GatewayAnswer {
  const inner = objectOf(json);
  if (inner === undefined) return unreadable('an answer whose node is not an object');
  const texts = Object.entries(inner).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return { kind: 'answer', fields: new Map(texts), signed, bytes };
}

function objectOf(json: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function unreadable(reason: string): GatewayAnswer {
  return { kind: 'unreadable', reason };
}

/** The innermost cause's code or message; neither holds a parameter of the call. */
function faultOf(error: unknown): string {
  let fault = error;
  while (fault instanceof Error && fault.cause instanceof Error) fault = fault.cause;
  if (!(fault instanceof Error)) return 'no answer';
  return 'code' in fault && typeof fault.code === 'string' ? fault.code : fault.message.slice(0, 200);
}
