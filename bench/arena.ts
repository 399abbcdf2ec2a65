// One PostgreSQL server for all, a database each, so that none meets the others' rows or locks.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Client } from 'pg';
import { startEmbeddedPostgres } from '../src/postgres/embedded.ts';
import type { ContenderName } from './contenders.ts';

/** Steps that undo what has been started; run last to first. */
export type Ends = (() => Promise<unknown>)[];

export interface Arena {
  /** PostgreSQL's version and the settings that decide what "durable" means. */
  readonly settings: Readonly<Record<string, string>>;
  /** An empty database, dropped at these ends. Returns its URL. */
  newDatabase(name: ContenderName, ends: Ends): Promise<string>;
}

const SETTINGS = ['server_version', 'fsync', 'synchronous_commit', 'wal_sync_method', 'full_page_writes'] as const;

/** The embedded server's folder is the caller's to remove. */
export async function openArena({ folder, ends }: { folder: string; ends: Ends }): Promise<Arena> {
  const serverUrl = process.env.BENCH_DATABASE_URL ?? (await embedded(folder, ends));
  const admin = new Client(serverUrl);
  await admin.connect();
  ends.push(() => admin.end());
  const settings: Record<string, string> = {};
  for (const name of SETTINGS) {
    const { rows } = await admin.query('select current_setting($1) as value', [name]);
    settings[name] = rows[0].value;
  }
  return { settings, newDatabase: (name, itsEnds) => newDatabase(admin, { serverUrl, name, ends: itsEnds }) };
}

async function embedded(folder: string, ends: Ends): Promise<string> {
  const server = await startEmbeddedPostgres({ dataDir: join(folder, 'data') });
  ends.push(() => server.stop());
  return server.url;
}

interface DatabaseWish {
  readonly serverUrl: string;
  readonly name: ContenderName;
  readonly ends: Ends;
}

async function newDatabase(admin: Client, { serverUrl, name, ends }: DatabaseWish): Promise<string> {
  const database = `kassa_bench_${name}_${randomBytes(4).toString('hex')}`;
  await admin.query(`create database ${database}`);
  ends.push(() => admin.query(`drop database if exists ${database} with (force)`));
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  return url.href;
}
