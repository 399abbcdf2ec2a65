// What came back from Alipay's gateway, and whether it proves anything.
import { isUtf8 } from 'node:buffer';
import { verify } from 'node:crypto';
import type { AlipayKey } from './account.ts';
import type { AlipaySdk } from './sdk.ts';
import type { Exchange } from './transport.ts';

export type GatewayAnswer =
  | SignedOrNot
  /** An answer that proves nothing: not JSON, no such node, a wrong signature, an HTTP error. */
  | { readonly kind: 'unreadable'; readonly reason: string }
  | { readonly kind: 'no_answer'; readonly sent: boolean; readonly reason: string };

export interface SignedOrNot {
  readonly kind: 'answer';
  readonly fields: Fields;
  /**
   * Fingerprint of the key that verified it: the fields are read from the very characters that Alipay's signature covers.
   * Undefined for an answer that is not signed.
   */
  readonly keyId: string | undefined;
  readonly bytes: Uint8Array;
  /** It answers a second sending; what became of the first one is not known. */
  readonly repeated: boolean;
}

/** The fields of an answer's node that are text. */
export type Fields = ReadonlyMap<string, string>;

export interface Outcome {
  readonly method: string;
  readonly exchange: Exchange;
}

/** Who verifies: the SDK with the app's key, and whatever else Alipay may sign with while it exchanges that. */
export interface Verifier {
  readonly sdk: AlipaySdk;
  readonly keyId: string;
  readonly otherKeys: readonly AlipayKey[];
}

export function readGatewayAnswer(verifier: Verifier, { method, exchange }: Outcome): GatewayAnswer {
  const { sent, repeated, answer } = exchange;
  if (answer === undefined) return { kind: 'no_answer', sent, reason: exchange.fault };
  if (answer.status !== 200) return unreadable(`HTTP status ${answer.status}`);
  if (!isUtf8(answer.body)) return unreadable('an answer that is not UTF-8');
  const text = answer.body.toString('utf8');
  const node = `${method.replaceAll('.', '_')}_response`;
  return readText(verifier, { text, node, came: { bytes: answer.body, repeated } });
}

type Came = Pick<SignedOrNot, 'bytes' | 'repeated'>;

interface AnswerText {
  readonly text: string;
  readonly node: string;
  readonly came: Came;
}

/** Alipay leaves some errors unsigned; whatever else is signed wrongly or not at all proves nothing. */
function readText(verifier: Verifier, { text, node, came }: AnswerText): GatewayAnswer {
  const whole = objectOf(text);
  if (whole === undefined) return unreadable('an answer that is not JSON');
  const name = (whole[node] ?? null) === null ? 'error_response' : node;
  const inner = whole[name];
  if (inner === undefined) return unreadable('an answer without its node');
  const { sign } = whole;
  if (sign === undefined || sign === null || sign === '')
    return answerOf(JSON.stringify(inner), { ...came, keyId: undefined });
  if (typeof sign !== 'string') return unreadable('a wrongly signed answer');
  const signed = verifier.sdk.getSignStr(text, name);
  const keyId = keyOfSdk(verifier, { text, name, sign }) ?? keyAmong(verifier, signed, sign);
  return keyId === undefined ? unreadable('a wrongly signed answer') : answerOf(signed, { ...came, keyId });
}

function keyOfSdk({ sdk, keyId }: Verifier, { text, name, sign }: Record<'text' | 'name' | 'sign', string>) {
  try {
    sdk.checkResponseSign(text, name, sign, '');
    return keyId;
  } catch {
    return undefined;
  }
}

function keyAmong({ otherKeys }: Verifier, signed: string, sign: string): string | undefined {
  const signature = Buffer.from(sign, 'base64');
  return otherKeys.find(({ key }) => verify('sha256', Buffer.from(signed), key, signature))?.id;
}

/** `json`: for a signed answer exactly the characters that were verified, so that nothing else can be read. */
function answerOf(json: string, came: Came & Pick<SignedOrNot, 'keyId'>): GatewayAnswer {
  const inner = objectOf(json);
  if (inner === undefined) return unreadable('an answer whose node is not an object');
  const texts = Object.entries(inner).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return { kind: 'answer', fields: new Map(texts), ...came };
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
