// What the gateway stands on, started in order and ended in reverse: PostgreSQL, its schema, an Alipay
// account (the built-in sandbox's when none is given), the first merchant, the secrets.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type AlipayAccount, readAccount } from './alipay/account.ts';
import { startBuiltInSandbox } from './alipay/built-in-sandbox.ts';
import { AlipaySettingsError } from './alipay/settings-error.ts';
import { verificationKeyOf } from './alipay/verification-key.ts';
import { type Broker, connectBroker } from './broker/rabbit.ts';
import { type GatewayClock, gatewayClock } from './clock.ts';
import { type Config, ConfigError } from './config.ts';
import { hashApiKey, newApiKey, prefixOf } from './credentials/api-keys.ts';
import { type SecretKeys, secretKeys } from './credentials/secret-keys.ts';
import { type Failpoints, openFailpoints } from './failpoints.ts';
import { newUuid } from './ids.ts';
import type { Log } from './log.ts';
import { type Database, openDatabase } from './postgres/database.ts';
import { keepDatabaseTime } from './postgres/database-time.ts';
import { startEmbeddedPostgres } from './postgres/embedded.ts';
import { EmbeddedPostgresError } from './postgres/embedded-error.ts';
import { type FirstMerchant, ForeignAppError, SellerError } from './postgres/first-merchant.ts';
import { type MerchantsStore, postgresMerchantsStore } from './postgres/merchants-store.ts';
import { migrate } from './postgres/migrate.ts';
import { keepVerificationKey } from './postgres/verification-keys.ts';
import { soon } from './soon.ts';

/** Steps that undo what has been started; run last to first. */
export type Ends = (() => Promise<void>)[];

export interface Foundation extends SecretKeys {
  readonly database: Database;
  readonly directUrl: () => string;
  readonly merchants: MerchantsStore;
  readonly merchantId: string;
  readonly accountId: string;
  readonly account: AlipayAccount;
  readonly clock: GatewayClock;
  /** Hears when the sandbox's test clock has moved ours; what it does then is waited for. */
  onClockMoved(act: () => Promise<void>): void;
  /** Hears when the environment's app gets other keys, of its own or Alipay's. */
  onAccountExchanged(act: (account: AlipayAccount) => void): void;
  exchangeAccount(account: AlipayAccount): void;
  /** RabbitMQ, when there is one. It connects by itself, and never keeps anything else from starting. */
  readonly broker?: Broker | undefined;
  /** Where the built-in sandbox is; undefined with a real Alipay. */
  readonly sandboxUrl: string | undefined;
  /** The API key to show on the terminal; undefined when it was given or is not known any more. */
  readonly shownApiKey: string | undefined;
  /** The API key, when this process knows it. */
  readonly apiKey: string | undefined;
  readonly failpoints: Failpoints;
}

export async function layFoundation(config: Config, log: Log, ends: Ends): Promise<Foundation> {
  const given = config.alipay === undefined ? undefined : readGiven(config.alipay);
  const { clock, onClockMoved, moveClock } = sharedClock();
  const failpoints = openFailpoints(config.failpoints, moveClock);
  const starting = [
    databaseUrls(config, log, ends),
    given === undefined ? startSandbox(config, log, { ends, moveClock }) : undefined,
  ] as const;
  // Both have come up or failed before anything is ended: what comes up later would be left behind.
  await Promise.allSettled(starting);
  const [urls, sandbox] = await Promise.all(starting);
  await orConfigError('DATABASE_URL', () => migrate(urls.direct));
  const warn = (message: string) => log.warn(message);
  const pool = orConfigError('DATABASE_URL', () => openDatabase({ url: urls.pooled, directUrl: urls.direct, warn }));
  const database = await soon('the pool', pool);
  ends.push(() => database.close());
  const broker = openBroker(config, log, ends);
  const time = await soon("the database's time", keepDatabaseTime(database, clock.tell));
  ends.push(async () => time.stop());
  const merchants = postgresMerchantsStore({ database, clock, newId: newUuid });
  const account = given ?? sandbox?.account ?? missing();
  const owner = await soon('the first merchant', firstMerchant(merchants, account));
  await soon("Alipay's key", keepVerificationKey(database, verificationKeyOf(account, clock.now())));
  const exchangers: ((account: AlipayAccount) => void)[] = [];
  return {
    ...owner,
    onAccountExchanged: (act) => void exchangers.push(act),
    exchangeAccount: (next) => {
      for (const act of exchangers) act(next);
    },
    clock,
    onClockMoved,
    failpoints,
    ...(await soon('the first API key', firstApiKey(config, merchants, owner.merchantId))),
    database,
    broker,
    directUrl: () => database.directUrl(),
    merchants,
    account,
    sandboxUrl: sandbox?.url,
    ...(await soon('the secret key', secretKeys(config, merchants))),
  };
}

