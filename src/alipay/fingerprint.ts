import { hash, type KeyObject } from 'node:crypto';

/** SHA-256 of a public key's SPKI in DER, in hex: what `openssl pkey -pubin -outform DER | sha256sum` prints. */
export function fingerprintOf(publicKey: KeyObject): string {
  return hash('sha256', publicKey.export({ type: 'spki', format: 'der' }), 'hex');
}
