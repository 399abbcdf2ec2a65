import { Migrator } from '@mikro-orm/migrations';
import { MikroORM } from '@mikro-orm/postgresql';
import type { Pool, PoolClient } from 'pg';
import { connectionTo } from './connection.ts';
import { allMigrations } from './migrations/all.ts';
import { allRecords } from './records/all.ts';

export interface OrmOptions {
  readonly url: string;
  readonly poolMax: number;
  /** How long one statement may run; 0 for no limit. */
  readonly statementTimeoutMs: number;
  /** Hears of connections that the server dropped; nothing else has to be done about them. */
  readonly warn: (message: string) => void;
}

const IDLE_IN_TRANSACTION_TIMEOUT_MS = 10_000;
const SILENT_SERVER_MS = 2_000;
const IDLE_CLIENT_TIMEOUT_MS = 60_000;

/** MikroORM with a pool of its own, which connects at its first use. */
export async function initOrm({ url, poolMax, statementTimeoutMs, warn }: OrmOptions): Promise<MikroORM> {
  return MikroORM.init({
    clientUrl: url,
    entities: allRecords,
    extensions: [Migrator],
    pool: { min: 0, max: poolMax, idleTimeoutMillis: IDLE_CLIENT_TIMEOUT_MS },
    driverOptions: {
      ...connectionTo(url),
      // statement_timeout is the server's own: one that has vanished without a word needs ours.
      // Without a limit of the server's there is none of ours: a migration takes as long as it takes.
      query_timeout: statementTimeoutMs === 0 ? 0 : statementTimeoutMs + SILENT_SERVER_MS,
      // Set by hand and not as start-up parameters, which poolers refuse.
      onConnect: (client: PoolClient) => client.query(sessionSettings(statementTimeoutMs)),
      onPoolCreated: (pool: Pool) => warnOfDrops(pool, warn),
    },
    migrations: { migrationsList: allMigrations, snapshot: false, silent: true },
    // The migrations own the triggers.
    schemaGenerator: { ignoreTriggers: true },
    ensureDatabase: false,
    metadataCache: { enabled: false },
    logger: warn,
    debug: false,
  });
}

/** Each statement here is worth an index: a plan that is made while a table is small is kept when it has grown. */
const PLANNER = 'set enable_seqscan = off; set jit = off';

function sessionSettings(statementTimeoutMs: number): string {
  return `set timezone = 'UTC'; set statement_timeout = ${statementTimeoutMs};
    set idle_in_transaction_session_timeout = ${IDLE_IN_TRANSACTION_TIMEOUT_MS}; ${PLANNER}`;
}

/** Without a listener of its own a dropped connection would end the process. */
function warnOfDrops(pool: Pool, warn: (message: string) => void): void {
  const tell = (error: Error) => warn(`a database connection broke: ${error.message}`);
  pool.on('error', tell);
  pool.on('connect', (client) => client.on('error', tell));
}
