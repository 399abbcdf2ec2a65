import type { ApiKeyStore } from '../merchants/ports.ts';
import { isScope, SCOPES } from '../merchants/scopes.ts';
import { type AlipayApp, ensureFirstMerchant, type FirstMerchant, type MerchantsNeeds } from './first-merchant.ts';
import { ApiKeys } from './records/merchants.ts';
import { rowOf, rowsOf } from './statement.ts';
import { findKey, putKey } from './statements/api-keys.ts';
import { addSetting, dropSetting, readSetting } from './statements/settings.ts';

export interface MerchantsStore extends ApiKeyStore {
  /** The merchant of this installation and the Alipay account behind the app, made when they are missing. */
  ensureFirstMerchant(app: AlipayApp): Promise<FirstMerchant>;
  /** Keeps the hash of a key that may do everything; the same label replaces the key before it. Known keys stay as they are. */
  putApiKey(key: { merchantId: string; label: string; hash: Uint8Array; prefix: string }): Promise<void>;
  hasApiKeys(): Promise<boolean>;
  /** The value kept under this name, if any. */
  setting(name: string): Promise<string | undefined>;
  /** The value kept under this name; `make` makes it once, however many processes ask at the same time. */
  settingOnce(name: string, make: () => string): Promise<string>;
  /** False when there was none. */
  dropSetting(name: string): Promise<boolean>;
}

interface FoundKey {
  readonly merchant_id: string;
  readonly id: string;
  readonly scopes: readonly string[];
  readonly terminal_id: string | null;
}

export function postgresMerchantsStore(needs: MerchantsNeeds): MerchantsStore {
  const { pool, em } = needs.database;
  const setting = async (name: string) => (await rowOf<{ value: string }>(pool, readSetting, [name]))?.value;
  return {
    ensureFirstMerchant: (app) => ensureFirstMerchant(needs, app),

    async putApiKey({ merchantId, label, hash, prefix }) {
      const now = needs.clock.now();
      await rowsOf(pool, putKey, [merchantId, needs.newId(now), hash, label, now, prefix, SCOPES]);
    },

    async findApiKey(hash, now) {
      const row = await rowOf<FoundKey>(pool, findKey, [hash, now]);
      if (row === undefined) return undefined;
      const { merchant_id: merchantId, id: keyId, scopes, terminal_id: terminalId } = row;
      return { merchantId, keyId, scopes: scopes.filter(isScope), terminalId };
    },

    async hasApiKeys() {
      return (await em().count(ApiKeys)) > 0;
    },

    setting,

    dropSetting: async (name) => (await rowOf(pool, dropSetting, [name])) !== undefined,

    async settingOnce(name, make) {
      const kept = await setting(name);
      if (kept !== undefined) return kept;
      await rowsOf(pool, addSetting, [name, make()]);
      const added = await setting(name);
      if (added === undefined) throw new Error(`the setting ${name} has vanished`);
      return added;
    },
  };
}
