import { Migrator } from '@mikro-orm/migrations';
import { MikroORM } from '@mikro-orm/postgresql';
import type { Pool, PoolClient } from 'pg';
import { connectionTo } from './connection.ts';
import { allMigrations } from './migrations/all.ts';
import { allRecords } from './records/all.ts';
import { sessionSql } from './session.ts';
import { cutSilent, cutWhenSilent } from './silence.ts';

export interface OrmOptions {
  readonly url: string;
  readonly poolMax: number;
  /** How long one statement may run; 0 for no limit. */
  readonly statementTimeoutMs: number;
  /** A pooler hands each transaction to another session: none of them is ours to set up. */
  readonly pooled?: boolean | undefined;
  /** Hears of connections that broke; nothing else has to be done about them. */
  readonly warn: (message: string) => void;
}

/** A server that is silent for so long past the time that it gives a statement has gone without a word. */
const SILENT_SERVER_MS = 2_000;
const IDLE_CLIENT_TIMEOUT_MS = 60_000;

/** MikroORM with a pool of its own, which connects at its first use. */
export async function initOrm({ url, poolMax, statementTimeoutMs, pooled, warn }: OrmOptions): Promise<MikroORM> {
  // Without a limit of the server's there is none of ours: a migration takes as long as it takes.
  const silentMs = statementTimeoutMs === 0 ? 0 : statementTimeoutMs + SILENT_SERVER_MS;
  const setUp = (client: PoolClient) => {
    cutWhenSilent(client, silentMs);
    return client.query(sessionSql(statementTimeoutMs));
  };
  return MikroORM.init({
    clientUrl: url,
    entities: allRecords,
    extensions: [Migrator],
    pool: { min: 0, max: poolMax, idleTimeoutMillis: IDLE_CLIENT_TIMEOUT_MS },
    driverOptions: {
      ...connectionTo(url),
      ...(!pooled && { onConnect: setUp }),
      onPoolCreated: (pool: Pool) => {
        warnOfDrops(pool, warn);
        if (silentMs > 0) cutSilent(pool, silentMs);
      },
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

/** Without a listener of its own a dropped connection would end the process. */
function warnOfDrops(pool: Pool, warn: (message: string) => void): void {
  const tell = (error: Error) => warn(`a database connection broke: ${error.message}`);
  pool.on('error', tell);
  pool.on('connect', (client) => client.on('error', tell));
}
