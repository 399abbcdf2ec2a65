// The old orders that growth is measured over: what the gateway would have written, as far as its own rules can tell.
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { preload } from '../../bench/preload/preload.ts';
import { tableSizes } from '../../bench/preload/sizes.ts';
import { takeOutboxRows } from '../../src/postgres/statements/take-outbox.ts';
import { type FreshDatabase, freshDatabase } from '../support/database.ts';

const ORDERS = 3_000;
let fresh: FreshDatabase;
let client: Client;

beforeAll(async () => {
  fresh = await freshDatabase();
  client = new Client(fresh.url);
  await client.connect();
  await client.query(`insert into merchants (id, name, created_at) values (gen_random_uuid(), 'old', now());
    insert into accounts (merchant_id, id) select id, gen_random_uuid() from merchants;
    insert into apps (app_id, merchant_id, account_id) select '1', merchant_id, id from accounts`);
  await preload(fresh.url, ORDERS);
});

afterAll(async () => {
  await client?.end();
  await fresh?.drop();
});

async function count(sql: string): Promise<number> {
  const { rows } = await client.query<{ found: number }>(`select count(*)::int as found from ${sql}`);
  return rows[0]?.found ?? -1;
}

test('every order is there, in states as a shop leaves them behind', async () => {
  expect(await count('orders')).toBe(ORDERS);
  expect(await count(`orders where status = 'PENDING'`)).toBe(1_000);
  for (const status of ['PAID', 'COMPLETED', 'REFUNDED', 'CANCELLED'])
    expect([status, await count(`orders where status = '${status}'`)]).not.toEqual([status, 0]);
});

test.each([
  [
    'versions without gaps',
    `(select o.id from orders o left join order_events e on e.order_id = o.id group by o.merchant_id, o.id
      having count(e.*) <> o.version or max(e.version) <> o.version) wrong`,
  ],
  [
    'an order that is where its last event says',
    `orders o join order_events e on e.order_id = o.id and e.version = o.version
      where e.status <> o.status`,
  ],
  ['payments that have their order', 'payments p where not exists (select from orders o where o.id = p.order_id)'],
  ['refunds that have their payment', 'refunds r where not exists (select from payments p where p.id = r.payment_id)'],
  [
    'paid orders with the payment that paid them',
    `orders o where o.paid_at is not null and not exists (
      select from payments p where p.id = o.paid_payment_id and p.status = 'SUCCEEDED' and p.order_id = o.id)`,
  ],
  [
    'a message behind every payment',
    `payments p where p.status = 'SUCCEEDED' and not exists (
      select from evidence e join notification_ids n on n.evidence_id = e.id where e.order_id = p.order_id)`,
  ],
  [
    'refunds that add up',
    `orders o where o.refunded_fen <> coalesce(
      (select sum(r.amount_fen) from refunds r where r.order_id = o.id), 0)`,
  ],
  [
    'a check for each open order and no other',
    `orders o full join checks c on c.order_id = o.id
      where (o.status = 'PENDING') <> (c.order_id is not null)`,
  ],
])('%s', async (_, wrong) => {
  expect(await count(wrong)).toBe(0);
});

test('the gateway’s relay places what comes next behind the old events', async () => {
  const last = await count('event_feed');
  expect(last).toBeGreaterThan(0);
  await client.query(`insert into outbox select merchant_id, id, version from orders where status = 'PENDING' limit 1`);
  await client.query(takeOutboxRows.text, [10, new Date(), false]);
  expect(await count('outbox')).toBe(0);
  expect(await count(`event_feed where position = ${last + 1}`)).toBe(1);
});

test('a table’s size is told with its indexes', async () => {
  const sizes = await tableSizes(fresh.url);
  expect(sizes.find(({ table }) => table === 'orders')).toMatchObject({ rows: ORDERS });
  expect(sizes.every(({ tableMb, indexesMb }) => tableMb >= 0 && indexesMb >= 0)).toBe(true);
});
