// What can be exchanged while the gateway runs, and how.
import { readAccount } from './alipay/account.ts';
import { verificationKeyOf } from './alipay/verification-key.ts';
import type { Config } from './config.ts';
import { type Change, watchConfig } from './config-watch.ts';
import { hashApiKey, prefixOf } from './credentials/api-keys.ts';
import { API_KEY_LABEL, type Ends, type Foundation } from './foundation.ts';
import type { Log } from './log.ts';
import { checkSameDatabase } from './postgres/move-pool.ts';
import { keepVerificationKey } from './postgres/verification-keys.ts';

type Base = Pick<Foundation, 'database' | 'merchants' | 'merchantId' | 'account' | 'clock' | 'exchangeAccount'>;

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

function reloadable(base: Base): readonly Change[] {
  const { database, merchants, merchantId } = base;
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
    { settings: 'ALI_*', of: ({ alipay }) => alipay, take: ({ alipay }) => exchangeKeys(base, alipay) },
    { settings: 'SECRET_KEY', of: ({ secretKey }) => secretKey },
    { settings: 'AMQP_URL', of: ({ amqpUrl }) => amqpUrl },
    { settings: 'JWT_*', of: ({ accessTokens }) => accessTokens },
  ];
}

/** The key that messages will name is written down before the first of them comes. */
async function exchangeKeys(base: Base, settings: Config['alipay']): Promise<void> {
  if (settings === undefined) throw new Error('the built-in sandbox can only be had from the start on');
  const account = readAccount(settings);
  const { appId, gateway, sellerId } = base.account;
  if (account.appId !== appId || account.gateway !== gateway || account.sellerId !== sellerId)
    throw new Error('ALI_APP_ID, ALI_GATEWAY and ALI_SELLER_ID change with a start only');
  await keepVerificationKey(base.database, verificationKeyOf(account, base.clock.now()));
  base.exchangeAccount(account);
}
