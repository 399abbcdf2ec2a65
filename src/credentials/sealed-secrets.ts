// Secrets that we must be able to read again, such as those that webhooks are signed with: AES-256-GCM under a key
// derived from SECRET_KEY.
import { createCipheriv, createDecipheriv, createHmac, createSecretKey, hash, randomBytes } from 'node:crypto';
import type { SealedSecrets } from '../deliveries/ports.ts';

const VERSION = 'v1';
const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Sealed: `v1.<key id>.<nonce>.<ciphertext and tag>`. The key id tells which SECRET_KEY a secret was sealed
 * under; the owner is authenticated with it, so that a secret moved to another row opens for nobody.
 */
export function sealedSecrets(secretKey: string): SealedSecrets {
  const bytes = createHmac('sha256', secretKey).update('sealed-secrets').digest();
  const key = createSecretKey(bytes);
  const keyId = hash('sha256', bytes, 'hex').slice(0, 8);
  return {
    seal(secret, owner) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES }).setAAD(Buffer.from(owner));
      const sealed = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final(), cipher.getAuthTag()]);
      return [VERSION, keyId, nonce.toString('base64url'), sealed.toString('base64url')].join('.');
    },
    open(sealed, owner) {
      const [version, sealedUnder, nonce = '', box = ''] = sealed.split('.');
      if (version !== VERSION) throw new Error('this is no sealed secret');
      if (sealedUnder !== keyId)
        throw new Error(`sealed under another SECRET_KEY (key ${sealedUnder}, ours is ${keyId})`);
      const bytes = Buffer.from(box, 'base64url');
      const decipher = createDecipheriv(CIPHER, key, Buffer.from(nonce, 'base64url'), { authTagLength: TAG_BYTES });
      decipher.setAAD(Buffer.from(owner)).setAuthTag(bytes.subarray(-TAG_BYTES));
      return Buffer.concat([decipher.update(bytes.subarray(0, -TAG_BYTES)), decipher.final()]).toString('utf8');
    },
  };
}
