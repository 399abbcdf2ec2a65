// The keys that may have made a signature, out of whatever texts the operator has at hand.
import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import type { AlipaySettings } from '../account.ts';
import { readPrivateKey, readPublicKey } from '../keys.ts';
import { AlipaySettingsError } from '../settings-error.ts';
import type { Candidate } from './diagnose.ts';

/** The configured account's: what it verifies with, and its own public half. One that can't be read is left out. */
export function configuredKeys({ privateKey, publicKey, alipayCert }: AlipaySettings): readonly Candidate[] {
  const own = attempt(() => createPublicKey(readPrivateKey('ALI_PRIVATE_KEY', privateKey)));
  const label = alipayCert === undefined ? 'ALI_PUBLIC_KEY' : 'ALI_ALIPAY_CERT';
  const alipays = attempt(() => publicKeyIn(label, alipayCert ?? publicKey ?? ''));
  return [
    ...(alipays === undefined ? [] : [{ label, role: 'configured' as const, key: alipays }]),
    ...(own === undefined ? [] : [{ label: 'ALI_PRIVATE_KEY', role: 'own' as const, key: own }]),
  ];
}

/**
 * A key from a file: a public key, a certificate, or (for `own`) a private key.
 * @throws AlipaySettingsError when it is none of them
 */
export function givenKey(label: string, text: string, role: 'given' | 'own'): Candidate {
  const own = role === 'own' ? attempt(() => createPublicKey(readPrivateKey(label, text))) : undefined;
  return { label, role, key: own ?? publicKeyIn(label, text) };
}

function publicKeyIn(label: string, text: string): KeyObject {
  if (!text.includes('BEGIN CERTIFICATE')) return readPublicKey(label, text);
  try {
    return new X509Certificate(text.replace(/\\r?\\n|\\n/g, '\n')).publicKey;
  } catch (error) {
    throw new AlipaySettingsError(label, 'holds a certificate that cannot be read', { cause: error });
  }
}

function attempt<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof AlipaySettingsError) return undefined;
    throw error;
  }
}
