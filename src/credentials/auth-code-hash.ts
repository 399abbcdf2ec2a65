import { createHmac, createSecretKey } from 'node:crypto';

/**
 * What is kept of a scanned payment code: HMAC-SHA-256 under a key derived from SECRET_KEY, bound to the
 * merchant. The codes are short digits; a plain hash could be searched through.
 */
export function authCodeHasher(secretKey: string): (merchantId: string, authCode: string) => string {
  const key = createSecretKey(createHmac('sha256', secretKey).update('auth-code').digest());
  return (merchantId, authCode) => createHmac('sha256', key).update(`${merchantId}\n${authCode}`).digest('hex');
}
