import { type KeyObject, sign, verify } from 'node:crypto';

/** RSA2: SHA-256 with RSA, PKCS#1 v1.5 padding, as Base64. */
export function signRsa2(bytes: Buffer, privateKey: KeyObject): string {
  return sign('sha256', bytes, privateKey).toString('base64');
}

/** Whether a Base64 signature fits the bytes; any malformed one does not. */
export function verifyRsa2(bytes: Buffer, publicKey: KeyObject, signature: string): boolean {
  return verify('sha256', bytes, publicKey, Buffer.from(signature, 'base64'));
}

/** A well-formed signature that verifies for no text anybody sends: what a forger's would look like. */
export function signWrongly(bytes: Buffer, privateKey: KeyObject): string {
  return signRsa2(Buffer.concat([bytes, Buffer.from('\u0000forged')]), privateKey);
}
