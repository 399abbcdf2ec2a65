// Replicas come and go behind a load balancer, and no till and no buyer notices.
import { once } from 'node:events';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { allMigrations } from '../../src/postgres/migrations/all.ts';
import { notice } from '../alipay/notice.ts';
import { startAlipay } from '../support/alipay-server.ts';
import { bareDatabase } from '../support/database.ts';
import { type Env, type Gateway, newApiKey, startGateway } from '../support/gateway.ts';
import { graphql } from '../support/gql/gql.ts';
import type { CreateUnderLoadMutation } from '../support/gql/graphql.ts';
import { alipayEnv, notify, paidFields } from '../support/notifier.ts';
import { type RoundRobin, roundRobin } from '../support/round-robin.ts';
import { createOrder, follow, newOrder, readOrder } from '../support/sale.ts';
import { until } from '../support/until.ts';

const LOADERS = 8;
const ROUNDS = 2;

let shared: Env;
let replicas: Gateway[] = [];
let balancer: RoundRobin;
const ends: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (let end = ends.pop(); end !== undefined; end = ends.pop()) await end();
});

beforeAll(async () => {
  const [alipay, database] = [await startAlipay(), await bareDatabase()];
  ends.push(database.drop, () => alipay.close());
  shared = { ...alipayEnv(alipay.url), DATABASE_URL: database.url, API_KEY: newApiKey(), RATE_LIMIT: '0' };
});

test('five started at once on an empty database: it is migrated once, and all become ready', async () => {
  const roles = ['all', 'all', 'gateway', 'worker', 'worker'];
  const five = await Promise.all(roles.map((ROLE) => startGateway({ ...shared, ROLE })));
  const client = new Client(shared.DATABASE_URL);
  await client.connect();
  const { rows } = await client.query<{ name: string }>('select name from mikro_orm_migrations order by id');
  const { rows: merchants } = await client.query('select 1 from merchants');
  await client.end();
  expect(rows).toHaveLength(allMigrations.length);
  expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length);
  expect(merchants).toHaveLength(1);
  replicas = five.slice(0, 2);
  await Promise.all(five.slice(2).map((one) => one.stop()));
}, 90_000);

const CREATE = graphql(`
  mutation CreateUnderLoad($input: CreateOrderInput!) {
    createOrder(input: $input) { __typename ... on Order { id } }
  }
`);

/** On a connection of its own, as a balancer without keep-alive opens them. */
async function create(door: RoundRobin, merchantOrderNo: string): Promise<string> {
  const asked = request(`${door.url}/graphql`, {
    method: 'POST',
    agent: false,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${shared.API_KEY}` },
  });
  asked.end(JSON.stringify({ query: CREATE, variables: { input: newOrder({ merchantOrderNo }) } }));
  const [response] = await once(asked, 'response');
  const answer = await text(response);
  const { data }: { data?: CreateUnderLoadMutation | null } = JSON.parse(answer);
  if (response.statusCode !== 200 || data?.createOrder.__typename !== 'Order')
    throw new Error(`${response.statusCode}: ${answer}`);
  return data.createOrder.id;
}

/** Tills that sell without a pause until they are told to stop. */
function startLoad(door: RoundRobin) {
  const made = new Map<string, string>();
  const failed: string[] = [];
  let stopped = false;
  const loaders = Array.from({ length: LOADERS }, async (_, loader) => {
    for (let n = 0; !stopped; n += 1) {
      const number = `${loader}-${n}`;
      await create(door, number)
        // A connection that the kernel had taken and the old process had not: asked again, as a balancer does.
        .catch((error: Error) =>
          'code' in error && error.code === 'ECONNRESET' ? create(door, number) : Promise.reject(error),
        )
        .then(
          (id) => made.set(number, id),
          (error: Error) => failed.push(`${number} ${error.message}`),
        );
    }
  });
  return {
    made,
    failed,
    stop: () => {
      stopped = true;
      return Promise.all(loaders);
    },
  };
}

/** A buyer's page: it comes back with the last version it has seen whenever its socket is closed. */
function startFollowing(door: RoundRobin, orderId: string) {
  const versions: number[] = [];
  const closes: number[] = [];
  let feed = follow({ ...door, apiKey: shared.API_KEY ?? '' }, { orderId, after: 0 });
  let stopped = false;
  const following = (async () => {
    while (!stopped) {
      const end = await feed.ended;
      versions.push(...feed.versions());
      if (stopped) return;
      closes.push(end.kind === 'closed' ? end.code : 0);
      feed = follow({ ...door, apiKey: shared.API_KEY ?? '' }, { orderId, after: versions.at(-1) ?? 0 });
    }
  })();
  return {
    versions,
    closes,
    has: (count: number) =>
      until(
        () => versions.length + feed.versions().length,
        (seen) => seen >= count,
        10_000,
      ),
    stop: () => {
      stopped = true;
      feed.stop();
      return following;
    },
  };
}

test('a rolling restart under load: every request is answered, nothing acknowledged is lost, no event is missed', async () => {
  balancer = await roundRobin(replicas);
  ends.push(() => balancer.close());
  const door = { ...balancer, apiKey: shared.API_KEY ?? '' };
  const order = await createOrder(door, newOrder());
  const page = startFollowing(balancer, order.id);
  const paid = paidFields(order.merchantOrderNo, '8.88');
  expect((await notify(balancer, notice(paid))).body).toBe('success');
  await page.has(2);
  const load = startLoad(balancer);
  for (let round = 0; round < ROUNDS; round += 1) {
    const [old, stays] = replicas;
    if (old === undefined || stays === undefined) throw new Error('two replicas are needed');
    const fresh = await startGateway(shared);
    balancer.replicas = [old, stays, fresh];
    const stopping = old.stop();
    const refund = { refund_fee: `${round + 1}.00`, gmt_refund: '2026-11-23 11:00:00', out_biz_no: `R${round}` };
    const told = notice({ ...paid, ...refund, notify_id: `r${round}` });
    expect(await stopping).toEqual({ code: 0, signal: null });
    balancer.replicas = [stays, fresh];
    expect((await notify(balancer, told)).body).toBe('success');
    await page.has(3 + round);
    replicas = [stays, fresh];
  }
  await load.stop();
  await page.stop();

  expect(load.failed).toEqual([]);
  expect(load.made.size).toBeGreaterThan(50);
  for (const [merchantOrderNo, id] of load.made)
    expect(await readOrder(door, { merchantOrderNo })).toMatchObject({ id });
  expect(page.versions).toEqual(page.versions.map((_, n) => n + 1));
  expect(page.closes.length).toBeGreaterThan(0);
  expect(new Set(page.closes)).toEqual(new Set([1001]));
}, 120_000);
