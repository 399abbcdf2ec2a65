// One PostgreSQL server for both sides, a database each, so that neither meets the other's rows or locks.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Client } from 'pg';
import { startEmbeddedPostgres } from '../src/postgres/embedded.ts';
import { migrate } from '../src/postgres/migrate.ts';
import type { SideName } from './dialects.ts';

/** Steps that undo what has been started; run last to first. */
export type Ends = (() => Promise<unknown>)[];

export interface Arena {
  readonly urls: Readonly<Record<SideName, string>>;
  /** PostgreSQL's version and the settings that decide what "durable" means. */
  readonly settings: Readonly<Record<string, string>>;
}

const SETTINGS = ['server_version', 'fsync', 'synchronous_commit', 'wal_sync_method', 'full_page_writes'] as const;

/** Both databases are dropped at the end; the embedded server's folder is the caller's to remove. */
export async function openArena({ folder, ends }: { folder: string; ends: Ends }): Promise<Arena> {
  const serverUrl = process.env.BENCH_DATABASE_URL ?? (await embedded(folder, ends));
  const admin = new Client(serverUrl);
  await admin.connect();
  ends.push(() => admin.end());
  const urls = {
    gateway: await newDatabase(admin, { serverUrl, side: 'gateway', ends }),
    limit: await newDatabase(admin, { serverUrl, side: 'limit', ends }),
  };
  await migrate(urls.limit);
  const settings: Record<string, string> = {};
  for (const name of SETTINGS) {
    const { rows } = await admin.query('select current_setting($1) as value', [name]);
    settings[name] = rows[0].value;
  }
  return { urls, settings };
}

async function embedded(folder: string, ends: Ends): Promise<string> {
  const server = await startEmbeddedPostgres({ dataDir: join(folder, 'data') });
  ends.push(() => server.stop());
  return server.url;
}

interface DatabaseWish {
  readonly serverUrl: string;
  readonly side: SideName;
  readonly ends: Ends;
}

async function newDatabase(admin: Client, { serverUrl, side, ends }: DatabaseWish): Promise<string> {
  const name = `kassa_bench_${side}_${randomBytes(4).toString('hex')}`;
  await admin.query(`create database ${name}`);
  ends.push(() => admin.query(`drop database if exists ${name} with (force)`));
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}
