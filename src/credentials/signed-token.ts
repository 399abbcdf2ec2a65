import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';

const MAC_BYTES = 16;

/**
 * Signs small byte strings under SECRET_KEY (HMAC-SHA-256, the first 128 bits), each purpose with a key
 * of its own, so that a token of one kind can never pass for another.
 */
export interface Signer {
  sign(payload: Uint8Array): string;
  /** The payload of a token that we signed; undefined for anything else. */
  open(token: string): Buffer | undefined;
}

/** @param alsoReads other secret keys whose tokens are still, or already, taken */
export function signer(secretKey: string, purpose: string, alsoReads: readonly string[] = []): Signer {
  const keyOf = (secret: string) => createSecretKey(createHmac('sha256', secret).update(purpose).digest());
  const key = keyOf(secretKey);
  const keys = [key, ...alsoReads.map(keyOf)];
  return {
    sign: (payload) => `${Buffer.concat([payload, mac(key, payload)]).toString('base64url')}`,
    open: (token) => open(keys, token),
  };
}

function open(keys: readonly KeyObject[], token: string): Buffer | undefined {
  if (token.length > 200 || !/^[A-Za-z0-9_-]+$/.test(token)) return undefined;
  const bytes = Buffer.from(token, 'base64url');
  // Base64url text has spare bits at its end: only the one spelling that we gave is ours.
  if (bytes.length <= MAC_BYTES || bytes.toString('base64url') !== token) return undefined;
  const payload = bytes.subarray(0, -MAC_BYTES);
  const tag = bytes.subarray(-MAC_BYTES);
  return keys.some((key) => timingSafeEqual(mac(key, payload), tag)) ? payload : undefined;
}

function mac(key: KeyObject, payload: Uint8Array): Buffer {
  return createHmac('sha256', key).update(payload).digest().subarray(0, MAC_BYTES);
}
