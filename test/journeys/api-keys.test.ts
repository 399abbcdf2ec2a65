// Keys as a merchant's administrator hands them out: a reader, a till, a key that is rotated and one that is revoked.
import { beforeAll, expect, test } from 'vitest';
import { type Gateway, startGateway } from '../support/gateway.ts';
import { graphql } from '../support/gql/gql.ts';
import type { CreateApiKeyInput, RotateApiKeyInput } from '../support/gql/graphql.ts';
import { ask, type Door, dataOf } from '../support/graphql-client.ts';
import { createOrder, follow, newOrder, precreate, readOrder } from '../support/sale.ts';
import { until } from '../support/until.ts';

graphql(`fragment KeyView on ApiKey { id label prefix scopes terminalId expiresAt revokedAt lastUsedAt }`);
const CREATE_KEY = graphql(`
  mutation CreateKey($input: CreateApiKeyInput!) {
    createApiKey(input: $input) {
      __typename ... on ApiKeySecret { secret apiKey { ...KeyView } } ... on ErrorResult { code message } ... on InvalidInput { field }
    }
  }
`);
const ROTATE_KEY = graphql(`
  mutation RotateKey($input: RotateApiKeyInput!) {
    rotateApiKey(input: $input) {
      __typename ... on ApiKeySecret { secret apiKey { ...KeyView } } ... on ErrorResult { code message } ... on InvalidInput { field }
    }
  }
`);
const REVOKE_KEY = graphql(`
  mutation RevokeKey($id: ID!) {
    revokeApiKey(id: $id) { __typename ...KeyView ... on ErrorResult { code message } ... on InvalidInput { field } }
  }
`);
const LIST_KEYS = graphql(`query ListKeys { apiKeys { ...KeyView } }`);
const LIST_NOTES = graphql(`
  query ListNotes($after: String) {
    auditNotes(first: 2, after: $after) {
      edges { cursor node { id actor action subject details at } } pageInfo { endCursor hasNextPage hasPreviousPage }
    }
  }
`);
const LIST_ORDERS = graphql(`
  query OrdersOfTill($filter: OrderFilter) { orders(filter: $filter) { edges { node { merchantOrderNo } } } }
`);
const REVERSE = graphql(`
  mutation ReverseAtTill($order: OrderRef!) {
    reverseOrder(input: { order: $order }) { __typename ... on Order { status } ... on ErrorResult { code } }
  }
`);
const REFUND = graphql(`
  mutation RefundAtTill($order: OrderRef!) {
    refundOrder(input: { order: $order, refundNo: "R", amount: "1.00" }) { __typename }
  }
`);

let gateway: Gateway;

beforeAll(async () => {
  gateway = await startGateway();
});

async function keyWith(input: CreateApiKeyInput, by: Door = gateway) {
  const { createApiKey: made } = await dataOf(ask(by, CREATE_KEY, { input }));
  if (made.__typename !== 'ApiKeySecret') throw new Error(JSON.stringify(made));
  return { ...made, door: { ...gateway, apiKey: made.secret } };
}

async function rotate(input: RotateApiKeyInput) {
  return (await dataOf(ask(gateway, ROTATE_KEY, { input }))).rotateApiKey;
}

const codeOf = async (asked: Promise<{ errors?: readonly { extensions?: { code?: string } }[] }>) =>
  (await asked).errors?.[0]?.extensions?.code;

test('a key that only reads sees orders and changes nothing', async () => {
  const { door, apiKey, secret } = await keyWith({ label: 'books', scopes: ['ORDERS_READ'] });
  expect(apiKey).toMatchObject({
    label: 'books',
    scopes: ['ORDERS_READ'],
    prefix: secret.slice(0, 12),
    revokedAt: null,
  });
  const order = await createOrder(gateway, newOrder());
  expect(await readOrder(door, { id: order.id })).toMatchObject({ id: order.id });
  await expect(createOrder(door, newOrder())).rejects.toThrow('lacks the scope orders:write');
  expect(await codeOf(ask(door, LIST_KEYS))).toBe('FORBIDDEN');
  expect(JSON.stringify(await dataOf(ask(gateway, LIST_KEYS)))).not.toContain(secret);
});

