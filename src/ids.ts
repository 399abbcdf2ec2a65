// Ids are UUIDv7 inside and TypeIDs outside: `ord_…`, `pay_…`. Only the edges translate.
import { randomFillSync } from 'node:crypto';
import { TypeID } from 'typeid-js';

export type IdPrefix = 'ord' | 'pay' | 'ref' | 'evt' | 'case' | 'evd' | 'whe' | 'whd' | 'mer' | 'key' | 'note' | 'op';

const pool = Buffer.alloc(1600);
let used = pool.length;

/** A fresh UUIDv7 with the milliseconds of `at` in its first 48 bits (RFC 9562, 5.7). */
export function newUuid(at: Date): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const random = pool.toString('hex', used, used + 10);
  used += 10;
  const time = at.getTime().toString(16).padStart(12, '0');
  const variant = '89ab'[Number.parseInt(random[3] ?? '0', 16) & 3];
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(0, 3)}-${variant}${random.slice(4, 7)}-${random.slice(7, 19)}`;
}

/** The least UUID that {@link newUuid} can give at `at`: a bound for "created from". */
export function leastUuid(at: Date): string {
  const time = at.getTime().toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-0000-0000-000000000000`;
}

export function toTypeId(prefix: IdPrefix, uuid: string): string {
  return TypeID.fromUUID(prefix, uuid).toString();
}

/** The UUID inside a TypeID of this prefix; undefined for anything else. */
export function fromTypeId(prefix: IdPrefix, text: string): string | undefined {
  try {
    return TypeID.fromString(text, prefix).toUUID();
  } catch {
    return undefined;
  }
}
