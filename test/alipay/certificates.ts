import { createHash, createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** A text of `fixtures/`. */
export function fixture(name: string): string {
  return readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8');
}

export function privateKeyIn(name: string): KeyObject {
  return createPrivateKey(fixture(name));
}

/** Alipay's rule: md5 of the issuer, most specific part first, and the serial number in decimal. */
export function serialNumber(pem: string): string {
  const { issuer, serialNumber: hex } = new X509Certificate(pem);
  const text = issuer.split('\n').reverse().join(',') + BigInt(`0x${hex}`).toString();
  return createHash('md5').update(text).digest('hex');
}
