import type { VerificationKey } from '../orders/bundle.ts';
import type { AlipayAccount } from './account.ts';

/** The key that this account's messages are verified with, as it is kept beside them. */
export function verificationKeyOf(account: AlipayAccount, firstSeenAt: Date): VerificationKey {
  const publicKey = account.alipayPublicKey.export({ type: 'spki', format: 'pem' }).toString();
  return { id: account.keyId, publicKey, certificate: account.certificates?.alipay ?? null, firstSeenAt };
}
