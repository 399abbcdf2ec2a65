// Keys as people paste them: PEM or the bare Base64 that Alipay's key tool shows, with whatever white space came along.
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { AlipaySettingsError } from './settings-error.ts';

/** RSA2 asks for 2048 bits or more. */
const MIN_BITS = 2048;
const MAX_TEXT = 20_000;
const ARMOUR = /-----(?:BEGIN|END) [A-Z0-9 ]+-----/g;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/**
 * The application's private key, PKCS#8 or PKCS#1.
 * @throws AlipaySettingsError naming `variable`
 */
export function readPrivateKey(variable: string, text: string): KeyObject {
  if (text.includes('ENCRYPTED'))
    throw new AlipaySettingsError(variable, 'is protected by a password; export it without');
  const der = derOf(variable, text);
  const key = privateKeyOf(der);
  if (key !== undefined) return strongRsa(variable, key);
  if (publicKeyOf(der) !== undefined)
    throw new AlipaySettingsError(variable, "holds a public key; the application's private key belongs there");
  throw new AlipaySettingsError(variable, 'is not a private key in PKCS#8 or PKCS#1 (is it cut off?)');
}

/**
 * A public key in SPKI.
 * @throws AlipaySettingsError naming `variable`
 */
export function readPublicKey(variable: string, text: string): KeyObject {
  if (text.includes('BEGIN CERTIFICATE'))
    throw new AlipaySettingsError(variable, 'holds a certificate; certificates belong in ALI_ALIPAY_CERT');
  const der = derOf(variable, text);
  // First of all: node:crypto takes a private key for its public half too.
  if (privateKeyOf(der) !== undefined)
    throw new AlipaySettingsError(variable, "holds a private key; Alipay's public key belongs there");
  const key = publicKeyOf(der);
  if (key !== undefined) return strongRsa(variable, key);
  throw new AlipaySettingsError(variable, 'is not a public key in SPKI (is it cut off?)');
}

export function publicHalf(privateKey: KeyObject): KeyObject {
  return createPublicKey(privateKey);
}

/** True when both are halves of one pair. */
export function isPublicHalf(publicKey: KeyObject, privateKey: KeyObject): boolean {
  return publicHalf(privateKey).equals(publicKey);
}

/** @throws AlipaySettingsError when the key cannot make or check RSA2 signatures */
export function strongRsa(variable: string, key: KeyObject): KeyObject {
  if (key.asymmetricKeyType !== 'rsa')
    throw new AlipaySettingsError(variable, 'is not an RSA key; Alipay signs with RSA2');
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (bits < MIN_BITS)
    throw new AlipaySettingsError(variable, `is an RSA key of ${bits} bits; RSA2 needs ${MIN_BITS} or more`);
  return key;
}

function derOf(variable: string, text: string): Buffer {
  if (text.length > MAX_TEXT) throw new AlipaySettingsError(variable, 'is far longer than a key');
  const base64 = text.replace(ARMOUR, '').replace(/\\[rn]|\s/g, '');
  if (base64 === '') throw new AlipaySettingsError(variable, 'is empty');
  if (!BASE64.test(base64)) throw new AlipaySettingsError(variable, 'is neither PEM nor Base64');
  return Buffer.from(base64, 'base64');
}

function privateKeyOf(key: Buffer): KeyObject | undefined {
  return (
    attempt(() => createPrivateKey({ key, format: 'der', type: 'pkcs8' })) ??
    attempt(() => createPrivateKey({ key, format: 'der', type: 'pkcs1' }))
  );
}

function publicKeyOf(key: Buffer): KeyObject | undefined {
  return (
    attempt(() => createPublicKey({ key, format: 'der', type: 'spki' })) ??
    attempt(() => createPublicKey({ key, format: 'der', type: 'pkcs1' }))
  );
}

function attempt(parse: () => KeyObject): KeyObject | undefined {
  try {
    return parse();
  } catch {
    return undefined;
  }
}
