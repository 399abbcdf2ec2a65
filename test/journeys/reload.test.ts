// Secrets in files that are exchanged while the gateway works.
import { type KeyObject, randomBytes } from 'node:crypto';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { alipay, bare, stranger } from '../alipay/keys.ts';
import { notice } from '../alipay/notice.ts';
import { newApiKey, newDataDir, ownDatabase, startGateway } from '../support/gateway.ts';
import { alipayEnv, notify, paidFields } from '../support/notifier.ts';
import { createOrder, newOrder, readOrder } from '../support/sale.ts';
import { until } from '../support/until.ts';

/** Files as an agent writes them: whole, and in the place of those before. */
async function secretFiles() {
  const folder = await newDataDir();
  const path = (name: string) => join(folder, name);
  const write = async (name: string, value: string) => {
    await writeFile(path(`.${name}`), `${value}\n`, { mode: 0o600 });
    await rename(path(`.${name}`), path(name));
  };
  return { path, write };
}

/** Another user of the database, with a password of its own. */
async function otherUser(url: string): Promise<{ name: string; url: string; sessions(): Promise<string[]> }> {
  const name = `t${randomBytes(6).toString('hex')}`;
  const admin = new Client(url);
  await admin.connect();
  await admin.query(`create role ${name} login superuser password 'pw'`);
  onTestFinished(async () => {
    await admin.query(`drop role ${name}`);
    await admin.end();
  });
  const sql = `select distinct usename from pg_stat_activity
    where datname = current_database() and application_name = 'kassa' and query not like 'listen%' and query <> 'select 1'`;
  return {
    name,
    url: Object.assign(new URL(url), { username: name, password: 'pw' }).href,
    sessions: async () => (await admin.query<{ usename: string }>(sql)).rows.map(({ usename }) => usename),
  };
}

test('a database user, Alipay’s key and an API key are exchanged, and no request fails', async () => {
  const files = await secretFiles();
  const first = await ownDatabase();
  const other = await otherUser(first);
  const [apiKey, nextKey] = [newApiKey(), newApiKey()];
  const alipayKey = files.write('alipay-key', bare(alipay.publicKey, 'spki'));
  await Promise.all([files.write('database-url', first), files.write('api-key', apiKey), alipayKey]);
  const gateway = await startGateway({
    ...alipayEnv('http://127.0.0.1:1/gateway.do'),
    RATE_LIMIT: '0',
    DATABASE_URL: '',
    DATABASE_URL_FILE: files.path('database-url'),
    API_KEY: '',
    ALI_PUBLIC_KEY: '',
    ALI_PUBLIC_KEY_FILE: files.path('alipay-key'),
    API_KEY_FILE: files.path('api-key'),
  });
  const door = { ...gateway, apiKey };

  let done = false;
  const work = Array.from({ length: 6 }, async () => {
    let sold = 0;
    for (; !done; sold++) {
      const { id } = await createOrder(door, newOrder());
      await readOrder(door, { id });
    }
    return sold;
  });
  await files.write('database-url', other.url);
  gateway.signal('SIGHUP');
  await until(other.sessions, (users) => users.length === 1 && users[0] === other.name, 15_000);

  // A wrong one changes nothing.
  await files.write('database-url', Object.assign(new URL(other.url), { password: 'canary' }).href);
  gateway.signal('SIGHUP');
  await until(gateway.stderr, (text) => text.includes('a new value was refused'), 15_000);
  await files.write('database-url', other.url);
  done = true;
  for (const sold of await Promise.all(work)) expect(sold).toBeGreaterThan(0);
  expect(gateway.stderr()).toMatch(
    /"settings":"DATABASE_URL, DATABASE_DIRECT_URL","msg":"a new value goes from now on"/,
  );

  // Alipay's next key: a notice that was on its way is heard as well as the first under the new one.
  const told = async (key: KeyObject) => {
    const { merchantOrderNo } = await createOrder(door, newOrder());
    return (await notify(gateway, notice(paidFields(merchantOrderNo, '8.88'), { key }))).body;
  };
  expect(await told(stranger.privateKey)).toBe('failure');
  await files.write('alipay-key', bare(stranger.publicKey, 'spki'));
  gateway.signal('SIGHUP');
  await until(
    () => told(stranger.privateKey),
    (said) => said === 'success',
    15_000,
  );
  expect(await told(alipay.privateKey)).toBe('success');

  // Nobody says that this one changed: it is found.
  await files.write('api-key', nextKey);
  const status = (key: string) =>
    createOrder({ ...gateway, apiKey: key }, newOrder()).then(
      () => 'sold',
      () => 'refused',
    );
  await until(
    () => status(nextKey),
    (said) => said === 'sold',
    15_000,
  );
  await until(
    () => status(apiKey),
    (said) => said === 'refused',
    15_000,
  );
  for (const secret of [apiKey, nextKey, ':pw@', 'canary']) expect(gateway.stderr()).not.toContain(secret);
});
