import type { Scope } from './scopes.ts';

/** An API key without the key itself: of that only a hash is kept. */
export interface ApiKey {
  readonly id: string;
  readonly merchantId: string;
  readonly label: string;
  /** How the key begins, to tell it from others; no secret. */
  readonly prefix: string;
  /** Empty for a terminal's key, which may sell and undo. */
  readonly scopes: readonly Scope[];
  /** The terminal that it belongs to; null: the merchant's own system. */
  readonly terminalId: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
  /** Within a minute. */
  readonly lastUsedAt: Date | null;
}

/** At most so many keys of one merchant may be valid at a time. */
export const MOST_KEYS = 500;

export function isValid({ expiresAt, revokedAt }: ApiKey, now: Date): boolean {
  return revokedAt === null && (expiresAt === null || expiresAt > now);
}

/** Of these keys no other may administer for good. */
export function isLastAdmin(key: ApiKey, keys: readonly ApiKey[], now: Date): boolean {
  const others = keys.filter((one) => one.id !== key.id && one.expiresAt === null && isValid(one, now));
  return key.scopes.includes('admin') && !others.some(({ scopes }) => scopes.includes('admin'));
}
