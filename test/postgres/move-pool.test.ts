// A pool that goes over to another user of its database, as one whose password is exchanged does.
import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newUuid } from '../../src/ids.ts';
import { type Database, openDatabase } from '../../src/postgres/database.ts';
import { checkSameDatabase, WrongDatabaseError } from '../../src/postgres/move-pool.ts';
import { bareDatabase, type FreshDatabase, freshDatabase } from '../support/database.ts';
import { until } from '../support/until.ts';

const next = `t${randomBytes(6).toString('hex')}`;
const MERCHANT = newUuid(new Date());

let fresh: FreshDatabase;
let database: Database;
let admin: Client;

beforeAll(async () => {
  fresh = await freshDatabase();
  database = await openDatabase({ url: fresh.url });
  admin = new Client(fresh.url);
  await admin.connect();
  await admin.query(`create role ${next} login superuser password 'pw'`);
  await admin.query('insert into merchants values ($1, $2, now())', [MERCHANT, 'm']);
});

afterAll(async () => {
  await database?.close();
  await admin?.query(`drop role if exists ${next}`);
  await admin?.end();
  await fresh?.drop();
});

const nextUrl = () => Object.assign(new URL(fresh.url), { username: next, password: 'pw' }).href;

test('what runs finishes, what comes goes to the other user, and nobody of before is left', async () => {
  const user = async () => (await database.pool.query<{ user: string }>('select current_user as user')).rows[0]?.user;
  const slow = database.pool.query('select pg_sleep(0.5)');
  let moved = false;
  const work = Array.from({ length: 20 }, async () => {
    const seen: (string | undefined)[] = [];
    while (!moved || seen.at(-1) !== next) {
      seen.push(await user());
      // A unit of work has its connection from the same pool.
      await database.em().getConnection().execute('select 1');
    }
    return seen;
  });
  await until(
    () => database.pool.totalCount,
    (open) => open > 5,
  );
  await database.moveTo(nextUrl(), nextUrl());
  moved = true;
  expect(new Set((await Promise.all(work)).flat())).toContain(next);
  await slow;
  const left = async () => {
    const sql = `select usename from pg_stat_activity where datname = current_database() and application_name = 'kassa'`;
    return (await admin.query<{ usename: string }>(sql)).rows;
  };
  await until(left, (rows) => rows.length > 0 && rows.every(({ usename }) => usename === next));
  expect(await user()).toBe(next);
  expect(database.directUrl()).toBe(nextUrl());
});

test('an address that leads elsewhere, or nowhere, is found out', async () => {
  await checkSameDatabase(nextUrl(), MERCHANT);
  await expect(checkSameDatabase(fresh.url, newUuid(new Date()))).rejects.toThrow(WrongDatabaseError);
  const wrong = Object.assign(new URL(fresh.url), { username: next, password: 'wrong' }).href;
  const elsewhere = await bareDatabase();
  await expect(checkSameDatabase(elsewhere.url, MERCHANT)).rejects.toThrow('merchants');
  await elsewhere.drop();
  await expect(checkSameDatabase('postgres://x@127.0.0.1:1/x', MERCHANT)).rejects.toThrow('ECONNREFUSED');
  await expect(checkSameDatabase(wrong, MERCHANT)).rejects.toThrow();
});

test('a pooler does not come or go meanwhile', async () => {
  await expect(database.moveTo(nextUrl(), fresh.url)).rejects.toThrow('pooler');
});
