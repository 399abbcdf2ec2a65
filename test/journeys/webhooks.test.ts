// A merchant's server that is told of what happens to its orders, through the API and over real sockets.
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { addMerchant, dumpOf } from '../support/behind.ts';
import { type Counter, counter } from '../support/counter.ts';
import { type Gateway, startGateway } from '../support/gateway.ts';
import { graphql } from '../support/gql/gql.ts';
import type { CreateWebhookEndpointInput } from '../support/gql/graphql.ts';
import { ask, dataOf } from '../support/graphql-client.ts';
import { type Received, type Receiver, startReceiver, status } from '../support/receiver.ts';
import { type SandboxClient, sandboxClient } from '../support/sandbox-client.ts';
import { until } from '../support/until.ts';
import { verified, webhookDesk } from '../support/webhook-desk.ts';

const PAYLOADS = graphql(`query Payloads { events(first: 100) { edges { node { payload } } } }`);
const NODE = graphql(`query NodeOfWebhook($id: ID!) { node(id: $id) { __typename id } }`);
const ENDPOINTS = graphql(`query IdsOfEndpoints { webhookEndpoints { id } }`);

let gateway: Gateway;
let till: Counter;
let alipay: SandboxClient;
let desk: ReturnType<typeof webhookDesk>;
let shop: Receiver;

beforeAll(async () => {
  gateway = await startGateway();
  till = counter(gateway);
  alipay = sandboxClient(gateway);
  desk = webhookDesk(gateway);
});

beforeEach(async () => {
  for (const { id } of await desk.list()) await desk.remove(id);
  shop = await startReceiver();
});

async function endpoint(more: Partial<CreateWebhookEndpointInput> = {}): Promise<{ id: string; secret: string }> {
  const { secret = '', endpoint } = await desk.create({ url: shop.url, ...more });
  return { id: endpoint?.id ?? '', secret };
}

/** An order that a buyer pays. */
async function sale(): Promise<{ id: string; merchantOrderNo: string }> {
  const { id, merchantOrderNo } = await till.open();
  await till.qrCode(id);
  await alipay.pay(merchantOrderNo);
  return { id, merchantOrderNo };
}

const told = (count: number) =>
  until(
    () => shop.received,
    ({ length }) => length >= count,
    10_000,
  );
const typesOf = (received: readonly Received[]) => received.map(({ body }) => JSON.parse(body).type);

test('a sale is told event by event, signed, in order, with the ids of every other transport', async () => {
  const { secret } = await endpoint();
  const { id, merchantOrderNo } = await sale();
  const received = await told(3);
  expect(typesOf(received)).toEqual(['order.created', 'payment.precreated', 'payment.succeeded']);
  const { events } = await till.sale(id);
  for (const [index, one] of received.entries()) {
    const event = events[index];
    expect(verified(one, secret)).toMatchObject({
      id: event?.id,
      timestamp: event?.occurredAt,
      data: { orderId: id, merchantOrderNo, version: index + 1, status: event?.status },
    });
    expect(one.headers['webhook-id']).toBe(event?.id);
  }
  const deliveries = await until(
    () => desk.deliveries({ order: { merchantOrderNo } }),
    (all) => all.every((delivery) => delivery.status === 'SUCCEEDED'),
  );
  expect(deliveries.map(({ eventType }) => eventType)).toEqual([
    'payment.succeeded',
    'payment.precreated',
    'order.created',
  ]);
  expect(deliveries[0]).toMatchObject({
    order: { merchantOrderNo },
    nextAttemptAt: null,
    attempts: [{ succeeded: true, statusCode: 200, answer: 'answer 200', reason: null }],
  });
  const { payload } = (await dataOf(ask(gateway, PAYLOADS))).events.edges.at(-1)?.node ?? {};
  expect(payload).toEqual(JSON.parse(received[2]?.body ?? ''));
});

