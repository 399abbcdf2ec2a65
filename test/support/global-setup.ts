// Before a test run: the operations get their types, and one PostgreSQL has a migrated template that files copy.
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import type { TestProject } from 'vitest/node';
import { typeOperations } from '../../scripts/type-operations.ts';
import { startEmbeddedPostgres } from '../../src/postgres/embedded.ts';
import { migrate } from '../../src/postgres/migrate.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** A PostgreSQL server whose user may create databases. */
    serverUrl: string;
    /** What every database of this run is called at the beginning. */
    databasePrefix: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  // An operation may ask for a field that schema.graphql is only about to get.
  if (process.env.UPDATE_SCHEMA !== '1')
    await typeOperations({ root: project.config.root, signal: new AbortController().signal });
  const server = await startServer();
  const databasePrefix = `kassa_test_${process.pid}_${Date.now().toString(36)}_`;
  const teardown = () => dropAll(server.url, databasePrefix).finally(server.stop);
  try {
    const template = `${databasePrefix}template`;
    await withAdmin(server.url, (admin) => admin.query(`create database ${template}`));
    await migrate(Object.assign(new URL(server.url), { pathname: `/${template}` }).href);
  } catch (error) {
    await teardown();
    throw error;
  }
  project.provide('serverUrl', server.url);
  project.provide('databasePrefix', databasePrefix);
  return teardown;
}

/** `TEST_DATABASE_URL`, or an embedded PostgreSQL in a folder that goes away with it. */
async function startServer(): Promise<{ url: string; stop(): Promise<void> }> {
  const given = process.env.TEST_DATABASE_URL;
  if (given) return { url: given, stop: async () => {} };
  const folder = await mkdtemp(join(tmpdir(), 'kassa-test-'));
  await chmod(folder, 0o755);
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const embedded = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres') });
    // Tests lay wires and poolers before it: over TCP, where another port is all that this takes.
    const url = Object.assign(new URL(embedded.url), { search: '' }).href;
    return { url, stop: () => embedded.stop().finally(remove) };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function dropAll(serverUrl: string, prefix: string): Promise<void> {
  await withAdmin(serverUrl, async (admin) => {
    const { rows } = await admin.query<{ datname: string }>(
      `select datname from pg_database where starts_with(datname, $1)`,
      [prefix],
    );
    for (const { datname } of rows) await admin.query(`drop database if exists ${datname} with (force)`);
  });
}

async function withAdmin<T>(url: string, work: (admin: Client) => Promise<T>): Promise<T> {
  const admin = new Client(url);
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}