test('nobody hands on what is not its own, nor nothing', async () => {
  const { door } = await keyWith({ label: 'admin', scopes: ['ADMIN', 'ORDERS_READ'] });
  const say = async (input: CreateApiKeyInput) => (await dataOf(ask(door, CREATE_KEY, { input }))).createApiKey;
  expect(await say({ label: 'x', scopes: ['REFUNDS_WRITE'] })).toMatchObject({
    code: 'INVALID_INPUT',
    field: 'scopes',
  });
  expect(await say({ label: 'x', scopes: [] })).toMatchObject({ field: 'scopes' });
  expect(await say({ label: 'x', scopes: ['ORDERS_READ'], terminalId: 'T1' })).toMatchObject({ field: 'scopes' });
  expect(await say({ label: 'x', terminalId: 'T 1' })).toMatchObject({ field: 'terminalId' });
  expect(await say({ label: ' ', scopes: ['ORDERS_READ'] })).toMatchObject({ field: 'label' });
  expect(await say({ label: 'admin', scopes: ['ORDERS_READ'] })).toMatchObject({
    code: 'INVALID_INPUT',
    field: 'label',
  });
  expect(await say({ label: 'x', terminalId: 'T1' })).toMatchObject({
    field: 'terminalId',
    message: expect.stringContaining('orders:write'),
  });
  const till = await keyWith({ label: 'till', terminalId: 'T1' });
  const rotated = await ask(door, ROTATE_KEY, { input: { id: till.apiKey.id } });
  expect(rotated.data?.rotateApiKey).toMatchObject({ code: 'INVALID_INPUT', field: 'id' });
  const past = { label: 'x', scopes: ['ORDERS_READ' as const], expiresAt: '2020-01-01T00:00:00Z' };
  expect(await say(past)).toMatchObject({ field: 'expiresAt' });
});

test("a terminal's key sells and undoes at its own terminal; the rest of the shop is not there", async () => {
  const till = (await keyWith({ label: 'till 7', terminalId: 'T7' })).door;
  const mine = await createOrder(till, newOrder());
  expect(await precreate(till, { id: mine.id })).toMatchObject({ __typename: 'Payment' });
  const other = await createOrder(gateway, newOrder({ terminalId: 'T8' }));
  const own = await createOrder(gateway, newOrder({ terminalId: 'T7' }));
  expect(await readOrder(till, { id: other.id })).toBeNull();
  expect(await readOrder(till, { id: own.id })).toMatchObject({ id: own.id });
  expect(await precreate(till, { id: other.id })).toMatchObject({ code: 'ORDER_NOT_FOUND' });
  expect(await createOrder(till, newOrder({ terminalId: 'T8' }))).toMatchObject({ field: 'terminalId' });
  const { orders } = await dataOf(ask(till, LIST_ORDERS, {}));
  expect(orders.edges.map(({ node }) => node.merchantOrderNo)).toEqual([own.merchantOrderNo, mine.merchantOrderNo]);
  expect(await codeOf(ask(till, LIST_ORDERS, { filter: { terminalId: 'T8' } }))).toBe('FORBIDDEN');
  expect(await codeOf(ask(till, REFUND, { order: { id: mine.id } }))).toBe('FORBIDDEN');
  expect((await dataOf(ask(till, REVERSE, { order: { id: other.id } }))).reverseOrder).toMatchObject({
    code: 'ORDER_NOT_FOUND',
  });
  expect((await dataOf(ask(till, REVERSE, { order: { id: mine.id } }))).reverseOrder).toMatchObject({
    status: 'CANCELLED',
  });
  const feed = follow(till, { orderId: own.id });
  await feed.count(1);
  feed.stop();
  const foreign = follow(till, { orderId: other.id });
  await foreign.ended;
  expect(foreign.answers).toMatchObject([{ errors: [{ extensions: { code: 'ORDER_NOT_FOUND' } }] }]);
});