test('what fails goes again when its time has come; a fixed server gets everything, each order in its order', async () => {
  const { id: endpointId } = await endpoint({ eventTypes: ['order.*', 'payment.succeeded'] });
  shop.answer = status(500);
  const { id, merchantOrderNo } = await sale();
  await until(
    () => desk.deliveries({ endpointId, status: 'PENDING' }),
    (all) => all.length === 2 && all[1]?.attempts.length === 1,
  );
  const [succeeded, created] = await desk.deliveries({ endpointId });
  expect(created).toMatchObject({
    eventType: 'order.created',
    attempts: [{ succeeded: false, statusCode: 500, reason: 'answered 500' }],
  });
  expect(succeeded).toMatchObject({ eventType: 'payment.succeeded', attempts: [] });
  await alipay.advance(6_000);
  await told(2);
  shop.answer = status(200);
  await alipay.advance(331_000);
  await told(4);
  expect(typesOf(shop.received)).toEqual(['order.created', 'order.created', 'order.created', 'payment.succeeded']);
  expect(new Set(shop.received.slice(0, 3).map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  await until(
    () => desk.deliveries({ order: { id }, status: 'SUCCEEDED' }),
    ({ length }) => length === 2,
  );
  expect((await desk.list())[0]).toMatchObject({ failures: 0, enabled: true });
  expect(await desk.deliveries({ order: { merchantOrderNo }, eventType: 'order.created' })).toHaveLength(1);
});

test('410 disables; enabled again, what was missed comes with replayDeliveries', async () => {
  const since = new Date(Date.now() - 1_000);
  const { id } = await endpoint({ eventTypes: ['order.created'] });
  shop.answer = status(410);
  await till.open();
  await until(
    () => desk.list(),
    ([one]) => one?.enabled === false,
  );
  expect((await desk.list())[0]).toMatchObject({ disabledReason: 'GONE' });
  await till.open();
  expect(await desk.test(id)).toMatchObject({ succeeded: false, statusCode: 410 });
  shop.answer = status(200);
  expect(await desk.test(id)).toMatchObject({ __typename: 'WebhookAttempt', succeeded: true, answer: 'answer 200' });
  expect(await desk.update({ id, enabled: true })).toMatchObject({ enabled: true, disabledReason: null, failures: 0 });
  shop.received.length = 0;
  expect(await desk.replay({ endpointId: id, failedSince: since.toISOString() })).toEqual({
    __typename: 'ReplayedDeliveries',
    count: expect.any(Number),
    nextCursor: null,
  });
  await told(2);
  const figures = await (await fetch(`${gateway.url}/metrics`)).text();
  expect(figures).toMatch(/kassa_webhook_endpoints_disabled_total\{reason="GONE"\} 1/);
  expect(figures).toMatch(/kassa_webhook_attempts_total\{outcome="succeeded"\} [1-9]/);
  expect(figures).toMatch(/kassa_webhooks_pending \d/);
  expect(figures).toMatch(/kassa_webhooks_oldest_pending_seconds [\d.]+/);
});

test('a test event tells at once what a server answers, and is kept nowhere', async () => {
  const { id, secret } = await endpoint();
  expect(await desk.test(id)).toMatchObject({ succeeded: true, statusCode: 200, latencyMs: expect.any(Number) });
  const [received] = shop.received;
  expect(received && verified(received, secret)).toMatchObject({ type: 'webhook.test', data: { endpointId: id } });
  expect(await desk.deliveries({ endpointId: id })).toEqual([]);
  shop.answer = (received, response) => void setTimeout(() => status(200)(received, response), 200);
  const many = await Promise.all(Array.from({ length: 10 }, () => desk.test(id)));
  expect(many.every(({ succeeded }) => succeeded)).toBe(true);
  expect(shop.received.length).toBeLessThan(11);
});

test('the secret is shown once: not in any later answer, not in the database, not in the log', async () => {
  const { id, secret } = await endpoint({ url: `${shop.url}?token=canary-in-the-query` });
  const rotated = await desk.rotate(id);
  expect(rotated.secret).toMatch(/^whsec_/);
  expect(rotated.endpoint?.oldSecretUntil).toEqual(expect.any(String));
  await till.open();
  const [received] = await told(1);
  for (const one of [secret, rotated.secret ?? '']) expect(received && verified(received, one)).toBeDefined();
  const answers = JSON.stringify([
    await desk.list(),
    await desk.deliveries(),
    await desk.update({ id, description: 'x' }),
  ]);
  const dump = await dumpOf(gateway.env.DATABASE_URL ?? '');
  const log = gateway.stderr() + gateway.stdout();
  for (const one of [secret, rotated.secret ?? '-']) {
    const bytes = Buffer.from(one.slice(6), 'base64').toString('hex');
    for (const text of [answers, dump, log]) for (const seen of [one.slice(6), bytes]) expect(text).not.toContain(seen);
  }
  expect(log).not.toContain('canary-in-the-query');
});

test('what is wrong with an endpoint is said', async () => {
  // biome-ignore format: a table
  const wrong: readonly [CreateWebhookEndpointInput, string, RegExp][] = [
    [{ url: 'shop.example.com' },                                 'url',         /must be a URL/],
    [{ url: 'ftp://shop.example.com' },                           'url',         /must begin with https/],
    [{ url: 'http://10.0.0.1/' },                                 'url',         /must not lead to 10\.0\.0\.1/],
    [{ url: 'http://me:pw@127.0.0.1/' },                          'url',         /must not contain a user name/],
    [{ url: `http://127.0.0.1/${'x'.repeat(2_000)}` },            'url',         /at most 2000/],
    [{ url: shop.url, eventTypes: ['payment.payed'] },            'eventTypes',  /"payment.payed" is none of/],
    [{ url: shop.url, eventTypes: [] },                           'eventTypes',  /leave it out/],
    [{ url: shop.url, description: 'x'.repeat(257) },             'description', /at most 256/],
  ];
  for (const [input, field, message] of wrong)
    expect(await desk.create(input)).toMatchObject({
      code: 'INVALID_INPUT',
      field,
      message: expect.stringMatching(message),
    });
  const { id } = await endpoint();
  expect(await desk.update({ id, url: 'http://169.254.169.254/' })).toMatchObject({
    code: 'INVALID_INPUT',
    field: 'url',
  });
  expect(await desk.update({ id, description: 'till', eventTypes: ['refund.*'] })).toMatchObject({
    description: 'till',
    eventTypes: ['refund.*'],
    url: shop.url,
  });
  expect(await desk.update({ id, description: null, eventTypes: null })).toMatchObject({
    description: null,
    eventTypes: null,
  });
  for (const input of [
    { endpointId: id },
    { endpointId: id, failedSince: new Date().toISOString(), deliveryIds: [] },
    { endpointId: id, deliveryIds: ['evt_1'] },
  ])
    expect(await desk.replay(input)).toMatchObject({ code: 'INVALID_INPUT' });
  for (let n = 2; n <= 20; n += 1) await endpoint();
  expect(await desk.create({ url: shop.url })).toMatchObject({
    code: 'WEBHOOK_ENDPOINT_LIMIT',
    message: expect.stringMatching(/20/),
  });
});

test('another merchant’s endpoints and deliveries are as if they did not exist', async () => {
  const { id } = await endpoint();
  const order = await till.open();
  await told(1);
  const [delivery] = await until(
    () => desk.deliveries(),
    ({ length }) => length > 0,
  );
  const apiKey = await addMerchant(gateway.env.DATABASE_URL ?? '');
  const stranger = webhookDesk({ ...gateway, apiKey });
  const refused = { code: 'WEBHOOK_ENDPOINT_NOT_FOUND' };
  expect(await stranger.list()).toEqual([]);
  expect(await stranger.deliveries()).toEqual([]);
  expect(await stranger.deliveries({ endpointId: id })).toEqual([]);
  expect(await stranger.deliveries({ order: { id: order.id } })).toEqual([]);
  for (const named of [id, 'whe_', 'x'.repeat(999)]) {
    expect(await stranger.update({ id: named, enabled: false })).toMatchObject(refused);
    expect(await stranger.remove(named)).toMatchObject(refused);
    expect(await stranger.rotate(named)).toMatchObject(refused);
    expect(await stranger.test(named)).toMatchObject(refused);
    expect(await stranger.replay({ endpointId: named, deliveryIds: [delivery?.id ?? ''] })).toMatchObject(refused);
  }
  const own = webhookDesk(gateway);
  expect(await own.list()).toMatchObject([{ id, enabled: true }]);
  const seen = async (apiKey: string, id: string) => (await dataOf(ask({ ...gateway, apiKey }, NODE, { id }))).node;
  for (const [named, type] of [
    [id, 'WebhookEndpoint'],
    [delivery?.id ?? '', 'WebhookDelivery'],
  ] as const) {
    expect(await seen(gateway.apiKey, named)).toEqual({ __typename: type, id: named });
    expect(await seen(apiKey, named)).toBeNull();
  }
  const buyer = { ...gateway, apiKey: (await till.sale(order.id)).clientToken };
  const { errors } = await ask(buyer, ENDPOINTS);
  expect(errors?.[0]?.extensions?.code).toBe('FORBIDDEN');
});

test('pages of deliveries stay where they are, and a deleted endpoint’s are gone', async () => {
  const { id } = await endpoint({ eventTypes: ['order.created'] });
  for (let n = 0; n < 5; n += 1) await till.open();
  await told(5);
  const first = await desk.page({ first: 2, filter: { endpointId: id } });
  await till.open();
  const second = await desk.page({ first: 2, after: first.pageInfo.endCursor, filter: { endpointId: id } });
  const ids = [...first.edges, ...second.edges].map(({ node }) => node.id);
  expect(new Set(ids).size).toBe(4);
  expect(first.pageInfo.hasNextPage).toBe(true);
  expect(await desk.remove(id)).toEqual({ __typename: 'WebhookEndpointDeleted', id });
  expect(await desk.deliveries()).toEqual([]);
});
