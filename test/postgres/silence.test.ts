// A PostgreSQL that has vanished without a word: what was asked fails in time, and what comes after it has a connection.
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../src/postgres/database.ts';
import { openWire, type Wire } from '../faults/tcp-proxy.ts';
import { type FreshDatabase, freshDatabase } from '../support/database.ts';

/** Two seconds more are ours, before a connection counts as silent. */
const STATEMENT_TIMEOUT_MS = 200;
const SILENT = 'PostgreSQL has said nothing for 2200 ms';

let fresh: FreshDatabase;
let wire: Wire;
let database: Database;

beforeEach(async () => {
  fresh = await freshDatabase();
  const { port } = new URL(fresh.url);
  wire = await openWire(() => Number(port));
  const url = Object.assign(new URL(fresh.url), { port: wire.port }).href;
  database = await openDatabase({ url, poolMax: 2, statementTimeoutMs: STATEMENT_TIMEOUT_MS });
});

afterEach(async () => {
  wire.strike(undefined);
  await database.close();
  await wire.close();
  await fresh.drop();
});

const pid = async () => (await database.pool.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]?.pid;

test('what was asked fails, of a statement and of a unit of work, and the connections are replaced', async () => {
  const before = await Promise.all([pid(), pid()]);
  wire.strike({ kind: 'hole' });
  const asked = [pid(), database.em().getConnection().execute('select 1')];
  for (const { reason } of (await Promise.allSettled(asked)) as PromiseRejectedResult[])
    expect(String(reason)).toContain(SILENT);
  expect(database.poolFigures()).toMatchObject({ open: 0, waiting: 0 });
  wire.strike(undefined);
  expect(before).not.toContain(await pid());
});

test('a connection that nobody uses may be silent', async () => {
  const before = await pid();
  await pause(2_500);
  expect(await pid()).toBe(before);
});

test('while its session is set up it is in use', async () => {
  const asked = pid();
  // The one that is being opened: ready for its set-up, and then nothing more comes back.
  const [client] = Reflect.get(database.pool, '_clients');
  client.connection.once('readyForQuery', () => wire.strike({ kind: 'hole' }));
  await expect(asked).rejects.toThrow(SILENT);
});
