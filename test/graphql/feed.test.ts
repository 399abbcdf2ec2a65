// A merchant's feed as a caller pulls it.
import { expect, test } from 'vitest';
import { toTypeId } from '../../src/ids.ts';
import type { Caller } from '../../src/merchants/caller.ts';
import { graphql } from '../support/gql/gql.ts';
import { memoryStore } from '../support/memory-ports.ts';
import { anEvent, anOrder, MERCHANT } from '../support/orders.ts';
import { memoryShop } from '../support/schema.ts';

const PAGE = graphql(`
  query PageOfFeed($first: Int, $after: String) {
    events(first: $first, after: $after) {
      edges { cursor node { id cursor orderId version type status paymentStatus occurredAt payload order { version } } }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
  }
`);
const DAYS = graphql(`query RetentionDays { eventRetentionDays }`);
const SET_DAYS = graphql(`mutation SetRetentionDays($days: Int!) { setEventRetentionDays(days: $days) }`);

const BUYER: Caller = { kind: 'client', merchantId: MERCHANT, orderId: 'o', token: 't' };

function shopOf(count: number) {
  const order = anOrder({ version: count });
  const store = memoryStore(order);
  for (let version = 1; version <= count; version += 1) store.events.push(anEvent(order, version));
  return { order, ...memoryShop(store) };
}

test('pages follow each other to the end, and from there ask for what came since', async () => {
  const { run, store, order } = shopOf(3);
  const first = (await run(PAGE, { first: 2 })).data.events;
  expect(first.edges.map(({ node }) => node.version)).toEqual([1, 2]);
  expect(first.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
  const second = (await run(PAGE, { after: first.pageInfo.endCursor })).data.events;
  expect(second.edges).toHaveLength(1);
  expect(second.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
  const end = (await run(PAGE, { after: second.pageInfo.endCursor })).data.events;
  expect([end.edges, end.pageInfo.endCursor]).toEqual([[], second.pageInfo.endCursor]);
  store.events.push(anEvent(order, 4));
  const news = (await run(PAGE, { after: end.pageInfo.endCursor })).data.events;
  expect(news.edges[0]?.node.version).toBe(4);
});

test('an event has its id, and the payload that every transport carries', async () => {
  const { run, store, order } = shopOf(1);
  const [event] = store.events;
  const node = (await run(PAGE, {})).data.events.edges[0]?.node;
  expect(node).toMatchObject({ orderId: toTypeId('ord', order.id), type: event?.type, order: { version: 1 } });
  expect(node?.payload).toEqual({
    id: node?.id,
    type: node?.type,
    timestamp: node?.occurredAt,
    data: {
      ...JSON.parse(event?.data ?? ''),
      orderId: node?.orderId,
      merchantOrderNo: order.id,
      version: 1,
      status: node?.status,
    },
  });
});

test.each([
  [{ first: 0 }, 'BAD_USER_INPUT'],
  [{ first: 101 }, 'BAD_USER_INPUT'],
  [{ after: '' }, 'BAD_USER_INPUT'],
  [{ after: 'x' }, 'BAD_USER_INPUT'],
  [{ after: Buffer.from('feed:1e3').toString('base64url') }, 'BAD_USER_INPUT'],
  [{ after: Buffer.from(`feed:${'9'.repeat(16)}`).toString('base64url') }, 'BAD_USER_INPUT'],
  // From a database that reached further than this one.
  [{ after: Buffer.from('feed:4').toString('base64url') }, 'RESYNC'],
])('events of %j: %s', async (asked, code) => {
  const { run } = shopOf(3);
  const { faults } = await run(PAGE, asked);
  expect(faults[0]?.extensions.code).toBe(code);
});

test('a client token has no feed', async () => {
  const { run } = shopOf(1);
  expect((await run(PAGE, {}, BUYER)).faults[0]?.extensions.code).toBe('FORBIDDEN');
});

test('how long events are kept is the merchant’s to say, within bounds', async () => {
  const { run } = shopOf(0);
  expect((await run(DAYS, {})).data).toEqual({ eventRetentionDays: 30 });
  const set = (days: number) => run(SET_DAYS, { days });
  expect((await set(7)).data).toEqual({ setEventRetentionDays: 7 });
  for (const days of [0, 3_651]) expect((await set(days)).faults[0]?.extensions.code).toBe('BAD_USER_INPUT');
});
