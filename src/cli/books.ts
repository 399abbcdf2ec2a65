// What the commands that read a database stand on. Loaded when one of them runs: the others start in no time.
import { type Config, ConfigError, readConfig } from '../config.ts';
import { hashApiKey, newApiKey, prefixOf } from '../credentials/api-keys.ts';
import { fromTypeId, leastUuid, newUuid } from '../ids.ts';
import { asksNobody } from '../merchants/second-person.ts';
import { postgresApiKeyBook } from '../postgres/api-key-book.ts';
import { findNoteHeads, walkNotes } from '../postgres/audit-notes.ts';
import { type Database, openDatabase } from '../postgres/database.ts';
import { readDatabaseTime } from '../postgres/database-time.ts';
import { startEmbeddedPostgres } from '../postgres/embedded.ts';
import { embeddedState } from '../postgres/embedded-running.ts';
import { findMessages } from '../postgres/find-message.ts';
import { inspectDatabase } from '../postgres/inspect.ts';
import { listMerchants } from '../postgres/list-merchants.ts';
import { migrate } from '../postgres/migrate.ts';
import { findVerificationKeys } from '../postgres/verification-keys.ts';
import { walkBundles, walkLooseMessages, walkLostOrders } from '../postgres/walks.ts';
import type { Books } from './audit.ts';
import type { KeyDesk } from './key-desk.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export { inspectDatabase };

/** The kept messages of an `evd_…` id, a UUID or a notify_id, with every key known. */
export async function findKeptMessages(env: Environment, id: string) {
  const { database, close } = await openBooksDatabase(env);
  return keptMessages(database, id).finally(close);
}

async function keptMessages(database: Database, id: string) {
  const uuid = fromTypeId('evd', id) ?? /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.exec(id)?.[0];
  const messages = await findMessages(database, uuid === undefined ? { notifyId: id } : { id: uuid });
  return { messages, keys: await findVerificationKeys(database, null) };
}

export async function runMigrations(env: Environment): Promise<readonly string[]> {
  const { databaseUrl, databaseDirectUrl } = readConfig(env);
  const url = databaseDirectUrl ?? databaseUrl;
  if (url === undefined)
    throw new ConfigError('DATABASE_URL is not set: the embedded database is migrated by npm start.');
  return orConfigError('DATABASE_URL', () => migrate(url));
}

export async function openBooks(env: Environment): Promise<Books> {
  const { database, close } = await openBooksDatabase(env);
  try {
    const keys = await findVerificationKeys(database, null);
    const from = (since: Date | undefined) => ({ keys, fromId: since && leastUuid(since) });
    return {
      keys,
      bundles: (since) => walkBundles(database, from(since)),
      looseMessages: (since) => walkLooseMessages(database, from(since)),
      lostOrders: () => walkLostOrders(database),
      noteHeads: () => findNoteHeads(database),
      notes: () => walkNotes(database),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Keys are dated by the database's clock, as the gateway dates them. */
export async function openKeyDesk(env: Environment): Promise<KeyDesk> {
  const { database, close } = await openBooksDatabase(env);
  try {
    const now = await readDatabaseTime(database);
    const clock = { now: () => now };
    const apiKeys = postgresApiKeyBook(database);
    return {
      // Whoever may open the database answers to nobody.
      needs: {
        apiKeys,
        newApiKey,
        hashApiKey,
        prefixOf,
        clock,
        newId: newUuid,
        secondPerson: asksNobody,
      },
      merchants: () => listMerchants(database),
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

/** The database that the environment names, seen to be there and up to date. */
export async function openBooksDatabase(env: Environment): Promise<Opened> {
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
