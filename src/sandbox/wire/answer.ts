import type { KeyObject } from 'node:crypto';
import { type Codec, encodeText } from './charset.ts';
import { signRsa2, signWrongly } from './rsa2.ts';

/** The content of a `_response` node: `code`, `msg`, then whatever the method answers. */
export type Answer = Readonly<Record<string, unknown>>;

export type Signing = 'right' | 'wrong' | 'none';

export type Envelope = {
  /** e.g. `alipay_trade_query_response`, or `error_response`. */
  readonly node: string;
  readonly answer: Answer;
  readonly codec: Codec;
  readonly signing: Signing;
  readonly key: KeyObject;
  /** Alipay writes `/` as `\/`; the signature covers the backslash. */
  readonly escapeSlash: boolean;
};

/** The bytes of a gateway answer: the node first, `sign` last, the signature over the node's exact bytes. */
export function encodeAnswer(envelope: Envelope): Buffer {
  const json = JSON.stringify(envelope.answer);
  const content = encodeText(envelope.escapeSlash ? json.replaceAll('/', '\\/') : json, envelope.codec);
  return Buffer.concat([
    Buffer.from(`{"${envelope.node}":`),
    content,
    Buffer.from(`${signMember(envelope, content)}}`),
  ]);
}

function signMember({ signing, key }: Envelope, content: Buffer): string {
  if (signing === 'none') return '';
  const signature = signing === 'right' ? signRsa2(content, key) : signWrongly(content, key);
  return `,"sign":"${signature}"`;
}
