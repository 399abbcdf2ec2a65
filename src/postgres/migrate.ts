import { setTimeout as delay } from 'node:timers/promises';
import { Client, DatabaseError } from 'pg';
import { connectionTo } from './connection.ts';
import { migrationState } from './migrations-done.ts';
import { initOrm } from './orm.ts';

/** Any number of our own: who holds this advisory lock migrates. */
const MIGRATION_LOCK = 5_226_577_234_001;
const ASK_AGAIN_MS = 50;
/** Beside the migrations themselves nothing takes long: a server that does not answer for so long is not there. */
const ANSWER_TIMEOUT_MS = 7_000;
/** A server that says that it is on its way up, or down and so up again, is waited for this long. */
const PATIENCE_MS = 15_000;
const END_PATIENCE_MS = 1_000;
const CANNOT_CONNECT_NOW = '57P03';

/**
 * Brings the schema up to date, all of it or nothing, and answers the names of what ran. Processes that
 * start at the same time wait for each other, and one of them does the work. Needs a direct connection:
 * behind a pooler the lock would belong to nobody.
 */
export async function migrate(directUrl: string): Promise<readonly string[]> {
  const lock = await connected(directUrl);
  try {
    await takeTurn(lock);
    return await runMigrations(directUrl, lock);
  } finally {
    // A connection that is dead never confirms its end, and the lock goes with it in any case.
    await Promise.race([lock.end().catch(() => {}), delay(END_PATIENCE_MS)]);
  }
}

async function connected(directUrl: string): Promise<Client> {
  for (const giveUpAt = performance.now() + PATIENCE_MS; ; ) {
    const client = new Client({ ...connectionTo(directUrl), query_timeout: ANSWER_TIMEOUT_MS });
    // The lock's connection may break while the migration runs; the migration is one transaction all the same.
    client.on('error', () => {});
    try {
      await client.connect();
      return client;
    } catch (error) {
      await client.end().catch(() => {});
      const isOnItsWay = error instanceof DatabaseError && error.code === CANNOT_CONNECT_NOW;
      if (!isOnItsWay || performance.now() > giveUpAt) throw error;
      await delay(ASK_AGAIN_MS);
    }
  }
}

/** Asked again and again rather than waited for: of a question that waits nobody knows whether the server still does. */
async function takeTurn(lock: Client): Promise<void> {
  const ask = () => lock.query<{ mine: boolean }>('select pg_try_advisory_lock($1) as mine', [MIGRATION_LOCK]);
  while (!(await ask()).rows[0]?.mine) await delay(ASK_AGAIN_MS);
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
