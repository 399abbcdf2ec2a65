// What a test does to the gateway's database behind its back.
import { hash, randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { newApiKey } from './gateway.ts';

/** Every row of every table of a database as text; bytes are shown in hex. */
export async function dumpOf(databaseUrl: string): Promise<string> {
  return connected(databaseUrl, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables
       where schemaname not in ('pg_catalog', 'information_schema')`,
    );
    const dumps: string[] = [];
    for (const { name } of rows) {
      const found = await client.query<{ line: string }>(`select t::text as line from ${name} t`);
      dumps.push(name, ...found.rows.map(({ line }) => line));
    }
    return dumps.join('\n');
  });
}

/** The minute is over for which a process that was killed holds what it was looking at. */
export async function releaseChecks(databaseUrl: string): Promise<void> {
  await connected(databaseUrl, (client) => client.query('update checks set taken_until = null'));
}

/** As if every order had last been looked at an hour ago and none were to be looked at for another. */
export async function postponeChecks(databaseUrl: string): Promise<void> {
  const hour = `interval '1 hour'`;
  await connected(databaseUrl, (client) =>
    client.query(`update checks set taken_until = null, due_at = due_at + ${hour}, looked_at = looked_at - ${hour}`),
  );
}

/** A second merchant, whom only SQL can make; answers its API key. */
export async function addMerchant(databaseUrl: string): Promise<string> {
  const [merchant, apiKey] = [randomUUID(), newApiKey()];
  await connected(databaseUrl, async (client) => {
    await client.query(`insert into merchants (id, name, created_at) values ($1, 'other', now())`, [merchant]);
    await client.query(
      `insert into api_keys (merchant_id, id, hash, label, created_at) values ($1, $2, $3, 'first', now())`,
      [merchant, randomUUID(), hash('sha256', apiKey, 'buffer')],
    );
  });
  return apiKey;
}

async function connected<T>(databaseUrl: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client(databaseUrl);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