test('rotated: both keys work for a while, then the new one alone', async () => {
  const { apiKey, door } = await keyWith({ label: 'shop', scopes: ['ORDERS_READ'] });
  const made = await rotate({ id: apiKey.id, overlapSeconds: 3 });
  if (made.__typename !== 'ApiKeySecret') throw new Error(JSON.stringify(made));
  const next = { ...gateway, apiKey: made.secret };
  expect(made.apiKey).toMatchObject({ label: 'shop', scopes: ['ORDERS_READ'] });
  for (const one of [door, next]) await dataOf(ask(one, LIST_ORDERS, {}));
  await until(
    () => codeOf(ask(door, LIST_ORDERS, {})),
    (code) => code === 'UNAUTHENTICATED',
    10_000,
  );
  await dataOf(ask(next, LIST_ORDERS, {}));
  expect(await rotate({ id: apiKey.id })).toMatchObject({ code: 'API_KEY_NOT_FOUND' });
  expect(await rotate({ id: made.apiKey.id, overlapSeconds: -1 })).toMatchObject({ field: 'overlapSeconds' });
});

test('revoked: refused, and its open sockets closed, within five seconds; the last administrator stays', async () => {
  const { apiKey, door } = await keyWith({ label: 'lost', scopes: ['ORDERS_READ'] });
  const order = await createOrder(gateway, newOrder());
  const feed = follow(door, { orderId: order.id });
  await feed.count(1);
  const revoke = async (id: string) => (await dataOf(ask(gateway, REVOKE_KEY, { id }))).revokeApiKey;
  const revokedAt = performance.now();
  expect(await revoke(apiKey.id)).toMatchObject({ __typename: 'ApiKey', id: apiKey.id, revokedAt: expect.any(String) });
  expect(await feed.ended).toEqual({ kind: 'closed', code: 4403 });
  expect(performance.now() - revokedAt).toBeLessThan(5_000);
  expect(await codeOf(ask(door, LIST_ORDERS, {}))).toBe('UNAUTHENTICATED');
  expect(await revoke(apiKey.id)).toMatchObject({ code: 'API_KEY_NOT_FOUND' });

  const keys = (await dataOf(ask(gateway, LIST_KEYS))).apiKeys;
  for (const { id, scopes, label, revokedAt: gone } of keys)
    if (scopes.includes('ADMIN') && label !== 'first' && gone === null) await revoke(id);
  expect(await revoke(keys.find(({ label }) => label === 'first')?.id ?? '')).toMatchObject({
    code: 'INVALID_INPUT',
    field: 'id',
  });
});

test('the audit log says who made, rotated and revoked which key, newest first, to an administrator', async () => {
  const me = (await dataOf(ask(gateway, LIST_KEYS))).apiKeys.find(({ label }) => label === 'first');
  const { apiKey, door } = await keyWith({ label: 'noted', scopes: ['ORDERS_READ'] });
  await dataOf(ask(gateway, REVOKE_KEY, { id: apiKey.id }));
  const { auditNotes: page } = await dataOf(ask(gateway, LIST_NOTES, {}));
  expect(page.edges.map(({ node }) => node)).toMatchObject([
    { action: 'api_key.revoked', actor: me?.id, subject: apiKey.id, details: { label: 'noted' } },
    { action: 'api_key.created', actor: me?.id, subject: apiKey.id, details: { scopes: ['orders:read'] } },
  ]);
  expect(page.edges[0]?.node.id).toMatch(/^note_/);
  const { auditNotes: next } = await dataOf(ask(gateway, LIST_NOTES, { after: page.pageInfo.endCursor }));
  expect([page.pageInfo, next.pageInfo]).toMatchObject([
    { hasNextPage: true, hasPreviousPage: false },
    { hasPreviousPage: true },
  ]);
  expect(next.edges[0]?.node.id).not.toBe(page.edges[1]?.node.id);
  for (const after of ['x', Buffer.from('note:0').toString('base64url'), 'bm90ZTo'.repeat(20)])
    expect(await codeOf(ask(gateway, LIST_NOTES, { after }))).toBe('BAD_USER_INPUT');
  expect(await codeOf(ask(door, LIST_NOTES, {}))).not.toBe(undefined);
});
