// Plans as a named statement gets them after its first uses, on connections as the gateway makes them.
import type { PoolClient } from 'pg';
import { type Database, openDatabase } from '../../src/postgres/database.ts';
import type { Statement } from '../../src/postgres/statement.ts';
import { type FreshDatabase, freshDatabase } from '../support/database.ts';

export interface Opened {
  readonly client: PoolClient;
  close(): Promise<void>;
}

export async function openPrepared(prepare: (client: PoolClient) => Promise<unknown>): Promise<Opened> {
  const fresh: FreshDatabase = await freshDatabase();
  const database: Database = await openDatabase({ url: fresh.url, statementTimeoutMs: 60_000 });
  const client = await database.pool.connect();
  await prepare(client);
  await client.query('set plan_cache_mode = force_generic_plan');
  const close = async () => {
    client.release();
    await database.close();
    await fresh.drop();
  };
  return { client, close };
}

export async function planOf({ name, text }: Statement, client: PoolClient): Promise<string> {
  const parameters = Math.max(0, ...[...text.matchAll(/\$(\d+)/g)].map((match) => Number(match[1])));
  await client.query(`prepare "${name}" as ${text}`);
  const nulls = parameters === 0 ? '' : `(${Array(parameters).fill('null').join(', ')})`;
  const { rows } = await client.query<{ 'QUERY PLAN': string }>(`explain execute "${name}" ${nulls}`);
  await client.query(`deallocate "${name}"`);
  return rows.map((row) => row['QUERY PLAN']).join('\n');
}

/** An index that is walked from end to end is no better than the table. */
export const WALKS = /Seq Scan|Index (Only )?Scan (Backward )?using .*\n(?! *Index Cond)/;
