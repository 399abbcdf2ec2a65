import type { VerificationKey } from '../orders/bundle.ts';
import type { Database } from './database.ts';
import { rowsOf } from './statement.ts';
import { putVerificationKey, verificationKeys } from './statements/verification-keys.ts';
import { timestamp } from './timestamps.ts';

interface KeyRow {
  readonly key_id: string;
  readonly public_key: string;
  readonly certificate: string | null;
  readonly first_seen_at: string;
}

/** Writes down a key that messages will name, before the first of them comes. Repeats change nothing. */
export async function keepVerificationKey({ pool }: Pick<Database, 'pool'>, key: VerificationKey): Promise<void> {
  await rowsOf(pool, putVerificationKey, [key.id, key.publicKey, key.certificate, key.firstSeenAt]);
}

/** The keys of these ids; null: all of them, as many as Alipay has had. */
export async function findVerificationKeys(
  { pool }: Pick<Database, 'pool'>,
  ids: readonly string[] | null,
): Promise<readonly VerificationKey[]> {
  const rows = await rowsOf<KeyRow>(pool, verificationKeys, [ids]);
  return rows.map((row) => ({
    id: row.key_id,
    publicKey: row.public_key,
    certificate: row.certificate,
    firstSeenAt: timestamp(row.first_seen_at),
  }));
}
