import { hash, randomBytes } from 'node:crypto';

/** A new API key: 256 random bits behind a prefix that makes a leaked one easy to find. */
export function newApiKey(): string {
  return `kassa_${randomBytes(32).toString('base64url')}`;
}

/**
 * What is stored of an API key. A plain SHA-256 is enough because a key is random and long, not a
 * password; looking up by the hash leaks nothing through timing.
 */
export function hashApiKey(key: string): Buffer {
  return hash('sha256', key, 'buffer');
}

/** How a key begins: enough to tell it from others, too little to guess it. One of another make is not shown at all. */
export function prefixOf(key: string): string {
  return key.startsWith('kassa_') ? key.slice(0, 12) : '';
}