function openBroker({ amqpUrl }: Config, log: Log, ends: Ends): Broker | undefined {
  if (amqpUrl === undefined) return undefined;
  const broker = connectBroker({ url: amqpUrl, warn: (message) => log.warn(message) });
  ends.push(() => broker.close());
  return broker;
}

/** The gateway's clock, which the built-in sandbox's test clock moves along with its own. */
function sharedClock() {
  const clock = gatewayClock();
  const acts: (() => Promise<void>)[] = [];
  return {
    clock,
    onClockMoved: (act: () => Promise<void>) => void acts.push(act),
    moveClock: async (aheadMs: number) => {
      clock.setAhead(aheadMs);
      for (const act of acts) await act();
    },
  };
}

async function firstMerchant(merchants: MerchantsStore, { appId, sellerId }: AlipayAccount): Promise<FirstMerchant> {
  try {
    return await merchants.ensureFirstMerchant({ appId, sellerId });
  } catch (error) {
    if (error instanceof ForeignAppError) throw new ConfigError(`ALI_APP_ID: ${error.message}`);
    if (error instanceof SellerError) throw new ConfigError(`ALI_SELLER_ID: ${error.message}`);
    throw error;
  }
}

async function databaseUrls(config: Config, log: Log, ends: Ends): Promise<{ pooled: string; direct: string }> {
  if (config.databaseUrl !== undefined)
    return { pooled: config.databaseUrl, direct: config.databaseDirectUrl ?? config.databaseUrl };
  if (config.production) log.warn('DATABASE_URL is not set: the embedded PostgreSQL keeps the takings in DATA_DIR');
  try {
    const embedded = await startEmbeddedPostgres({ dataDir: config.dataDir });
    ends.push(() => embedded.stop());
    return { pooled: embedded.url, direct: embedded.url };
  } catch (error) {
    if (error instanceof EmbeddedPostgresError) throw new ConfigError(error.message);
    throw error;
  }
}

interface SandboxParts {
  readonly ends: Ends;
  readonly moveClock: (aheadMs: number) => Promise<void>;
}

async function startSandbox(
  config: Config,
  log: Log,
  { ends, moveClock }: SandboxParts,
): Promise<{ account: AlipayAccount; url: string }> {
  const program = join(import.meta.dirname, 'sandbox', 'main.js');
  const { dataDir, sandboxPort: port } = config;
  const sandbox = await orConfigError('SANDBOX_PORT', () =>
    startBuiltInSandbox({ program, port, dataDir, log: (message) => log.warn(message), onClock: moveClock }),
  );
  ends.push(() => sandbox.stop());
  const { appId, sellerId, gateway, appPrivateKey, alipayPublicKey } = sandbox.settings;
  const account = readAccount({ appId, sellerId, gateway, privateKey: appPrivateKey, publicKey: alipayPublicKey });
  return { account, url: sandbox.url };
}

function readGiven(settings: NonNullable<Config['alipay']>): AlipayAccount {
  try {
    return readAccount(settings);
  } catch (error) {
    if (error instanceof AlipaySettingsError) throw new ConfigError(error.message);
    throw error;
  }
}

/** Of the key that API_KEY holds. */
export const API_KEY_LABEL = 'first';

/** A given key replaces the first merchant's; without one it is generated once, next to the embedded data. */
async function firstApiKey(
  config: Config,
  merchants: MerchantsStore,
  merchantId: string,
): Promise<Pick<Foundation, 'apiKey' | 'shownApiKey'>> {
  if (config.apiKey !== undefined) {
    await merchants.putApiKey({
      merchantId,
      label: API_KEY_LABEL,
      hash: hashApiKey(config.apiKey),
      prefix: prefixOf(config.apiKey),
    });
    return { apiKey: config.apiKey, shownApiKey: undefined };
  }
  if (config.databaseUrl !== undefined) {
    if (await merchants.hasApiKeys()) return { apiKey: undefined, shownApiKey: undefined };
    throw new ConfigError('API_KEY is not set and the database holds none yet: set 32 or more random characters.');
  }
  const apiKey = await keptApiKey(config.dataDir);
  await merchants.putApiKey({ merchantId, label: API_KEY_LABEL, hash: hashApiKey(apiKey), prefix: prefixOf(apiKey) });
  return { apiKey, shownApiKey: apiKey };
}

async function keptApiKey(dataDir: string): Promise<string> {
  const file = join(dataDir, 'api-key');
  const kept = await readFile(file, 'utf8').catch(() => '');
  if (kept.trim() !== '') return kept.trim();
  const made = newApiKey();
  await mkdir(dataDir, { recursive: true });
  await writeFile(file, `${made}\n`, { mode: 0o600 });
  return made;
}

/** A database or a port that isn't there is a matter of configuration: say which variable, without its value. */
async function orConfigError<Value>(variable: string, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const code = 'code' in error && typeof error.code === 'string' ? ` (${error.code})` : '';
    throw new ConfigError(`${variable}: ${error.message || 'no connection'}${code}`);
  }
}

function missing(): never {
  throw new Error('neither an Alipay account nor the sandbox is there');
}
