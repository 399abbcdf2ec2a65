// What many merchants on one installation stand on: every app and its channel, who is suspended, and their administration.
import type { AlipayAccount } from './alipay/account.ts';
import { type AlipayApps, alipayApps, type OpenedChannel } from './alipay/apps.ts';
import { alipayChannel } from './alipay/channel.ts';
import { checkMaterial } from './alipay/check-material.ts';
import type { FindApp } from './alipay/notification.ts';
import type { Config } from './config.ts';
import { hashApiKey, newApiKey, prefixOf } from './credentials/api-keys.ts';
import { sealedSecrets } from './credentials/sealed-secrets.ts';
import type { Ends, Foundation } from './foundation.ts';
import type { Metrics } from './http/metrics.ts';
import { newUuid } from './ids.ts';
import type { Log } from './log.ts';
import { AppDirectory } from './merchants/app-directory.ts';
import type { ManageAppsNeeds } from './merchants/manage-apps.ts';
import type { ManageMerchantsNeeds } from './merchants/manage-merchants.ts';
import { type AskSecondPerson, asksNobody } from './merchants/second-person.ts';
import { postgresAppBook } from './postgres/app-book.ts';
import { postgresMerchantBook } from './postgres/merchant-book.ts';
import { startRefresher } from './worker/refresher.ts';

export interface MerchantParts {
  readonly base: Foundation;
  readonly log: Log;
  readonly metrics: Pick<Metrics, 'alipayCall'>;
  /** Where Alipay sends notifications. */
  readonly notifyUrl: string;
  readonly secondPerson: AskSecondPerson;
  readonly ends: Ends;
}

export interface MerchantDesk {
  readonly channelOf: AlipayApps['channelOf'];
  readonly findApp: FindApp;
  isSuspended(merchantId: string): boolean;
  /** The account that collects a merchant's new orders; null: none does. */
  sellingAccount(merchantId: string): Promise<string | null>;
  readonly appAdministration: ManageAppsNeeds;
  readonly merchantAdministration: ManageMerchantsNeeds;
  /** Ends every channel; calls under way end as unknown, so that nobody waits for them. */
  disconnect(): Promise<void>;
}

const ALIPAY = 'https://openapi.alipay.com/gateway.do';

export async function openMerchants(config: Config, parts: MerchantParts): Promise<MerchantDesk> {
  const { base, log, ends } = parts;
  const { database, clock, account, merchantId, accountId } = base;
  const book = postgresAppBook(database);
  const directory = new AppDirectory({ book, environmentAppId: account.appId });
  const secrets = sealedSecrets(base.secretKey, base.otherSecretKeys);
  const environment = { account, merchantId, accountId };
  const openChannel = (one: AlipayAccount) => channelFor(parts, one);
  const apps = alipayApps({ environment, directory, secrets, openChannel });
  base.onAccountExchanged((next) => apps.exchange(next));
  await directory.refresh();
  const refresher = startRefresher(() => directory.refresh(), log);
  ends.push(() => refresher.stop());
  const changed = () =>
    directory.refresh().catch((error) => log.warn({ err: error }, 'a change of apps is learnt a little later'));
  // A merchant that is just being made has no policy yet.
  const keys = { newApiKey, hashApiKey, prefixOf, clock, newId: newUuid, secondPerson: asksNobody };
  return {
    channelOf: apps.channelOf,
    findApp: apps.findApp,
    isSuspended: (id) => directory.isSuspended(id),
    sellingAccount: (id) => sellingAccount(directory, id),
    disconnect: () => apps.disconnect(),
    appAdministration: {
      apps: book,
      secrets,
      checkMaterial,
      environmentAppId: account.appId,
      defaultGateway: account.gateway,
      // With play money there is no network of ours to reach into: each app may be another sandbox's.
      mayCall: (url) => config.localWebhooks || [ALIPAY, account.gateway].includes(new URL(url).href),
      changed,
      secondPerson: parts.secondPerson,
      clock,
      newId: newUuid,
    },
    merchantAdministration: { merchants: postgresMerchantBook(database), keys, ownerId: merchantId, changed },
  };
}

/** Whoever has none may have got it on another replica a moment ago. */
async function sellingAccount(directory: AppDirectory, merchantId: string): Promise<string | null> {
  const known = directory.sellingApp(merchantId);
  if (known !== undefined) return known.accountId;
  await directory.refresh();
  return directory.sellingApp(merchantId)?.accountId ?? null;
}

function channelFor({ base, metrics, notifyUrl }: MerchantParts, account: AlipayAccount): OpenedChannel {
  const channel = alipayChannel({
    account,
    notifyUrl,
    now: () => base.clock.now(),
    onCall: (call) => metrics.alipayCall(call),
  });
  return { channel: base.failpoints.wrap('channel', channel), disconnect: () => channel.disconnect() };
}
