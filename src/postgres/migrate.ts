import { Client } from 'pg';
import { connectionTo } from './connection.ts';
import { migrationState } from './migrations-done.ts';
import { initOrm } from './orm.ts';

/** Any number of our own: who holds this advisory lock migrates. */
const MIGRATION_LOCK = 5_226_577_234_001;

/**
 * Brings the schema up to date, all of it or nothing, and answers the names of what ran. Processes that
 * start at the same time wait for each other, and one of them does the work. Needs a direct connection:
 * behind a pooler the lock would belong to nobody.
 */
export async function migrate(directUrl: string): Promise<readonly string[]> {
  const lock = new Client(connectionTo(directUrl));
  // The lock's connection may break while the migration runs; the migration is one transaction all the same.
  lock.on('error', () => {});
  await lock.connect();
  try {
    await lock.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    return await runMigrations(directUrl, lock);
  } finally {
    await lock.end();
  }
}

/** A role that may not change tables starts just as well where there is nothing to change. */
async function runMigrations(url: string, lock: Client): Promise<readonly string[]> {
  const orm = await initOrm({ url, poolMax: 2, statementTimeoutMs: 0, warn: () => {} });
  try {
    if ((await migrationState(lock, orm)).pending.length === 0) return [];
    const done = await orm.migrator.up();
    return done.map(({ name }) => name);
  } finally {
    await orm.close();
  }
}
