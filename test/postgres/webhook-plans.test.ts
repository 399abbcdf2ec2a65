// The plans of the statements about webhooks, over a long history and a long queue, and over tables nobody has analyzed.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DeliveryPageAsked } from '../../src/deliveries/ports.ts';
import type { Statement } from '../../src/postgres/statement.ts';
import { findEndpoint, removeEndpoint, updateEndpoint } from '../../src/postgres/statements/webhook-endpoints.ts';
import { fanOut } from '../../src/postgres/statements/webhook-fan-out.ts';
import { finishAttempt } from '../../src/postgres/statements/webhook-finish.ts';
import { deliveryPageFor, findDelivery } from '../../src/postgres/statements/webhook-reads.ts';
import { pruneDeliveries, replayFromFeed, replayNamed } from '../../src/postgres/statements/webhook-replay.ts';
import { releaseDelivery, takeDeliveries } from '../../src/postgres/statements/webhook-take.ts';
import { type Opened, openPrepared, planOf, WALKS } from './prepared.ts';
import { seller } from './sales.ts';

const { merchantId } = seller;

const nothing = {
  first: 20,
  afterId: undefined,
  orderId: undefined,
  status: undefined,
  endpointId: undefined,
  eventType: undefined,
};

const page = (asked: Partial<DeliveryPageAsked>) => deliveryPageFor('', { ...nothing, ...asked }).statement;
const pages: readonly Statement[] = [
  page({}),
  page({ afterId: '' }),
  page({ endpointId: '' }),
  page({ endpointId: '', afterId: '', eventType: '' }),
  page({ status: 'FAILED' }),
  page({ orderId: '' }),
  page({ endpointId: '', status: 'PENDING' }),
];

/** By the whole key of what they touch. */
const straight: readonly Statement[] = [
  findDelivery,
  findEndpoint,
  updateEndpoint,
  removeEndpoint,
  finishAttempt,
  releaseDelivery,
];

/** Of many rows at a time. */
const many: readonly Statement[] = [fanOut, takeDeliveries, replayNamed, replayFromFeed, pruneDeliveries];

/** A merchant's events, told to four endpoints, a tenth of them still owed; and merchants with less to say. */
const loaded = `
  insert into merchants (id, name, created_at) select gen_random_uuid(), n::text, now() from generate_series(1, 300) n;
  insert into merchants (id, name, created_at) values ('${merchantId}', 'default', now());
  insert into order_events (merchant_id, order_id, version, id, type, status, occurred_at, data, prev_hash, hash)
    select '${merchantId}', lpad(to_hex(n), 32, '0')::uuid, v, gen_random_uuid(), 't', 'PAID', now(), '{}', repeat('0', 64), repeat('0', 64)
    from generate_series(1, 3000) n, generate_series(1, 2) v;
  insert into merchant_feeds (merchant_id, last_position) select id, 6000 from merchants;
  insert into event_feed select merchant_id, row_number() over (), order_id, version, now() from order_events;
  insert into webhook_endpoints (merchant_id, id, place, url, secret, created_at)
    select m.id, gen_random_uuid(), n, 'https://x', 's', now() from merchants m, generate_series(1, 4) n;
  insert into feed_readers select merchant_id, 'webhook:' || id, 0 from webhook_endpoints;
  insert into webhook_deliveries
    select h.merchant_id, gen_random_uuid(), h.id, e.id, e.type, e.order_id, e.version, null,
      case when e.order_id::text like '%9' then 'PENDING' else 'SUCCEEDED' end, now(),
      case when e.order_id::text like '%9' then null else now() end
    from order_events e join webhook_endpoints h using (merchant_id);
  insert into webhook_attempts select merchant_id, id, 1, now(), 200, 1, 'ok', null from webhook_deliveries;
  insert into webhook_queue select merchant_id, endpoint_id, order_id, version, id, now() from webhook_deliveries where status = 'PENDING'`;

/** Of the merchant alone, all of a long table is walked. A merchant has few endpoints and one feed. */
const ALL_OF_A_MERCHANT =
  /using (?!merchant_feeds|webhook_endpoints|feed_readers)\S+ on .*\n +Index Cond: \(\(?merchant_id = [^)]*\)$/m;

describe.each([
  ['with a long history', `${loaded}; analyze`],
  ['that were never analyzed', 'select 1'],
])('over tables %s', (_, prepare) => {
  let tables: Opened;
  beforeAll(async () => {
    tables = await openPrepared((client) => client.query(prepare));
  });
  afterAll(() => tables?.close());

  test.each([...straight, ...many])('$name walks no table, nor all of a merchant’s rows', async (statement) => {
    const plan = await planOf(statement, tables.client);
    // A merchant's endpoints, and who of all merchants is behind, are looked through.
    const few = plan.replaceAll(
      /Seq Scan on (webhook_endpoints|merchants|merchant_feeds|feed_readers)/g,
      'looks through $1',
    );
    expect(few).not.toMatch(/Seq Scan on/);
    expect(few).not.toMatch(ALL_OF_A_MERCHANT);
  });

  test.each(straight)('$name goes straight to its rows', async (statement) => {
    expect(await planOf(statement, tables.client)).not.toMatch(WALKS);
  });

  if (prepare === 'select 1') return;

  test.each(pages)('$name is read in its order along an index', async (statement) => {
    const plan = await planOf(statement, tables.client);
    expect(plan).toMatch(/Index Scan Backward using webhook_deliveries_\w+ on webhook_deliveries d/);
    expect(plan.split('SubPlan')[0]).not.toMatch(/Sort|(Bitmap Heap|Seq) Scan on webhook_deliveries/);
  });

  test('an order’s few deliveries are sorted, if at all', async () => {
    expect(await planOf(page({ orderId: '', status: 'FAILED' }), tables.client)).toContain(
      'webhook_deliveries_order_idx',
    );
  });

  test('taking from a long queue looks at few of its rows', async () => {
    await tables.client.query(`prepare taking as ${takeDeliveries.text}`);
    const { rows } = await tables.client.query<{ 'QUERY PLAN': string }>(
      'explain (analyze, costs off, timing off, buffers) execute taking (now(), 100)',
    );
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    const [, hits = '0'] = /Buffers: shared hit=(\d+)/.exec(plan) ?? [];
    expect(Number(hits)).toBeGreaterThan(0);
    expect(Number(hits)).toBeLessThan(3_000);
  });
});
