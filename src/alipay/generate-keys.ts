import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import { fingerprintOf } from './fingerprint.ts';

/** A new application key pair in every form that is asked for. */
export interface AppKeys {
  /** PEM: what this gateway and Java tools take. */
  readonly privatePkcs8: string;
  /** PEM: what most other tools call an RSA private key. */
  readonly privatePkcs1: string;
  readonly publicPem: string;
  /** Bare Base64: what the open platform's form takes. */
  readonly publicBase64: string;
  readonly fingerprint: string;
}

/** RSA2's least size, and the size the open platform expects. */
const BITS = 2048;

export async function generateAppKeys(): Promise<AppKeys> {
  const { privateKey, publicKey } = await promisify(generateKeyPair)('rsa', { modulusLength: BITS });
  return {
    privatePkcs8: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    privatePkcs1: privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
    publicPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    publicBase64: publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
    fingerprint: fingerprintOf(publicKey),
  };
}
