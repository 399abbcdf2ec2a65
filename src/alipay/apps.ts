// The apps of all merchants at work: whose keys verify a message, and the channel that an account's orders go through.
import type { SealedSecrets } from '../deliveries/ports.ts';
import { type App, type AppKeys, authTokenOwner, privateKeyOwner } from '../merchants/app.ts';
import type { AppDirectory } from '../merchants/app-directory.ts';
import type { PaymentChannel } from '../orders/ports.ts';
import { type AlipayAccount, type AlipayKey, alipayKeysOf, readAccount } from './account.ts';
import { readCertificateKey } from './certificates.ts';
import { settingsOf } from './check-material.ts';
import { readPublicKey } from './keys.ts';
import type { FindApp, VerifyingApp } from './notification.ts';

export interface AlipayAppsNeeds {
  /** The environment's app, as it was read at the start, and whose it is. {@link AlipayApps.exchange} may give it other keys. */
  readonly environment: { readonly account: AlipayAccount; readonly merchantId: string; readonly accountId: string };
  readonly directory: Pick<AppDirectory, 'find' | 'appOfAccount' | 'sellerOfAccount' | 'refresh'>;
  readonly secrets: SealedSecrets;
  readonly openChannel: (account: AlipayAccount) => OpenedChannel;
}

export interface OpenedChannel {
  readonly channel: PaymentChannel;
  disconnect(): Promise<void>;
}

export interface AlipayApps {
  readonly findApp: FindApp;
  /** The channel of the app that looks after an account. @throws when there is none, or its secrets can't be opened */
  channelOf(account: Place): Promise<PaymentChannel>;
  /**
   * The environment's app goes over to other keys of its own or Alipay's: calls under way finish with those of before, and what
   * Alipay has signed under its own of before is believed for an hour.
   */
  exchange(account: AlipayAccount): void;
  /** Ends all channels; calls under way end as unknown. */
  disconnect(): Promise<void>;
}

interface Place {
  readonly merchantId: string;
  readonly accountId: string;
}

/** Longer than any call through a channel takes: so long one lives on whose app has changed. */
const RETIRED_AFTER_MS = 30_000;
/** For so long a message may be on its way that was signed before the keys were exchanged. */
const BELIEVED_FOR_MS = 3_600_000;

export function alipayApps(needs: AlipayAppsNeeds): AlipayApps {
  const { environment, directory, secrets, openChannel } = needs;
  const verifying = new Map<string, { readonly revision: string; readonly app: VerifyingApp }>();
  const channels = new Map<string, { readonly revision: string; readonly opened: OpenedChannel }>();
  const retired = new Set<OpenedChannel>();
  let own = openOwn(environment.account);

  function openOwn(account: AlipayAccount) {
    const { merchantId, accountId } = environment;
    const app: VerifyingApp = { merchantId, accountId, sellerId: account.sellerId, keys: alipayKeysOf(account) };
    const opened = openChannel(account);
    return { account, app, opened, channel: Promise.resolve(opened.channel) };
  }

  /** By its account, and unless a newer app of the merchant's collects for it now. */
  function isOwn({ merchantId, accountId }: Place): boolean {
    if (accountId !== environment.accountId || merchantId !== environment.merchantId) return false;
    const app = directory.appOfAccount({ merchantId, accountId });
    return app === undefined || app.appId === environment.account.appId;
  }

  function isOfOurSeller(place: Place): boolean {
    if (place.merchantId !== environment.merchantId) return false;
    const theirs = directory.sellerOfAccount(place);
    const ours = environment.account.sellerId;
    return theirs === null || ours === undefined || theirs === ours;
  }

  function goOver(account: AlipayAccount): void {
    const before = own;
    own = openOwn(account);
    retire(before.opened);
  }

  function verifyingApp(app: App, keys: AppKeys): VerifyingApp {
    const known = verifying.get(app.appId);
    if (known?.revision === app.revision) return known.app;
    const { merchantId, accountId, sellerId } = app;
    const made = { merchantId, accountId, sellerId: sellerId ?? undefined, keys: publicKeysOf(keys) };
    verifying.set(app.appId, { revision: app.revision, app: made });
    return made;
  }

  function channelFor(app: App, keys: AppKeys): PaymentChannel {
    const known = channels.get(app.appId);
    if (known?.revision === app.revision) return known.opened.channel;
    const opened = openChannel(accountOf(app, keys, secrets));
    channels.set(app.appId, { revision: app.revision, opened });
    if (known !== undefined) retire(known.opened);
    return opened.channel;
  }

  function retire(opened: OpenedChannel): void {
    retired.add(opened);
    setTimeout(() => {
      if (retired.delete(opened)) void opened.disconnect();
    }, RETIRED_AFTER_MS).unref();
  }

  return {
    findApp: ({ appId, authAppId = appId }) => {
      const { appId: ownId } = environment.account;
      if (appId === ownId && authAppId === ownId) return own.app;
      const app = directory.find(authAppId);
      const isSigner = app !== undefined && (app.providerAppId ?? app.appId) === appId;
      return isSigner && app.keys !== null ? verifyingApp(app, app.keys) : undefined;
    },

    async channelOf(place) {
      if (isOwn(place)) return own.channel;
      // An order that another process has just made may be of an app that this one has not heard of yet.
      if (directory.appOfAccount(place) === undefined) await directory.refresh();
      const app = directory.appOfAccount(place);
      if (app?.keys) return channelFor(app, app.keys);
      // Made through an earlier app of the environment: the one of now looks after it, unless it collects for another.
      if (isOfOurSeller(place)) return own.channel;
      throw new Error(
        'an order of an account that no app collects for: kassa apps add gives a former app of ALI_* its keys',
      );
    },

    exchange(account) {
      const otherKeys = alipayKeysOf(own.account).filter(({ id }) => id !== account.keyId);
      goOver({ ...account, otherKeys });
      const exchanged = own;
      const forget = () => own === exchanged && goOver(account);
      if (otherKeys.length > 0) setTimeout(forget, BELIEVED_FOR_MS).unref();
    },

    async disconnect() {
      const open = [own.opened, ...retired, ...[...channels.values()].map(({ opened }) => opened)];
      retired.clear();
      await Promise.all(open.map((opened) => opened.disconnect()));
    },
  };
}

/** Without our own private key: what Alipay says is believed even where that can't be opened. */
function publicKeysOf({ alipayKeys, appCert }: AppKeys): readonly AlipayKey[] {
  return alipayKeys.map(({ id, pem }) => ({
    id,
    key: appCert === null ? readPublicKey('alipayPublicKey', pem) : readCertificateKey('alipayCert', pem),
  }));
}

function accountOf(app: App, keys: AppKeys, secrets: SealedSecrets): AlipayAccount {
  const { appId, providerAppId, sellerId } = app;
  const { gateway, appCert, rootCert, appAuthToken } = keys;
  const privateKey = secrets.open(keys.privateKey, privateKeyOwner(appId));
  const [current] = keys.alipayKeys;
  const material = { appId, providerAppId, sellerId, gateway, privateKey, alipayKeys: [], appCert, rootCert };
  return {
    ...readAccount(settingsOf(material, current?.pem ?? '')),
    otherKeys: publicKeysOf(keys).slice(1),
    appAuthToken: appAuthToken === null ? undefined : secrets.open(appAuthToken, authTokenOwner(appId)),
  };
}
