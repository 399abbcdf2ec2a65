import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { inject } from 'vitest';

export interface FreshDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

/** An empty database with the whole schema, of the caller's own: a copy of the run's template. */
export async function freshDatabase(): Promise<FreshDatabase> {
  return createDatabase(`template ${inject('databasePrefix')}template`);
}

/** A database without any table. */
export async function bareDatabase(): Promise<FreshDatabase> {
  return createDatabase('');
}

async function createDatabase(how: string): Promise<FreshDatabase> {
  const name = `${inject('databasePrefix')}${randomUUID().slice(0, 8)}`;
  await asAdmin(`create database ${name} ${how}`);
  return {
    url: Object.assign(new URL(inject('serverUrl')), { pathname: `/${name}` }).href,
    drop: () => asAdmin(`drop database if exists ${name} with (force)`),
  };
}

async function asAdmin(sql: string): Promise<void> {
  const admin = new Client(inject('serverUrl'));
  await admin.connect();
  try {
    await admin.query(sql);
  } finally {
    await admin.end();
  }
}
