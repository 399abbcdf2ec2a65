import { type ApiKey, MOST_KEYS } from '../merchants/api-key.ts';
import type { ApiKeyBook, AuditNote } from '../merchants/ports.ts';
import { isScope } from '../merchants/scopes.ts';
import type { Database } from './database.ts';
import { rowOf, rowsOf, type Value } from './statement.ts';
import { addKey, findLabel, findValidKey, listKeys, replaceKey, revokeKey } from './statements/api-keys.ts';
import { timestamp, timestampOrNull } from './timestamps.ts';

interface KeyRow {
  readonly id: string;
  readonly merchant_id: string;
  readonly label: string;
  readonly prefix: string;
  readonly scopes: readonly string[];
  readonly terminal_id: string | null;
  readonly created_at: string;
  readonly expires_at: string | null;
  readonly revoked_at: string | null;
  readonly last_used_at: string | null;
}

export function postgresApiKeyBook({ pool }: Pick<Database, 'pool'>): ApiKeyBook {
  return {
    list: async (merchantId) => (await rowsOf<KeyRow>(pool, listKeys, [merchantId])).map(toKey),

    async add(key, hash, note) {
      const { merchantId, id, label, prefix, scopes, terminalId, expiresAt } = key;
      const values = [MOST_KEYS, id, hash, label, prefix, scopes, terminalId, expiresAt];
      if ((await rowOf(pool, addKey, [merchantId, ...noted(note), ...values])) !== undefined) return 'added';
      const isTaken = expiresAt === null && (await rowOf(pool, findLabel, [merchantId, label])) !== undefined;
      return isTaken ? 'taken' : 'full';
    },

    async replace(keyId, until, { key, hash, note }) {
      const values = [keyId, until, key.id, hash, key.prefix, key.expiresAt];
      return (await rowOf(pool, replaceKey, [key.merchantId, ...noted(note), ...values])) !== undefined;
    },

    async revoke(merchantId, keyId, note) {
      const row = await rowOf<KeyRow>(pool, revokeKey, [merchantId, ...noted(note), keyId]);
      if (row !== undefined) return toKey(row);
      return (await rowOf(pool, findValidKey, [merchantId, keyId, note.at])) === undefined ? undefined : 'last';
    },
  };
}

function noted({ id, actor, at }: AuditNote): Value[] {
  return [id, actor, at];
}

function toKey(row: KeyRow): ApiKey {
  return {
    id: row.id,
    merchantId: row.merchant_id,
    label: row.label,
    prefix: row.prefix,
    scopes: row.scopes.filter(isScope),
    terminalId: row.terminal_id,
    createdAt: timestamp(row.created_at),
    expiresAt: timestampOrNull(row.expires_at),
    revokedAt: timestampOrNull(row.revoked_at),
    lastUsedAt: timestampOrNull(row.last_used_at),
  };
}
