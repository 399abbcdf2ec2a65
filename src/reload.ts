// What can be exchanged while the gateway runs, and how.
import type { Config } from './config.ts';
import { type Change, watchConfig } from './config-watch.ts';
import { hashApiKey, prefixOf } from './credentials/api-keys.ts';
import { API_KEY_LABEL, type Ends, type Foundation } from './foundation.ts';
import type { Log } from './log.ts';
import { checkSameDatabase } from './postgres/move-pool.ts';

type Base = Pick<Foundation, 'database' | 'merchants' | 'merchantId'>;

export interface ReloadParts {
  readonly base: Base;
  readonly ends: Ends;
  /** Reads all of it again. */
  readonly read: () => Config;
}

/** Watches the values that come from files, when some do; answers how to look at once. */
export function startReload(config: Config, log: Log, { base, ends, read }: ReloadParts): () => Promise<void> {
  if (!config.fromFiles) return async () => {};
  const watch = watchConfig({ config, read, changes: reloadable(base), log });
  ends.push(() => watch.stop());
  return () => watch.look();
}

function reloadable({ database, merchants, merchantId }: Base): readonly Change[] {
  return [
    {
      settings: 'DATABASE_URL, DATABASE_DIRECT_URL',
      of: ({ databaseUrl, databaseDirectUrl }) => [databaseUrl, databaseDirectUrl],
      take: async ({ databaseUrl, databaseDirectUrl }) => {
        if (databaseUrl === undefined) throw new Error('the embedded PostgreSQL can only be had from the start on');
        const direct = databaseDirectUrl ?? databaseUrl;
        for (const url of new Set([databaseUrl, direct])) await checkSameDatabase(url, merchantId);
        await database.moveTo(databaseUrl, direct);
      },
    },
    {
      settings: 'API_KEY',
      of: ({ apiKey }) => apiKey,
      take: async ({ apiKey }) => {
        if (apiKey === undefined) throw new Error('it is missing: revokeApiKey takes a key back');
        const hash = hashApiKey(apiKey);
        await merchants.putApiKey({ merchantId, label: API_KEY_LABEL, hash, prefix: prefixOf(apiKey) });
      },
    },
    { settings: 'ALI_*', of: ({ alipay }) => alipay },
    { settings: 'SECRET_KEY', of: ({ secretKey }) => secretKey },
    { settings: 'AMQP_URL', of: ({ amqpUrl }) => amqpUrl },
    { settings: 'JWT_*', of: ({ accessTokens }) => accessTokens },
  ];
}
