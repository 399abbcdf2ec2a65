// The one place of the command line that constructs adapters and hands them to the commands.

import { configuredKeys, givenKey } from '../alipay/doctor/candidates.ts';
import { checkAccount } from '../alipay/doctor/check-account.ts';
import { diagnose } from '../alipay/doctor/diagnose.ts';
import { gatewayTime } from '../alipay/doctor/gateway-time.ts';
import { readRequest } from '../alipay/doctor/read-request.ts';
import { generateAppKeys } from '../alipay/generate-keys.ts';
import { messageReader } from '../alipay/read-message.ts';
import { AlipaySettingsError } from '../alipay/settings-error.ts';
import { type Config, ConfigError, inspectVariables, readConfig } from '../config.ts';
import { fromTypeId, leastUuid, toTypeId } from '../ids.ts';
import { type Database, openDatabase } from '../postgres/database.ts';
import { startEmbeddedPostgres } from '../postgres/embedded.ts';
import { embeddedState } from '../postgres/embedded-running.ts';
import { findMessages } from '../postgres/find-message.ts';
import { inspectDatabase } from '../postgres/inspect.ts';
import { migrate } from '../postgres/migrate.ts';
import { rolesSql } from '../postgres/roles-sql.ts';
import { findVerificationKeys } from '../postgres/verification-keys.ts';
import { walkBundles, walkLooseMessages, walkLostOrders } from '../postgres/walks.ts';
import { audit, type Books } from './audit.ts';
import { type Command, UsageError } from './command.ts';
import { doctor } from './doctor.ts';
import { doctorNotify } from './doctor-notify.ts';
import { keysGenerate } from './keys-generate.ts';
import { migrateCommand } from './migrate.ts';
import { roles } from './roles.ts';
import { verify } from './verify.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Every command, in the order in which the help lists them. */
export function allCommands(env: Environment): readonly Command[] {
  const readMessage = messageReader();
  return [
    keysGenerate(generateAppKeys),
    doctor({
      variables: () => inspectVariables(env),
      strange: () => strangeNames(env),
      config: () => configOr(env),
      checkAccount: (settings) => checkAccount(settings, new Date()),
      gatewayTime,
      inspectDatabase,
    }),
    doctorNotify({
      readRequest,
      diagnose,
      givenKey: (label, text, role) => orUsageError(() => givenKey(label, text, role)),
      configured: () => configuredAccount(env),
      findMessages: async (id) => withDatabase(env, (database) => keptMessages(database, id)),
    }),
    verify(readMessage),
    audit({ openBooks: () => openBooks(env), readMessage, nameOf: toTypeId }),
    migrateCommand(() => runMigrations(env)),
    roles(rolesSql),
  ];
}

function configOr(env: Environment): Config | string {
  try {
    return readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
}

/** `ALI_PUBLICKEY` would be left unread without a word. */
function strangeNames(env: Environment): readonly string[] {
  const known = inspectVariables(env).flatMap(({ name }) => [name, `${name}_FILE`]);
  return Object.keys(env).filter((name) => name.startsWith('ALI_') && !known.includes(name));
}

function configuredAccount(env: Environment) {
  const { alipay } = readConfig(env);
  return alipay && { appId: alipay.appId, keys: configuredKeys(alipay) };
}

function orUsageError<Value>(read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (error instanceof AlipaySettingsError) throw new UsageError(error.message);
    throw error;
  }
}

async function keptMessages(database: Database, id: string) {
  const uuid = fromTypeId('evd', id) ?? /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.exec(id)?.[0];
  const messages = await findMessages(database, uuid === undefined ? { notifyId: id } : { id: uuid });
  return { messages, keys: await findVerificationKeys(database, null) };
}

async function runMigrations(env: Environment): Promise<readonly string[]> {
  const { databaseUrl, databaseDirectUrl } = readConfig(env);
  const url = databaseDirectUrl ?? databaseUrl;
  if (url === undefined)
    throw new ConfigError('DATABASE_URL is not set: the embedded database is migrated by npm start.');
  return orConfigError('DATABASE_URL', () => migrate(url));
}

async function withDatabase<Value>(env: Environment, work: (database: Database) => Promise<Value>): Promise<Value> {
  const { database, close } = await openBooksDatabase(env);
  return work(database).finally(close);
}

async function openBooks(env: Environment): Promise<Books> {
  const { database, close } = await openBooksDatabase(env);
  try {
    const keys = await findVerificationKeys(database, null);
    const from = (since: Date | undefined) => ({ keys, fromId: since && leastUuid(since) });
    return {
      keys,
      bundles: (since) => walkBundles(database, from(since)),
      looseMessages: (since) => walkLooseMessages(database, from(since)),
      lostOrders: () => walkLostOrders(database),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A batch of a walk may take its time on a busy machine. */
const STATEMENT_TIMEOUT_MS = 60_000;

interface Opened {
  readonly database: Database;
  close(): Promise<void>;
}

async function openBooksDatabase(env: Environment): Promise<Opened> {
  const { url, leave } = await databaseToRead(readConfig(env));
  const state = await inspectDatabase(url);
  const fault =
    state.kind === 'unreachable'
      ? `DATABASE_URL: ${state.reason}`
      : state.pending.length > 0 &&
        `The database is of an older version: run npx kassa migrate (or start the gateway) first.`;
  if (fault) {
    await leave();
    throw new ConfigError(fault);
  }
  const database = await openDatabase({ url, poolMax: 2, statementTimeoutMs: STATEMENT_TIMEOUT_MS });
  return { database, close: () => database.close().finally(leave) };
}

/** DATABASE_URL; else the embedded database, beside a gateway that runs on it or started for as long as it takes. */
async function databaseToRead({ databaseUrl, dataDir }: Config): Promise<{ url: string; leave(): Promise<void> }> {
  const stays = async () => undefined;
  if (databaseUrl !== undefined) return { url: databaseUrl, leave: stays };
  const state = await orConfigError('DATA_DIR', () => embeddedState(dataDir));
  if (state.kind === 'running') return { url: state.url, leave: stays };
  if (state.kind === 'none')
    throw new ConfigError(`There is no database: DATABASE_URL is not set, and DATA_DIR ${dataDir} holds none.`);
  const embedded = await orConfigError('DATA_DIR', () => startEmbeddedPostgres({ dataDir }));
  return { url: embedded.url, leave: () => embedded.stop() };
}

async function orConfigError<Value>(variable: string, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const code = 'code' in error && typeof error.code === 'string' ? ` (${error.code})` : '';
    throw new ConfigError(`${variable}: ${error.message || 'no connection'}${code}`);
  }
}
