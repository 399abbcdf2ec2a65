import type { ApiKeyStore } from '../merchants/ports.ts';
import { type AlipayApp, ensureFirstMerchant, type FirstMerchant, type MerchantsNeeds } from './first-merchant.ts';
import { ApiKeys } from './records/merchants.ts';
import { rowOf, rowsOf } from './statement.ts';
import { findKey, putKey } from './statements/api-keys.ts';
import { addSetting, readSetting } from './statements/settings.ts';

export interface MerchantsStore extends ApiKeyStore {
  /** The merchant of this installation and the Alipay account behind the app, made when they are missing. */
  ensureFirstMerchant(app: AlipayApp): Promise<FirstMerchant>;
  /** Keeps the hash of a key; the same label replaces the key before it. */
  putApiKey(key: { merchantId: string; label: string; hash: Uint8Array }): Promise<void>;
  hasApiKeys(): Promise<boolean>;
  /** The value kept under this name; `make` makes it once, however many processes ask at the same time. */
  settingOnce(name: string, make: () => string): Promise<string>;
}

export function postgresMerchantsStore(needs: MerchantsNeeds): MerchantsStore {
  const { pool, em } = needs.database;
  return {
    ensureFirstMerchant: (app) => ensureFirstMerchant(needs, app),

    async putApiKey({ merchantId, label, hash }) {
      const now = needs.clock.now();
      await rowsOf(pool, putKey, [merchantId, needs.newId(now), hash, label, now]);
    },

    async findApiKey(hash) {
      const row = await rowOf<{ merchant_id: string; id: string }>(pool, findKey, [hash]);
      return row && { merchantId: row.merchant_id, keyId: row.id };
    },

    async hasApiKeys() {
      return (await em().count(ApiKeys)) > 0;
    },

    async settingOnce(name, make) {
      const kept = await rowOf<{ value: string }>(pool, readSetting, [name]);
      if (kept !== undefined) return kept.value;
      await rowsOf(pool, addSetting, [name, make()]);
      const added = await rowOf<{ value: string }>(pool, readSetting, [name]);
      if (added === undefined) throw new Error(`the setting ${name} has vanished`);
      return added.value;
    },
  };
}
