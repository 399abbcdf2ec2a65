// The list of orders: pages that stay where they are, filters, and other merchants' walls.
import { beforeAll, expect, test } from 'vitest';
import { notice } from '../alipay/notice.ts';
import { startAlipay } from '../support/alipay-server.ts';
import { addMerchant } from '../support/behind.ts';
import { type Gateway, startGateway } from '../support/gateway.ts';
import { graphql } from '../support/gql/gql.ts';
import type { OrderFilter, PageOfOrdersQueryVariables } from '../support/gql/graphql.ts';
import { ask, askRaw, dataOf, type Variables } from '../support/graphql-client.ts';
import { alipayEnv, notify, paidFields } from '../support/notifier.ts';
import { createOrder, follow, type NewOrder, newOrder, precreate, readOrder } from '../support/sale.ts';

let gateway: Gateway;
/** Oldest first. */
const numbers: string[] = [];

beforeAll(async () => {
  const { url, close } = await startAlipay();
  gateway = await startGateway(alipayEnv(url));
  for (let n = 0; n < 25; n++) numbers.push(await add({ subject: `tea ${n}`, storeId: n % 2 ? 'odd' : 'even' }));
  await notify(gateway, notice(paidFields(numbers[3] ?? '', '8.88')));
  return close;
});

async function add(more: Partial<NewOrder> = {}): Promise<string> {
  return (await createOrder(gateway, newOrder(more))).merchantOrderNo;
}

const LIST = graphql(`
  query PageOfOrders($first: Int, $after: String, $filter: OrderFilter) {
    orders(first: $first, after: $after, filter: $filter) {
      edges { cursor node { merchantOrderNo } }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
  }
`);
const NODE = graphql(`query NodeOfOrder($id: ID!) { node(id: $id) { id } }`);

async function list(variables: PageOfOrdersQueryVariables = {}, door = gateway) {
  return (await dataOf(ask(door, LIST, variables))).orders;
}

async function found(filter: OrderFilter): Promise<string[]> {
  return (await list({ first: 100, filter })).edges.map(({ node }) => node.merchantOrderNo);
}

test('pages follow each other, newest first, and stay put while orders come in', async () => {
  const seen: string[] = [];
  let after: string | null = null;
  for (const expected of [true, true, false]) {
    const page: Awaited<ReturnType<typeof list>> = await list({ first: 10, after });
    seen.push(...page.edges.map(({ node }) => node.merchantOrderNo));
    expect(page.pageInfo).toEqual({
      hasNextPage: expected,
      hasPreviousPage: after !== null,
      startCursor: page.edges[0]?.cursor,
      endCursor: page.edges.at(-1)?.cursor,
    });
    after = page.pageInfo.endCursor;
    await add({ storeId: 'later', subject: 'later' });
  }
  expect(seen).toEqual(numbers.toReversed());
  expect((await list({ after })).edges).toEqual([]);
});

test('twenty at a time unless told otherwise', async () => {
  expect((await list()).edges).toHaveLength(20);
  expect((await list({ first: null })).edges).toHaveLength(20);
  expect((await list({ first: 1 })).edges).toHaveLength(1);
});

test.each<[string, Variables]>([
  ['no page', { first: 0 }],
  ['a page of minus one', { first: -1 }],
  ['a page of 101', { first: 101 }],
  ['a cursor of nothing', { after: '' }],
  ['a cursor of noise', { after: 'nonsense!' }],
  ['a very long cursor', { after: 'A'.repeat(5_000) }],
  ['a long search', { filter: { search: 'x'.repeat(65) } }],
  ['a zero byte', { filter: { search: '\u0000' } }],
  ['a status that is none', { filter: { status: ['SOLD'] } }],
  ['a date in words', { filter: { createdFrom: 'yesterday' } }],
])('%s: an error that says so, no fault', async (_, variables) => {
  const { data, errors } = await askRaw(gateway, LIST.toString(), variables);
  expect(data ?? null).toBeNull();
  expect(errors?.[0]?.extensions?.code).toBe('BAD_USER_INPUT');
});

test('filters', async () => {
  const even = numbers.filter((_, n) => n % 2 === 0).toReversed();
  expect(await found({ storeId: 'even' })).toEqual(even);
  expect(await found({ status: ['PAID'] })).toEqual([numbers[3]]);
  expect(await found({ status: ['PAID', 'PENDING'], storeId: 'odd' })).toHaveLength(12);
  expect(await found({ status: [] })).toEqual([]);
  expect(await found({ search: numbers[7]?.slice(0, -2) ?? '' })).toContain(numbers[7]);
  expect(await found({ search: 'TEA 24' })).toEqual([numbers[24]]);
  for (const search of ['%', '_', '\\', "' or 1=1 --", '店', '🍵']) expect(await found({ search }), search).toEqual([]);
  const { createdAt = '' } = (await readOrder(gateway, { merchantOrderNo: numbers[10] ?? '' })) ?? {};
  expect(await found({ createdFrom: createdAt, storeId: 'even' })).toContain(numbers[10]);
  expect(await found({ createdBefore: createdAt })).not.toContain(numbers[10]);
  expect(await found({ createdFrom: '2000-01-01T00:00:00Z', createdBefore: '2001-01-01T00:00:00Z' })).toEqual([]);
});

test("another merchant's orders are as if they did not exist", async () => {
  const order = await createOrder(gateway, newOrder());
  const payment = await precreate(gateway, { id: order.id });
  const other = { ...gateway, apiKey: await addMerchant(gateway.env.DATABASE_URL ?? '') };
  for (const ref of [{ id: order.id }, { merchantOrderNo: order.merchantOrderNo }]) {
    expect(await readOrder(other, ref)).toBeNull();
    expect(await precreate(other, ref)).toMatchObject({
      __typename: 'OrderNotFound',
      message: 'There is no such order',
    });
  }
  for (const id of [order.id, payment.id]) {
    expect(await dataOf(ask(other, NODE, { id }))).toEqual({ node: null });
    expect(await dataOf(ask(gateway, NODE, { id }))).toEqual({ node: { id } });
  }
  expect((await list({}, other)).edges).toEqual([]);
  const after = (await list({ first: 1 })).edges[0]?.cursor;
  expect((await list({ after }, other)).edges).toEqual([]);
  const feed = follow(other, { orderId: order.id });
  await feed.ended;
  expect(feed.answers).toMatchObject([{ errors: [{ message: 'There is no such order' }] }]);
});
