// An answer of Alipay's gateway that was kept: what of it is signed, and whether the signature holds.
import { isUtf8 } from 'node:buffer';
import { type KeyObject, verify } from 'node:crypto';
import type { Fields } from './gateway-answer.ts';

export type ReadSignedAnswer =
  | { readonly kind: 'verified'; readonly method: string; readonly fields: Fields }
  | { readonly kind: 'unverified'; readonly reason: string };

const NODE = '_response';

/**
 * Reads an answer from nothing but the characters that Alipay's signature covers: the value of the node, as it
 * was transmitted. The node's name is the method that was asked.
 */
export function readSignedAnswer(body: Buffer, alipayPublicKey: KeyObject): ReadSignedAnswer {
  if (!isUtf8(body)) return unverified('it is not UTF-8');
  const text = body.toString('utf8');
  const whole = objectOf(text);
  const [node, ...others] = Object.keys(whole ?? {}).filter((name) => name.endsWith(NODE));
  if (node === undefined || others.length > 0) return unverified('it is not JSON with one node');
  const sign = whole?.sign;
  if (typeof sign !== 'string') return unverified('it has no signature');
  const signed = signedPart(text, node);
  if (!verify('sha256', Buffer.from(signed), alipayPublicKey, Buffer.from(sign, 'base64')))
    return unverified('a wrong signature');
  const texts = Object.entries(objectOf(signed) ?? {}).filter((entry): entry is [string, string] => isText(entry[1]));
  return { kind: 'verified', method: node.slice(0, -NODE.length).replaceAll('_', '.'), fields: new Map(texts) };
}

/** The node comes first and the signature last (dossier 2.3); what stands between them has no brace. */
function signedPart(text: string, node: string): string {
  const from = text.indexOf('{', text.indexOf(`"${node}"`));
  const to = text.lastIndexOf('}', text.lastIndexOf('"sign"'));
  return text.slice(from, to + 1);
}

function objectOf(json: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

function unverified(reason: string): ReadSignedAnswer {
  return { kind: 'unverified', reason };
}
