// The plans of the hot statements over a table that is worth an index. Generic plans, as a named statement
// gets them after its first uses; nothing is switched off.
import type { PoolClient } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../src/postgres/database.ts';
import type { Statement } from '../../src/postgres/statement.ts';
import { findKey } from '../../src/postgres/statements/api-keys.ts';
import { countOrders } from '../../src/postgres/statements/count-orders.ts';
import { findOrderById, findOrderByNumber } from '../../src/postgres/statements/find-order.ts';
import { insertOrder } from '../../src/postgres/statements/insert-order.ts';
import { insertOrders } from '../../src/postgres/statements/insert-orders.ts';
import { lookFor } from '../../src/postgres/statements/look.ts';
import { orderPageFor } from '../../src/postgres/statements/order-page.ts';
import {
  eventsAfterVersion,
  eventsOfOrders,
  latestEventOf,
  paymentRowById,
  paymentsOfOrders,
  refundRowById,
  refundsOfOrders,
} from '../../src/postgres/statements/order-parts.ts';
import { orderRowByNumber, orderRowsByIds } from '../../src/postgres/statements/order-row.ts';
import { recordEvidence, recordNotification } from '../../src/postgres/statements/record-message.ts';
import { writeOrder } from '../../src/postgres/statements/write-order.ts';
import { writeOrders } from '../../src/postgres/statements/write-orders.ts';
import { type FreshDatabase, freshDatabase } from '../support/database.ts';
import { seller } from './sales.ts';

let fresh: FreshDatabase;
let database: Database;
let client: PoolClient;

const ORDERS = 20_000;

/** Orders of one merchant with a payment each, every tenth refunded, every third still PENDING. */
const load = `
  insert into merchants values ('${seller.merchantId}', 'default', now());
  insert into api_keys select '${seller.merchantId}', gen_random_uuid(), sha256(n::text::bytea), n::text, now()
    from generate_series(1, 2000) n;
  insert into orders (merchant_id, id, account_id, merchant_order_no, content_hash, subject, amount_fen, status, version,
      store_id, created_at, expires_at, last_hash)
    select '${seller.merchantId}', lpad(to_hex(n), 32, '0')::uuid, '${seller.accountId}', 'n' || n, repeat('0', 64), 's', 9,
      case when n % 3 = 0 then 'PENDING' else 'PAID' end, 2, 's' || n % 4, now(), now(), repeat('0', 64)
    from generate_series(1, ${ORDERS}) n;
  insert into payments (merchant_id, id, order_id, method, status, amount_fen, out_trade_no, created_at)
    select merchant_id, gen_random_uuid(), id, 'QR_CODE', case status when 'PAID' then 'SUCCEEDED' else 'AWAITING_BUYER' end,
      9, merchant_order_no, now() from orders;
  insert into refunds (merchant_id, id, order_id, payment_id, refund_no, amount_fen, status, created_at)
    select merchant_id, gen_random_uuid(), order_id, id, 'r', 9, 'PENDING', now() from payments where order_id::text like '%5';
  insert into order_events (merchant_id, order_id, version, id, type, status, occurred_at, data, prev_hash, hash)
    select merchant_id, id, v, gen_random_uuid(), 't', status, now(), '{}', repeat('0', 64), repeat('0', 64)
    from orders, generate_series(1, 2) v;
  insert into evidence select merchant_id, gen_random_uuid(), order_id, 'notification', out_trade_no, now(), 'x', 'applied'
    from payments;
  insert into notification_ids select merchant_id, notify_id, id from evidence;
  insert into cases select merchant_id, gen_random_uuid(), order_id, 'late', 9, 'o', notify_id, id, 'OPEN', now() from evidence;`;

beforeAll(async () => {
  fresh = await freshDatabase();
  database = await openDatabase({ url: fresh.url, statementTimeoutMs: 60_000 });
  client = await database.pool.connect();
  await client.query(load);
  await client.query('analyze');
});

afterAll(async () => {
  client?.release();
  await database?.close();
  await fresh?.drop();
});

async function planOf({ name, text }: Statement, on = client): Promise<string> {
  const parameters = Math.max(0, ...[...text.matchAll(/\$(\d+)/g)].map((match) => Number(match[1])));
  await on.query('set plan_cache_mode = force_generic_plan');
  await on.query(`prepare "${name}" as ${text}`);
  const nulls = parameters === 0 ? '' : `(${Array(parameters).fill('null').join(', ')})`;
  const { rows } = await on.query<{ 'QUERY PLAN': string }>(`explain execute "${name}" ${nulls}`);
  return rows.map((row) => row['QUERY PLAN']).join('\n');
}

const none: never[] = [];
const straight: readonly Statement[] = [
  insertOrder,
  orderRowByNumber,
  orderRowsByIds,
  findOrderById,
  findOrderByNumber,
  lookFor('short'),
  lookFor('x'.repeat(61)),
  recordNotification,
  recordEvidence,
  eventsAfterVersion,
  latestEventOf,
  paymentRowById,
  refundRowById,
  findKey,
  orderPageFor('', { first: 20 }).statement,
  orderPageFor('', { first: 20, afterId: '', status: [], storeId: '' }).statement,
  orderPageFor('', { first: 20, createdFrom: new Date(), createdBefore: new Date() }).statement,
  writeOrder({ event: none }),
  writeOrder({ event: none, payment: none }),
  writeOrder({ event: none, payment: none, evidence: none, notification: none }),
  writeOrder({ events: none, payments: none, refunds: none, evidence: none, notification: none, cases: none }),
];

test.each(straight)('$name goes straight to its rows', async (statement) => {
  const plan = await planOf(statement);
  expect(plan).not.toMatch(/Seq Scan|Sort|Hash Join|Bitmap/);
  expect(plan).not.toContain('payments_one_live_key');
});

test.each([insertOrders, writeOrders, paymentsOfOrders, refundsOfOrders, eventsOfOrders])(
  '$name sorts a handful, and scans no table',
  async (statement) => {
    const plan = await planOf(statement);
    expect(plan).not.toMatch(/Seq Scan/);
    expect(plan).not.toContain('payments_one_live_key');
  },
);

test.each([writeOrders, lookFor('short')])(
  '$name finds its rows by their whole key over tables that were never analyzed',
  async (statement) => {
    const bare = await freshDatabase();
    const young = await openDatabase({ url: bare.url });
    try {
      const plan = await planOf(statement, await young.pool.connect());
      expect(plan).toMatch(/Index Cond: \(\(merchant_id = \$1\) AND \((id|merchant_order_no) = /);
      expect(plan).not.toMatch(/Seq Scan|Bitmap|Index Cond: \(merchant_id = \$1\)$/m);
    } finally {
      await young.close();
      await bare.drop();
    }
  },
);

test('counting reads the newest orders of each merchant through their key', async () => {
  await client.query('set plan_cache_mode = force_custom_plan');
  await client.query(`prepare counting as ${countOrders.text}`);
  const newest = (ORDERS - 500).toString(16).padStart(32, '0');
  const { rows } = await client.query<{ 'QUERY PLAN': string }>(`explain execute counting ('${newest}')`);
  const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
  expect(plan).toContain('orders_pkey');
  expect(plan).not.toContain('Seq Scan on orders');
});

test('every read and write names the merchant', () => {
  for (const { name, text } of [...straight, writeOrders].filter(({ name }) => name !== 'api-key-find'))
    expect([name, text]).toEqual([name, expect.stringMatching(/merchant_id = \$1|values \(\$1/)]);
});
