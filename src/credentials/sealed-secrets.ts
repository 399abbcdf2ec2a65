// Secrets that we must be able to read again, such as those that webhooks are signed with: AES-256-GCM under a key
// derived from SECRET_KEY.
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hash,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import type { SealedSecrets } from '../deliveries/ports.ts';

const VERSION = 'v1';
const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export interface Sealer extends SealedSecrets {
  /** The same secret under SECRET_KEY; undefined when it is that already. @throws as `open` does */
  reseal(sealed: string, owner: string): string | undefined;
  /** Names the key that seals, as it stands in what is sealed. */
  readonly keyId: string;
}

/**
 * Sealed: `v1.<key id>.<nonce>.<ciphertext and tag>`. The key id tells which SECRET_KEY a secret was sealed
 * under; the owner is authenticated with it, so that a secret moved to another row opens for nobody.
 * @param alsoReads other secret keys under which something may be sealed
 */
export function sealedSecrets(secretKey: string, alsoReads: readonly string[] = []): Sealer {
  const ours = keyOf(secretKey);
  const keys = new Map([...alsoReads.map(keyOf), ours].map(({ id, key }) => [id, key]));
  const seal = (secret: string, owner: string) => {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, ours.key, nonce, { authTagLength: TAG_BYTES }).setAAD(Buffer.from(owner));
    const sealed = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return [VERSION, ours.id, nonce.toString('base64url'), sealed.toString('base64url')].join('.');
  };
  const open = (sealed: string, owner: string) => {
    const [version, sealedUnder = '', nonce = '', box = ''] = sealed.split('.');
    if (version !== VERSION) throw new Error('this is no sealed secret');
    const key = keys.get(sealedUnder);
    if (key === undefined) throw new Error(`sealed under another SECRET_KEY (key ${sealedUnder}, ours is ${ours.id})`);
    const bytes = Buffer.from(box, 'base64url');
    const decipher = createDecipheriv(CIPHER, key, Buffer.from(nonce, 'base64url'), { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(owner)).setAuthTag(bytes.subarray(-TAG_BYTES));
    return Buffer.concat([decipher.update(bytes.subarray(0, -TAG_BYTES)), decipher.final()]).toString('utf8');
  };
  return {
    keyId: ours.id,
    seal,
    open,
    reseal: (sealed, owner) => (sealed.split('.')[1] === ours.id ? undefined : seal(open(sealed, owner), owner)),
  };
}

function keyOf(secretKey: string): { readonly id: string; readonly key: KeyObject } {
  const bytes = createHmac('sha256', secretKey).update('sealed-secrets').digest();
  return { id: hash('sha256', bytes, 'hex').slice(0, 8), key: createSecretKey(bytes) };
}
