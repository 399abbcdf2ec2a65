// Fills the gateway's database with years of orders, by COPY.
import { once } from 'node:events';
import { Client } from 'pg';
import { from } from 'pg-copy-streams';
import { leastUuid } from '../../src/ids.ts';
import { addRows, columns, noLines, type Owner, type Table, tables } from './rows.ts';
import { oldSale } from './sales.ts';

const BATCH = 20_000;
/** Side by side: one makes lines while the server takes those of the other. */
const FILLERS = 2;
const TELL_EVERY = 500_000;

/** The gateway has made its tables and its merchant; what it holds otherwise stays. */
export async function preload(databaseUrl: string, count: number): Promise<void> {
  const client = new Client(databaseUrl);
  await client.connect();
  try {
    await prepare(client);
    const owner = await ownerIn(client);
    const now = new Date();
    const batches = batchesOf(count, now);
    await Promise.all(Array.from({ length: FILLERS }, () => fill(databaseUrl, owner, batches)));
    await placeInFeed(client, owner, now);
    process.stderr.write('vacuum analyze\n');
    await client.query('vacuum (analyze)');
    await client.query('checkpoint').catch(() => undefined);
  } finally {
    await client.end();
  }
}

function* batchesOf(count: number, now: Date): Generator<Batch> {
  for (let from = 0; from < count; from += BATCH) {
    yield { from, until: Math.min(from + BATCH, count), count, now };
    if ((from + BATCH) % TELL_EVERY === 0) process.stderr.write(`${from + BATCH} of ${count} orders\n`);
  }
}

/** Takes batches, which others take from too, until there are no more. */
async function fill(databaseUrl: string, owner: Owner, batches: Iterable<Batch>): Promise<void> {
  const client = new Client(databaseUrl);
  await client.connect();
  try {
    await prepare(client);
    for (const batch of batches) await copyBatch(client, owner, batch);
  } finally {
    await client.end();
  }
}

/** The rows are known to fit: the foreign keys need not be looked up one by one, where the role may say so. */
async function prepare(client: Client): Promise<void> {
  await client.query('set synchronous_commit = off');
  await client.query('set session_replication_role = replica').catch(() => undefined);
}

async function ownerIn(client: Client): Promise<Owner> {
  const { rows } = await client.query<{ merchant_id: string; account_id: string }>(
    'select merchant_id, account_id from apps limit 1',
  );
  const [app] = rows;
  if (app === undefined) throw new Error('the gateway has made no merchant yet');
  return { merchantId: app.merchant_id, accountId: app.account_id };
}

/** As long as the feed keeps an event. */
const FEED_MS = 30 * 24 * 60 * 60_000;

/** The events that the feed still holds; older ones have been pruned from it. What comes next is placed behind them. */
async function placeInFeed(client: Client, { merchantId }: Owner, now: Date): Promise<void> {
  await client.query(
    `with placed as (
      insert into event_feed (merchant_id, position, order_id, version, placed_at)
      select merchant_id, row_number() over (order by occurred_at, order_id, version), order_id, version, occurred_at
      from order_events where merchant_id = $1 and order_id >= $2
      returning position
    )
    insert into merchant_feeds (merchant_id, last_position) select $1, coalesce(max(position), 0) from placed
    on conflict (merchant_id) do update set last_position = excluded.last_position`,
    [merchantId, leastUuid(new Date(now.getTime() - FEED_MS))],
  );
}

interface Batch {
  readonly from: number;
  readonly until: number;
  readonly count: number;
  readonly now: Date;
}

async function copyBatch(client: Client, owner: Owner, { from: first, until, count, now }: Batch): Promise<void> {
  const lines = noLines();
  for (let index = first; index < until; index += 1) addRows(lines, owner, oldSale(index, count, now));
  for (const table of tables) await copy(client, table, lines[table]);
}

async function copy(client: Client, table: Table, lines: readonly string[]): Promise<void> {
  if (lines.length === 0) return;
  const stream = client.query(from(`copy ${table} (${columns[table]}) from stdin`));
  stream.end(`${lines.join('\n')}\n`);
  await once(stream, 'finish');
}
