// One event, one id, one cursor: the same events over paymentStatus, orderEvents and events, across processes.
import { Client } from 'pg';
import { expect, test } from 'vitest';
import { notice } from '../alipay/notice.ts';
import { startAlipay } from '../support/alipay-server.ts';
import { newApiKey, ownDatabase, startGateway } from '../support/gateway.ts';
import { graphql } from '../support/gql/gql.ts';
import type { OneEventFragment } from '../support/gql/graphql.ts';
import { ask, type Door, dataOf, openFeed } from '../support/graphql-client.ts';
import { alipayEnv, notify, paidFields } from '../support/notifier.ts';
import { createOrder, follow, newOrder, precreate } from '../support/sale.ts';
import { until } from '../support/until.ts';

graphql(`
  fragment OneEvent on FeedEvent { id cursor version type payload }
`);
const LIVE = graphql(`subscription LiveFeed($after: String) { orderEvents(after: $after) { ...OneEvent } }`);
const PULL = graphql(`query PullFeed { events(first: 100) { edges { node { ...OneEvent } } } }`);

function listen(door: Pick<Door, 'wsUrl' | 'apiKey'>, after?: string) {
  const feed = openFeed(door, LIVE, { variables: { after } });
  const seen = () => feed.answers.flatMap(({ data }) => data?.orderEvents ?? []);
  return { ...feed, seen, count: (count: number) => until(seen, (events) => events.length >= count) };
}

async function pull(door: Door): Promise<OneEventFragment[]> {
  return (await dataOf(ask(door, PULL))).events.edges.map(({ node }) => node);
}

test('a gateway without a relay and a worker without callers tell one story over every transport', async () => {
  const { url } = await startAlipay();
  const database = await ownDatabase();
  const shared = { ...alipayEnv(url), DATABASE_URL: database, API_KEY: newApiKey() };
  const [gateway, worker] = await Promise.all([
    startGateway({ ...shared, ROLE: 'gateway' }),
    startGateway({ ...shared, ROLE: 'worker' }),
  ]);
  expect((await fetch(`${worker.url}/graphql`, { method: 'POST' })).status).toBe(404);
  const live = listen(gateway, Buffer.from('feed:0').toString('base64url'));
  const order = await createOrder(gateway, newOrder());
  await precreate(gateway, { id: order.id });
  const followed = follow(gateway, { orderId: order.id, after: 0 });
  await live.count(2);
  const toldAt = performance.now();
  expect((await notify(gateway, notice(paidFields(order.merchantOrderNo, '8.88')))).body).toBe('success');
  await live.count(3);
  expect(performance.now() - toldAt).toBeLessThan(1_000);
  const events = await followed.count(3);

  const told = live.seen();
  expect(told.map(({ type }) => type)).toEqual(['order.created', 'payment.precreated', 'payment.succeeded']);
  expect(told.map(({ id }) => id)).toEqual(events.map(({ id }) => id));
  expect(await pull(gateway)).toEqual(told);
  expect(told.map(({ payload }) => [payload.id, payload.type])).toEqual(told.map(({ id, type }) => [id, type]));

  const resumed = listen(gateway, told[0]?.cursor);
  expect((await resumed.count(2)).map(({ version }) => version)).toEqual([2, 3]);

  const sql = new Client(database);
  await sql.connect();
  await sql.query('update merchant_feeds set pruned_position = 2; delete from event_feed where position <= 2');
  await sql.end();
  const late = listen(gateway, told[0]?.cursor);
  expect(await late.ended).toEqual({ kind: 'completed' });
  expect(late.answers).toMatchObject([{ errors: [{ extensions: { code: 'RESYNC', oldestCursor: told[1]?.cursor } }] }]);
});
