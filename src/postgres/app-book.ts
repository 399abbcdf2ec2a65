import type { App, AppKeys } from '../merchants/app.ts';
import { MOST_APPS } from '../merchants/app.ts';
import type { AppBook, Stays } from '../merchants/app-ports.ts';
import type { AuditNote } from '../merchants/ports.ts';
import type { VerificationKey } from '../orders/bundle.ts';
import type { Database } from './database.ts';
import { rowOf, rowsOf, type Value } from './statement.ts';
import * as statements from './statements/apps.ts';
import { suspendedMerchants } from './statements/merchants.ts';
import { timestampOrNull } from './timestamps.ts';

interface AppRow {
  readonly app_id: string;
  readonly provider_app_id: string | null;
  readonly merchant_id: string;
  readonly account_id: string;
  readonly seller_id: string | null;
  readonly gateway: string | null;
  readonly private_key: string | null;
  readonly key_id: string | null;
  readonly alipay_keys: readonly string[] | null;
  readonly alipay_key_ids: readonly string[] | null;
  readonly app_cert: string | null;
  readonly root_cert: string | null;
  readonly valid_until: string | null;
  readonly app_auth_token: string | null;
  readonly created_at: string | null;
  readonly suspended_at: string | null;
  readonly revision: string;
}

interface ChangesRow {
  readonly at: string;
  readonly count: number;
  readonly app_ids: readonly string[];
  readonly revisions: readonly string[];
}

interface ObstaclesRow {
  readonly app_taken: boolean;
  readonly seller_taken: boolean;
  readonly is_full: boolean;
}

export function postgresAppBook({ pool }: Pick<Database, 'pool'>): AppBook {
  const obstacles = (merchantId: string, appId: string, sellerId: string) =>
    rowOf<ObstaclesRow>(pool, statements.obstacleToApp, [merchantId, appId, sellerId, MOST_APPS]);
  const book: AppBook = {
    async changedSince(time) {
      const [changes, suspended] = await Promise.all([
        rowOf<ChangesRow>(pool, statements.changedApps, [time]),
        rowsOf<{ id: string }>(pool, suspendedMerchants, []),
      ]);
      if (changes === undefined) throw new Error('no answer about the apps');
      const { at, count, app_ids: appIds, revisions } = changes;
      const changed = appIds.map((appId, n) => ({ appId, revision: revisions[n] ?? '' }));
      return { at, changed, count, suspendedMerchants: suspended.map(({ id }) => id) };
    },

    read: async (appIds) => (await rowsOf<AppRow>(pool, statements.readApps, [appIds])).map(toApp),

    list: async (merchantId) => (await rowsOf<AppRow>(pool, statements.appsOfMerchant, [merchantId])).map(toApp),

    async find(merchantId, appId) {
      const row = await rowOf<AppRow>(pool, statements.findApp, [merchantId, appId]);
      return row && toApp(row);
    },

    async obstacleTo({ merchantId, appId, sellerId }) {
      const row = await obstacles(merchantId, appId, sellerId);
      if (row?.app_taken) return 'app_taken';
      if (row?.seller_taken) return 'seller_taken';
      return row?.is_full ? 'full' : undefined;
    },

    async add(app, { verificationKeys, note }) {
      const { merchantId, appId, sellerId, accountId, providerAppId } = app;
      const about = [appId, sellerId, accountId, MOST_APPS, keysValue(verificationKeys), providerAppId];
      const values = [merchantId, ...noted(note), ...about, ...materialValues(app.keys)];
      if ((await rowOf(pool, statements.addApp, values)) !== undefined) return 'added';
      return (await book.obstacleTo(app)) ?? 'full';
    },

    async giveKeys({ merchantId, appId }, { sellerId, providerAppId, keys }, { verificationKeys, note }) {
      const about = [appId, sellerId, keysValue(verificationKeys), providerAppId];
      const values = [merchantId, ...noted(note), ...about, ...materialValues(keys)];
      if ((await rowOf(pool, statements.giveKeys, values)) !== undefined) return 'added';
      return (await obstacles(merchantId, appId, sellerId))?.seller_taken ? 'seller_taken' : 'app_taken';
    },

    async remove({ merchantId, appId }, note) {
      if ((await rowOf(pool, statements.removeApp, [merchantId, ...noted(note), appId])) !== undefined)
        return 'removed';
      const why = await rowOf<Record<Stays, boolean>>(pool, statements.whyNotRemoved, [merchantId, appId]);
      if (why === undefined) return 'removed';
      return REASONS.find((reason) => why[reason]) ?? 'just_changed';
    },

    async update({ merchantId, appId, revision }, { keys, changed }, { verificationKeys, note }) {
      const says = JSON.stringify({ changed, keyId: keys.keyId, alipayKeyIds: keys.alipayKeys.map(({ id }) => id) });
      const about = [appId, revision, says, keysValue(verificationKeys)];
      const values = [merchantId, ...noted(note), ...about, ...materialValues(keys)];
      return (await rowOf(pool, statements.updateApp, values)) !== undefined;
    },

    async setSuspended(merchantId, appId, { suspended, note }) {
      const values = [merchantId, ...noted(note), appId, suspended];
      return (await rowOf(pool, statements.suspendApp, values)) !== undefined;
    },
  };
  return book;
}

/** What lasts comes first. */
const REASONS: readonly Stays[] = ['environment', 'orders', 'money', 'active'];

export function noted({ id, actor, at }: AuditNote): Value[] {
  return [id, actor, at];
}

function keysValue(keys: readonly VerificationKey[]): string {
  return JSON.stringify(keys.map(({ id, publicKey, certificate }) => ({ id, public_key: publicKey, certificate })));
}

function materialValues(keys: AppKeys): Value[] {
  return [
    keys.gateway,
    keys.privateKey,
    keys.keyId,
    keys.alipayKeys.map(({ pem }) => pem),
    keys.alipayKeys.map(({ id }) => id),
    keys.appCert,
    keys.rootCert,
    keys.validUntil,
    keys.appAuthToken,
  ];
}

function toApp(row: AppRow): App {
  return {
    appId: row.app_id,
    providerAppId: row.provider_app_id,
    merchantId: row.merchant_id,
    accountId: row.account_id,
    sellerId: row.seller_id,
    keys: keysOf(row),
    createdAt: timestampOrNull(row.created_at),
    suspendedAt: timestampOrNull(row.suspended_at),
    revision: row.revision,
  };
}

function keysOf(row: AppRow): AppKeys | null {
  const { gateway, private_key: privateKey, key_id: keyId, alipay_keys: pems, alipay_key_ids: ids } = row;
  if (gateway === null || privateKey === null || keyId === null || pems === null) return null;
  return {
    gateway,
    privateKey,
    keyId,
    alipayKeys: pems.map((pem, n) => ({ id: ids?.[n] ?? '', pem })),
    appCert: row.app_cert,
    rootCert: row.root_cert,
    validUntil: timestampOrNull(row.valid_until),
    appAuthToken: row.app_auth_token,
  };
}
