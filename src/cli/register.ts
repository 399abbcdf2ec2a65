// What the commands that administer merchants and apps stand on. Loaded when one of them runs.
import { checkMaterial } from '../alipay/check-material.ts';
import { checkApp } from '../alipay/doctor/check-app.ts';
import { gatewayClock } from '../clock.ts';
import { type Config, ConfigError, readConfig } from '../config.ts';
import { hashApiKey, newApiKey, prefixOf } from '../credentials/api-keys.ts';
import { type Sealer, sealedSecrets } from '../credentials/sealed-secrets.ts';
import { KEPT_SECRET_KEY, secretKeysAtHand } from '../credentials/secret-keys.ts';
import { newUuid } from '../ids.ts';
import type { App } from '../merchants/app.ts';
import type { ManageAppsNeeds } from '../merchants/manage-apps.ts';
import type { ManageMerchantsNeeds } from '../merchants/manage-merchants.ts';
import { type Rotated, rotateSecrets } from '../merchants/rotate-secrets.ts';
import { asksNobody } from '../merchants/second-person.ts';
import type { Clock } from '../orders/ports.ts';
import { postgresAppBook } from '../postgres/app-book.ts';
import { type Database, openDatabase } from '../postgres/database.ts';
import { keepDatabaseTime } from '../postgres/database-time.ts';
import { postgresMerchantBook } from '../postgres/merchant-book.ts';
import { type MerchantsStore, postgresMerchantsStore } from '../postgres/merchants-store.ts';
import { postgresSealedBook } from '../postgres/sealed-book.ts';
import { openBooksDatabase } from './books.ts';
import { type KeptApps, urlOfApps } from './doctor-apps.ts';
import { ACTOR } from './registered.ts';

export interface Register {
  readonly apps: ManageAppsNeeds;
  readonly merchants: ManageMerchantsNeeds;
  /** Of every merchant. */
  allApps(): Promise<readonly App[]>;
  rotateSecrets(): Promise<Rotated & { readonly keyId: string; readonly forgot: boolean }>;
  close(): Promise<void>;
}

export async function openRegister(env: Readonly<Record<string, string | undefined>>): Promise<Register> {
  const config = readConfig(env);
  const { database, close } = await openBooksDatabase(env);
  try {
    const clock = gatewayClock();
    (await keepDatabaseTime(database, clock.tell)).stop();
    const settings = postgresMerchantsStore({ database, clock, newId: newUuid });
    // A key that is made here would lie beside what it seals, and no gateway that runs would know it.
    const sealer = await sealerAtHand(config, settings);
    if (sealer === undefined) throw new ConfigError('SECRET_KEY is not set: give the one that the gateways have.');
    const apps = appNeeds(config, database, { secrets: sealer, clock });
    return {
      apps,
      merchants: await merchantNeeds(database, clock),
      allApps: () => everyApp(apps),
      rotateSecrets: async () => {
        const rotated = await rotateAll(database, sealer, clock);
        return { ...rotated, keyId: sealer.keyId, forgot: await forgetKept(config, settings, rotated) };
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** For the doctor, who changes nothing and does not wait for long. */
export async function openKeptApps(config: Config): Promise<KeptApps> {
  const now = new Date();
  const database = await openDatabase({ url: urlOfApps(config), poolMax: 2 });
  try {
    const settings = postgresMerchantsStore({ database, clock: { now: () => now }, newId: newUuid });
    const sealer = await sealerAtHand(config, settings);
    return {
      apps: postgresAppBook(database),
      checkApp: sealer && ((app) => checkApp(app, sealer, now)),
      close: () => database.close(),
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** Under the keys that a gateway would have; undefined where it would make one. */
async function sealerAtHand(config: Config, settings: MerchantsStore): Promise<Sealer | undefined> {
  const keys = await secretKeysAtHand(config, settings);
  return keys && sealedSecrets(keys.secretKey, keys.otherSecretKeys);
}

function appNeeds(
  { alipay }: Config,
  database: Database,
  { secrets, clock }: { secrets: Sealer; clock: Clock },
): ManageAppsNeeds {
  return {
    apps: postgresAppBook(database),
    secrets,
    checkMaterial,
    environmentAppId: alipay?.appId,
    defaultGateway: alipay?.gateway,
    mayCall: () => true,
    changed: async () => {},
    secondPerson: asksNobody,
    clock,
    newId: newUuid,
  };
}

async function everyApp({ apps }: ManageAppsNeeds): Promise<readonly App[]> {
  const { changed } = await apps.changedSince(null);
  return apps.read(changed.map(({ appId }) => appId));
}

async function merchantNeeds(database: Database, clock: Clock): Promise<ManageMerchantsNeeds> {
  const merchants = postgresMerchantBook(database);
  const [owner] = await merchants.list({ first: 1, after: null });
  const keys = { newApiKey, hashApiKey, prefixOf, clock, newId: newUuid, secondPerson: asksNobody };
  return { merchants, keys, ownerId: owner?.id ?? '', changed: async () => {} };
}

function rotateAll(database: Database, sealer: Sealer, clock: Clock): Promise<Rotated> {
  const book = postgresSealedBook(database);
  return rotateSecrets({ book, reseal: sealer.reseal, actor: ACTOR, clock, newId: newUuid });
}

/** The key that was made and kept once is of no use when another is given and nothing is sealed under it any more. */
async function forgetKept({ secretKey }: Config, settings: MerchantsStore, { lost }: Rotated): Promise<boolean> {
  return secretKey !== undefined && lost.length === 0 && settings.dropSetting(KEPT_SECRET_KEY);
}
