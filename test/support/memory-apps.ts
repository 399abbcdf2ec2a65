import { type App, MOST_APPS } from '../../src/merchants/app.ts';
import type { AddApp } from '../../src/merchants/app-input.ts';
import type { CheckedMaterial, NewApp } from '../../src/merchants/app-ports.ts';
import type { ManageAppsNeeds } from '../../src/merchants/manage-apps.ts';
import type { ManageMerchantsNeeds } from '../../src/merchants/manage-merchants.ts';
import type { Merchant } from '../../src/merchants/merchant.ts';
import type { AuditNote } from '../../src/merchants/ports.ts';
import { secondPerson } from '../../src/merchants/second-person.ts';
import { memoryConfirmations } from './memory-confirmations.ts';
import { memoryKeys } from './memory-keys.ts';
import { MERCHANT, newId, standingClock } from './orders.ts';

/** Takes every key for a good one; its fingerprint is what it says. */
function anyMaterial(material: Parameters<ManageAppsNeeds['checkMaterial']>[0], now: Date): CheckedMaterial {
  const { gateway, privateKey, alipayKeys, appCert, rootCert } = material;
  const known = alipayKeys.map((pem) => ({
    id: `id of ${pem}`,
    publicKey: pem,
    certificate: appCert && pem,
    firstSeenAt: now,
  }));
  return { gateway, privateKey, keyId: `id of ${privateKey}`, alipayKeys: known, appCert, rootCert, validUntil: null };
}

/** What a caller brings for an app in key mode. */
export const APP: AddApp = {
  appId: '2021000000000009',
  sellerId: '2088000000000009',
  gateway: null,
  privateKey: 'mine',
  alipayPublicKey: 'alipay 1',
  appCert: null,
  alipayCert: null,
  rootCert: null,
  providerAppId: null,
  appAuthToken: null,
};

/** Apps and merchants in memory. `notes` is what the audit log would say. */
export function memoryApps(clock = standingClock()) {
  const apps = new Map<string, App>();
  const merchants = new Map<string, Merchant>();
  const notes: (AuditNote & { readonly action: string })[] = [];
  let revision = 0;
  const put = (app: Omit<App, 'revision'>) => {
    revision += 1;
    apps.set(app.appId, { ...app, revision: String(revision).padStart(6, '0') });
  };
  const mine = (merchantId: string, appId: string) => {
    const app = apps.get(appId);
    return app?.merchantId === merchantId ? app : undefined;
  };
  const confirmations = memoryConfirmations(clock);
  const administration: ManageAppsNeeds = {
    secondPerson: (caller, change) => secondPerson(confirmations.needs, caller, change),
    apps: {
      changedSince: async () => ({
        at: String(revision),
        changed: [...apps.values()],
        count: apps.size,
        suspendedMerchants: [...merchants.values()].filter(({ suspendedAt }) => suspendedAt).map(({ id }) => id),
      }),
      read: async (appIds) => [...apps.values()].filter(({ appId }) => appIds.includes(appId)),
      list: async (merchantId) => [...apps.values()].filter((app) => app.merchantId === merchantId).reverse(),
      find: async (merchantId, appId) => mine(merchantId, appId),
      async obstacleTo({ merchantId, appId, sellerId }) {
        if (apps.has(appId)) return 'app_taken';
        const others = [...apps.values()].filter((app) => app.merchantId !== merchantId);
        if (others.some((app) => app.sellerId === sellerId)) return 'seller_taken';
        return apps.size - others.length < MOST_APPS ? undefined : 'full';
      },
      async add(app: NewApp, { note }) {
        const obstacle = await administration.apps.obstacleTo(app);
        if (obstacle !== undefined) return obstacle;
        const sellers = [...apps.values()].filter(({ sellerId }) => sellerId === app.sellerId);
        put({ ...app, accountId: sellers[0]?.accountId ?? app.accountId, createdAt: note.at, suspendedAt: null });
        notes.push({ ...note, action: 'app.added' });
        return 'added';
      },
      async giveKeys({ merchantId, appId }, { sellerId, providerAppId, keys }, { note }) {
        const before = mine(merchantId, appId);
        if (before === undefined || before.keys !== null) return 'app_taken';
        const sellers = [...apps.values()].filter((app) => app.sellerId === sellerId);
        if (sellers.some((app) => app.merchantId !== merchantId)) return 'seller_taken';
        put({ ...before, sellerId, providerAppId, keys, createdAt: note.at, suspendedAt: note.at });
        notes.push({ ...note, action: 'app.keys_given' });
        return 'added';
      },
      async remove({ merchantId, appId }, note) {
        const app = mine(merchantId, appId);
        if (app === undefined) return 'removed';
        if (app.keys === null) return 'environment';
        if (app.suspendedAt === null) return 'active';
        apps.delete(appId);
        notes.push({ ...note, action: 'app.removed' });
        return 'removed';
      },
      async update(before, { keys, changed }, { note }) {
        if (mine(before.merchantId, before.appId)?.revision !== before.revision) return false;
        put({ ...before, keys });
        notes.push({ ...note, action: `app.updated ${changed.join()}` });
        return true;
      },
      async setSuspended(merchantId, appId, { suspended, note }) {
        const app = mine(merchantId, appId);
        if (app === undefined || (app.suspendedAt === null) !== suspended) return false;
        put({ ...app, suspendedAt: suspended ? note.at : null });
        notes.push({ ...note, action: suspended ? 'app.suspended' : 'app.resumed' });
        return true;
      },
    },
    secrets: { seal: (secret, owner) => `${owner}|${secret}`, open: (sealed) => sealed.slice(sealed.indexOf('|') + 1) },
    checkMaterial: anyMaterial,
    environmentAppId: undefined,
    defaultGateway: 'https://alipay.example/gateway.do',
    mayCall: (gateway) => gateway.startsWith('https://alipay.example/'),
    changed: async () => {},
    clock,
    newId,
  };
  return { administration, apps, merchants, notes, confirmations, put };
}

/** What a schema in memory administers. */
export function memoryAdministration(): {
  readonly appAdministration: ManageAppsNeeds;
  readonly merchantAdministration: ManageMerchantsNeeds;
} {
  const { administration, merchants } = memoryApps();
  return {
    appAdministration: administration,
    merchantAdministration: {
      merchants: {
        list: async () => [...merchants.values()],
        find: async (id) => merchants.get(id),
        create: async (merchant) => void merchants.set(merchant.id, merchant),
        async setSuspended(id, { suspended, note }) {
          const merchant = merchants.get(id);
          if (merchant === undefined) return false;
          merchants.set(id, { ...merchant, suspendedAt: suspended ? note.at : null });
          return true;
        },
      },
      keys: memoryKeys().needs,
      ownerId: MERCHANT,
      changed: async () => {},
    },
  };
}
